import type { Collected, SplitResults } from '../../runner/collect.js';
import type { Figure, Table } from '../figure.js';
import { traceMenu } from './panels.js';

/** Which meta-prompt a method takes first, by what the belief holds most likely; one method at a time. */
export function promptChoices({ splits }: Collected): Figure | null {
  const split = splits[0]?.split;
  const shown = splits.filter((entry) => entry.split === split && choosesByBelief(entry));
  if (shown.length === 0) return null;
  const prompts = [
    ...new Set(
      shown.flatMap(({ records }) =>
        records.flatMap((r) => r.metaPrompts.flatMap((chosen) => chosen.slice(0, 1))),
      ),
    ),
  ].sort();
  const beliefs = [
    ...new Set(shown.flatMap(({ records }) => records.flatMap((record) => record.believed))),
  ].sort();
  const rows: Table['rows'][number][] = [];
  const data = shown.map((entry, i) => {
    const { shares, totals } = firstChoices(entry, beliefs, prompts);
    shares.forEach((row, b) => {
      row.forEach((share, p) => {
        rows.push([entry.variant, beliefs[b]!, totals[b]!, prompts[p]!, share]);
      });
    });
    return {
      type: 'heatmap',
      name: entry.variant,
      visible: i === 0,
      x: prompts,
      y: beliefs.map((belief, b) => `${belief} (${totals[b]})`),
      z: shares,
      zmin: 0,
      zmax: 1,
      colorscale: 'Cividis',
      colorbar: { tickformat: '.0%', thickness: 12 },
      hovertemplate: '%{y} → %{x}: %{z:.0%}<extra></extra>',
    };
  });
  return {
    id: 'prompt-choices',
    title: 'Which prompt for which belief',
    caption: `First meta-prompt chosen on ${split}, by the condition that the belief held most likely at detection (number of incidents in brackets). Each row adds up to 100 %. A method whose rows are all alike chooses without looking.`,
    data,
    layout: {
      ...traceMenu(shown.map((entry) => entry.variant)),
      xaxis: { tickangle: -35, automargin: true },
      yaxis: { automargin: true },
    },
    height: 240 + 26 * beliefs.length,
    table: { columns: ['method', 'believed', 'incidents', 'meta_prompt', 'share'], rows },
  };
}

/** Methods that ever choose differently on two incidents. */
function choosesByBelief({ records }: SplitResults): boolean {
  const first = records.flatMap((record) => record.metaPrompts.flatMap((chosen) => chosen.slice(0, 1)));
  return new Set(first).size > 1;
}

function firstChoices({ records }: SplitResults, beliefs: readonly string[], prompts: readonly string[]) {
  const counts = beliefs.map(() => prompts.map(() => 0));
  for (const record of records) {
    for (const [i, chosen] of record.metaPrompts.entries()) {
      const row = counts[beliefs.indexOf(record.believed[i]!)];
      const column = prompts.indexOf(chosen[0] ?? '');
      if (row && column >= 0) row[column]! += 1;
    }
  }
  const totals = counts.map((row) => row.reduce((sum, count) => sum + count, 0));
  const shares = counts.map((row, b) => row.map((count) => (totals[b] ? count / totals[b] : null)));
  return { shares, totals };
}
