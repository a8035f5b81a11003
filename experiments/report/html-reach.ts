import type { Collected } from '../runner/collect.js';
import { seedFolder } from '../runner/folder.js';
import { callsToReach, type ReachPoint, type ReachRow } from '../statistics/index.js';
import { readCurve, smooth } from './figures/learning-curves.js';
import { heading, htmlTable } from './html-table.js';
import { escapeHtml } from './page.js';

/** What each learner used until it had a given mean MTTR in training, from the learning curves of a run folder. */
export function reachRows(root: string, { variants }: Collected): ReachRow[] {
  const curves = new Map<string, ReachPoint[][]>();
  for (const { variant, runs } of variants) {
    const seeds = runs
      .filter(({ training }) => training)
      .map(({ seed }) => readCurve(seedFolder(root, variant, seed)))
      .filter((curve) => curve.length > 0);
    if (seeds.length === 0) continue;
    curves.set(
      variant,
      seeds.map((curve) => {
        const mttr = smooth(curve.map((point) => point.mttr_s));
        return curve.map(({ llmCalls, tokens }, i) => ({ llmCalls, tokens, mttr: mttr[i]! }));
      }),
    );
  }
  return callsToReach(curves);
}

/** The table: a row a learner, a column a target. */
export function reachTable(rows: readonly ReachRow[]): string {
  const targets = [...new Set(rows.map(({ target }) => target))];
  const variants = [...new Set(rows.map(({ variant }) => variant))];
  const cell = (variant: string, target: number): string => {
    const row = rows.find((one) => one.variant === variant && one.target === target);
    if (!row?.llmCalls) return '<td>–</td>';
    const seeds = row.reached < row.seeds ? `, ${row.reached} of ${row.seeds} seeds` : '';
    const tokens = `${(row.tokens! / 1e6).toFixed(2)} M tokens${seeds}`;
    return `<td>${row.llmCalls.toFixed(0)}<br><span class="interval">${tokens}</span></td>`;
  };
  const headings = ['learner', ...targets.map((target) => `MTTR ≤ ${target} s`)].map((text) => heading(text));
  const body = variants.map(
    (variant) =>
      `<tr><td>${escapeHtml(variant)}</td>${targets.map((target) => cell(variant, target)).join('')}</tr>`,
  );
  return `${htmlTable(headings, body)}<p class="caption">Language-model calls, and below them tokens, of training until the running mean of MTTR (exploration included) was first at or below the target; means over the training seeds that got there. Numbers: reach.json.</p>`;
}
