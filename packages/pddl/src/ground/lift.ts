import type {
  ActionDeclaration,
  Condition,
  Constraint,
  Domain,
  Effect,
  Expression,
  Term,
  TypedName,
} from '../ast.js';
import { typesText } from '../types.js';
import {
  type LiftedAction,
  type LiftedCondition,
  type LiftedConstraint,
  type LiftedEffect,
  type LiftedExpression,
  type LiftedVariable,
  negated,
} from './lifted.js';
import type { Universe } from './universe.js';

/**
 * Resolves names to numbers, gives variables their slots and pushes negations down to atoms and comparisons. One
 * instance per action, condition or constraint: it counts the slots used.
 */
export class Lifter {
  private readonly scope: { name: string; slot: number }[] = [];
  private readonly predicates: ReadonlyMap<string, number>;
  private readonly functions: ReadonlyMap<string, number>;
  slots = 0;

  constructor(
    domain: Domain,
    private readonly universe: Universe,
  ) {
    this.predicates = new Map(domain.predicates.map((predicate, i) => [predicate.name, i]));
    this.functions = new Map(domain.functions.map((declaration, i) => [declaration.name, i]));
  }

  action(declaration: ActionDeclaration, index: number): LiftedAction {
    return this.within(declaration.parameters, (parameters) => {
      const precondition: LiftedCondition =
        declaration.precondition === null ? { op: 'true' } : this.condition(declaration.precondition);
      const effect: LiftedEffect =
        declaration.effect === null ? { op: 'and', parts: [] } : this.effect(declaration.effect);
      return { index, name: declaration.name, parameters, slots: this.slots, precondition, effect };
    });
  }

  condition(condition: Condition): LiftedCondition {
    switch (condition.kind) {
      case 'atom':
        return {
          op: 'atom',
          predicate: this.predicates.get(condition.predicate)!,
          args: this.terms(condition.args),
          wanted: true,
        };
      case 'equals':
        return {
          op: 'equals',
          left: this.term(condition.left),
          right: this.term(condition.right),
          wanted: true,
        };
      case 'compare':
        return {
          op: 'compare',
          comparator: condition.comparator,
          left: this.expression(condition.left),
          right: this.expression(condition.right),
        };
      case 'not':
        return negated(this.condition(condition.part));
      case 'and':
      case 'or':
        return { op: condition.kind, parts: condition.parts.map((part) => this.condition(part)) };
      case 'imply':
        return {
          op: 'or',
          parts: [negated(this.condition(condition.premise)), this.condition(condition.conclusion)],
        };
      case 'forall':
      case 'exists':
        return this.within(condition.variables, (variables) => ({
          op: condition.kind,
          variables,
          part: this.condition(condition.part),
        }));
    }
  }

  effect(effect: Effect): LiftedEffect {
    switch (effect.kind) {
      case 'add':
      case 'delete':
        return {
          op: 'atom',
          predicate: this.predicates.get(effect.atom.predicate)!,
          args: this.terms(effect.atom.args),
          add: effect.kind === 'add',
        };
      case 'numeric':
        return {
          op: 'numeric',
          operator: effect.operator,
          function: this.functions.get(effect.fluent.function)!,
          args: this.terms(effect.fluent.args),
          value: this.expression(effect.value),
        };
      case 'and':
        return { op: 'and', parts: effect.parts.map((part) => this.effect(part)) };
      case 'when':
        return {
          op: 'when',
          condition: this.condition(effect.condition),
          effect: this.effect(effect.effect),
        };
      case 'forall':
        return this.within(effect.variables, (variables) => ({
          op: 'forall',
          variables,
          effect: this.effect(effect.effect),
        }));
    }
  }

  constraint(constraint: Constraint): LiftedConstraint {
    switch (constraint.kind) {
      case 'and':
        return { op: 'and', parts: constraint.parts.map((part) => this.constraint(part)) };
      case 'forall':
        return this.within(constraint.variables, (variables) => ({
          op: 'forall',
          variables,
          part: this.constraint(constraint.part),
        }));
      default: {
        const other = 'other' in constraint ? constraint.other : null;
        return {
          op: constraint.kind,
          condition: this.condition(constraint.condition),
          other: other === null ? null : this.condition(other),
        };
      }
    }
  }

  /** Lifts `total-time` as the function given, unless the domain declares it. */
  expression(expression: Expression, totalTime = -1): LiftedExpression {
    switch (expression.kind) {
      case 'number':
        return { op: 'const', value: expression.value };
      case 'fluent':
        return {
          op: 'fluent',
          function: this.functions.get(expression.function) ?? totalTime,
          args: this.terms(expression.args),
        };
      case 'arithmetic': {
        const [first, ...rest] = expression.args.map((arg) => this.expression(arg, totalTime));
        if (rest.length === 0) return { op: '-', left: { op: 'const', value: 0 }, right: first! };
        return rest.reduce((left, right) => ({ op: expression.operator, left, right }), first!);
      }
    }
  }

  private within<T>(variables: readonly TypedName[], body: (lifted: LiftedVariable[]) => T): T {
    const lifted = variables.map(({ name, types }) => {
      const slot = this.slots++;
      this.scope.push({ name, slot });
      return { slot, name, type: typesText(types), objects: this.universe.members(types) };
    });
    const result = body(lifted);
    this.scope.length -= variables.length;
    return result;
  }

  private terms(terms: readonly Term[]): number[] {
    return terms.map((term) => this.term(term));
  }

  private term(term: Term): number {
    if (term.kind === 'object') return this.universe.indexOf(term.name);
    return -1 - this.scope.findLast(({ name }) => name === term.name)!.slot;
  }
}
