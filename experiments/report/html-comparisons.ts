import type { Collected } from '../runner/collect.js';
import type { ComparisonRow } from '../statistics/index.js';
import { escapeHtml } from './page.js';

/** Differences of MTTR and of harm against the first method of the file, with intervals: the ablation table. */
export function comparisonTables({ index, comparisons }: Collected): string {
  const reference = index.variants[0]?.name ?? '';
  const splits = [...new Set(comparisons.map((row) => row.split))];
  const tables = splits.map((split) => {
    const rows = comparisons.filter(
      (row) => row.split === split && row.a === reference && row.metric === 'mttr_s',
    );
    if (rows.length === 0) return '';
    const harm = (b: string): ComparisonRow | undefined =>
      comparisons.find(
        (row) =>
          row.split === split && row.a === reference && row.b === b && row.metric === 'violations_per_100',
      );
    const body = rows.map((row) => `<tr><td>${escapeHtml(row.b)}</td>${cells(row, harm(row.b))}</tr>`);
    const head = [
      'against',
      'MTTR difference, s',
      'MTTR saved',
      'probability of improvement',
      'violations / 100, difference',
    ];
    return `<div class="scroll"><table><caption>${escapeHtml(reference)} on ${escapeHtml(split)}</caption><thead><tr>${head.map((text) => `<th>${text}</th>`).join('')}</tr></thead><tbody>${body.join('')}</tbody></table></div>`;
  });
  const note = `Paired on the same incidents: negative differences are ${escapeHtml(reference)}’s gain. Intervals: 95 % two-level bootstrap. Probability of improvement: that ${escapeHtml(reference)} is faster on a random incident and seed, ties half. All pairs and metrics: comparisons.json.`;
  return `${tables.join('')}<p class="caption">${note}</p>`;
}

function cells(row: ComparisonRow, harm: ComparisonRow | undefined): string {
  const interval = (low: string, high: string): string =>
    `<br><span class="interval">[${low}, ${high}]</span>`;
  const percent = (value: number | null): string => (value === null ? '–' : `${(100 * value).toFixed(1)} %`);
  return [
    `<td>${row.difference.toFixed(0)}${interval(row.ciLow.toFixed(0), row.ciHigh.toFixed(0))}</td>`,
    `<td>${percent(row.reduction)}${interval(percent(row.reductionLow), percent(row.reductionHigh))}</td>`,
    `<td>${row.probabilityOfImprovement.toFixed(2)}</td>`,
    harm
      ? `<td>${harm.difference.toFixed(1)}${interval(harm.ciLow.toFixed(1), harm.ciHigh.toFixed(1))}</td>`
      : '<td>–</td>',
  ].join('');
}
