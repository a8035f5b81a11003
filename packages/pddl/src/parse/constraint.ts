import type { Constraint } from '../ast.js';
import { readCondition } from './condition.js';
import type { Scope } from './scope.js';
import type { ListNode, Node, Source } from './tokens.js';
import { readVariables } from './typed-list.js';

const EXPECTED =
  '"and", "forall", "always", "sometime", "at-most-once", "at end", "sometime-before" or "sometime-after"';

/** Operators of PDDL 3 that speak of metric time or preferences: a sequential plan has neither. */
const REFUSED: ReadonlySet<string> = new Set([
  'within',
  'always-within',
  'hold-during',
  'hold-after',
  'preference',
]);

function take(scope: Scope, node: ListNode, count: number, usage: string): readonly Node[] {
  if (node.items.length !== count + 1) scope.source.reject(node, usage);
  return node.items.slice(1);
}

/** Reads a trajectory constraint; `()` and `(and)` constrain nothing. */
export function readConstraint(scope: Scope, node: Node): Constraint {
  const source: Source = scope.source;
  if (node.kind !== 'list') source.reject(node, 'a constraint in parentheses');
  const [head] = node.items;
  if (head === undefined) return { kind: 'and', parts: [] };
  if (head.kind !== 'symbol') source.reject(head, EXPECTED);
  const location = source.locate(node.start);
  switch (head.name) {
    case 'and':
      return { kind: 'and', parts: node.items.slice(1).map((item) => readConstraint(scope, item)) };
    case 'forall': {
      const [list, body] = take(scope, node, 2, '(forall (VARIABLES) CONSTRAINT)');
      const variables = readVariables(source, list, node, scope.types);
      return { kind: 'forall', variables, part: scope.within(variables, () => readConstraint(scope, body!)) };
    }
    case 'always':
    case 'sometime':
    case 'at-most-once': {
      const [body] = take(scope, node, 1, `(${head.name} CONDITION)`);
      return { kind: head.name, condition: readCondition(scope, body!), location };
    }
    case 'at': {
      const [end, body] = take(scope, node, 2, '(at end CONDITION)');
      if (end!.kind !== 'symbol' || end!.name !== 'end') source.reject(end!, '"end"');
      return { kind: 'at-end', condition: readCondition(scope, body!), location };
    }
    case 'sometime-before':
    case 'sometime-after': {
      const [first, second] = take(scope, node, 2, `(${head.name} CONDITION CONDITION)`);
      return {
        kind: head.name,
        condition: readCondition(scope, first!),
        other: readCondition(scope, second!),
        location,
      };
    }
    default:
      if (REFUSED.has(head.name)) source.reject(head, `${EXPECTED} ("${head.name}" is not supported)`);
      return source.reject(head, EXPECTED);
  }
}
