import type { Cloud } from '../cloud/index.js';
import type { Outcome, PrimitiveCall } from '../cloud/interface.js';
import type { Plan } from '../world-model/index.js';

/** Primitive that gives the incident to a human. */
export const HAND_OVER = 'hand-over';

/** Whoever wants to look at the cloud before and after each step. */
export interface StepWatcher {
  before(call: PrimitiveCall): void;
  after(outcome: Outcome): void;
}

/**
 * Executes a plan step by step, as an operator's runner does: it stops at the first step that is not done, and at
 * `hand-over`. Outcomes are appended to `outcomes`.
 */
export function executePlan(
  cloud: Cloud,
  plan: Plan,
  outcomes: Outcome[] = [],
  watcher?: StepWatcher,
): { handedOver: boolean } {
  for (const step of plan.steps) {
    if (step.name === HAND_OVER) return { handedOver: true };
    if (cloud.time >= cloud.cap) break;
    watcher?.before(step);
    const outcome = cloud.execute(step);
    watcher?.after(outcome);
    outcomes.push(outcome);
    if (outcome.status !== 'done') break;
  }
  return { handedOver: false };
}

/**
 * Undoes executed steps, last first, as far as they took effect and have an inverse. Each takes its own simulated time; one that
 * fails is left as it is. Outcomes are appended to `undone`.
 */
export function undoSteps(cloud: Cloud, outcomes: readonly Outcome[], undone: Outcome[]): void {
  for (const { call, status } of outcomes.toReversed()) {
    if (status !== 'done' && status !== 'timed-out') continue;
    const inverse = cloud.inverseOf(call);
    if (!inverse || cloud.time >= cloud.cap) continue;
    undone.push(cloud.execute(inverse));
  }
}
