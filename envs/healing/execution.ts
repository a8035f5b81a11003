import type { Cloud } from '../cloud/index.js';
import type { Outcome } from '../cloud/interface.js';
import type { Plan } from '../world-model/index.js';

/** Primitive that gives the incident to a human. */
export const HAND_OVER = 'hand-over';

/**
 * Executes a plan step by step, as an operator's runner does: it stops at the first step that is not done, and at
 * `hand-over`. Outcomes are appended to `outcomes`.
 */
export function executePlan(cloud: Cloud, plan: Plan, outcomes: Outcome[] = []): { handedOver: boolean } {
  for (const step of plan.steps) {
    if (step.name === HAND_OVER) return { handedOver: true };
    if (cloud.time >= cloud.cap) break;
    const outcome = cloud.execute(step);
    outcomes.push(outcome);
    if (outcome.status !== 'done') break;
  }
  return { handedOver: false };
}
