import type { Condition, Plan, PlanStep } from '../ast.js';
import { ApplyStatus, GroundAction } from '../ground/action.js';
import type { Goal, Task } from '../ground/task.js';
import { State } from '../state.js';
import {
  effectFailure,
  goalFailure,
  lookupFailure,
  metricFailure,
  monitorFailure,
  preconditionFailure,
} from './failures.js';
import { ResolvedPlan, resolvePlan } from './resolve.js';
import type { AdviceTree, TraceEntry, ValidationFailure, ValidationResult } from './result.js';
import { Tracer } from './trace.js';
import { MonitorStatus, Trajectory } from './trajectory.js';

export interface ValidateOptions {
  /** Initial state instead of the problem's; it is not changed. */
  readonly state?: State;
  /** Goal instead of the problem's. A compiled one (`task.compileGoal`) saves compiling it every time. */
  readonly goal?: Condition | Goal;
  /**
   * Carry on after a failure and report all. A step without a proper action is skipped, and so is one whose effects
   * conflict or are undefined; one whose precondition does not hold is applied all the same.
   */
  readonly all?: boolean;
  /** Record the states along the plan. */
  readonly trace?: boolean;
}

/** Scratch memory and compiled parts that validations of one task share. */
class Validator {
  private readonly state = new State(new Uint32Array(0), new Float64Array(0));
  private readonly trajectory: Trajectory;
  private failures: ValidationFailure[] = [];
  /** Whether the problem's own initial state, which nobody writes to, satisfies every `always`; null until asked. */
  private initialFine: boolean | null = null;

  constructor(private readonly task: Task) {
    this.trajectory = new Trajectory(task);
  }

  run(plan: ResolvedPlan, options: ValidateOptions): ValidationResult {
    const { task, state } = this;
    const all = options.all ?? false;
    const goal = this.goalOf(options.goal);
    this.failures = [];
    state.copyFrom(options.state ?? task.initial);
    task.fit(state);
    const tracer = options.trace === true ? new Tracer(task, state) : null;
    this.start(options.state === undefined);
    let applied = 0;
    for (let i = 0; i < plan.actions.length && (all || this.failures.length === 0); i++) {
      if (!this.step(plan, i, all)) continue;
      applied++;
      tracer?.record(i + 1, plan.text(i), state);
    }
    const ran = applied === plan.actions.length && this.failures.every(({ step }) => step === null || all);
    if (all || this.failures.length === 0) this.finish(goal);
    return this.result(ran ? task.metricValue(state, applied) : null, applied, tracer);
  }

  private goalOf(goal: Condition | Goal | undefined): Goal {
    if (goal === undefined) return this.task.goal;
    return 'program' in goal ? goal : this.task.compileGoal(goal);
  }

  /** Constraints on the initial state; `own` says that it is the problem's. */
  private start(own: boolean): void {
    const { task, state, trajectory } = this;
    if (task.monitors.length === 0) return;
    trajectory.reset();
    if (own) this.initialFine ??= trajectory.alwaysHold(state);
    const skipAlways = own ? this.initialFine === true : trajectory.alwaysHold(state);
    for (const monitor of task.monitors) {
      if (skipAlways && monitor.kind === 'always') continue;
      const status = trajectory.observe(monitor, state);
      if (status === MonitorStatus.Fine) continue;
      this.failures.push(monitorFailure(task, monitor, status, state, { step: 0, action: null }));
    }
  }

  /** Takes one step. @returns whether it was applied. */
  private step(plan: ResolvedPlan, index: number, all: boolean): boolean {
    const { task, state } = this;
    const action = plan.actions[index]!;
    if (!(action instanceof GroundAction)) {
      this.failures.push(lookupFailure(action, placeOf(plan, index)));
      return false;
    }
    if (!action.applicable(state)) {
      this.failures.push(preconditionFailure(task, action, state, placeOf(plan, index)));
      if (!all) return false;
    }
    const status = action.apply(state);
    if (status !== ApplyStatus.Done) {
      this.failures.push(effectFailure(task, action, state, status, placeOf(plan, index)));
      return false;
    }
    const { monitors } = action;
    for (let i = 0; i < monitors.length; i++) this.observe(monitors[i]!, plan, index);
    return true;
  }

  private observe(monitorIndex: number, plan: ResolvedPlan, index: number): void {
    const { task, state } = this;
    const monitor = task.monitors[monitorIndex]!;
    const status = this.trajectory.observe(monitor, state);
    if (status === MonitorStatus.Fine) return;
    this.failures.push(monitorFailure(task, monitor, status, state, placeOf(plan, index)));
  }

  /** What only the end of the plan settles. */
  private finish(goal: Goal): void {
    const { task, state } = this;
    for (const monitor of task.monitors) {
      const status = this.trajectory.conclude(monitor, state);
      if (status === MonitorStatus.Fine) continue;
      this.failures.push(monitorFailure(task, monitor, status, state, { step: null, action: null }));
    }
    if (!task.satisfies(state, goal)) this.failures.push(goalFailure(task, goal, state));
  }

  private result(metric: number | null, applied: number, tracer: Tracer | null): ValidationResult {
    if (metric !== null && Number.isNaN(metric)) this.failures.push(metricFailure(this.task));
    const whole = metric !== null && Number.isNaN(metric) ? null : metric;
    return new ExplainedResult(whole, this.failures, applied, tracer?.entries);
  }
}

/** What stands at the top is asked of the first failure only when it is asked for: it works it out then. */
class ExplainedResult implements ValidationResult {
  declare readonly trace?: readonly TraceEntry[];

  constructor(
    readonly metric: number | null,
    readonly failures: readonly ValidationFailure[],
    readonly steps: number,
    trace: readonly TraceEntry[] | undefined,
  ) {
    if (trace) this.trace = trace;
  }

  get valid(): boolean {
    return this.failures.length === 0;
  }
  get kind(): ValidationResult['kind'] {
    return this.failures[0]?.kind ?? null;
  }
  get step(): number | null {
    return this.failures[0]?.step ?? null;
  }
  get action(): string | null {
    return this.failures[0]?.action ?? null;
  }
  get condition(): string | null {
    return this.failures[0]?.condition ?? null;
  }
  get actual(): string | null {
    return this.failures[0]?.actual ?? null;
  }
  get advice(): AdviceTree | null {
    return this.failures[0]?.advice ?? null;
  }
  get suggestion(): string | null {
    return this.failures[0]?.suggestion ?? null;
  }

  toJSON(): ValidationResult {
    const { valid, kind, step, action, condition, actual, advice, suggestion } = this;
    const { metric, failures, steps, trace } = this;
    const told = {
      valid,
      kind,
      step,
      action,
      condition,
      actual,
      advice,
      suggestion,
      metric,
      failures,
      steps,
    };
    return trace ? { ...told, trace } : told;
  }
}

function placeOf(plan: ResolvedPlan, index: number): { step: number; action: string } {
  return { step: index + 1, action: plan.text(index) };
}

const validators = new WeakMap<Task, Validator>();

/**
 * Judges a sequential plan by execution: each step's action, arity, objects and types, precondition and effects, the
 * trajectory constraints along the way, and the goal at the end. Steps are judged in order, so a precondition that
 * fails at step 2 comes before a wrong type at step 3.
 * Never throws for what a plan contains. A {@link ResolvedPlan} saves looking its steps up for every state.
 */
export function validate(
  task: Task,
  plan: Plan | readonly PlanStep[] | ResolvedPlan,
  options: ValidateOptions = {},
): ValidationResult {
  const resolved = plan instanceof ResolvedPlan ? plan : resolvePlan(task, plan);
  let validator = validators.get(task);
  if (validator === undefined) {
    validator = new Validator(task);
    validators.set(task, validator);
  }
  return validator.run(resolved, options);
}
