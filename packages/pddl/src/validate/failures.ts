import { ApplyStatus, type GroundAction } from '../ground/action.js';
import { callText, type LookupFailure } from '../ground/actions.js';
import { visitExpression, visitFormula } from '../ground/formula.js';
import { hasNumbers } from '../ground/instantiate.js';
import { type LiftedCondition, negated } from '../ground/lifted.js';
import type { Goal, Task } from '../ground/task.js';
import type { Monitor } from '../ground/trajectory.js';
import type { State } from '../state.js';
import { actualText, Explainer } from './explain.js';
import type { AdviceTree, ValidationFailure } from './result.js';
import { conditionText } from './text.js';
import { MonitorStatus } from './trajectory.js';

/**
 * Makes failures as data. Each function states what stands in `condition`, `actual` and `advice`. Where these are read off a state,
 * the state is kept and they are worked out when somebody asks: explaining costs a hundred times what rejecting does.
 */
type Place = { readonly step: number | null; readonly action: string | null };

export function lookupFailure(failure: LookupFailure, place: Place): ValidationFailure {
  const { kind, expected, found, suggestion } = failure;
  return { kind, ...place, condition: expected, actual: found, advice: null, suggestion };
}

export function preconditionFailure(
  task: Task,
  action: GroundAction,
  state: State,
  place: Place,
): ValidationFailure {
  const binding = new Int32Array(action.schema.slots);
  binding.set(action.args);
  const { precondition } = action.schema;
  const undefinedValue =
    hasNumbers(precondition) && new Explainer(task, state).truth(precondition, binding) === 'undefined';
  return conditionFailure(
    task,
    undefinedValue ? 'undefined-fluent' : 'precondition',
    precondition,
    binding,
    state,
    place,
  );
}

export function goalFailure(task: Task, goal: Goal, state: State): ValidationFailure {
  const place = { step: null, action: null };
  // A goal is compiled with its negation, which tells an undefined one from an unmet one at once.
  const undefinedValue = goal.negation >= 0 && !task.machine.holds(goal.negation, state);
  return conditionFailure(
    task,
    undefinedValue ? 'undefined-fluent' : 'goal',
    goal.lifted,
    goal.binding,
    state,
    place,
  );
}

function conditionFailure(
  task: Task,
  kind: 'precondition' | 'goal' | 'undefined-fluent',
  condition: LiftedCondition,
  binding: Int32Array,
  state: State,
  place: Place,
): ValidationFailure {
  return new ExplainedFailure(kind, place.step, place.action, task, state, (explainer) => ({
    condition: explainer.unmet(condition, binding.slice()),
    advice: explainer.advice(condition, binding.slice()),
  }));
}

/** What a failure says when it is asked. */
interface Explanation {
  readonly condition: string;
  readonly advice: AdviceTree | null;
}

/**
 * A failure that explains itself, once, when it is asked. The state may be written to afterwards. A class: every object literal with a
 * getter has a hidden class of its own, which takes longer to make than the rest of the failure and keeps all that it refers to.
 */
class ExplainedFailure implements ValidationFailure {
  readonly suggestion = null;
  private told: Explanation | null = null;
  /** The state that it was met in. */
  private readonly met: State;

  constructor(
    readonly kind: ValidationFailure['kind'],
    readonly step: number | null,
    readonly action: string | null,
    private readonly task: Task,
    state: State,
    private readonly explain: (explainer: Explainer) => Explanation,
  ) {
    this.met = state.clone();
  }

  get condition(): string {
    return this.tell().condition;
  }

  get actual(): string | null {
    return actualText(this.tell().advice);
  }

  get advice(): AdviceTree | null {
    return this.tell().advice;
  }

  toJSON(): ValidationFailure {
    const { kind, step, action, condition, actual, advice, suggestion } = this;
    return { kind, step, action, condition, actual, advice, suggestion };
  }

  private tell(): Explanation {
    this.told ??= this.explain(new Explainer(this.task, this.met));
    return this.told;
  }
}

/** `condition` is the fluents that two effects change at once, or those without a value that the effects need. */
export function effectFailure(
  task: Task,
  action: GroundAction,
  state: State,
  status: ApplyStatus,
  place: Place,
): ValidationFailure {
  const conflict = status === ApplyStatus.ConflictingEffects;
  const fluents = conflict ? conflictingFluents(action) : undefinedFluents(action, state);
  const names = fluents.map((fluent) => task.fluents.text(fluent));
  return {
    kind: conflict ? 'conflicting-effects' : 'undefined-fluent',
    ...place,
    condition: conflict ? `one change of ${names.join(' ')}` : `a value for ${names.join(' ')}`,
    actual: conflict ? 'several changes at once' : names.map((name) => `(= ${name} undefined)`).join(' '),
    advice: null,
    suggestion: null,
  };
}

function conflictingFluents(action: GroundAction): number[] {
  const all = action.effects.flatMap((effect) => effect.numerics.map(({ fluent }) => fluent));
  return [...new Set(all.filter((fluent, i) => all.indexOf(fluent) !== i))];
}

function undefinedFluents(action: GroundAction, state: State): number[] {
  const read = new Set<number>();
  const add = (fluent: number) => read.add(fluent);
  for (const { condition, numerics } of action.effects) {
    visitFormula(condition, () => undefined, add);
    for (const { operator, fluent, value } of numerics) {
      if (operator !== 'assign') add(fluent);
      visitExpression(value, add);
    }
  }
  return [...read].filter((fluent) => Number.isNaN(state.numbers[fluent] ?? Number.NaN));
}

/** `condition` is the constraint; the advice is on the state that violates it (at the end: on the last one). */
export function monitorFailure(
  task: Task,
  monitor: Monitor,
  status: MonitorStatus,
  state: State,
  place: Place,
): ValidationFailure {
  const kind = status === MonitorStatus.Undefined ? 'undefined-fluent' : 'constraint';
  return new ExplainedFailure(kind, place.step, place.action, task, state, (explainer) => ({
    condition: constraintText(task, monitor),
    advice: explainer.advice(wantedCondition(monitor), monitor.binding.slice()),
  }));
}

/** What would have kept the constraint, of the state at hand. */
function wantedCondition(monitor: Monitor): LiftedCondition {
  switch (monitor.kind) {
    case 'at-most-once':
    case 'sometime-before':
      return negated(monitor.condition.lifted);
    case 'sometime-after':
      return monitor.other!.lifted;
    default:
      return monitor.condition.lifted;
  }
}

/** PDDL text of a ground constraint. */
export function constraintText(task: Task, monitor: Monitor): string {
  const binding = monitor.binding.slice();
  const parts = [monitor.condition, ...(monitor.other === null ? [] : [monitor.other])];
  const texts = parts.map(({ lifted }) => conditionText(task, lifted, binding));
  return callText(monitor.kind === 'at-end' ? 'at end' : monitor.kind, texts);
}

export function metricFailure(task: Task): ValidationFailure {
  return {
    kind: 'undefined-fluent',
    step: null,
    action: null,
    condition: 'a value for the metric',
    actual: `${task.problem.metric?.direction} an undefined value`,
    advice: null,
    suggestion: null,
  };
}
