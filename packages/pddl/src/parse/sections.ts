import type { ListNode, Node, Source, SymbolNode } from './tokens.js';
import { readNodes } from './tokens.js';
import { readName } from './typed-list.js';

/** A section `(:keyword …)` of a definition. */
export interface Section {
  readonly keyword: SymbolNode;
  readonly node: ListNode;
  readonly body: readonly Node[];
}

/** Reads `(define (KIND name) (:section …) …)`, the whole of a text. */
export function readDefinition(
  source: Source,
  kind: 'domain' | 'problem',
): { name: string; sections: Section[] } {
  const form = `(define (${kind} NAME) …)`;
  const [define, extra] = readNodes(source);
  if (define === undefined) source.fail(source.text.length, form, 'end of file');
  if (define.kind !== 'list') source.reject(define, form);
  const [head, title, ...rest] = define.items;
  if (head?.kind !== 'symbol' || head.name !== 'define') source.reject(head ?? define, form);
  if (title?.kind !== 'list') source.reject(title ?? define, `(${kind} NAME)`);
  const [word, name, ...more] = title.items;
  if (word?.kind !== 'symbol' || word.name !== kind) source.reject(title, `(${kind} NAME)`);
  const definitionName = readName(source, name, title, `the name of the ${kind}`);
  if (more[0] !== undefined) source.reject(more[0], '")"');
  if (extra !== undefined) source.reject(extra, 'end of file');
  return { name: definitionName, sections: rest.map((node) => readSection(source, node)) };
}

function readSection(source: Source, node: Node): Section {
  if (node.kind !== 'list') source.reject(node, 'a section (:keyword …)');
  const [keyword, ...body] = node.items;
  if (keyword?.kind !== 'symbol' || !keyword.name.startsWith(':'))
    source.reject(node, 'a section (:keyword …)');
  return { keyword, node, body };
}

/**
 * Sorts sections by keyword, refusing unknown and repeated ones. `refused` maps the keyword of an unsupported
 * construct to what it is.
 */
export function sortSections(
  source: Source,
  sections: readonly Section[],
  known: readonly string[],
  repeatable: ReadonlySet<string>,
  refused: ReadonlyMap<string, string>,
): Map<string, Section[]> {
  const sorted = new Map<string, Section[]>();
  for (const section of sections) {
    const { name } = section.keyword;
    const reason = refused.get(name);
    if (reason !== undefined) {
      source.fail(section.keyword.start, `PDDL 2.1 level 2 (${reason} not supported)`, `"${name}"`);
    }
    if (!known.includes(name)) source.reject(section.keyword, `one of ${known.join(' ')}`);
    const earlier = sorted.get(name) ?? [];
    if (earlier.length > 0 && !repeatable.has(name)) source.reject(section.keyword, `"${name}" only once`);
    sorted.set(name, [...earlier, section]);
  }
  return sorted;
}

/** The one section of a keyword, if there is one. */
export function single(
  sections: ReadonlyMap<string, readonly Section[]>,
  keyword: string,
): Section | undefined {
  return sections.get(keyword)?.[0];
}

/** The only item of a section that must have exactly one. */
export function onlyItem(source: Source, section: Section, expected: string): Node {
  const [item, extra] = section.body;
  if (item === undefined) source.fail(section.node.end - 1, expected, '")"');
  if (extra !== undefined) source.reject(extra, '")"');
  return item;
}
