import type { PerceptionRow } from '../cli/evaluate-perception.js';
import { squareChart } from './square-chart.js';

/** `perception-reliability-<topology>-<split>.svg`, at detection, for every topology and split of the rows, by file name. */
export function perceptionFigures(rows: readonly PerceptionRow[]): Map<string, string> {
  const figures = new Map<string, string>();
  const at = rows.filter(({ delay, reliability }) => delay === 0 && reliability !== null);
  for (const name of new Set(at.map(({ topology, split }) => `${topology}-${split}`))) {
    const own = at.filter(({ topology, split }) => `${topology}-${split}` === name);
    const chart = squareChart({
      title: `Reliability of perception at detection, ${own[0]!.split}`,
      x: 'probability that the belief says',
      y: 'share of conditions that held',
      diagonal: true,
      series: own.map(({ method, ece, reliability }) => ({
        name: `${method}, ECE ${ece!.toFixed(3)}`,
        line: true,
        points: reliability!.map(({ said, held }) => ({ x: said, y: held })),
      })),
    });
    figures.set(`perception-reliability-${name}.svg`, chart);
  }
  return figures;
}
