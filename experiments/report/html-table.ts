import { escapeHtml } from './page.js';

/** Pieces that the report's tables are made of. */

/** A heading of a column; `title` shows when the pointer rests on it. */
export function heading(text: string, title?: string): string {
  return title === undefined ? `<th>${text}</th>` : `<th title="${escapeHtml(title)}">${text}</th>`;
}

/** A table under its headings. @param rows `<tr>` elements */
export function htmlTable(headings: readonly string[], rows: readonly string[]): string {
  return `<div class="scroll"><table><thead><tr>${headings.join('')}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}

/** A value with its interval below it. */
export function withInterval(value: string, low: string, high: string): string {
  return `${value}<br><span class="interval">[${low}, ${high}]</span>`;
}

/** Something that opens under its caption. All but the configuration is open on paper. */
export function folded(caption: string, html: string, open = false): string {
  return `<details class="fold"${open ? ' open' : ''}><summary>${escapeHtml(caption)}</summary>${html}</details>`;
}

/** One thing a split, the first of them open: eight tables below each other hide what comes after them. */
export function foldedSplits(splits: Iterable<string>, render: (split: string) => string): string {
  return [...splits].map((split, i) => folded(split, render(split), i === 0)).join('');
}
