import { type Collected, groupBy, type SplitResults } from '../../runner/collect.js';
import { mean } from '../../statistics/index.js';
import type { Figure } from '../figure.js';
import { axisSuffix, panelGrid, panelTitle } from './panels.js';

/** Mean MTTR by family of fault, a panel a split: dark is slow. */
export function familyHeatMap({ splits }: Collected): Figure | null {
  if (splits.length === 0) return null;
  const panels = [...groupBy(splits, (entry) => entry.split)];
  const data: Record<string, unknown>[] = [];
  const methods = Math.max(...panels.map(([, entries]) => entries.length));
  const { grid, height } = panelGrid(
    panels.length,
    20 * methods,
    splits.map(({ variant }) => variant),
  );
  const layout: Record<string, unknown> = {
    grid,
    annotations: panels.map(([split], panel) => panelTitle(panel, `${split}: MTTR by family, s`)),
  };
  const rows: (string | number | null)[][] = [];
  for (const [panel, [split, entries]] of panels.entries()) {
    const suffix = axisSuffix(panel);
    const families = [
      ...new Set(entries.flatMap(({ records }) => records.flatMap((record) => record.family))),
    ].sort();
    const bars = entries.toReversed();
    const z = bars.map((entry) => families.map((family) => familyMean(entry, family)));
    for (const [i, entry] of bars.entries()) {
      for (const [f, family] of families.entries()) rows.push([entry.variant, split, family, z[i]![f]!]);
    }
    data.push({
      type: 'heatmap',
      x: families.map(shortName),
      y: bars.map((entry) => entry.variant),
      z,
      xaxis: `x${suffix}`,
      yaxis: `y${suffix}`,
      zmin: 0,
      zmax: 1800,
      colorscale: 'Cividis',
      reversescale: true,
      showscale: panel === 0,
      colorbar: { title: { text: 'MTTR, s' }, thickness: 12 },
      texttemplate: '%{z:.0f}',
      hovertemplate: '%{y}, family %{x}: %{z:.0f} s<extra></extra>',
    });
    layout[`xaxis${suffix}`] = { type: 'category' };
    layout[`yaxis${suffix}`] = { automargin: true };
  }
  return {
    id: 'families',
    title: 'By family of fault',
    caption:
      'Mean MTTR in seconds by family: A release, configuration and application; B scheduling and control plane; C network and discovery; D security and credentials; E resources; F storage, databases, caches, queues; G load and correlated; H nodes and hardware.',
    data,
    layout,
    height,
    table: { columns: ['method', 'split', 'family', 'mttr_s'], rows },
  };
}

function familyMean({ records }: SplitResults, family: string): number | null {
  const values = records.flatMap((record) =>
    record.metrics.mttr_s.filter((_, i) => record.family[i] === family),
  );
  return values.length === 0 ? null : mean(values.map((value) => value ?? Number.NaN));
}

/** Families are called by a letter and words; the letter is enough on an axis, the caption says the words. */
function shortName(family: string): string {
  return family.split(' ')[0]!;
}
