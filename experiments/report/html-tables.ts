import type { Collected } from '../runner/collect.js';
import { METRICS, type MetricName, type SummaryRow } from '../statistics/index.js';
import { styleOf } from './colours.js';
import { escapeHtml } from './page.js';

/** Columns of the results table of the page, with digits after the point. */
const SHOWN: readonly { metric: MetricName; title: string; digits: number; percent?: true }[] = [
  { metric: 'mttr_s', title: 'MTTR, s', digits: 0 },
  { metric: 'recovered', title: 'recovered', digits: 1, percent: true },
  { metric: 'mttr_recovered_s', title: 'MTTR of the recovered, s', digits: 0 },
  { metric: 'first_plan_valid', title: 'first plan valid', digits: 1, percent: true },
  { metric: 'violations_per_100', title: 'violations / 100', digits: 1 },
  { metric: 'data_lost_per_100', title: 'data lost / 100', digits: 1 },
  { metric: 'collateral_per_100', title: 'collateral / 100', digits: 1 },
  { metric: 'llm_calls', title: 'LLM calls', digits: 2 },
  { metric: 'tokens', title: 'tokens', digits: 0 },
];

/** One table a split: mean and 95 % interval of every metric and method. */
export function resultTables({ index, summary }: Collected): string {
  const splits = [...new Set(summary.map((row) => row.split))];
  const tables = splits.map((split) => {
    const rows = summary.filter((row) => row.split === split);
    const variants = [...new Set(rows.map((row) => row.variant))];
    const head = SHOWN.map(
      ({ title, metric }) => `<th title="${escapeHtml(labelOf(metric))}">${title}</th>`,
    ).join('');
    const body = variants.map((variant) => {
      const { colour } = styleOf(index.variants.findIndex(({ name }) => name === variant));
      const cells = SHOWN.map((column) =>
        tableCell(
          rows.find((row) => row.variant === variant && row.metric === column.metric),
          column,
        ),
      );
      return `<tr><td><span class="swatch" style="background:${colour}"></span>${escapeHtml(variant)}</td>${cells.join('')}</tr>`;
    });
    return `<div class="scroll"><table><caption>${escapeHtml(split)}</caption><thead><tr><th>method</th>${head}</tr></thead><tbody>${body.join('')}</tbody></table></div>`;
  });
  return `${tables.join('')}<p class="caption">Mean over incidents and training seeds, below it the 95 % two-level bootstrap interval. Hover over a heading for its definition.</p>`;
}

function labelOf(metric: MetricName): string {
  return METRICS.find(({ name }) => name === metric)!.label;
}

function tableCell(row: SummaryRow | undefined, column: (typeof SHOWN)[number]): string {
  if (!row) return '<td>–</td>';
  const show = (value: number): string =>
    column.percent ? `${(100 * value).toFixed(column.digits)} %` : value.toFixed(column.digits);
  return `<td>${show(row.mean)}<br><span class="interval">[${show(row.ciLow)}, ${show(row.ciHigh)}]</span></td>`;
}
