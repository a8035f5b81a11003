import type {
  ActionDeclaration,
  Domain,
  FunctionDeclaration,
  PredicateDeclaration,
  TypeDeclaration,
  TypedName,
} from '../ast.js';
import { type Location, PddlError } from '../errors.js';
import { TypeHierarchy } from '../types.js';
import { readCondition } from './condition.js';
import { readConstraint } from './constraint.js';
import { readEffect } from './effect.js';
import { readRequirements } from './requirements.js';
import { Scope } from './scope.js';
import { onlyItem, readDefinition, type Section, single, sortSections } from './sections.js';
import { type ListNode, type Node, Source } from './tokens.js';
import { readName, readRawTypedList, readTypedList, readVariables } from './typed-list.js';

const SECTIONS = [
  ':requirements',
  ':types',
  ':constants',
  ':predicates',
  ':functions',
  ':constraints',
  ':action',
] as const;

const REFUSED = new Map([
  [':durative-action', 'durative actions are'],
  [':derived', 'derived predicates are'],
  [':process', 'processes are'],
  [':event', 'events are'],
]);

/**
 * Parses a domain. Everything is checked here: names declared, arities and types fitting.
 * @param text PDDL text or its UTF-8 bytes.
 * @param file Name for messages.
 * @throws PddlError on anything that is no domain of the supported language.
 */
export function parseDomain(text: string | Uint8Array, file = 'domain.pddl'): Domain {
  const source: Source = new Source(text, file);
  const { name, sections } = readDefinition(source, 'domain');
  const sorted = sortSections(source, sections, SECTIONS, new Set([':action']), REFUSED);
  const requirements = readRequirements(source, single(sorted, ':requirements'));
  const types = readTypeDeclarations(source, single(sorted, ':types'));
  const hierarchy = new TypeHierarchy(types);
  const constants = readTypedList(source, single(sorted, ':constants')?.body ?? [], 'name', hierarchy);
  const objects = indexObjects(source, constants, new Map());
  const predicates = readPredicates(source, single(sorted, ':predicates'), hierarchy);
  const functions = readFunctions(source, single(sorted, ':functions'), hierarchy);
  const scope = new Scope(source, hierarchy, byName(predicates), byName(functions), objects);
  const constraints = single(sorted, ':constraints');
  const actions = (sorted.get(':action') ?? []).map((section) => readAction(scope, section));
  refuseRepeats(source, actions, 'action');
  return {
    name,
    requirements,
    types,
    constants,
    predicates,
    functions,
    constraints:
      constraints === undefined ? null : readConstraint(scope, onlyItem(source, constraints, 'a constraint')),
    actions,
  };
}

/** A map from names to declarations. */
export function byName<T extends { readonly name: string }>(items: readonly T[]): Map<string, T> {
  return new Map(items.map((item) => [item.name, item]));
}

/**
 * Adds objects to an index. An object may be declared again with the same types (problems often repeat the domain's
 * constants), not with others.
 */
export function indexObjects(
  source: Source,
  objects: readonly TypedName[],
  known: ReadonlyMap<string, TypedName>,
): Map<string, TypedName> {
  const index = new Map(known);
  for (const object of objects) {
    const earlier = index.get(object.name);
    if (earlier !== undefined && earlier.types.join(' ') !== object.types.join(' ')) {
      refuseAt(source, object, `"${object.name}" with the type it already has, ${earlier.types.join(' ')}`);
    }
    index.set(object.name, object);
  }
  return index;
}

type Declared = { readonly name: string; readonly location: Location };

function refuseAt(source: Source, item: Declared, expected: string): never {
  throw new PddlError({ file: source.file, ...item.location, expected, found: `"${item.name}"` });
}

function refuseRepeats(source: Source, items: readonly Declared[], kind: string): void {
  const seen = new Set<string>();
  for (const item of items) {
    if (seen.has(item.name)) refuseAt(source, item, `a new name for the ${kind}`);
    seen.add(item.name);
  }
}

function readTypeDeclarations(source: Source, section: Section | undefined): TypeDeclaration[] {
  const declared = new Map<string, TypeDeclaration>();
  for (const { node, types } of readRawTypedList(source, section?.body ?? [], 'name')) {
    if (node.name === 'object') continue;
    const earlier = declared.get(node.name)?.parents ?? [];
    const parents = [...new Set([...earlier, ...types])];
    declared.set(node.name, { name: node.name, parents, location: source.locate(node.start) });
  }
  // A supertype that is only ever named after a dash is a type directly under object, by common usage.
  for (const { location, parents } of [...declared.values()]) {
    for (const name of parents) {
      if (name !== 'object' && !declared.has(name))
        declared.set(name, { name, parents: ['object'], location });
    }
  }
  const root: TypeDeclaration = { name: 'object', parents: [], location: { line: 1, column: 1 } };
  return [root, ...supertypesFirst(source, declared)];
}

function supertypesFirst(source: Source, declared: ReadonlyMap<string, TypeDeclaration>): TypeDeclaration[] {
  const ordered = new Map<string, TypeDeclaration>();
  const waiting = new Map(declared);
  while (waiting.size > 0) {
    const ready = [...waiting.values()].filter((type) => type.parents.every((name) => !waiting.has(name)));
    const stuck = waiting.values().next().value!;
    if (ready.length === 0) refuseAt(source, stuck, 'a type that is not its own supertype');
    for (const type of ready) {
      ordered.set(type.name, type);
      waiting.delete(type.name);
    }
  }
  return [...ordered.values()];
}

const RESERVED: ReadonlySet<string> = new Set([
  'and',
  'or',
  'not',
  'imply',
  'forall',
  'exists',
  'when',
  'assign',
  'increase',
  'decrease',
  'scale-up',
  'scale-down',
]);

function readHead(source: Source, node: Node, what: string): { list: ListNode; name: string } {
  if (node.kind !== 'list') source.reject(node, `${what} in parentheses`);
  const name = readName(source, node.items[0], node, `the name of ${what}`);
  if (RESERVED.has(name)) source.reject(node.items[0]!, `a name for ${what} that is no word of PDDL`);
  return { list: node, name };
}

function readPredicates(
  source: Source,
  section: Section | undefined,
  types: TypeHierarchy,
): PredicateDeclaration[] {
  const predicates = (section?.body ?? []).map((node) => {
    const { list, name } = readHead(source, node, 'a predicate');
    const parameters = readTypedList(source, list.items.slice(1), 'variable', types);
    return { name, parameters, location: source.locate(node.start) };
  });
  refuseRepeats(source, predicates, 'predicate');
  return predicates;
}

function readFunctions(
  source: Source,
  section: Section | undefined,
  types: TypeHierarchy,
): FunctionDeclaration[] {
  const functions: FunctionDeclaration[] = [];
  const items = section?.body ?? [];
  for (let i = 0; i < items.length; i++) {
    const node = items[i]!;
    if (node.kind === 'symbol' && node.name === '-' && functions.length > 0) {
      const type = items[++i];
      if (type === undefined) source.fail(node.end, '"number" after "-"', 'the end of the list');
      if (type.kind !== 'symbol' || type.name !== 'number') {
        source.reject(type, '"number" (object fluents are not supported)');
      }
      continue;
    }
    const { list, name } = readHead(source, node, 'a function');
    const parameters = readTypedList(source, list.items.slice(1), 'variable', types);
    functions.push({ name, parameters, location: source.locate(node.start) });
  }
  refuseRepeats(source, functions, 'function');
  return functions;
}

function readAction(scope: Scope, section: Section): ActionDeclaration {
  const source: Source = scope.source;
  const [nameNode, ...rest] = section.body;
  const name = readName(source, nameNode, section.node, 'the name of the action');
  const parts = new Map<string, Node>();
  for (let i = 0; i < rest.length; i += 2) {
    const keyword = rest[i]!;
    const value = rest[i + 1];
    if (keyword.kind !== 'symbol' || ![':parameters', ':precondition', ':effect'].includes(keyword.name)) {
      source.reject(keyword, '":parameters", ":precondition" or ":effect"');
    }
    if (parts.has(keyword.name)) source.reject(keyword, `"${keyword.name}" only once`);
    if (value === undefined) source.fail(section.node.end - 1, `a value for "${keyword.name}"`, '")"');
    parts.set(keyword.name, value);
  }
  const list = parts.get(':parameters');
  const parameters = list === undefined ? [] : readVariables(source, list, section.node, scope.types);
  const precondition = parts.get(':precondition');
  const effect = parts.get(':effect');
  return scope.within(parameters, () => ({
    name,
    parameters,
    precondition: precondition === undefined ? null : readCondition(scope, precondition),
    effect: effect === undefined ? null : readEffect(scope, effect),
    location: source.locate(section.node.start),
  }));
}
