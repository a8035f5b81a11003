import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { CLIENT_SCRIPT, STYLE_SHEET } from './client.js';
import { type Figure, toCsv } from './figure.js';

/** A part of the page between the header and the footer, in order. */
export type Section =
  | { readonly kind: 'figure'; readonly figure: Figure }
  | { readonly kind: 'html'; readonly title: string; readonly html: string };

export interface Page {
  readonly title: string;
  readonly description: string;
  /** Short facts under the title. */
  readonly facts: readonly string[];
  readonly sections: readonly Section[];
}

/** The whole page as one HTML text: plotly, data and style inside, nothing fetched. */
export function renderPage({ title, description, facts, sections }: Page): string {
  const figures = sections.flatMap((section) => (section.kind === 'figure' ? [section.figure] : []));
  const payload = figures.map(({ id, data, layout, height }) => ({ id, data, layout, height }));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} – pase-gym report</title>
<link rel="icon" href="data:,">
<style>${STYLE_SHEET}</style>
</head>
<body>
<header>
<button id="theme" type="button" title="light or dark">◐</button>
<h1>${escapeHtml(title)}</h1>
<p>${escapeHtml(description)}</p>
<p class="facts">${facts.map((fact) => `<span>${escapeHtml(fact)}</span>`).join('')}</p>
<nav>${sections.map((section, i) => `<a href="#part-${i + 1}">${escapeHtml(titleOf(section))}</a>`).join('')}</nav>
</header>
<main>
${sections.map(renderSection).join('\n')}
</main>
<script type="application/json" id="figures">${forScript(JSON.stringify(payload))}</script>
<script>${forScript(plotly())}</script>
<script>${CLIENT_SCRIPT}</script>
</body>
</html>
`;
}

function titleOf(section: Section): string {
  return section.kind === 'figure' ? section.figure.title : section.title;
}

function renderSection(section: Section, i: number): string {
  const open = `<section id="part-${i + 1}">\n<h2>${escapeHtml(titleOf(section))}</h2>`;
  if (section.kind === 'html') return `${open}${section.html}</section>`;
  const { id, caption, table, height } = section.figure;
  const csv = `data:text/csv;charset=utf-8,${encodeURIComponent(toCsv(table))}`;
  return `${open}
<div class="figure" id="${id}" style="min-height:${height}px"></div>
<p class="caption">${escapeHtml(caption)} <a download="${id}.csv" href="${csv}">CSV</a> <a href="#${id}" data-svg="${id}">SVG</a></p>
</section>`;
}

/** Text that may stand inside a script element: nothing in it can end the element. */
function forScript(text: string): string {
  return text.replaceAll(/<(?=\/script|!--|script)/gi, '\\x3c');
}

export function escapeHtml(text: string): string {
  const entities: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replaceAll(/[&<>"']/g, (character) => entities[character]!);
}

function plotly(): string {
  return readFileSync(createRequire(import.meta.url).resolve('plotly.js-dist-min'), 'utf8');
}
