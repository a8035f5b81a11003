import type { AssignmentOperator } from '../ast.js';
import type { AtomTable } from './atoms.js';
import {
  calculate,
  combine,
  compares,
  FALSE,
  type Formula,
  type GroundExpression,
  opposite,
  TRUE,
} from './formula.js';
import {
  type LiftedCondition,
  type LiftedEffect,
  type LiftedExpression,
  type LiftedVariable,
  negated,
} from './lifted.js';
import type { Statics } from './statics.js';

/** One conditional group of ground effects. `condition` true = unconditional. */
export interface GroundEffect {
  readonly condition: Formula;
  /** Null when the condition reads no numbers and so is always defined. */
  readonly negation: Formula | null;
  readonly adds: number[];
  readonly deletes: number[];
  readonly numerics: GroundNumericEffect[];
}

export interface GroundNumericEffect {
  readonly operator: AssignmentOperator;
  readonly fluent: number;
  readonly value: GroundExpression;
}

/** Replaces variables by objects, numbers atoms, expands quantifiers, and folds what is static into constants. */
export class Instantiator {
  private readonly scratch: number[] = [];

  constructor(
    private readonly facts: AtomTable,
    private readonly fluents: AtomTable,
    private readonly statics: Statics,
  ) {}

  condition(lifted: LiftedCondition, binding: Int32Array): Formula {
    switch (lifted.op) {
      case 'true':
        return TRUE;
      case 'false':
        return FALSE;
      case 'and':
      case 'or':
        return combine(lifted.op, this.parts(lifted.parts, binding));
      case 'atom': {
        const args = this.resolve(lifted.args, binding);
        if (this.statics.isStaticPredicate[lifted.predicate]) {
          return this.statics.holds(lifted.predicate, args) === lifted.wanted ? TRUE : FALSE;
        }
        return { op: 'fact', fact: this.facts.intern(lifted.predicate, args), wanted: lifted.wanted };
      }
      case 'equals': {
        const same = resolveTerm(lifted.left, binding) === resolveTerm(lifted.right, binding);
        return same === lifted.wanted ? TRUE : FALSE;
      }
      case 'compare': {
        const left = this.expression(lifted.left, binding);
        const right = this.expression(lifted.right, binding);
        if (left.op === 'const' && right.op === 'const') {
          return compares(lifted.comparator, left.value, right.value) ? TRUE : FALSE;
        }
        return { op: 'compare', comparator: lifted.comparator, left, right };
      }
      case 'forall':
      case 'exists':
        return combine(
          lifted.op === 'forall' ? 'and' : 'or',
          bindings(lifted.variables, binding, () => this.condition(lifted.part, binding)),
        );
    }
  }

  expression(lifted: LiftedExpression, binding: Int32Array): GroundExpression {
    switch (lifted.op) {
      case 'const':
        return lifted;
      case 'fluent': {
        const args = this.resolve(lifted.args, binding);
        if (this.statics.isStaticFunction[lifted.function]) {
          return { op: 'const', value: this.statics.value(lifted.function, args) };
        }
        return { op: 'fluent', fluent: this.fluents.intern(lifted.function, args) };
      }
      default: {
        const left = this.expression(lifted.left, binding);
        const right = this.expression(lifted.right, binding);
        if (left.op === 'const' && right.op === 'const') {
          return { op: 'const', value: calculate(lifted.op, left.value, right.value) };
        }
        return { op: lifted.op, left, right };
      }
    }
  }

  /** Groups of effects; the first is unconditional (perhaps empty). Groups that can never fire are dropped. */
  effects(lifted: LiftedEffect, binding: Int32Array): GroundEffect[] {
    const groups: GroundEffect[] = [{ condition: TRUE, negation: null, adds: [], deletes: [], numerics: [] }];
    this.collect(lifted, binding, groups[0]!, groups);
    return groups;
  }

  private collect(
    lifted: LiftedEffect,
    binding: Int32Array,
    group: GroundEffect,
    groups: GroundEffect[],
  ): void {
    switch (lifted.op) {
      case 'and':
        for (const part of lifted.parts) this.collect(part, binding, group, groups);
        return;
      case 'atom': {
        const fact = this.facts.intern(lifted.predicate, this.resolve(lifted.args, binding));
        (lifted.add ? group.adds : group.deletes).push(fact);
        return;
      }
      case 'numeric': {
        const fluent = this.fluents.intern(lifted.function, this.resolve(lifted.args, binding));
        group.numerics.push({
          operator: lifted.operator,
          fluent,
          value: this.expression(lifted.value, binding),
        });
        return;
      }
      case 'forall':
        for (const _ of bindings(lifted.variables, binding, () =>
          this.collect(lifted.effect, binding, group, groups),
        ));
        return;
      case 'when':
        this.collectConditional(lifted, binding, group, groups);
    }
  }

  private collectConditional(
    lifted: Extract<LiftedEffect, { op: 'when' }>,
    binding: Int32Array,
    outer: GroundEffect,
    groups: GroundEffect[],
  ): void {
    const condition = combine('and', [outer.condition, this.condition(lifted.condition, binding)]);
    let negation: Formula | null = null;
    if (hasNumbers(lifted.condition) || outer.negation !== null) {
      const own = this.condition(negated(lifted.condition), binding);
      negation = combine('or', [outer.negation ?? opposite(outer.condition), own]);
    }
    // It can never fire, nor be undefined.
    if (negation === null ? condition.op === 'false' : negation.op === 'true') return;
    if (condition.op === 'true') {
      this.collect(lifted.effect, binding, outer, groups);
      return;
    }
    const group: GroundEffect = { condition, negation, adds: [], deletes: [], numerics: [] };
    groups.push(group);
    this.collect(lifted.effect, binding, group, groups);
  }

  private *parts(parts: readonly LiftedCondition[], binding: Int32Array): Iterable<Formula> {
    for (const part of parts) yield this.condition(part, binding);
  }

  private resolve(args: readonly number[], binding: Int32Array): number[] {
    const { scratch } = this;
    scratch.length = args.length;
    for (let i = 0; i < args.length; i++) scratch[i] = resolveTerm(args[i]!, binding);
    return scratch;
  }
}

export function resolveTerm(term: number, binding: Int32Array): number {
  return term >= 0 ? term : binding[-1 - term]!;
}

export function hasNumbers(condition: LiftedCondition): boolean {
  switch (condition.op) {
    case 'compare':
      return true;
    case 'and':
    case 'or':
      return condition.parts.some(hasNumbers);
    case 'forall':
    case 'exists':
      return hasNumbers(condition.part);
    default:
      return false;
  }
}

/** Yields `body()` under every binding of the variables, in order of objects; the binding is written in place. */
export function* bindings<T>(
  variables: readonly LiftedVariable[],
  binding: Int32Array,
  body: () => T,
  depth = 0,
): Iterable<T> {
  const variable = variables[depth];
  if (variable === undefined) {
    yield body();
    return;
  }
  for (const object of variable.objects) {
    binding[variable.slot] = object;
    yield* bindings(variables, binding, body, depth + 1);
  }
}
