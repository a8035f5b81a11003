import type { Collected } from '../runner/collect.js';
import type { VerdictRow } from '../runner/verdict-rows.js';
import { VERDICT_METRICS, type VerdictMetricName } from '../statistics/index.js';
import { escapeHtml } from './page.js';

const TITLES: Readonly<Record<VerdictMetricName, string>> = {
  false_accept_rate: 'false accepts, of wrong plans',
  false_reject_rate: 'false rejects, of right plans',
  coverage: 'coverage, of right plans',
  ece: 'ECE',
  brier: 'Brier',
};

/** What the plans of a table have in common, for its caption. */
const CAPTIONS = { all: '', family: ', by family of the fault', length: ', by steps of the plan' } as const;

/** Verdicts against the cloud: one table a split, and two more, folded away, by family and by length of plan. */
export function verdictTables({ verdicts }: Collected): string {
  const splits = [...new Set(verdicts.map(({ split }) => split))];
  const tables = splits.flatMap((split) =>
    (['all', 'family', 'length'] as const).map((by) => {
      const rows = verdicts.filter((row) => row.split === split && row.by === by);
      const html = table(`${split}${CAPTIONS[by]}`, rows, by !== 'all');
      return by === 'all'
        ? html
        : `<details><summary>${escapeHtml(`${split}${CAPTIONS[by]}`)}</summary>${html}</details>`;
    }),
  );
  return `${tables.join('')}<p class="caption">Every plan that was verified in a test incident, held against executing it on a copy of the cloud. Rates with Wilson 95 % intervals over plans, ECE and Brier with two-level bootstrap intervals.</p>`;
}

function table(caption: string, rows: readonly VerdictRow[], grouped: boolean): string {
  const head = VERDICT_METRICS.map((metric) => `<th>${TITLES[metric]}</th>`).join('');
  const keys = [...new Set(rows.map(({ variant, group }) => JSON.stringify([variant, group])))];
  const body = keys.map((key) => {
    const [variant, group] = JSON.parse(key) as [string, string];
    const own = rows.filter((row) => row.variant === variant && row.group === group);
    const cells = VERDICT_METRICS.map((metric) => cell(own.find((row) => row.metric === metric)));
    const name = `<td>${escapeHtml(variant)}</td>${grouped ? `<td>${escapeHtml(group)}</td>` : ''}`;
    return `<tr>${name}${cells.join('')}</tr>`;
  });
  return `<div class="scroll"><table><caption>${escapeHtml(caption)}</caption><thead><tr><th>method</th>${grouped ? '<th>plans</th>' : ''}${head}</tr></thead><tbody>${body.join('')}</tbody></table></div>`;
}

function cell(row: VerdictRow | undefined): string {
  if (!row) return '<td>–</td>';
  const share = row.metric !== 'ece' && row.metric !== 'brier';
  const show = (value: number): string => (share ? `${(100 * value).toFixed(1)} %` : value.toFixed(3));
  return `<td title="${row.n} plans">${show(row.value)}<br><span class="interval">[${show(row.ciLow)}, ${show(row.ciHigh)}]</span></td>`;
}
