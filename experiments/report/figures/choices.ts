import { compositionOf } from '../../../envs/healing/index.js';
import type { Collected, SplitResults } from '../../runner/collect.js';
import type { Figure, Table } from '../figure.js';
import { traceMenu } from './panels.js';

/**
 * Which meta-prompt a method takes first, by what the belief holds most likely; one method at a time. Of composed prompts, of which there are
 * thousands, it shows the levels of their factors.
 */
export function promptChoices({ splits, index }: Collected): Figure | null {
  const split = splits[0]?.split;
  const shown = splits.filter((entry) => entry.split === split && choosesByBelief(entry));
  if (shown.length === 0) return null;
  const beliefs = [
    ...new Set(shown.flatMap(({ records }) => records.flatMap((record) => record.believed))),
  ].sort();
  const rows: Table['rows'][number][] = [];
  const data = shown.map((entry, i) => {
    const factors = index.variants.find(({ name }) => name === entry.variant)?.config.env.factors;
    const { choices, shares, totals } = firstChoices(entry, beliefs, partsBy(factors as Factors));
    shares.forEach((row, b) => {
      row.forEach((share, c) => {
        rows.push([entry.variant, beliefs[b]!, totals[b]!, choices[c]!, share]);
      });
    });
    return {
      type: 'heatmap',
      name: entry.variant,
      visible: i === 0,
      x: choices,
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
    caption: `First meta-prompt chosen on ${split}, by the condition that the belief held most likely at detection (number of incidents in brackets). Each row adds up to 100 %, of composed prompts for every factor. A method whose rows are all alike chooses without looking.`,
    data,
    layout: {
      ...traceMenu(shown.map((entry) => entry.variant)),
      xaxis: { tickangle: -35, automargin: true },
      yaxis: { automargin: true },
    },
    height: 240 + 26 * beliefs.length,
    table: { columns: ['method', 'believed', 'incidents', 'choice', 'share'], rows },
  };
}

type Factors = Parameters<typeof compositionOf>[1];

/** Names of what a meta-prompt is counted as: itself, or the levels that it is composed of. */
function partsBy(factors: Factors): (name: string) => readonly string[] {
  const known = new Map<string, readonly string[]>();
  return (name) => {
    let parts = known.get(name);
    if (!parts) {
      parts = compositionOf(name, factors) ?? [name];
      known.set(name, parts);
    }
    return parts;
  };
}

/** Methods that ever choose differently on two incidents. */
function choosesByBelief({ records }: SplitResults): boolean {
  const first = records.flatMap((record) => record.metaPrompts.flatMap((chosen) => chosen.slice(0, 1)));
  return new Set(first).size > 1;
}

function firstChoices(
  { records }: SplitResults,
  beliefs: readonly string[],
  partsOf: (name: string) => readonly string[],
) {
  const counts = beliefs.map(() => new Map<string, number>());
  const totals = beliefs.map(() => 0);
  const all = new Set<string>();
  for (const record of records) {
    for (const [i, [first]] of record.metaPrompts.entries()) {
      const b = beliefs.indexOf(record.believed[i]!);
      if (b < 0 || first === undefined) continue;
      totals[b]!++;
      for (const part of partsOf(first)) {
        all.add(part);
        counts[b]!.set(part, (counts[b]!.get(part) ?? 0) + 1);
      }
    }
  }
  const choices = [...all].sort();
  const shares = counts.map((row, b) =>
    choices.map((choice) => (totals[b] ? (row.get(choice) ?? 0) / totals[b]! : null)),
  );
  return { choices, shares, totals };
}
