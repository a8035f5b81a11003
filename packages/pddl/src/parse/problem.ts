import type { Condition, Domain, Expression, Fact, FluentValue, Metric, Problem, TypedName } from '../ast.js';
import { TypeHierarchy, typesText } from '../types.js';
import { readAtom, readCondition } from './condition.js';
import { readConstraint } from './constraint.js';
import { byName, indexObjects } from './domain.js';
import { parseNumber, readExpression, readFluent } from './expression.js';
import { readRequirements } from './requirements.js';
import { Scope } from './scope.js';
import { onlyItem, readDefinition, type Section, single, sortSections } from './sections.js';
import { type ListNode, type Node, readNodes, Source } from './tokens.js';
import { readName, readTypedList } from './typed-list.js';

const SECTIONS = [
  ':domain',
  ':requirements',
  ':objects',
  ':init',
  ':goal',
  ':constraints',
  ':metric',
  ':length',
] as const;

/**
 * Parses a problem of a domain; every name is checked against it. The domain that the problem names is recorded, not
 * compared (see the policy table).
 * @throws PddlError on anything that is no problem of this domain.
 */
export function parseProblem(text: string | Uint8Array, domain: Domain, file = 'problem.pddl'): Problem {
  const source: Source = new Source(text, file);
  const { name, sections } = readDefinition(source, 'problem');
  const sorted = sortSections(source, sections, SECTIONS, new Set(), new Map());
  const missing = (keyword: string) =>
    source.fail(source.text.length, `a section (${keyword} …)`, 'end of file');
  const domainSection = single(sorted, ':domain') ?? missing(':domain');
  const goalSection = single(sorted, ':goal') ?? missing(':goal');
  const types = new TypeHierarchy(domain.types);
  const objects = readTypedList(source, single(sorted, ':objects')?.body ?? [], 'name', types);
  const scope = problemScope(source, domain, types, objects);
  const init = readInit(scope, single(sorted, ':init'));
  const constraints = single(sorted, ':constraints');
  return {
    name,
    domain: readName(source, domainSection.body[0], domainSection.node, 'the name of a domain'),
    requirements: readRequirements(source, single(sorted, ':requirements')),
    objects,
    ...init,
    goal: readCondition(scope, onlyItem(source, goalSection, 'a goal')),
    constraints:
      constraints === undefined ? null : readConstraint(scope, onlyItem(source, constraints, 'a constraint')),
    metric: readMetric(scope, single(sorted, ':metric')),
  };
}

/**
 * Parses one condition over the objects of a domain and problem, e.g. a goal made at run time:
 * `(and (not (config-bad cart)) (>= (ready cart) 1))`.
 * @throws PddlError as {@link parseProblem} does.
 */
export function parseCondition(
  text: string,
  domain: Domain,
  objects: readonly TypedName[],
  file = 'condition.pddl',
): Condition {
  const source: Source = new Source(text, file);
  const scope = problemScope(source, domain, new TypeHierarchy(domain.types), objects);
  const [node, extra] = readNodes(source);
  if (node === undefined) source.fail(source.text.length, 'a condition', 'end of file');
  if (extra !== undefined) source.reject(extra, 'end of file');
  return readCondition(scope, node);
}

function problemScope(
  source: Source,
  domain: Domain,
  types: TypeHierarchy,
  objects: readonly TypedName[],
): Scope {
  const known = indexObjects(source, objects, byName(domain.constants));
  return new Scope(source, types, byName(domain.predicates), byName(domain.functions), known);
}

function readInit(scope: Scope, section: Section | undefined): { facts: Fact[]; fluents: FluentValue[] } {
  const facts = new Map<string, Fact>();
  const fluents = new Map<string, FluentValue>();
  for (const node of section?.body ?? []) {
    const head = node.kind === 'list' ? node.items[0] : undefined;
    const word = head?.kind === 'symbol' ? head.name : '';
    if (node.kind === 'list' && word === '=') {
      const fluent = readInitialValue(scope, node);
      const key = [fluent.function, ...fluent.args].join(' ');
      const earlier = fluents.get(key);
      if (earlier !== undefined && earlier.value !== fluent.value) {
        scope.source.reject(node, `one value for (${key}), which is already ${earlier.value}`);
      }
      fluents.set(key, fluent);
    } else if (node.kind === 'list' && word === 'not') {
      // Legal and without effect: what is not said to be true is false.
      if (node.items.length !== 2) scope.source.reject(node, '(not (predicate argument …))');
      groundArgs(scope, node.items[1]!);
    } else {
      refuseTimedLiteral(scope, node);
      const fact = groundArgs(scope, node);
      facts.set([fact.predicate, ...fact.args].join(' '), fact);
    }
  }
  return { facts: [...facts.values()], fluents: [...fluents.values()] };
}

function groundArgs(scope: Scope, node: Node): Fact {
  const atom = readAtom(scope, node);
  checkFits(scope, node as ListNode, scope.predicates.get(atom.predicate)!.parameters);
  return { predicate: atom.predicate, args: atom.args.map((term) => term.name) };
}

/** In a condition a supertype may stand for a subtype; an object of an initial state must be of the declared type. */
function checkFits(scope: Scope, list: ListNode, parameters: readonly TypedName[]): void {
  list.items.slice(1).forEach((node, i) => {
    const wanted = parameters[i]!.types;
    const object = scope.objects.get(node.kind === 'symbol' ? node.name : '');
    if (object !== undefined && !scope.types.fits(object.types, wanted)) {
      const found = `"${object.name}" of type ${typesText(object.types)}`;
      scope.source.fail(node.start, `an object of type ${typesText(wanted)}`, found);
    }
  });
}

function refuseTimedLiteral(scope: Scope, node: Node): void {
  if (node.kind !== 'list' || node.items.length !== 3) return;
  const [head, time, atom] = node.items;
  if (head?.kind === 'symbol' && head.name === 'at' && time?.kind === 'symbol' && atom?.kind === 'list') {
    scope.source.reject(node, 'an initial fact without time (timed initial literals are not supported)');
  }
}

function readInitialValue(scope: Scope, node: ListNode): FluentValue {
  const [, left, right] = node.items;
  if (left === undefined || right === undefined || node.items.length !== 3) {
    scope.source.reject(node, '(= (function argument …) NUMBER)');
  }
  const fluent = readFluent(scope, left);
  checkFits(scope, left as ListNode, scope.functions.get(fluent.function)!.parameters);
  const value = right.kind === 'symbol' ? parseNumber(right.name) : null;
  if (value === null) scope.source.reject(right, 'a number');
  return { function: fluent.function, args: fluent.args.map((term) => term.name), value };
}

function readMetric(scope: Scope, section: Section | undefined): Metric | null {
  if (section === undefined) return null;
  const source: Source = scope.source;
  const [direction, body, extra] = section.body;
  if (direction?.kind !== 'symbol' || !['minimize', 'maximize'].includes(direction.name)) {
    source.reject(direction ?? section.node, '"minimize" or "maximize"');
  }
  if (body === undefined) source.fail(section.node.end - 1, 'an expression', '")"');
  if (extra !== undefined) source.reject(extra, '")"');
  return {
    direction: direction.name as Metric['direction'],
    expression: readMetricExpression(scope, body),
  };
}

/** `total-time` is built in: it needs no declaration. */
function readMetricExpression(scope: Scope, node: Node): Expression {
  if (scope.functions.has('total-time')) return readExpression(scope, node);
  const totalTime = {
    name: 'total-time',
    parameters: [],
    location: scope.source.locate(node.start),
  };
  const functions = new Map([...scope.functions, ['total-time', totalTime] as const]);
  return readExpression(
    new Scope(scope.source, scope.types, scope.predicates, functions, scope.objects),
    node,
  );
}
