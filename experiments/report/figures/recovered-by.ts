import { type Collected, groupBy, type SplitResults } from '../../runner/collect.js';
import { mean, percentileInterval, pooled, Resampler } from '../../statistics/index.js';
import { styleOf, translucent } from '../colours.js';
import type { Figure } from '../figure.js';
import { axisSuffix, panelGrid, panelTitle } from './panels.js';

/** Seconds at which the curve is drawn: closer where incidents usually end. */
const TIMES = [
  0, 30, 60, 90, 120, 150, 180, 210, 240, 270, 300, 360, 420, 480, 540, 600, 720, 840, 960, 1080, 1200, 1400,
  1600, 1799,
];
/** Enough for a band; the numbers in the tables use more. */
const RESAMPLES = 300;

/** Share of incidents recovered by a time (a performance profile of MTTR), a panel a split. */
export function recoveredBy({ index, splits }: Collected): Figure | null {
  if (splits.length === 0) return null;
  const panels = [...groupBy(splits, (entry) => entry.split)];
  const data: Record<string, unknown>[] = [];
  const { grid, height } = panelGrid(panels.length, 250, ['100%']);
  const layout: Record<string, unknown> = {
    grid,
    annotations: panels.map(([split], panel) => panelTitle(panel, `${split}: share recovered by second`)),
  };
  const rows: (string | number)[][] = [];
  for (const [panel, [split, entries]] of panels.entries()) {
    const suffix = axisSuffix(panel);
    for (const [stream, entry] of entries.entries()) {
      const { colour, dash } = styleOf(index.variants.findIndex(({ name }) => name === entry.variant));
      const curve = profile(entry, stream);
      for (const point of curve)
        rows.push([entry.variant, split, point.time, point.share, point.low, point.high]);
      const shared = {
        x: TIMES,
        legendgroup: entry.variant,
        mode: 'lines',
        hoverinfo: 'skip',
        xaxis: `x${suffix}`,
        yaxis: `y${suffix}`,
      };
      data.push(
        { ...shared, y: curve.map((p) => p.low), line: { width: 0 }, showlegend: false },
        {
          ...shared,
          y: curve.map((p) => p.high),
          line: { width: 0 },
          showlegend: false,
          fill: 'tonexty',
          fillcolor: translucent(colour, 0.13),
        },
        {
          ...shared,
          y: curve.map((p) => p.share),
          name: entry.variant,
          showlegend: panel === 0,
          line: { color: colour, dash, width: 2 },
          hoverinfo: 'all',
        },
      );
    }
    layout[`xaxis${suffix}`] = {};
    layout[`yaxis${suffix}`] = { tickformat: '.0%', range: [0, 1] };
  }
  return {
    id: 'recovered-by',
    title: 'Recovered by a time',
    caption:
      'Share of test incidents that are lastingly recovered by a time: the performance profile of MTTR. Higher and further left is better; the right end is the recovery rate. Bands: 95 % two-level bootstrap interval.',
    data,
    layout,
    height,
    table: { columns: ['method', 'split', 'seconds', 'share', 'low', 'high'], rows },
  };
}

function profile({ scores, records }: SplitResults, stream: number) {
  const resampler = new Resampler(records[0]!.family.length, RESAMPLES);
  return TIMES.map((time) => {
    const reached = scores.mttr_s.map((row) => row.map((mttr) => (mttr <= time ? 1 : 0)));
    const { low, high } = percentileInterval(resampler.means(reached, stream));
    return { time, share: mean(pooled(reached)), low, high };
  });
}
