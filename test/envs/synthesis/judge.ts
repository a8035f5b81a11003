import { GroundAction } from 'pddl';
import type { IncidentView } from '../../../envs/synthesis/index.js';
import type { ConditionAt, Plan } from '../../../envs/world-model/index.js';
import { recoveryTask } from '../../../envs/world-model/index.js';

/** True when the plan, run in the recovery domain on what is really wrong, is executable and reaches the goal. */
export function isValid(plan: Plan | null, view: IncidentView, truth: readonly ConditionAt[]): boolean {
  if (!plan) return false;
  const task = recoveryTask(view.inventory);
  const actions: GroundAction[] = [];
  for (const call of plan.steps) {
    const found = task.lookup(call);
    if (!(found instanceof GroundAction)) return false;
    actions.push(found);
  }
  return task.run(view.inventory, truth, actions).goal;
}
