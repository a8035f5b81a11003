import type { AtomCondition, Comparator, Condition } from '../ast.js';
import { parseNumber, readExpression } from './expression.js';
import { type Scope, withNearest } from './scope.js';
import type { ListNode, Node, Source } from './tokens.js';
import { readVariables } from './typed-list.js';

const COMPARATORS: ReadonlySet<string> = new Set(['<', '<=', '=', '>=', '>']);

/** Constructs of other levels of PDDL, refused by name so that the reader of the message knows why. */
const REFUSED = new Map([
  ['preference', 'a condition without preferences (not supported)'],
  ['at', 'a condition without time (durative actions are not supported)'],
  ['over', 'a condition without time (durative actions are not supported)'],
]);

/** Reads `(predicate term …)`. */
export function readAtom(scope: Scope, node: Node): AtomCondition {
  const { predicates } = scope;
  const source: Source = scope.source;
  if (node.kind !== 'list') source.reject(node, 'an atom (predicate argument …)');
  const [head, ...rest] = node.items;
  if (head?.kind !== 'symbol') source.reject(node, 'an atom (predicate argument …)');
  const declaration = predicates.get(head.name);
  if (declaration === undefined) {
    const refused = REFUSED.get(head.name);
    source.reject(head, refused ?? withNearest('a declared predicate', head.name, predicates.keys()));
  }
  return { kind: 'atom', predicate: head.name, args: scope.args(node, rest, declaration) };
}

function only(scope: Scope, node: ListNode, count: number): readonly Node[] {
  const [head, ...rest] = node.items;
  if (rest.length !== count) {
    const name = head?.kind === 'symbol' ? head.name : '';
    scope.source.reject(node, `${count} argument${count === 1 ? '' : 's'} for "${name}"`);
  }
  return rest;
}

/** `(= a b)` compares objects when both sides are bare names that are no numbers, else numbers. */
function isObjectEquality(scope: Scope, nodes: readonly Node[]): boolean {
  return nodes.every(
    (node) => node.kind === 'symbol' && parseNumber(node.name) === null && !isBareFunction(scope, node.name),
  );
}

function isBareFunction(scope: Scope, name: string): boolean {
  return scope.functions.has(name) && !scope.objects.has(name);
}

function readComparison(scope: Scope, node: ListNode, comparator: Comparator): Condition {
  const [left, right] = only(scope, node, 2) as [Node, Node];
  if (comparator === '=' && isObjectEquality(scope, [left, right])) {
    return { kind: 'equals', left: scope.term(left, ['object']), right: scope.term(right, ['object']) };
  }
  return {
    kind: 'compare',
    comparator,
    left: readExpression(scope, left),
    right: readExpression(scope, right),
  };
}

/** Reads a condition. `()` and `(and)` hold always, `(or)` never. */
export function readCondition(scope: Scope, node: Node): Condition {
  const source: Source = scope.source;
  if (node.kind !== 'list') source.reject(node, 'a condition in parentheses');
  const [head, ...rest] = node.items;
  if (head === undefined) return { kind: 'and', parts: [] };
  if (head.kind !== 'symbol') source.reject(head, 'a predicate, "and", "or", "not", "imply", "forall", …');
  switch (head.name) {
    case 'and':
    case 'or':
      return { kind: head.name, parts: rest.map((item) => readCondition(scope, item)) };
    case 'not':
      return { kind: 'not', part: readCondition(scope, only(scope, node, 1)[0]!) };
    case 'imply': {
      const [premise, conclusion] = only(scope, node, 2);
      return {
        kind: 'imply',
        premise: readCondition(scope, premise!),
        conclusion: readCondition(scope, conclusion!),
      };
    }
    case 'forall':
    case 'exists': {
      const [list, body] = only(scope, node, 2);
      const variables = readVariables(source, list, node, scope.types);
      const part = scope.within(variables, () => readCondition(scope, body!));
      return { kind: head.name, variables, part };
    }
    default:
      return COMPARATORS.has(head.name)
        ? readComparison(scope, node, head.name as Comparator)
        : readAtom(scope, node);
  }
}
