import type { PerceptionScores } from '../../envs/world-model/index.js';
import { squareChart } from './square-chart.js';

/** What is drawn of a method's beliefs; methods without probabilities have no reliability and are not drawn. */
export interface DrawnPerception {
  readonly topology: string;
  readonly split: string;
  /** Seconds after detection; only looks at detection are drawn. */
  readonly delay: number;
  readonly method: string;
  readonly ece: number | null;
  readonly reliability: PerceptionScores['reliability'] | null;
}

/** `perception-reliability-<topology>-<split>.svg`, at detection, for every topology and split of the rows, by file name. */
export function perceptionFigures(rows: readonly DrawnPerception[]): Map<string, string> {
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
