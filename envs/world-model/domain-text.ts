/**
 * Reading the text of a domain beside its syntax tree: the comments are its documentation, and prompts and documents show
 * conditions and effects as the file has them.
 */

/** An action as its file writes it, without comments inside, on one line each. */
export interface ActionText {
  /** Comment right above the action, as one paragraph. */
  readonly doc: string;
  readonly precondition: string | null;
  readonly effect: string | null;
  /** Comment behind the increase of `total-time`: where the duration comes from. */
  readonly durationSource: string;
}

/** Text of an action of a domain file. @throws RangeError when the text has no such action */
export function actionText(text: string, name: string): ActionText {
  const pattern = new RegExp(`\\(\\s*:action\\s+${name.replace(/[^\w-]/g, '\\$&')}(?=[\\s:)])`, 'i');
  const start = text.search(pattern);
  if (start < 0) throw new RangeError(`the text has no action ${name}`);
  const body = balanced(text, start);
  return {
    doc: commentAbove(text, start),
    precondition: section(body, ':precondition'),
    effect: section(body, ':effect'),
    durationSource: /total-time\)[^;\n]*;\s*(.+)/i.exec(commentTail(text, start, body))?.[1]?.trim() ?? '',
  };
}

/** The invariants of a domain: each `always` and `at end`, with the comment above it. */
export function invariantTexts(text: string): { readonly doc: string; readonly text: string }[] {
  const start = text.search(/\(\s*:constraints/i);
  if (start < 0) return [];
  const end = start + balanced(text, start).length;
  const out: { doc: string; text: string }[] = [];
  for (const match of text.slice(start, end).matchAll(/\(\s*(?:always|at\s+end)\b/gi)) {
    const at = start + match.index;
    out.push({ doc: commentAbove(text, at), text: oneLine(balanced(text, at)) });
  }
  return out;
}

/** From an opening bracket to its closing one. Comments may hold brackets of their own. */
function balanced(text: string, start: number): string {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const char = text[at];
    if (char === ';') {
      const end = text.indexOf('\n', at);
      at = end < 0 ? text.length : end;
    } else if (char === '(') depth++;
    else if (char === ')' && --depth === 0) return text.slice(start, at + 1);
  }
  return text.slice(start);
}

/** The body and the rest of its last line, where a comment on the last effect stands. */
function commentTail(text: string, start: number, body: string): string {
  const end = text.indexOf('\n', start + body.length);
  return text.slice(start, end < 0 ? text.length : end);
}

/** The lines of comment that end right above a position; a rule of dashes starts a new section and belongs to none. */
function commentAbove(text: string, at: number): string {
  const lines = text.slice(0, at).split('\n').slice(0, -1);
  const comment: string[] = [];
  for (let i = lines.length - 1; i >= 0; i--) {
    const line = lines[i]!.trim();
    if (!line.startsWith(';') || line.includes('----')) break;
    comment.unshift(line.replace(/^;+\s*/, ''));
  }
  return comment.join(' ');
}

function section(body: string, keyword: string): string | null {
  const at = body.search(new RegExp(`${keyword}\\b`, 'i'));
  if (at < 0) return null;
  const open = body.indexOf('(', at + keyword.length);
  return open < 0 ? null : oneLine(balanced(body, open));
}

function oneLine(text: string): string {
  return text
    .replace(/;[^\n]*/g, '')
    .replace(/\s+/g, ' ')
    .replace(/\( /g, '(')
    .replace(/ \)/g, ')')
    .trim();
}
