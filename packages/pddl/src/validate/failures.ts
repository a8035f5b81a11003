import { ApplyStatus, type GroundAction } from '../ground/action.js';
import { callText, type LookupFailure } from '../ground/actions.js';
import { visitExpression, visitFormula } from '../ground/formula.js';
import { type LiftedCondition, negated } from '../ground/lifted.js';
import type { Goal, Task } from '../ground/task.js';
import type { Monitor } from '../ground/trajectory.js';
import type { State } from '../state.js';
import { Explainer } from './explain.js';
import type { ValidationFailure } from './result.js';
import { conditionText } from './text.js';
import { MonitorStatus } from './trajectory.js';

/** Makes failures as data. Each function states what stands in `condition`, `actual` and `advice`. */
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
  return conditionFailure(task, 'precondition', action.schema.precondition, binding, state, place);
}

export function goalFailure(task: Task, goal: Goal, state: State): ValidationFailure {
  const place = { step: null, action: null };
  return conditionFailure(task, 'goal', goal.lifted, goal.binding.slice(), state, place);
}

function conditionFailure(
  task: Task,
  kind: 'precondition' | 'goal',
  condition: LiftedCondition,
  binding: Int32Array,
  state: State,
  place: Place,
): ValidationFailure {
  const explainer = new Explainer(task, state);
  const undefinedValue = explainer.truth(condition, binding) === 'undefined';
  return {
    kind: undefinedValue ? 'undefined-fluent' : kind,
    ...place,
    condition: explainer.unmet(condition, binding),
    actual: explainer.actual(condition, binding),
    advice: explainer.advice(condition, binding),
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
  const explainer = new Explainer(task, state);
  const binding = monitor.binding.slice();
  const wanted = wantedCondition(monitor);
  return {
    kind: status === MonitorStatus.Undefined ? 'undefined-fluent' : 'constraint',
    ...place,
    condition: constraintText(task, monitor),
    actual: explainer.actual(wanted, binding),
    advice: explainer.advice(wanted, binding),
    suggestion: null,
  };
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
