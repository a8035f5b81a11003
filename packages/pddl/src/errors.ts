/** A place in a text: 1-based line and column (columns count UTF-16 code units). */
export interface Location {
  readonly line: number;
  readonly column: number;
}

/** What a {@link PddlError} says, as data. */
export interface PddlErrorDetails {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** What the grammar or the declarations ask for at this place. */
  readonly expected: string;
  /** The offending text (shortened), or a description such as `end of file`. */
  readonly found: string;
}

const MAX_FOUND = 60;

/** Shortens offending text to one printable line. */
export function excerpt(text: string): string {
  // Control characters would garble a terminal; a message stays one line.
  const line = text.replace(/[\p{Cc}\s]+/gu, ' ').trim();
  return line.length > MAX_FOUND ? `${line.slice(0, MAX_FOUND)}…` : line;
}

/**
 * The only error that parsers throw, whatever the input: `file:line:column: expected …, found …`.
 * The fields hold the same facts as the message.
 */
export class PddlError extends Error implements PddlErrorDetails {
  override readonly name = 'PddlError';
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly expected: string;
  readonly found: string;

  constructor(details: PddlErrorDetails) {
    const found = excerpt(details.found);
    super(`${details.file}:${details.line}:${details.column}: expected ${details.expected}, found ${found}`);
    this.file = details.file;
    this.line = details.line;
    this.column = details.column;
    this.expected = details.expected;
    this.found = found;
  }
}

/** Misuse of a task through its programming interface: a fact of an unknown predicate, an object of a wrong type. */
export class PddlTaskError extends Error {
  override readonly name = 'PddlTaskError';
}
