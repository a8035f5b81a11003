import { GroundAction } from 'pddl';
import type { RecoveryTask } from './recovery-task.js';
import type { Plan, PlanFailure } from './types.js';

/** Looks every step up in the task; what cannot be found is a failure, not an exception. */
export function readPlan(
  plan: Plan,
  task: RecoveryTask,
): { actions: GroundAction[]; failures: PlanFailure[] } {
  const actions: GroundAction[] = [];
  const failures: PlanFailure[] = [];
  for (let step = 0; step < plan.steps.length; step++) {
    const found = task.lookup(plan.steps[step]!);
    if (found instanceof GroundAction) {
      actions.push(found);
      continue;
    }
    const { kind, expected, suggestion } = found;
    failures.push({
      layer: 'syntax',
      kind,
      step,
      condition: expected,
      actual: suggestion === null ? found.found : `${found.found}; the nearest valid name is ${suggestion}`,
      advice: null,
      hypothesis: null,
    });
  }
  return { actions, failures };
}
