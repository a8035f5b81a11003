import type { Collected } from '../runner/collect.js';
import { METRICS, type MetricName, type SummaryRow } from '../statistics/index.js';
import { styleOf } from './colours.js';
import { RESULT_COLUMNS, type ResultColumn } from './columns.js';
import { foldedSplits, heading, htmlTable, withInterval } from './html-table.js';
import { escapeHtml } from './page.js';

/** One table a split: mean and 95 % interval of every metric and method. */
export function resultTables({ index, summary }: Collected): string {
  const splits = new Set(summary.map((row) => row.split));
  const headings = [
    heading('method'),
    ...RESULT_COLUMNS.map(({ title, metric }) => heading(title, labelOf(metric))),
  ];
  const tables = foldedSplits(splits, (split) => {
    const rows = summary.filter((row) => row.split === split);
    const variants = [...new Set(rows.map((row) => row.variant))];
    const body = variants.map((variant) => {
      const { colour } = styleOf(index.variants.findIndex(({ name }) => name === variant));
      const cells = RESULT_COLUMNS.map((column) =>
        tableCell(
          rows.find((row) => row.variant === variant && row.metric === column.metric),
          column,
        ),
      );
      return `<tr><td><span class="swatch" style="background:${colour}"></span>${escapeHtml(variant)}</td>${cells.join('')}</tr>`;
    });
    return htmlTable(headings, body);
  });
  return `${tables}<p class="caption">Mean over incidents and training seeds, below it the 95 % two-level bootstrap interval. Hover over a heading for its definition.</p>`;
}

function labelOf(metric: MetricName): string {
  return METRICS.find(({ name }) => name === metric)!.label;
}

function tableCell(row: SummaryRow | undefined, column: ResultColumn): string {
  if (!row) return '<td>–</td>';
  const show = (value: number): string =>
    column.percent ? `${(100 * value).toFixed(column.digits)} %` : value.toFixed(column.digits);
  return `<td>${withInterval(show(row.mean), show(row.ciLow), show(row.ciHigh))}</td>`;
}
