import type { Plan, Verdict } from '../world-model/index.js';
import { HAND_OVER } from './execution.js';

/** A completion's plan with the verdict on it; null when it is no plan. */
export interface Judged {
  readonly plan: Plan | null;
  readonly verdict: Verdict;
}

/** What a plan is worth to {@link isBetter}: accepted, rejected, handing over, unreadable. */
function rank({ plan, verdict }: Judged): number {
  if (!plan) return 0;
  if (givesUp(plan)) return 1;
  return verdict.accepted ? 3 : 2;
}

/** Whether a plan is preferred to another: by rank, then by feasibility. */
export function isBetter(judged: Judged, best: Judged): boolean {
  const better = rank(judged) - rank(best) || judged.verdict.feasibility - best.verdict.feasibility;
  return better > 0;
}

/** The plan is to hand over, and nothing before it. */
export function givesUp({ steps }: Plan): boolean {
  return steps[0]?.name.toLowerCase() === HAND_OVER;
}

/** On a plan that hands over at once. It costs no verification. */
export const HANDED_OVER: Verdict = {
  accepted: true,
  feasibility: 0,
  predictedMttr: 0,
  failures: [],
  seconds: 0,
};

/** The verdict on a completion that is no plan. It costs no verification. */
export function unreadable(message: string): Verdict {
  const failure = {
    layer: 'syntax',
    kind: 'parse',
    step: null,
    condition: null,
    actual: message,
    advice: null,
    hypothesis: null,
  } as const;
  return { accepted: false, feasibility: 0, predictedMttr: 0, failures: [failure], seconds: 0 };
}
