/**
 * The abstract syntax of PDDL 2.1 level 2 with PDDL 3 trajectory constraints. All names are lower case: PDDL is
 * case-insensitive. A tree from the parser is well-formed: every name in it is declared, arities and types fit.
 */
import type { Location } from './errors.js';

/** A variable or object with its types: `?x - t` is `['t']`, `?x - (either a b)` is `['a', 'b']`, untyped `['object']`. */
export interface TypedName {
  /** Variables keep their question mark. */
  readonly name: string;
  readonly types: readonly string[];
  readonly location: Location;
}

/** A type and its direct supertypes (`object` has none). */
export interface TypeDeclaration {
  readonly name: string;
  readonly parents: readonly string[];
  readonly location: Location;
}

export interface PredicateDeclaration {
  readonly name: string;
  readonly parameters: readonly TypedName[];
  readonly location: Location;
}

/** A numeric function. */
export interface FunctionDeclaration {
  readonly name: string;
  readonly parameters: readonly TypedName[];
  readonly location: Location;
}

export type Term =
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'object'; readonly name: string };

export interface FluentExpression {
  readonly kind: 'fluent';
  readonly function: string;
  readonly args: readonly Term[];
}

export type ArithmeticOperator = '+' | '-' | '*' | '/';

/** Arithmetic as written: `+` and `*` take two or more arguments, `-` one or two, `/` two. */
export type Expression =
  | { readonly kind: 'number'; readonly value: number }
  | FluentExpression
  | {
      readonly kind: 'arithmetic';
      readonly operator: ArithmeticOperator;
      readonly args: readonly Expression[];
    };

export type Comparator = '<' | '<=' | '=' | '>=' | '>';

export interface AtomCondition {
  readonly kind: 'atom';
  readonly predicate: string;
  readonly args: readonly Term[];
}

export type Condition =
  | AtomCondition
  | { readonly kind: 'equals'; readonly left: Term; readonly right: Term }
  | {
      readonly kind: 'compare';
      readonly comparator: Comparator;
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly kind: 'not'; readonly part: Condition }
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Condition[] }
  | { readonly kind: 'imply'; readonly premise: Condition; readonly conclusion: Condition }
  | {
      readonly kind: 'forall' | 'exists';
      readonly variables: readonly TypedName[];
      readonly part: Condition;
    };

export type AssignmentOperator = 'assign' | 'increase' | 'decrease' | 'scale-up' | 'scale-down';

export type Effect =
  | { readonly kind: 'add' | 'delete'; readonly atom: AtomCondition }
  | {
      readonly kind: 'numeric';
      readonly operator: AssignmentOperator;
      readonly fluent: FluentExpression;
      readonly value: Expression;
    }
  | { readonly kind: 'and'; readonly parts: readonly Effect[] }
  | { readonly kind: 'when'; readonly condition: Condition; readonly effect: Effect }
  | { readonly kind: 'forall'; readonly variables: readonly TypedName[]; readonly effect: Effect };

/** PDDL 3 trajectory constraints over the states of a sequential plan, the initial one included. */
export type Constraint =
  | {
      readonly kind: 'always' | 'sometime' | 'at-most-once' | 'at-end';
      readonly condition: Condition;
      readonly location: Location;
    }
  | {
      readonly kind: 'sometime-before' | 'sometime-after';
      readonly condition: Condition;
      readonly other: Condition;
      readonly location: Location;
    }
  | { readonly kind: 'and'; readonly parts: readonly Constraint[] }
  | { readonly kind: 'forall'; readonly variables: readonly TypedName[]; readonly part: Constraint };

export interface ActionDeclaration {
  readonly name: string;
  readonly parameters: readonly TypedName[];
  /** Null when there is none: always applicable. */
  readonly precondition: Condition | null;
  /** Null when there is none: the state does not change. */
  readonly effect: Effect | null;
  readonly location: Location;
}

export interface Domain {
  readonly name: string;
  /** As declared, with their colon; informative only (see the policy table). */
  readonly requirements: readonly string[];
  /** Supertypes before subtypes, `object` first. */
  readonly types: readonly TypeDeclaration[];
  readonly constants: readonly TypedName[];
  readonly predicates: readonly PredicateDeclaration[];
  readonly functions: readonly FunctionDeclaration[];
  readonly constraints: Constraint | null;
  readonly actions: readonly ActionDeclaration[];
}

/** A ground atom of an initial state. */
export interface Fact {
  readonly predicate: string;
  readonly args: readonly string[];
}

/** A ground fluent with its value in an initial state. */
export interface FluentValue {
  readonly function: string;
  readonly args: readonly string[];
  readonly value: number;
}

export interface Metric {
  readonly direction: 'minimize' | 'maximize';
  /** `total-time` (a fluent without arguments) counts steps unless the domain declares a function of that name. */
  readonly expression: Expression;
}

export interface Problem {
  readonly name: string;
  /** Name of the domain as the problem gives it. */
  readonly domain: string;
  readonly requirements: readonly string[];
  readonly objects: readonly TypedName[];
  readonly facts: readonly Fact[];
  readonly fluents: readonly FluentValue[];
  readonly goal: Condition;
  readonly constraints: Constraint | null;
  readonly metric: Metric | null;
}

/** One call of a plan. Nothing is checked against a domain here: that is the validator's judgement. */
export interface PlanStep {
  readonly name: string;
  readonly args: readonly string[];
}

export interface LocatedPlanStep extends PlanStep {
  readonly location: Location;
}

export interface Plan {
  readonly steps: readonly LocatedPlanStep[];
}
