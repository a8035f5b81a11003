import type { Collected } from '../runner/collect.js';
import type { VerdictRow } from '../runner/verdict-rows.js';
import { VERDICT_METRICS, type VerdictMetricName } from '../statistics/index.js';
import { folded, foldedSplits, heading, htmlTable, withInterval } from './html-table.js';
import { escapeHtml } from './page.js';

const TITLES: Readonly<Record<VerdictMetricName, string>> = {
  false_accept_rate: 'false accepts, of wrong plans',
  false_reject_rate: 'false rejects, of right plans',
  coverage: 'coverage, of right plans',
  ece: 'ECE',
  brier: 'Brier',
};

/** Verdicts against the cloud: one table a split, and in it two more by family and by length of plan. */
export function verdictTables({ verdicts }: Collected): string {
  const splits = new Set(verdicts.map(({ split }) => split));
  const tables = foldedSplits(splits, (split) => {
    const rowsBy = (by: VerdictRow['by']): VerdictRow[] =>
      verdicts.filter((row) => row.split === split && row.by === by);
    return [
      table(rowsBy('all'), false),
      folded('by family of the fault', table(rowsBy('family'), true)),
      folded('by steps of the plan', table(rowsBy('length'), true)),
    ].join('');
  });
  return `${tables}<p class="caption">Every plan that was verified in a test incident, held against executing it on a copy of the cloud. Rates with Wilson 95 % intervals over plans, ECE and Brier with two-level bootstrap intervals.</p>`;
}

function table(rows: readonly VerdictRow[], grouped: boolean): string {
  const titles = [
    'method',
    ...(grouped ? ['plans'] : []),
    ...VERDICT_METRICS.map((metric) => TITLES[metric]),
  ];
  const keys = [...new Set(rows.map(({ variant, group }) => JSON.stringify([variant, group])))];
  const body = keys.map((key) => {
    const [variant, group] = JSON.parse(key) as [string, string];
    const own = rows.filter((row) => row.variant === variant && row.group === group);
    const cells = VERDICT_METRICS.map((metric) => cell(own.find((row) => row.metric === metric)));
    const name = `<td>${escapeHtml(variant)}</td>${grouped ? `<td>${escapeHtml(group)}</td>` : ''}`;
    return `<tr>${name}${cells.join('')}</tr>`;
  });
  return htmlTable(
    titles.map((title) => heading(title)),
    body,
  );
}

function cell(row: VerdictRow | undefined): string {
  if (!row) return '<td>–</td>';
  const share = row.metric !== 'ece' && row.metric !== 'brier';
  const show = (value: number): string => (share ? `${(100 * value).toFixed(1)} %` : value.toFixed(3));
  return `<td title="${row.n} plans">${withInterval(show(row.value), show(row.ciLow), show(row.ciHigh))}</td>`;
}
