import type { Collected } from '../../runner/collect.js';
import { styleOf } from '../colours.js';
import type { Figure } from '../figure.js';
import { axisSuffix, panelGrid, panelTitle } from './panels.js';

/** Mean MTTR of every method with its interval, a panel a split. */
export function mttrBars({ index, summary }: Collected): Figure | null {
  const rows = summary.filter((row) => row.metric === 'mttr_s');
  const splits = [...new Set(rows.map((row) => row.split))];
  if (splits.length === 0) return null;
  const data: Record<string, unknown>[] = [];
  const methods = Math.max(...splits.map((split) => rows.filter((row) => row.split === split).length));
  const { grid, height } = panelGrid(
    splits.length,
    20 + 24 * methods,
    rows.map(({ variant }) => variant),
  );
  const layout: Record<string, unknown> = {
    showlegend: false,
    grid,
    annotations: splits.map((split, panel) => panelTitle(panel, `${split}: MTTR, s`)),
  };
  splits.forEach((split, panel) => {
    const suffix = axisSuffix(panel);
    // Bars run from the top down in the order of the file.
    const inSplit = rows.filter((row) => row.split === split).reverse();
    const styles = inSplit.map((row) =>
      styleOf(index.variants.findIndex((variant) => variant.name === row.variant)),
    );
    data.push({
      type: 'bar',
      orientation: 'h',
      y: inSplit.map((row) => row.variant),
      x: inSplit.map((row) => row.mean),
      text: inSplit.map((row) => row.mean.toFixed(0)),
      textposition: 'inside',
      insidetextanchor: 'start',
      textangle: 0,
      constraintext: 'none',
      xaxis: `x${suffix}`,
      yaxis: `y${suffix}`,
      marker: { color: styles.map((style) => style.colour), opacity: 0.85 },
      error_x: {
        type: 'data',
        symmetric: false,
        array: inSplit.map((row) => row.ciHigh - row.mean),
        arrayminus: inSplit.map((row) => row.mean - row.ciLow),
        thickness: 1.6,
      },
      hovertemplate: '%{y}: %{x:.0f} s<extra></extra>',
    });
    layout[`xaxis${suffix}`] = { rangemode: 'tozero' };
    layout[`yaxis${suffix}`] = { automargin: true };
  });
  return {
    id: 'mttr',
    title: 'Time to recovery',
    caption:
      'Mean seconds from fault onset to lasting recovery on the test incidents; an unresolved incident counts 1,800 s. Whiskers: 95 % two-level bootstrap interval (training seeds, incidents). Shorter is better; look at harm beside it.',
    data,
    layout,
    height,
    table: {
      columns: ['method', 'split', 'n', 'seeds', 'mean', 'iqm', 'ci_low', 'ci_high'],
      rows: rows.map((row) => [
        row.variant,
        row.split,
        row.n,
        row.seeds,
        row.mean,
        row.iqm,
        row.ciLow,
        row.ciHigh,
      ]),
    },
  };
}
