import type { TypedName } from '../ast.js';
import type { TypeHierarchy } from '../types.js';
import { withNearest } from './scope.js';
import type { ListNode, Node, Source, SymbolNode } from './tokens.js';

/** Words and signs that cannot be names. */
const NAME = /^[^()?:=;\s-][^()?:=;\s]*$/u;
const VARIABLE = /^\?[^()?:;\s]+$/u;

/** Reads a symbol that can serve as a name. `what` says of what, for the message. */
export function readName(source: Source, node: Node | undefined, parent: Node, what: string): string {
  if (node === undefined) source.fail(parent.end - 1, what, '")"');
  if (node.kind !== 'symbol' || !NAME.test(node.name)) source.reject(node, what);
  return node.name;
}

/** Reads the type after a dash: a name or `(either a b)`. */
function readTypes(source: Source, node: Node): { names: string[]; nodes: Node[] } {
  if (node.kind === 'symbol') return { names: [readName(source, node, node, 'a type')], nodes: [node] };
  const [head, ...rest] = node.items;
  if (head?.kind !== 'symbol' || head.name !== 'either' || rest.length === 0) {
    source.reject(node, 'a type or (either TYPE …)');
  }
  return { names: rest.map((item) => readName(source, item, node, 'a type')), nodes: rest };
}

/** One entry of a typed list before types are looked up. */
export interface RawEntry {
  readonly node: SymbolNode;
  readonly types: readonly string[];
  readonly typeNodes: readonly Node[];
}

/** Reads `a b - t c - (either u v) d`; entries without a type get `object`. */
export function readRawTypedList(
  source: Source,
  items: readonly Node[],
  kind: 'variable' | 'name',
): RawEntry[] {
  const entries: RawEntry[] = [];
  let pending: SymbolNode[] = [];
  for (let i = 0; i < items.length; i++) {
    const node = items[i]!;
    if (node.kind !== 'symbol') source.reject(node, `a ${kind} or "-"`);
    if (node.name !== '-') {
      const pattern = kind === 'variable' ? VARIABLE : NAME;
      if (!pattern.test(node.name))
        source.reject(node, kind === 'variable' ? 'a variable (?name)' : 'a name');
      pending.push(node);
      continue;
    }
    if (pending.length === 0) source.reject(node, `a ${kind} before "-"`);
    const typeNode = items[++i];
    if (typeNode === undefined) source.fail(node.end, 'a type after "-"', 'the end of the list');
    const { names, nodes } = readTypes(source, typeNode);
    for (const entry of pending) entries.push({ node: entry, types: names, typeNodes: nodes });
    pending = [];
  }
  for (const entry of pending) entries.push({ node: entry, types: ['object'], typeNodes: [] });
  return entries;
}

/** Reads a typed list whose types must be declared. Variables of one list must differ; objects are checked elsewhere. */
export function readTypedList(
  source: Source,
  items: readonly Node[],
  kind: 'variable' | 'name',
  types: TypeHierarchy,
): TypedName[] {
  const seen = new Set<string>();
  return readRawTypedList(source, items, kind).map(({ node, types: names, typeNodes }) => {
    if (kind === 'variable' && seen.has(node.name))
      source.reject(node, 'a variable not yet used in this list');
    seen.add(node.name);
    names.forEach((name, i) => {
      if (!types.has(name)) {
        source.reject(typeNodes[i] ?? node, withNearest('a declared type', name, types.names()));
      }
    });
    return { name: node.name, types: names, location: source.locate(node.start) };
  });
}

/** Reads the list of variables of a quantifier or action. */
export function readVariables(
  source: Source,
  node: Node | undefined,
  parent: ListNode,
  types: TypeHierarchy,
): TypedName[] {
  if (node === undefined) source.fail(parent.end - 1, 'a list of variables', '")"');
  if (node.kind !== 'list') source.reject(node, 'a list of variables');
  return readTypedList(source, node.items, 'variable', types);
}
