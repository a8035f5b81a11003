import type { Inventory } from '../../cloud/interface.js';
import { acceptThreshold, type VerifierConstants } from '../constants.js';
import type { DomainModel } from '../domain.js';
import type { OutcomeModel } from '../outcome/model.js';
import { readPlan } from '../read-plan.js';
import { recoveryTask } from '../recovery-task.js';
import type { Belief, Plan, PlanFailure, PredictedOutcome, Verdict, Verifier } from '../types.js';
import { MAX_FAILURES } from './explain.js';
import { secondsOf } from './seconds.js';

/** Which threshold layer 2 holds a plan's probability of recovery against. */
export type RiskThreshold = 'costs' | 'conformal';

/**
 * Least probability of recovery that layer 2 lets through. `costs`: where accepting and rejecting cost equally much, given what
 * wrong verdicts cost on `calibrate`. `conformal`: the split-conformal quantile, so that a right plan of an incident like those of
 * `calibrate` is rejected with probability at most alpha; the correction for the finite sample makes it a guarantee.
 */
export function riskThreshold(
  kind: RiskThreshold,
  { neural }: VerifierConstants['fitted'],
  alpha: number,
): number {
  if (kind === 'costs') return neural.breakEven;
  const n = neural.rightPlans;
  // The k-th smallest of n, k = floor(alpha (n + 1)): none at all when the sample is too small for so low an alpha.
  const k = Math.floor(alpha * (n + 1));
  return k < 1 ? 0 : acceptThreshold(neural.rightPlanProbability, (k - 1) / Math.max(1, n - 1));
}

/** Mode `neural`: the outcome model alone, after names and shapes; it knows no preconditions and no invariants. */
export class NeuralVerifier implements Verifier {
  readonly readsBelief = true;
  constructor(
    private readonly threshold: number,
    private readonly domain: DomainModel,
    private readonly constants: VerifierConstants,
    private readonly model: OutcomeModel,
  ) {}

  verify(plan: Plan, belief: Belief, inventory: Inventory): Verdict {
    const { failures } = readPlan(plan, recoveryTask(inventory, this.domain));
    const predicted = this.model.predict(plan, belief, inventory);
    const readable = failures.length === 0;
    const accepted = readable && predicted.probability >= this.threshold;
    return {
      accepted,
      feasibility: readable ? predicted.probability : 0,
      predictedMttr: predicted.seconds,
      failures: readable ? risks(predicted, this.threshold) : failures.slice(0, MAX_FAILURES),
      ...(readable ? { predicted } : {}),
      seconds: secondsOf(plan, this.constants),
    };
  }
}

/** Modes `neural-symbolic`: what layer 1 accepts, layer 2 may veto; what layer 1 rejects stays rejected. */
export class NeuralSymbolicVerifier implements Verifier {
  readonly readsBelief = true;
  constructor(
    private readonly layerOne: Verifier,
    private readonly threshold: number,
    private readonly model: OutcomeModel,
  ) {}

  verify(
    plan: Plan,
    belief: Belief,
    inventory: Inventory,
    context: Parameters<Verifier['verify']>[3],
  ): Verdict {
    const verdict = this.layerOne.verify(plan, belief, inventory, context);
    if (!verdict.accepted) return verdict;
    const predicted = this.model.predict(plan, belief, inventory);
    return {
      ...verdict,
      accepted: predicted.probability >= this.threshold,
      feasibility: predicted.probability,
      predictedMttr: predicted.seconds,
      failures: risks(predicted, this.threshold),
      predicted,
    };
  }
}

/** A violation is named as a reason when it is at least this likely. */
const WORTH_NAMING = 0.1;

function risks(
  { probability, spread, seconds, secondsLow, secondsHigh, risks: harms }: PredictedOutcome,
  threshold: number,
): PlanFailure[] {
  if (probability >= threshold) return [];
  const likely = Object.entries(harms)
    .filter(([, risk]) => risk >= WORTH_NAMING)
    .sort((a, b) => b[1] - a[1])
    .map(([name, risk]) => `; risk of ${name} ${risk.toFixed(2)}`);
  return [
    {
      layer: 'neural',
      kind: 'risk',
      step: null,
      condition: `(>= (recovery-probability) ${threshold.toFixed(2)})`,
      actual:
        `(= (recovery-probability) ${probability.toFixed(2)}), members differ by ${spread.toFixed(2)}; ` +
        `${Math.round(seconds)} s expected, ${Math.round(secondsLow)} to ${Math.round(secondsHigh)} s${likely.join('')}`,
      advice: null,
      hypothesis: null,
    },
  ];
}
