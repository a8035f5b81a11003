import type { Collected } from '../runner/collect.js';
import type { ComparisonRow } from '../statistics/index.js';
import { foldedSplits, heading, htmlTable, withInterval } from './html-table.js';
import { escapeHtml } from './page.js';

const HEADINGS = [
  'against',
  'MTTR difference, s',
  'MTTR saved',
  'probability of improvement',
  'violations / 100, difference',
] as const;

/** Differences of MTTR and of harm against the first method of the file, with intervals: the ablation table. */
export function comparisonTables({ index, comparisons }: Collected): string {
  const reference = index.variants[0]?.name ?? '';
  const ofReference = comparisons.filter((row) => row.a === reference);
  const rowsOf = (split: string, metric: ComparisonRow['metric']): ComparisonRow[] =>
    ofReference.filter((row) => row.split === split && row.metric === metric);
  const headings = HEADINGS.map((text) => heading(text));
  const splits = new Set(ofReference.filter((row) => row.metric === 'mttr_s').map((row) => row.split));
  const tables = foldedSplits(splits, (split) => {
    const harm = new Map(rowsOf(split, 'violations_per_100').map((row) => [row.b, row]));
    const body = rowsOf(split, 'mttr_s').map(
      (row) => `<tr><td>${escapeHtml(row.b)}</td>${cells(row, harm.get(row.b))}</tr>`,
    );
    return htmlTable(headings, body);
  });
  const note = `${escapeHtml(reference)} against every other method, paired on the same incidents: negative differences are ${escapeHtml(reference)}’s gain. Intervals: 95 % two-level bootstrap. Probability of improvement: that ${escapeHtml(reference)} is faster on a random incident and seed, ties half. All pairs and metrics: comparisons.json.`;
  return `${tables}<p class="caption">${note}</p>`;
}

function cells(row: ComparisonRow, harm: ComparisonRow | undefined): string {
  const percent = (value: number | null): string => (value === null ? '–' : `${(100 * value).toFixed(1)} %`);
  return [
    `<td>${withInterval(row.difference.toFixed(0), row.ciLow.toFixed(0), row.ciHigh.toFixed(0))}</td>`,
    `<td>${withInterval(percent(row.reduction), percent(row.reductionLow), percent(row.reductionHigh))}</td>`,
    `<td>${row.probabilityOfImprovement.toFixed(2)}</td>`,
    harm
      ? `<td>${withInterval(harm.difference.toFixed(1), harm.ciLow.toFixed(1), harm.ciHigh.toFixed(1))}</td>`
      : '<td>–</td>',
  ].join('');
}
