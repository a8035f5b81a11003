/**
 * Conditions and effects with names resolved to numbers, still with variables. Terms are numbers: `t >= 0` is object
 * `t`, `t < 0` is the variable in slot `-1 - t` of a binding. Predicates and functions are indices of the domain's lists.
 */
import type { AssignmentOperator } from '../ast.js';

export type LiftedExpression =
  | { readonly op: 'const'; readonly value: number }
  | { readonly op: 'fluent'; readonly function: number; readonly args: readonly number[] }
  | {
      readonly op: '+' | '-' | '*' | '/';
      readonly left: LiftedExpression;
      readonly right: LiftedExpression;
    };

/** `/=` is the negation of `=`. */
export type LiftedComparator = '<' | '<=' | '=' | '/=' | '>=' | '>';

/** In negation normal form: negation stands on atoms and equalities only (`wanted: false`). */
export type LiftedCondition =
  | { readonly op: 'true' | 'false' }
  | { readonly op: 'and' | 'or'; readonly parts: readonly LiftedCondition[] }
  | {
      readonly op: 'atom';
      readonly predicate: number;
      readonly args: readonly number[];
      readonly wanted: boolean;
    }
  | { readonly op: 'equals'; readonly left: number; readonly right: number; readonly wanted: boolean }
  | {
      readonly op: 'compare';
      readonly comparator: LiftedComparator;
      readonly left: LiftedExpression;
      readonly right: LiftedExpression;
    }
  | {
      readonly op: 'forall' | 'exists';
      /** Slot and objects of each variable. */
      readonly variables: readonly LiftedVariable[];
      readonly part: LiftedCondition;
    };

export interface LiftedVariable {
  readonly slot: number;
  /** As written, for texts: `?s` and `service`. */
  readonly name: string;
  readonly type: string;
  /** Indices of the objects that it ranges over, ascending. */
  readonly objects: Int32Array;
}

export type LiftedEffect =
  | {
      readonly op: 'atom';
      readonly predicate: number;
      readonly args: readonly number[];
      readonly add: boolean;
    }
  | {
      readonly op: 'numeric';
      readonly operator: AssignmentOperator;
      readonly function: number;
      readonly args: readonly number[];
      readonly value: LiftedExpression;
    }
  | { readonly op: 'and'; readonly parts: readonly LiftedEffect[] }
  | {
      readonly op: 'when';
      readonly condition: LiftedCondition;
      readonly effect: LiftedEffect;
    }
  | { readonly op: 'forall'; readonly variables: readonly LiftedVariable[]; readonly effect: LiftedEffect };

export type TrajectoryKind =
  | 'always'
  | 'sometime'
  | 'at-most-once'
  | 'at-end'
  | 'sometime-before'
  | 'sometime-after';

export type LiftedConstraint =
  | {
      readonly op: TrajectoryKind;
      readonly condition: LiftedCondition;
      readonly other: LiftedCondition | null;
    }
  | { readonly op: 'and'; readonly parts: readonly LiftedConstraint[] }
  | { readonly op: 'forall'; readonly variables: readonly LiftedVariable[]; readonly part: LiftedConstraint };

export interface LiftedAction {
  readonly index: number;
  readonly name: string;
  readonly parameters: readonly LiftedVariable[];
  /** Slots of a binding, those of quantified variables included. */
  readonly slots: number;
  readonly precondition: LiftedCondition;
  readonly effect: LiftedEffect;
}

/** The comparator that holds exactly when another does not. */
export const OPPOSITE: Readonly<Record<LiftedComparator, LiftedComparator>> = {
  '<': '>=',
  '<=': '>',
  '=': '/=',
  '/=': '=',
  '>=': '<',
  '>': '<=',
};

/** The negation, in negation normal form. Neither a condition nor its negation holds where it is undefined. */
export function negated(condition: LiftedCondition): LiftedCondition {
  switch (condition.op) {
    case 'true':
      return { op: 'false' };
    case 'false':
      return { op: 'true' };
    case 'and':
    case 'or':
      return { op: condition.op === 'and' ? 'or' : 'and', parts: condition.parts.map(negated) };
    case 'atom':
    case 'equals':
      return { ...condition, wanted: !condition.wanted };
    case 'compare':
      return { ...condition, comparator: OPPOSITE[condition.comparator] };
    case 'forall':
    case 'exists':
      return {
        op: condition.op === 'forall' ? 'exists' : 'forall',
        variables: condition.variables,
        part: negated(condition.part),
      };
  }
}
