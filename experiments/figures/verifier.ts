import type { VerdictScores } from '../../envs/world-model/index.js';
import { squareChart } from './square-chart.js';

/** What is drawn of a verifier on some of a split's plans. */
export interface DrawnVerifier extends VerdictScores {
  readonly split: string;
  /** Only rows of `all` plans are drawn. */
  readonly group: string;
  readonly verifier: string;
}

/** Rows whose feasibility is a probability worth a reliability curve. */
const PROBABILISTIC = ['symbolic', 'neural', 'neural-symbolic'];

/** `verifier-errors-<split>.svg` and `verifier-reliability-<split>.svg` for every split of the rows, by file name. */
export function verifierFigures(rows: readonly DrawnVerifier[]): Map<string, string> {
  const figures = new Map<string, string>();
  for (const split of new Set(rows.map((row) => row.split))) {
    const own = rows.filter((row) => row.split === split && row.group === 'all');
    figures.set(`verifier-errors-${split}.svg`, errors(split, own));
    figures.set(`verifier-reliability-${split}.svg`, reliability(split, own));
  }
  return figures;
}

function errors(split: string, rows: readonly DrawnVerifier[]): string {
  return squareChart({
    title: `Wrong verdicts on ${split}, Wilson 95 %`,
    x: 'false accepts, of wrong plans',
    y: 'false rejects, of right plans',
    series: rows.map(({ verifier, falseAccepts, falseRejects }) => ({
      name: verifier,
      points: [
        {
          x: falseAccepts.share,
          y: falseRejects.share,
          xRange: [falseAccepts.low, falseAccepts.high],
          yRange: [falseRejects.low, falseRejects.high],
        },
      ],
    })),
  });
}

function reliability(split: string, rows: readonly DrawnVerifier[]): string {
  const chosen = rows.filter(({ verifier }) => PROBABILISTIC.includes(verifier));
  return squareChart({
    title: `Reliability of the feasibility on ${split}`,
    x: 'feasibility that the verdict says',
    y: 'share of plans that were right',
    diagonal: true,
    series: chosen.map(({ verifier, ece, reliability: bins }) => ({
      name: `${verifier}, ECE ${ece.toFixed(3)}`,
      line: true,
      points: bins.map(({ said, held }) => ({ x: said, y: held })),
    })),
  });
}
