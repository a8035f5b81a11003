import type { AssignmentOperator, Effect } from '../ast.js';
import { readAtom, readCondition } from './condition.js';
import { readExpression, readFluent } from './expression.js';
import type { Scope } from './scope.js';
import type { ListNode, Node, Source } from './tokens.js';
import { readVariables } from './typed-list.js';

const ASSIGNMENTS: ReadonlySet<string> = new Set([
  'assign',
  'increase',
  'decrease',
  'scale-up',
  'scale-down',
]);

function two(scope: Scope, node: ListNode, expected: string): [Node, Node] {
  const [, first, second] = node.items;
  if (first === undefined || second === undefined || node.items.length !== 3)
    scope.source.reject(node, expected);
  return [first, second];
}

/** Reads an effect. `()` and `(and)` change nothing. */
export function readEffect(scope: Scope, node: Node): Effect {
  const source: Source = scope.source;
  if (node.kind !== 'list') source.reject(node, 'an effect in parentheses');
  const [head, ...rest] = node.items;
  if (head === undefined) return { kind: 'and', parts: [] };
  if (head.kind !== 'symbol')
    source.reject(head, 'a predicate, "and", "not", "when", "forall", "increase", …');
  if (head.name === 'and') return { kind: 'and', parts: rest.map((item) => readEffect(scope, item)) };
  if (head.name === 'not') {
    if (rest.length !== 1) source.reject(node, '(not (predicate argument …))');
    return { kind: 'delete', atom: readAtom(scope, rest[0]!) };
  }
  if (head.name === 'when') {
    const [condition, effect] = two(scope, node, '(when CONDITION EFFECT)');
    return { kind: 'when', condition: readCondition(scope, condition), effect: readEffect(scope, effect) };
  }
  if (head.name === 'forall') {
    const [list, effect] = two(scope, node, '(forall (VARIABLES) EFFECT)');
    const variables = readVariables(source, list, node, scope.types);
    return { kind: 'forall', variables, effect: scope.within(variables, () => readEffect(scope, effect)) };
  }
  if (ASSIGNMENTS.has(head.name)) {
    const [fluent, value] = two(scope, node, `(${head.name} FLUENT EXPRESSION)`);
    return {
      kind: 'numeric',
      operator: head.name as AssignmentOperator,
      fluent: readFluent(scope, fluent),
      value: readExpression(scope, value),
    };
  }
  if (head.name === 'or') source.reject(head, 'a deterministic effect ("or" is no effect)');
  return { kind: 'add', atom: readAtom(scope, node) };
}
