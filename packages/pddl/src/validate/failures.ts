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
  return explained(kind, place, task, state, (explainer) => ({
    condition: explainer.unmet(condition, binding.slice()),
    advice: explainer.advice(condition, binding.slice()),
  }));
}

/** A failure that explains itself, once, when it is asked. The state may be written to afterwards. */
function explained(
  kind: ValidationFailure['kind'],
  place: Place,
  task: Task,
  state: State,
  explain: (explainer: Explainer) => { readonly condition: string; readonly advice: AdviceTree | null },
): ValidationFailure {
  const then = state.clone();
  let told: ReturnType<typeof explain> | undefined;
  const tell = () => {
    told ??= explain(new Explainer(task, then));
    return told;
  };
  return {
    kind,
    step: place.step,
    action: place.action,
    get condition() {
      return tell().condition;
    },
    get actual() {
      return actualText(tell().advice);
    },
    get advice() {
      return tell().advice;
    },
    suggestion: null,
  };
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
  return explained(kind, place, task, state, (explainer) => ({
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
