import type { LiftedCondition, LiftedExpression } from '../ground/lifted.js';
import type { Task } from '../ground/task.js';

/** Names of quantified variables by slot; other slots stand for the object of the binding. */
type VariableNames = ReadonlyMap<number, string>;

const NONE: VariableNames = new Map();

function termText(task: Task, term: number, binding: Int32Array, names: VariableNames): string {
  if (term >= 0) return task.universe.name(term);
  const slot = -1 - term;
  return names.get(slot) ?? task.universe.name(binding[slot]!);
}

function listText(head: string, texts: readonly string[]): string {
  return `(${[head, ...texts].join(' ')})`;
}

/** PDDL text of an expression with its parameters replaced by objects. */
export function expressionText(
  task: Task,
  expression: LiftedExpression,
  binding: Int32Array,
  names: VariableNames = NONE,
): string {
  switch (expression.op) {
    case 'const':
      return String(expression.value);
    case 'fluent':
      return listText(
        task.fluents.names[expression.function]!,
        expression.args.map((term) => termText(task, term, binding, names)),
      );
    default: {
      const sides = [expression.left, expression.right];
      return listText(
        expression.op,
        sides.map((side) => expressionText(task, side, binding, names)),
      );
    }
  }
}

/** A comparison as a literal: `/=` is an unwanted equality. */
export function comparisonLiteral(
  task: Task,
  condition: Extract<LiftedCondition, { op: 'compare' }>,
  binding: Int32Array,
  names: VariableNames = NONE,
): { literal: string; wanted: boolean } {
  const wanted = condition.comparator !== '/=';
  const sides = [condition.left, condition.right].map((side) => expressionText(task, side, binding, names));
  return { literal: listText(wanted ? condition.comparator : '=', sides), wanted };
}

/** PDDL text of a condition with its parameters replaced by objects; quantified variables stay. */
export function conditionText(
  task: Task,
  condition: LiftedCondition,
  binding: Int32Array,
  names: VariableNames = NONE,
): string {
  const literal = (text: string, wanted: boolean) => (wanted ? text : `(not ${text})`);
  switch (condition.op) {
    case 'true':
      return '(and)';
    case 'false':
      return '(or)';
    case 'and':
    case 'or':
      return listText(
        condition.op,
        condition.parts.map((part) => conditionText(task, part, binding, names)),
      );
    case 'atom': {
      const args = condition.args.map((term) => termText(task, term, binding, names));
      return literal(listText(task.facts.names[condition.predicate]!, args), condition.wanted);
    }
    case 'equals': {
      const sides = [condition.left, condition.right].map((term) => termText(task, term, binding, names));
      return literal(listText('=', sides), condition.wanted);
    }
    case 'compare': {
      const { literal: text, wanted } = comparisonLiteral(task, condition, binding, names);
      return literal(text, wanted);
    }
    case 'forall':
    case 'exists': {
      const inner = new Map(names);
      for (const { slot, name } of condition.variables) inner.set(slot, name);
      const variables = condition.variables.map(({ name, type }) => `${name} - ${type}`).join(' ');
      return `(${condition.op} (${variables}) ${conditionText(task, condition.part, binding, inner)})`;
    }
  }
}
