import type { Generator } from 'gymnasium-js';
import type { AdviceTree } from 'pddl';
import type { Inventory, PrimitiveCall } from '../cloud/interface.js';

export type { AdviceTree };

/** One believed or diagnosed unhealthy mode: a condition (PDDL predicate) of a component (service or node). */
export interface ConditionAt {
  readonly condition: string;
  readonly component: string;
}

/** A recovery plan: what the planner thinks is wrong and the ordered primitive calls against it. */
export interface Plan {
  readonly diagnosis: readonly ConditionAt[];
  readonly steps: readonly PrimitiveCall[];
}

/** Probabilities over conditions per component, from telemetry and inventory. */
export interface Belief {
  readonly components: readonly string[];
  readonly conditions: readonly string[];
  /** Row-major `components × conditions`, each in [0, 1]; conditions are not exclusive. */
  readonly probability: Float64Array;
  /** How unlike the training incidents this one looks, in [0, 1]. */
  readonly outOfDistribution: number;
}

/** The belief of who has not looked: nothing about nothing. */
export const NO_BELIEF: Belief = {
  components: [],
  conditions: [],
  probability: new Float64Array(0),
  outOfDistribution: 0,
};

/** A set of conditions that may be the whole truth, with its weight among the hypotheses considered. */
export interface Hypothesis {
  readonly conditions: readonly ConditionAt[];
  readonly probability: number;
  readonly source: 'belief' | 'diagnosis' | 'prior';
}

export const FAILURE_KINDS = [
  'parse',
  'arity',
  'type',
  'unknown-action',
  'unknown-object',
  'precondition',
  'conflicting-effects',
  'undefined-fluent',
  'constraint',
  'goal',
  'risk',
] as const;
export type FailureKind = (typeof FAILURE_KINDS)[number];

/** One reason against a plan, as data. Text for people and prompts is rendered elsewhere. */
export interface PlanFailure {
  readonly layer: 'syntax' | 'symbolic' | 'neural';
  readonly kind: FailureKind;
  /** Index of the step in the plan, or null when the failure is of the whole plan (parse, goal, risk). */
  readonly step: number | null;
  /** The condition that does not hold, as PDDL text, or null. */
  readonly condition: string | null;
  /** What holds instead, as PDDL text with current numeric values, or null. */
  readonly actual: string | null;
  readonly advice: AdviceTree | null;
  /** The hypothesis under which the plan fails, or null when it fails under any. */
  readonly hypothesis: Hypothesis | null;
}

/** What layer 2 expects of a plan. */
export interface PredictedOutcome {
  /** Calibrated probability that the incident recovers without harm. */
  readonly probability: number;
  /** Standard deviation of the members' probabilities: what they do not agree on was not in the data. */
  readonly spread: number;
  /** Seconds that executing takes, until it is seen whether it helped: mean, and a band of the members' spread. */
  readonly seconds: number;
  readonly secondsLow: number;
  readonly secondsHigh: number;
  /** Probability of each kind of violation that the training executions knew. */
  readonly risks: Readonly<Record<string, number>>;
}

/** The world model's judgement of a plan. */
export interface Verdict {
  readonly accepted: boolean;
  /** Probability that the plan is executable and reaches the goal, in [0, 1]. */
  readonly feasibility: number;
  /** Predicted seconds from now until recovery if the plan is executed and works. */
  readonly predictedMttr: number;
  readonly failures: readonly PlanFailure[];
  /** What layer 2 expects; absent in modes without it, and when layer 1 has rejected the plan already. */
  readonly predicted?: PredictedOutcome;
  /** Simulated seconds that the verification took. */
  readonly seconds: number;
}

/**
 * `none` executes anything; `syntax` checks names and shapes; `symbolic` is layer 1; `neural` is layer 2 alone;
 * `neural-symbolic` lets layer 2 veto what layer 1 accepts, `+conformal` at a split-conformal threshold; `corrupted` is `symbolic`
 * with a world model that is wrong in a share of its parts.
 */
export const VERIFIER_MODES = [
  'none',
  'syntax',
  'symbolic',
  'neural',
  'neural-symbolic',
  'neural-symbolic+conformal',
  'corrupted',
] as const;
export type VerifierMode = (typeof VERIFIER_MODES)[number];

export interface VerifierOptions {
  readonly mode: VerifierMode;
  /** Number of most likely hypotheses of the belief to check (the plan's own diagnosis comes on top). */
  readonly k: number;
  /** Error level of the accept threshold. */
  readonly alpha: number;
  /** Mode `corrupted`: share of preconditions missing and of facts wrong, in [0, 1]. Default 0.05. */
  readonly corruption?: number | undefined;
}

export interface Verifier {
  /** False when a verdict depends on plan and inventory alone: such a verifier may be given {@link NO_BELIEF}. */
  readonly readsBelief: boolean;
  /** Judges a plan. Never throws for anything a plan contains: bad names and shapes are failures. */
  verify(
    plan: Plan,
    belief: Belief,
    inventory: Inventory,
    context: { time: number; rng: Generator },
  ): Verdict;
}
