import { type Collected, groupBy, type SplitResults } from '../runner/collect.js';
import { mean, percentileInterval, pooled, Resampler } from '../statistics/index.js';
import { escapeHtml } from './page.js';

/** Seconds after which a human may take over, for the sensitivity of the headline to the cap. */
const TAKEOVERS = [300, 600, 1200, 1800] as const;

/** Mean MTTR if every incident that is not over by then is taken over by a human who ends it at once. */
export function takeoverTable({ splits }: Collected): string {
  const tables = [...groupBy(splits, (entry) => entry.split)].map(([split, entries]) => {
    const resampler = new Resampler(entries[0]!.records[0]!.family.length);
    const head = TAKEOVERS.map((seconds) => `<th>after ${seconds.toLocaleString('en')} s</th>`).join('');
    const rows = entries.map((entry, stream) => row(entry, stream, resampler));
    return `<div class="scroll"><table><caption>${escapeHtml(split)}</caption><thead><tr><th>method</th>${head}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
  });
  const note =
    'Mean seconds to recovery if a human ends every incident that is not over after 300, 600 or 1,200 s; 1,800 s is the cap of the headline. A ranking that changes with the column hangs on the cap.';
  return `${tables.join('')}<p class="caption">${note}</p>`;
}

function row({ variant, scores }: SplitResults, stream: number, resampler: Resampler): string {
  const cells = TAKEOVERS.map((seconds) => {
    const capped = scores.mttr_s.map((run) => run.map((mttr) => Math.min(mttr, seconds)));
    const { low, high } = percentileInterval(resampler.means(capped, stream));
    return `<td>${mean(pooled(capped)).toFixed(0)}<br><span class="interval">[${low.toFixed(0)}, ${high.toFixed(0)}]</span></td>`;
  });
  return `<tr><td>${escapeHtml(variant)}</td>${cells.join('')}</tr>`;
}
