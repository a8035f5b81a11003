import { groupBy, type SplitResults } from '../../runner/collect.js';
import { categoryColour } from '../colours.js';
import type { Table } from '../figure.js';
import { axisSuffix, panelGrid, panelTitle } from './panels.js';

/** What a stacked bar chart shows: for each method a length a category. */
export interface Stack {
  readonly splits: readonly SplitResults[];
  readonly categories: readonly string[];
  readonly value: (entry: SplitResults, category: string) => number;
  /** Text of the x axis after the split's name, e.g. `mean seconds`. */
  readonly axis: string;
  readonly columns: Table['columns'];
}

/** Traces, layout, height and table of stacked horizontal bars: a panel a split, a bar a method, a colour a category. */
export function stackedBars({ splits, categories, value, axis, columns }: Stack) {
  const panels = [...groupBy(splits, (entry) => entry.split)];
  const data: Record<string, unknown>[] = [];
  const methods = Math.max(...panels.map(([, entries]) => entries.length));
  const { grid, height } = panelGrid(
    panels.length,
    20 + 20 * methods,
    splits.map(({ variant }) => variant),
  );
  const layout: Record<string, unknown> = {
    barmode: 'stack',
    grid,
    annotations: panels.map(([split], panel) => panelTitle(panel, `${split}: ${axis}`)),
  };
  const rows: (string | number)[][] = [];
  for (const [panel, [split, entries]] of panels.entries()) {
    const suffix = axisSuffix(panel);
    // Bars run from the top down in the order of the file.
    const bars = entries.toReversed();
    for (const [c, category] of categories.entries()) {
      const lengths = bars.map((entry) => value(entry, category));
      for (const [i, entry] of bars.entries()) rows.push([entry.variant, split, category, lengths[i]!]);
      data.push({
        type: 'bar',
        orientation: 'h',
        name: category,
        legendgroup: category,
        showlegend: panel === 0,
        y: bars.map((entry) => entry.variant),
        x: lengths,
        xaxis: `x${suffix}`,
        yaxis: `y${suffix}`,
        marker: { color: categoryColour(c) },
        hovertemplate: `%{y}, ${category}: %{x:.1f}<extra></extra>`,
      });
    }
    layout[`xaxis${suffix}`] = {};
    layout[`yaxis${suffix}`] = { automargin: true };
  }
  return { data, layout, height, table: { columns, rows } };
}
