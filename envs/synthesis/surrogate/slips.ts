import type { PrimitiveCall } from '../../cloud/interface.js';
import type { LlmProfile } from '../profile.js';
import { Decision, type NumberedDraws } from './decisions.js';

/** Kinds of wrong step, after R2Act's taxonomy of recovery plans. */
export const SLIP_KINDS = [
  'wrong-operation',
  'bad-structure',
  'malformed',
  'invented-name',
  'goal-miss',
] as const;
export type SlipKind = (typeof SLIP_KINDS)[number];

/** What a slip can turn a step into; the writer knows the operations, the slips know only their odds. */
export interface SlipChoices {
  /** Another operation, or the same one elsewhere. `u` and `v` are uniform draws. */
  wrongOperation(call: PrimitiveCall, u: number, v: number): PrimitiveCall;
  /** The wrong number or kind of arguments, or an object that does not exist. */
  malformed(call: PrimitiveCall, u: number): PrimitiveCall;
  /** A name that no list has. */
  invented(call: PrimitiveCall): PrimitiveCall;
  /** A step that can be applied and repairs nothing. */
  idle(call: PrimitiveCall): PrimitiveCall;
  /** Whether the plan repairs less without it. */
  essential(call: PrimitiveCall): boolean;
}

export interface SlipOdds {
  /** Probability of each step to be wrong. */
  readonly hazard: number;
  /** Probability of a plan without a wrong step to miss the goal all the same. */
  readonly goalMiss: number;
  /** Probability of each step to have an invented name. */
  readonly invented: number;
  readonly kinds: LlmProfile['slip']['kinds'];
  /** Make one step wrong for sure. */
  readonly forced: boolean;
}

export interface SlippedPlan {
  readonly steps: PrimitiveCall[];
  readonly slips: readonly SlipKind[];
}

/** Share of bad structure that leaves a step out; the rest changes the order. R2Act does not say: assumption. */
const OMISSION_SHARE = 0.5;

/**
 * Makes the mistakes of a bounded planner in a plan: each step is wrong with the hazard h, and a plan that stays right
 * misses the goal with g, so that P(no mistake) = (1 - h)^L (1 - g) for L steps.
 */
export function slip(
  plan: readonly PrimitiveCall[],
  odds: SlipOdds,
  choices: SlipChoices,
  draws: NumberedDraws,
  fresh: NumberedDraws,
): SlippedPlan {
  const forced = odds.forced ? forcedStep(plan, choices, fresh) : -1;
  const steps: PrimitiveCall[] = [];
  const slips: SlipKind[] = [];
  for (let i = 0; i < plan.length; i++) {
    const call = plan[i]!;
    if (draws.at(Decision.Invented, i) < odds.invented) {
      steps.push(choices.invented(call));
      slips.push('invented-name');
    } else if (i === forced) {
      const kind = kindOf(odds.kinds, draws.at(Decision.SlipKind, i), plan.length);
      slips.push(kind);
      steps.push(...certainlyWrong(kind, call, choices, draws.at(Decision.SlipDetail, 2 * i)));
    } else if (draws.at(Decision.Slip, i) < odds.hazard) {
      const kind = kindOf(odds.kinds, draws.at(Decision.SlipKind, i), plan.length);
      slips.push(kind);
      i += wrongStep(kind, plan, i, steps, choices, draws);
    } else steps.push(call);
  }
  if (slips.length === 0 && draws.at(Decision.GoalMiss) < odds.goalMiss) {
    missGoal(steps, choices);
    slips.push('goal-miss');
  }
  return { steps, slips };
}

/** A step that repairs something, where there is one: a mistake in looking or waiting would make nothing wrong. */
function forcedStep(plan: readonly PrimitiveCall[], choices: SlipChoices, fresh: NumberedDraws): number {
  const candidates = [...plan.keys()].filter((i) => choices.essential(plan[i]!));
  const pool = candidates.length > 0 ? candidates : [...plan.keys()];
  return pool[Math.floor(fresh.at(Decision.ForcedSlip) * pool.length)] ?? -1;
}

/**
 * What comes of a step that must be wrong. A slip may be harmless (a neighbouring operation clears the same condition, a swap
 * changes nothing); this one is done in the wrong place, left out or malformed.
 */
function certainlyWrong(
  kind: SlipKind,
  call: PrimitiveCall,
  choices: SlipChoices,
  u: number,
): PrimitiveCall[] {
  if (kind === 'bad-structure') return [];
  return [kind === 'malformed' ? choices.malformed(call, u) : choices.wrongOperation(call, u, 0)];
}

/** A plan of one step has no structure to get wrong. */
function kindOf({ wrongOperation, malformed }: SlipOdds['kinds'], u: number, length: number): SlipKind {
  if (u < wrongOperation) return 'wrong-operation';
  if (u < wrongOperation + malformed) return 'malformed';
  return length > 1 ? 'bad-structure' : 'wrong-operation';
}

/** Appends what comes of step `i`; returns how many further steps of the plan it used up. */
function wrongStep(
  kind: SlipKind,
  plan: readonly PrimitiveCall[],
  i: number,
  steps: PrimitiveCall[],
  choices: SlipChoices,
  draws: NumberedDraws,
): number {
  const call = plan[i]!;
  const u = draws.at(Decision.SlipDetail, 2 * i);
  if (kind === 'malformed') steps.push(choices.malformed(call, u));
  else if (kind === 'wrong-operation')
    steps.push(choices.wrongOperation(call, u, draws.at(Decision.SlipDetail, 2 * i + 1)));
  else if (u >= OMISSION_SHARE) {
    const next = plan[i + 1];
    if (next) {
      steps.push(next, call);
      return 1;
    }
    steps.splice(Math.max(0, steps.length - 1), 0, call);
  }
  return 0;
}

/** Leaves out the last step that repairs something, or makes an only one idle. */
function missGoal(steps: PrimitiveCall[], choices: SlipChoices): void {
  const essential = steps.map((call, i) => (choices.essential(call) ? i : -1)).filter((i) => i >= 0);
  const last = essential.at(-1);
  if (last === undefined) return;
  if (essential.length > 1) steps.splice(last, 1);
  else steps[last] = choices.idle(steps[last]!);
}

/** Probability of a plan of `length` steps without a mistake. */
export function cleanProbability(hazard: number, goalMiss: number, length: number): number {
  return (1 - hazard) ** length * (1 - goalMiss);
}

/** Length at which the points of an exemplar are quoted. */
export const EXEMPLAR_LENGTH = 4;

/** The hazard with which a plan of {@link EXEMPLAR_LENGTH} steps is right `points` percentage points more often. */
export function hazardWithPoints(hazard: number, goalMiss: number, points: number): number {
  if (points === 0 || goalMiss >= 1) return hazard;
  const right = cleanProbability(hazard, goalMiss, EXEMPLAR_LENGTH) + points / 100;
  const share = Math.min(1, Math.max(0.001, right / (1 - goalMiss)));
  return 1 - share ** (1 / EXEMPLAR_LENGTH);
}
