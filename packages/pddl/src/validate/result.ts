import type { Fact, FluentValue } from '../ast.js';

export const VALIDATION_KINDS = [
  'arity',
  'type',
  'unknown-action',
  'unknown-object',
  'precondition',
  'conflicting-effects',
  'undefined-fluent',
  'constraint',
  'goal',
] as const;
export type ValidationKind = (typeof VALIDATION_KINDS)[number];

/**
 * Literals to change so that a condition holds, as an and/or tree. A literal is a ground atom or comparison; `wanted`
 * is the truth value that it must get; `actual` is what it is now: `true`, `false`, or for a comparison the current
 * values, e.g. `(ready cart) = 0` (`undefined` for a fluent without value).
 */
export type AdviceTree =
  | { readonly op: 'and' | 'or'; readonly children: readonly AdviceTree[] }
  | {
      readonly op: 'literal';
      readonly literal: string;
      readonly wanted: boolean;
      readonly actual: string;
    };

/**
 * One reason why a plan is not valid. `condition`, `actual` and `advice` are worked out when they are first read, on the state that
 * the failure was met in; a failure that nobody asks costs little. They are read or written as JSON; a spread does not copy them.
 */
export interface ValidationFailure {
  readonly kind: ValidationKind;
  /**
   * Number of the step, **counted from 1** as VAL does. For a constraint, the step after which it is violated, 0 being
   * the initial state. Null when the failure is of the plan as a whole: the goal, a constraint that only the end of the
   * plan settles, an undefined metric.
   */
  readonly step: number | null;
  /** The step itself, or null with `step`. */
  readonly action: string | null;
  /**
   * PDDL text of what should be: the conjuncts of the condition that do not hold, the constraint, the signature for arity and type, the effect
   * that conflicts or is undefined. Null for unknown names.
   */
  readonly condition: string | null;
  /** PDDL text of what is instead: the literals that are wrong with current values, the call, or the unknown name. */
  readonly actual: string | null;
  /** What to change, where that is a matter of state; else null. */
  readonly advice: AdviceTree | null;
  /** The nearest valid name to an unknown one. */
  readonly suggestion: string | null;
}

/** A state along a plan. */
export interface TraceEntry {
  /** 0 is the initial state. */
  readonly step: number;
  readonly action: string | null;
  /** Facts and values that differ from the entry before; in the first entry, all that are not static. */
  readonly added: readonly Fact[];
  readonly deleted: readonly Fact[];
  readonly values: readonly FluentValue[];
}

/**
 * What a plan is worth. The fields of the first failure stand at the top, null when there is none; they are worked out when they are read or
 * written as JSON, and a spread does not copy them.
 */
export interface ValidationResult {
  readonly valid: boolean;
  readonly kind: ValidationKind | null;
  readonly step: number | null;
  readonly action: string | null;
  readonly condition: string | null;
  readonly actual: string | null;
  readonly advice: AdviceTree | null;
  readonly suggestion: string | null;
  /** Value of the problem's metric at the end of the plan; null without a metric or when the plan did not run to its end. */
  readonly metric: number | null;
  /** One failure at most, or with `all` every one in order. */
  readonly failures: readonly ValidationFailure[];
  /** Steps applied. */
  readonly steps: number;
  /** Present when asked for. */
  readonly trace?: readonly TraceEntry[];
}
