import type { State } from '../state.js';
import { readsOf } from './action.js';
import type { Formula } from './formula.js';
import { bindings, hasNumbers, type Instantiator } from './instantiate.js';
import { type LiftedCondition, type LiftedConstraint, negated, type TrajectoryKind } from './lifted.js';
import type { Machine } from './machine.js';

/** A condition of a constraint, compiled; `negation` is -1 when the value is always defined. */
export interface Watched {
  readonly lifted: LiftedCondition;
  readonly formula: Formula;
  readonly program: number;
  readonly negation: number;
}

/** One ground trajectory constraint. */
export interface Monitor {
  readonly index: number;
  readonly kind: TrajectoryKind;
  /** Objects of the variables of its lifted conditions. */
  readonly binding: Int32Array;
  readonly condition: Watched;
  readonly other: Watched | null;
  readonly facts: ReadonlySet<number>;
  readonly fluents: ReadonlySet<number>;
}

/**
 * Splits `always` and `at end` over conjunctions and universal quantifiers, so that each instance is watched, and reported, on its
 * own: `(always (forall …))` = `(forall … (always))`, `(always (and a b))` = `(and (always a) (always b))`.
 */
export function splitAlways(constraint: LiftedConstraint): LiftedConstraint {
  switch (constraint.op) {
    case 'and':
      return { op: 'and', parts: constraint.parts.map(splitAlways) };
    case 'forall':
      return { ...constraint, part: splitAlways(constraint.part) };
    case 'always':
    case 'at-end': {
      const { condition } = constraint;
      if (condition.op === 'and') {
        const parts = condition.parts.map((part) => splitAlways({ ...constraint, condition: part }));
        return { op: 'and', parts };
      }
      if (condition.op === 'forall') {
        const part = splitAlways({ ...constraint, condition: condition.part });
        return { op: 'forall', variables: condition.variables, part };
      }
      return constraint;
    }
    default:
      return constraint;
  }
}

/** Makes the monitors of a constraint; those that hold whatever happens are left out. */
export function groundConstraint(
  lifted: LiftedConstraint,
  slots: number,
  instantiator: Instantiator,
  machine: Machine,
  monitors: Monitor[],
): void {
  const binding = new Int32Array(slots);
  const watch = (condition: LiftedCondition): Watched => {
    const formula = instantiator.condition(condition, binding);
    return {
      lifted: condition,
      formula,
      program: machine.compileCondition(formula),
      negation: hasNumbers(condition)
        ? machine.compileCondition(instantiator.condition(negated(condition), binding))
        : -1,
    };
  };
  const ground = (constraint: LiftedConstraint): void => {
    if (constraint.op === 'and') {
      constraint.parts.forEach(ground);
      return;
    }
    if (constraint.op === 'forall') {
      for (const _ of bindings(constraint.variables, binding, () => ground(constraint.part)));
      return;
    }
    const condition = watch(constraint.condition);
    if (condition.formula.op === 'true' && (constraint.op === 'always' || constraint.op === 'at-end')) return;
    const other = constraint.other === null ? null : watch(constraint.other);
    const reads = [condition, ...(other === null ? [] : [other])].map(({ formula }) => readsOf(formula));
    monitors.push({
      index: monitors.length,
      kind: constraint.op,
      binding: binding.slice(),
      condition,
      other,
      facts: new Set(reads.flatMap(({ facts }) => [...facts])),
      fluents: new Set(reads.flatMap(({ fluents }) => [...fluents])),
    });
  };
  ground(splitAlways(lifted));
}

/** 1 = holds, 0 = does not, -1 = undefined. */
export function truth(watched: Watched, machine: Machine, state: State): number {
  if (machine.holds(watched.program, state)) return 1;
  if (watched.negation >= 0 && !machine.holds(watched.negation, state)) return -1;
  return 0;
}
