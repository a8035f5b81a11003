import type { Inventory } from '../../cloud/interface.js';
import type { DomainModel } from '../domain.js';
import type { Belief, Plan } from '../types.js';
import { OutcomeFeatures } from './features.js';
import { loadOutcomeWeights, OUTCOME_PATH, type OutcomeWeights } from './weights.js';

/** What the ensemble expects of a plan. */
export interface PredictedOutcome {
  /** Calibrated probability that the incident recovers without harm. */
  readonly probability: number;
  /** Standard deviation of the members' probabilities: what they do not agree on was not in the data. */
  readonly spread: number;
  /** Seconds that executing takes, until it is seen whether it helped: mean, and a band of the members' spread. */
  readonly seconds: number;
  readonly secondsLow: number;
  readonly secondsHigh: number;
}

interface Member {
  readonly kernel1: Float64Array;
  readonly bias1: Float64Array;
  readonly kernel2: Float64Array;
  readonly bias2: Float64Array;
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** An ensemble of small networks over what a plan does and what is believed of its targets; knows nothing of preconditions. */
export class OutcomeModel {
  private readonly features: OutcomeFeatures;
  private readonly members: readonly Member[];
  private readonly hidden: Float64Array;
  private readonly logOdds: Float64Array;
  private readonly logSeconds: Float64Array;

  constructor(
    domain: DomainModel,
    private readonly weights: OutcomeWeights,
  ) {
    this.features = new OutcomeFeatures(domain);
    this.members = weights.members.map(({ kernel1, bias1, kernel2, bias2 }) => ({
      kernel1: Float64Array.from(kernel1),
      bias1: Float64Array.from(bias1),
      kernel2: Float64Array.from(kernel2),
      bias2: Float64Array.from(bias2),
    }));
    this.hidden = new Float64Array(weights.hidden);
    this.logOdds = new Float64Array(weights.members.length);
    this.logSeconds = new Float64Array(weights.members.length);
  }

  predict(plan: Plan, belief: Belief, inventory: Inventory): PredictedOutcome {
    const x = this.features.of(plan, belief, inventory);
    this.members.forEach((member, m) => {
      this.infer(member, x, m);
    });
    const { slope, offset } = this.weights.calibration;
    const odds = moments(this.logOdds);
    const seconds = moments(this.logSeconds);
    const members = moments(this.logOdds.map((one) => sigmoid(slope * one + offset)));
    return {
      probability: sigmoid(slope * odds.mean + offset),
      spread: members.deviation,
      seconds: Math.exp(seconds.mean),
      secondsLow: Math.exp(seconds.mean - 2 * seconds.deviation),
      secondsHigh: Math.exp(seconds.mean + 2 * seconds.deviation),
    };
  }

  private infer({ kernel1, bias1, kernel2, bias2 }: Member, x: Float64Array, m: number): void {
    const { hidden } = this;
    const units = hidden.length;
    hidden.set(bias1);
    for (let f = 0; f < x.length; f++) {
      const value = x[f]!;
      if (value === 0) continue;
      for (let h = 0; h < units; h++) hidden[h]! += value * kernel1[f * units + h]!;
    }
    let odds = bias2[0]!;
    let seconds = bias2[1]!;
    for (let h = 0; h < units; h++) {
      const value = hidden[h]!;
      if (value <= 0) continue;
      odds += value * kernel2[2 * h]!;
      seconds += value * kernel2[2 * h + 1]!;
    }
    this.logOdds[m] = odds;
    this.logSeconds[m] = seconds;
  }
}

function moments(values: Float64Array): { mean: number; deviation: number } {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  return { mean, deviation: Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length) };
}

const shipped = new WeakMap<DomainModel, OutcomeModel>();

/** The shipped outcome model, loaded once per domain. @throws ConfigError when its weights are missing or do not fit */
export function shippedOutcomeModel(domain: DomainModel): OutcomeModel {
  let model = shipped.get(domain);
  if (!model) {
    model = new OutcomeModel(domain, loadOutcomeWeights(OUTCOME_PATH, new OutcomeFeatures(domain).columns));
    shipped.set(domain, model);
  }
  return model;
}
