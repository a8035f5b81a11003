import type { Collected } from '../runner/collect.js';
import type { MetricName, SummaryRow } from '../statistics/index.js';

/** Columns of the terminal's table. */
const COLUMNS: readonly { metric: MetricName; title: string; show: (row: SummaryRow) => string }[] = [
  {
    metric: 'mttr_s',
    title: 'MTTR s [95 %]',
    show: (row) => `${fixed(row.mean, 0)} [${fixed(row.ciLow, 0)}, ${fixed(row.ciHigh, 0)}]`,
  },
  { metric: 'recovered', title: 'recovered', show: (row) => percent(row.mean) },
  { metric: 'first_plan_valid', title: 'first plan valid', show: (row) => percent(row.mean) },
  { metric: 'violations_per_100', title: 'violations/100', show: (row) => fixed(row.mean, 1) },
  { metric: 'llm_calls', title: 'LLM calls', show: (row) => fixed(row.mean, 2) },
];

/** Results as a table for a terminal, one block a split, methods in the order of the file. */
export function resultsTable({ index, summary }: Collected): string {
  const lines = [`${index.name}: ${index.description}`.replace(/: $/, '')];
  for (const split of new Set(summary.map((row) => row.split))) {
    const rows = summary.filter((row) => row.split === split);
    const incidents = rows[0] ? rows[0].n / rows[0].seeds : 0;
    lines.push(
      '',
      `${split}: ${incidents} test incidents, ${Math.max(...rows.map((row) => row.seeds))} seeds`,
    );
    lines.push(...block(rows));
  }
  return lines.join('\n');
}

function block(rows: readonly SummaryRow[]): string[] {
  const variants = [...new Set(rows.map((row) => row.variant))];
  const cells = variants.map((variant) => [variant, ...COLUMNS.map((column) => cell(rows, variant, column))]);
  const table = [['method', ...COLUMNS.map((column) => column.title)], ...cells];
  const widths = table[0]!.map((_, i) => Math.max(...table.map((row) => row[i]!.length)));
  const line = (row: string[]): string =>
    row.map((text, i) => (i === 0 ? text.padEnd(widths[i]!) : text.padStart(widths[i]!))).join('  ');
  return [line(table[0]!), widths.map((width) => '─'.repeat(width)).join('  '), ...cells.map(line)];
}

function cell(rows: readonly SummaryRow[], variant: string, column: (typeof COLUMNS)[number]): string {
  const row = rows.find((candidate) => candidate.variant === variant && candidate.metric === column.metric);
  return row ? column.show(row) : '–';
}

function fixed(value: number, digits: number): string {
  return value.toFixed(digits);
}

function percent(value: number): string {
  return `${(100 * value).toFixed(1)} %`;
}
