import type { Plan, PlanStep } from '../ast.js';
import { GroundAction } from '../ground/action.js';
import { callText, type LookupFailure } from '../ground/actions.js';
import type { Task } from '../ground/task.js';

/** A plan looked up in a task once, to be validated from many states. */
export class ResolvedPlan {
  constructor(
    readonly task: Task,
    readonly steps: readonly PlanStep[],
    /** The ground action of each step, or why there is none. */
    readonly actions: readonly (GroundAction | LookupFailure)[],
  ) {}

  /** True when every step names an action with fitting objects. */
  get wellFormed(): boolean {
    return this.actions.every((action) => action instanceof GroundAction);
  }

  /** PDDL text of a step, by index from 0. */
  text(index: number): string {
    const { name, args } = this.steps[index]!;
    return callText(name, args);
  }
}

/** Looks up every step of a plan. Never throws for what a plan contains. */
export function resolvePlan(task: Task, plan: Plan | readonly PlanStep[]): ResolvedPlan {
  const steps = 'steps' in plan ? plan.steps : plan;
  return new ResolvedPlan(
    task,
    steps,
    steps.map(({ name, args }) => task.lookup(name, args)),
  );
}
