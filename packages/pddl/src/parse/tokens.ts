import { type Location, PddlError } from '../errors.js';

/** A list or a symbol of a PDDL text, with its place. `end` is the offset just after it. */
export type Node = ListNode | SymbolNode;

export interface SymbolNode {
  readonly kind: 'symbol';
  /** Lower case: PDDL ignores case. */
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

export interface ListNode {
  readonly kind: 'list';
  readonly items: readonly Node[];
  readonly start: number;
  readonly end: number;
}

/** Lists nested deeper than this are refused, so that no input can exhaust the stack of a recursive reader. */
export const MAX_NESTING = 256;

const TAB = 9;
const SPACE = 32;
const OPEN = 40;
const CLOSE = 41;
const SEMICOLON = 59;

/** A text with what is needed to point into it. */
export class Source {
  readonly file: string;
  readonly text: string;
  private lineStarts: number[] | null = null;

  /** Bytes are decoded as UTF-8 (malformed bytes become U+FFFD); a byte order mark is dropped. */
  constructor(text: string | Uint8Array, file: string) {
    const decoded = typeof text === 'string' ? text : new TextDecoder('utf-8').decode(text);
    this.text = decoded.charCodeAt(0) === 0xfeff ? decoded.slice(1) : decoded;
    this.file = file;
  }

  /** Line and column of an offset. `\n`, `\r\n` and a lone `\r` end a line. */
  locate(offset: number): Location {
    this.lineStarts ??= findLineStarts(this.text);
    const starts = this.lineStarts;
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - starts[low]! + 1 };
  }

  fail(offset: number, expected: string, found: string): never {
    throw new PddlError({ file: this.file, ...this.locate(offset), expected, found });
  }

  /** Refuses a node: the error points at its start and quotes its text. */
  reject(node: Node, expected: string): never {
    this.fail(node.start, expected, `"${this.quote(node)}"`);
  }

  quote(node: Node): string {
    const text = this.text.slice(node.start, Math.min(node.end, node.start + 61)).replace(/\s+/g, ' ');
    return text.length > 57 ? `${text.slice(0, 57)}…` : text;
  }
}

function findLineStarts(text: string): number[] {
  const starts = [0];
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 10 || (code === 13 && text.charCodeAt(i + 1) !== 10)) starts.push(i + 1);
  }
  return starts;
}

function isSpace(code: number): boolean {
  return code === SPACE || (code >= TAB && code <= 13);
}

function isDelimiter(code: number): boolean {
  return isSpace(code) || code === OPEN || code === CLOSE || code === SEMICOLON;
}

/** Offset of the next character that is neither white space nor in a comment. */
function skipBlank(text: string, from: number): number {
  let i = from;
  while (i < text.length) {
    const code = text.charCodeAt(i);
    if (isSpace(code)) i++;
    else if (code === SEMICOLON) {
      while (i < text.length && text.charCodeAt(i) !== 10 && text.charCodeAt(i) !== 13) i++;
    } else break;
  }
  return i;
}

/** Reads all top-level nodes of a text. Iterative, so that depth costs no stack. */
export function readNodes(source: Source): Node[] {
  const { text } = source;
  const top: Node[] = [];
  const open: { items: Node[]; start: number }[] = [];
  let i = skipBlank(text, 0);
  while (i < text.length) {
    const items = open.at(-1)?.items ?? top;
    const code = text.charCodeAt(i);
    if (code === OPEN) {
      if (open.length >= MAX_NESTING)
        source.fail(i, `lists nested at most ${MAX_NESTING} deep`, 'a deeper list');
      open.push({ items: [], start: i });
      i++;
    } else if (code === CLOSE) {
      const list = open.pop();
      if (list === undefined) source.fail(i, 'a definition or the end of the file', '")"');
      (open.at(-1)?.items ?? top).push({ kind: 'list', items: list.items, start: list.start, end: i + 1 });
      i++;
    } else {
      const start = i;
      while (i < text.length && !isDelimiter(text.charCodeAt(i))) i++;
      items.push({ kind: 'symbol', name: text.slice(start, i).toLowerCase(), start, end: i });
    }
    i = skipBlank(text, i);
  }
  const unclosed = open.at(-1);
  if (unclosed !== undefined) {
    const where = source.locate(unclosed.start);
    source.fail(
      text.length,
      `")" to close the list opened at line ${where.line}, column ${where.column}`,
      'end of file',
    );
  }
  return top;
}
