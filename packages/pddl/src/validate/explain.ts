import { calculate, compares } from '../ground/formula.js';
import { bindings, resolveTerm } from '../ground/instantiate.js';
import type { LiftedCondition, LiftedExpression } from '../ground/lifted.js';
import type { Task } from '../ground/task.js';
import type { State } from '../state.js';
import type { AdviceTree } from './result.js';
import { comparisonLiteral, conditionText, expressionText } from './text.js';

/** Truth value with undefinedness. */
export type Truth = 'true' | 'false' | 'undefined';

/** At most so many literals are named in the text of what is wrong; the advice tree has them all. */
const MAX_LITERALS = 8;

/**
 * Interprets conditions on a state: truth, text, and what to change. It is slow and allocates; it runs only once a
 * compiled program has said no, and serves tests as a second opinion.
 */
export class Explainer {
  constructor(
    private readonly task: Task,
    private readonly state: State,
  ) {}

  /** Kleene's three-valued logic: undefined only where the defined parts do not settle it. */
  truth(condition: LiftedCondition, binding: Int32Array): Truth {
    switch (condition.op) {
      case 'true':
      case 'false':
        return condition.op;
      case 'and':
      case 'or':
        return settle(
          condition.op,
          condition.parts.map((part) => this.truth(part, binding)),
        );
      case 'atom':
        return this.holds(condition, binding) === condition.wanted ? 'true' : 'false';
      case 'equals': {
        const same = resolveTerm(condition.left, binding) === resolveTerm(condition.right, binding);
        return same === condition.wanted ? 'true' : 'false';
      }
      case 'compare': {
        const left = this.value(condition.left, binding);
        const right = this.value(condition.right, binding);
        if (Number.isNaN(left) || Number.isNaN(right)) return 'undefined';
        return compares(condition.comparator, left, right) ? 'true' : 'false';
      }
      case 'forall':
      case 'exists':
        return settle(condition.op === 'forall' ? 'and' : 'or', [
          ...bindings(condition.variables, binding, () => this.truth(condition.part, binding)),
        ]);
    }
  }

  /**
   * What to change so that the condition holds; null when it holds. Branches that only static facts stand against are
   * left out where another branch exists, since no action can change those.
   */
  advice(condition: LiftedCondition, binding: Int32Array): AdviceTree | null {
    return this.adviseOn(condition, binding)?.tree ?? null;
  }

  /** PDDL text of the conjuncts of a condition that do not hold, with parameters replaced by objects. */
  unmet(condition: LiftedCondition, binding: Int32Array): string {
    return conditionText(this.task, this.unmetPart(condition, binding), binding);
  }

  private unmetPart(condition: LiftedCondition, binding: Int32Array): LiftedCondition {
    if (condition.op !== 'and') return condition;
    const parts = condition.parts
      .filter((part) => this.truth(part, binding) !== 'true')
      .map((part) => this.unmetPart(part, binding));
    return parts.length === 1 ? parts[0]! : { op: 'and', parts };
  }

  private holds(atom: Extract<LiftedCondition, { op: 'atom' }>, binding: Int32Array): boolean {
    const args = atom.args.map((term) => resolveTerm(term, binding));
    return this.task.holdsAtom(this.state, atom.predicate, args);
  }

  private value(expression: LiftedExpression, binding: Int32Array): number {
    switch (expression.op) {
      case 'const':
        return expression.value;
      case 'fluent': {
        const args = expression.args.map((term) => resolveTerm(term, binding));
        return this.task.valueOf(this.state, expression.function, args);
      }
      default:
        return calculate(
          expression.op,
          this.value(expression.left, binding),
          this.value(expression.right, binding),
        );
    }
  }

  /** Null when it holds, so truth need not be asked for again on the way down. */
  private adviseOn(condition: LiftedCondition, binding: Int32Array): Advice | null {
    switch (condition.op) {
      case 'true':
        return null;
      case 'and':
      case 'forall': {
        const parts = this.children(condition, binding).filter((part) => part !== null);
        if (parts.length === 0) return null;
        return { tree: group('and', parts), changeable: parts.every((part) => part.changeable) };
      }
      case 'or':
      case 'exists': {
        const children = this.children(condition, binding);
        const all = children.filter((part) => part !== null);
        if (all.length < children.length) return null;
        const open = all.filter((part) => part.changeable);
        return { tree: group('or', open.length > 0 ? open : all), changeable: open.length > 0 };
      }
      case 'atom': {
        const { wanted, predicate } = condition;
        if (this.holds(condition, binding) === wanted) return null;
        const literal = conditionText(this.task, { ...condition, wanted: true }, binding);
        const changeable = !this.task.statics.isStaticPredicate[predicate];
        return { tree: { op: 'literal', literal, wanted, actual: String(!wanted) }, changeable };
      }
      case 'equals': {
        if (this.truth(condition, binding) === 'true') return null;
        const literal = conditionText(this.task, { ...condition, wanted: true }, binding);
        const { wanted } = condition;
        return { tree: { op: 'literal', literal, wanted, actual: String(!wanted) }, changeable: false };
      }
      case 'compare': {
        if (this.truth(condition, binding) === 'true') return null;
        const values = new Set<string>();
        this.currentValues(condition.left, binding, values);
        this.currentValues(condition.right, binding, values);
        const { literal, wanted } = comparisonLiteral(this.task, condition, binding);
        const actual = values.size === 0 ? 'false' : [...values].join(', ');
        return { tree: { op: 'literal', literal, wanted, actual }, changeable: values.size > 0 };
      }
      default:
        return { tree: { op: 'literal', literal: '(or)', wanted: true, actual: 'false' }, changeable: false };
    }
  }

  private children(
    condition: Extract<LiftedCondition, { op: 'and' | 'or' | 'forall' | 'exists' }>,
    binding: Int32Array,
  ): (Advice | null)[] {
    if ('parts' in condition) {
      return condition.parts.map((part) => this.adviseOn(part, binding));
    }
    return [...bindings(condition.variables, binding, () => this.adviseOn(condition.part, binding))];
  }

  private currentValues(expression: LiftedExpression, binding: Int32Array, values: Set<string>): void {
    if (expression.op === 'const') return;
    if (expression.op === 'fluent') {
      const value = this.value(expression, binding);
      values.add(
        `${expressionText(this.task, expression, binding)} = ${Number.isNaN(value) ? 'undefined' : value}`,
      );
      return;
    }
    this.currentValues(expression.left, binding, values);
    this.currentValues(expression.right, binding, values);
  }
}

interface Advice {
  readonly tree: AdviceTree;
  readonly changeable: boolean;
}

function group(op: 'and' | 'or', parts: readonly Advice[]): AdviceTree {
  const children = parts.flatMap(({ tree }) => (tree.op === op ? tree.children : [tree]));
  return children.length === 1 ? children[0]! : { op, children };
}

function settle(op: 'and' | 'or', parts: readonly Truth[]): Truth {
  const dominant = op === 'and' ? 'false' : 'true';
  if (parts.includes(dominant)) return dominant;
  if (parts.includes('undefined')) return 'undefined';
  return op === 'and' ? 'true' : 'false';
}

/** The wrong literals of an advice as they are, e.g. `(not (holding c)) (= (ready cart) 0)`. */
export function actualText(advice: AdviceTree | null): string {
  const literals = new Set<string>();
  if (advice !== null) collectActual(advice, literals);
  const shown = [...literals].slice(0, MAX_LITERALS);
  return [...shown, ...(literals.size > MAX_LITERALS ? [`… ${literals.size - MAX_LITERALS} more`] : [])].join(
    ' ',
  );
}

function collectActual(tree: AdviceTree, into: Set<string>): void {
  if (tree.op !== 'literal') {
    for (const child of tree.children) collectActual(child, into);
  } else if (tree.actual === 'true') into.add(tree.literal);
  else if (tree.actual === 'false') into.add(`(not ${tree.literal})`);
  else {
    for (const part of tree.actual.split(', ')) {
      const at = part.lastIndexOf(' = ');
      into.add(`(= ${part.slice(0, at)} ${part.slice(at + 3)})`);
    }
  }
}
