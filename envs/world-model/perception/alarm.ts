import type { Inventory, Telemetry } from '../../cloud/interface.js';
import type { Belief } from '../types.js';
import { type HealthyDay, LargestDeviation } from './deviations.js';

/** What a look says of whether anything is wrong at all: what perception can name, and how far metrics are from a healthy day. */
export interface AlarmEvidence {
  /** Log odds that some condition holds at the likeliest component. */
  readonly named: number;
  /** Logarithm of one plus the largest deviation of any metric of any component, in standard deviations. */
  readonly deviation: number;
}

/** Log odds that something is wrong: `named * evidence.named + deviation * evidence.deviation + offset`. */
export interface AlarmFit {
  readonly named: number;
  readonly deviation: number;
  readonly offset: number;
  /** Probability from which on it says that something is wrong: that of best F1 on the looks it was fitted on. */
  readonly threshold: number;
}

/**
 * Whether anything is wrong at all. A network alone is blind to a fault that it has no name for, since all names stay small; a
 * threshold on deviations alone takes noise and decoys for faults. This is a logistic regression on both.
 */
export class Alarm {
  private readonly largestDeviation: LargestDeviation;

  constructor(
    day: HealthyDay,
    private readonly fit: AlarmFit,
  ) {
    this.largestDeviation = new LargestDeviation(day);
  }

  /** Probability that something is wrong. */
  probability(telemetry: Telemetry, inventory: Inventory, belief: Belief): number {
    const { named, deviation, offset } = this.fit;
    const evidence = alarmEvidence(belief, this.largestDeviation.of(telemetry, inventory));
    return sigmoid(named * evidence.named + deviation * evidence.deviation + offset);
  }

  rings(telemetry: Telemetry, inventory: Inventory, belief: Belief): boolean {
    return this.probability(telemetry, inventory, belief) >= this.fit.threshold;
  }
}

/** Log odds are cut here: beyond it a calibrated probability says no more than "surely". */
const SURE = 1e-6;

/** @param deviations largest deviation of each component */
export function alarmEvidence(belief: Belief, deviations: ArrayLike<number>): AlarmEvidence {
  const unhealthy = Math.min(1 - SURE, Math.max(SURE, likeliestUnhealthy(belief)));
  let largest = 0;
  for (let i = 0; i < deviations.length; i++) largest = Math.max(largest, deviations[i]!);
  return { named: Math.log(unhealthy / (1 - unhealthy)), deviation: Math.log1p(largest) };
}

/** Probability that the likeliest component has any condition, conditions being independent given the look. */
function likeliestUnhealthy({ components, conditions, probability }: Belief): number {
  const c = conditions.length;
  let least = 1;
  for (let i = 0; i < components.length; i++) {
    let healthy = 1;
    for (let j = 0; j < c; j++) healthy *= 1 - probability[i * c + j]!;
    least = Math.min(least, healthy);
  }
  return 1 - least;
}

export const sigmoid = (logit: number): number => 1 / (1 + Math.exp(-logit));
