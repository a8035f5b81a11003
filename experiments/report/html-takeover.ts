import { type Collected, groupBy, type SplitResults } from '../runner/collect.js';
import { mean, percentileInterval, pooled, Resampler } from '../statistics/index.js';
import { foldedSplits, heading, htmlTable, withInterval } from './html-table.js';
import { escapeHtml } from './page.js';

/** Seconds after which a human may take over, for the sensitivity of the headline to the cap. */
const TAKEOVERS = [300, 600, 1200, 1800] as const;

/** Mean MTTR if every incident that is not over by then is taken over by a human who ends it at once. */
export function takeoverTable({ splits }: Collected): string {
  const bySplit = groupBy(splits, (entry) => entry.split);
  const headings = [
    heading('method'),
    ...TAKEOVERS.map((seconds) => heading(`after ${seconds.toLocaleString('en')} s`)),
  ];
  const tables = foldedSplits(bySplit.keys(), (split) => {
    const entries = bySplit.get(split)!;
    const resampler = new Resampler(entries[0]!.records[0]!.family.length);
    return htmlTable(
      headings,
      entries.map((entry, stream) => row(entry, stream, resampler)),
    );
  });
  const note =
    'Mean seconds to recovery if a human ends every incident that is not over after 300, 600 or 1,200 s; 1,800 s is the cap of the headline. A ranking that changes with the column hangs on the cap.';
  return `${tables}<p class="caption">${note}</p>`;
}

function row({ variant, scores }: SplitResults, stream: number, resampler: Resampler): string {
  const cells = TAKEOVERS.map((seconds) => {
    const capped = scores.mttr_s.map((run) => run.map((mttr) => Math.min(mttr, seconds)));
    const { low, high } = percentileInterval(resampler.means(capped, stream));
    return `<td>${withInterval(mean(pooled(capped)).toFixed(0), low.toFixed(0), high.toFixed(0))}</td>`;
  });
  return `<tr><td>${escapeHtml(variant)}</td>${cells.join('')}</tr>`;
}
