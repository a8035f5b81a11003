import type { VerifierConstants } from '../constants.js';
import type { DomainModel } from '../domain.js';
import type { Plan } from '../types.js';

/** Seconds that the steps of a plan take by the domain's durations; unknown primitives count nothing. */
export function plannedSeconds(plan: Plan, domain: DomainModel): number {
  return plan.steps.reduce(
    (sum, { name }) => sum + (domain.byName.get(name.toLowerCase())?.duration ?? 0),
    0,
  );
}

/** Simulated seconds that a verification takes. */
export function secondsOf(plan: Plan, { seconds }: VerifierConstants): number {
  return seconds.base + seconds.step * plan.steps.length;
}
