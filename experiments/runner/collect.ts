import { join } from 'node:path';
import {
  type ComparisonRow,
  compare,
  METRICS,
  type MethodScores,
  Resampler,
  type SummaryRow,
  summarise,
} from '../statistics/index.js';
import { writeJson } from './files.js';
import { type EvaluationRecord, type RunIndex, type RunResult, readResult, seedFolder } from './folder.js';
import { isOfAll, summaryRow, type VerdictRow, verdictRows } from './verdict-rows.js';

/** All finished seed-runs of a variant, by seed. */
export interface VariantResults {
  readonly variant: string;
  readonly method: string;
  readonly runs: readonly RunResult[];
}

/** One method on one split, with the records that its scores come from. */
export interface SplitResults extends MethodScores {
  readonly world: string;
  readonly records: readonly EvaluationRecord[];
}

export interface Collected {
  readonly index: RunIndex;
  readonly variants: readonly VariantResults[];
  /** By split in the order met, then by variant in the order of the file. */
  readonly splits: readonly SplitResults[];
  readonly summary: readonly SummaryRow[];
  readonly comparisons: readonly ComparisonRow[];
  /** What is said of verdicts, of all plans and by family and length of plan. */
  readonly verdicts: readonly VerdictRow[];
}

/** Reads what is finished in a run folder and computes its statistics. Depends on results only, not on who ran them. */
export function collect(root: string, index: RunIndex): Collected {
  const variants = index.variants.map(({ name, method }) => ({
    variant: name,
    method,
    runs: finishedRuns(root, name, index.seeds),
  }));
  const splits = splitResults(variants);
  return { index, variants, splits, ...statistics(splits) };
}

/** Writes `summary.json` and `comparisons.json`. */
export function writeStatistics(root: string, collected: Collected): void {
  writeJson(join(root, 'summary.json'), collected.summary);
  writeJson(join(root, 'comparisons.json'), collected.comparisons);
  writeJson(join(root, 'verdicts.json'), collected.verdicts);
}

function finishedRuns(root: string, variant: string, seeds: number): RunResult[] {
  const runs: RunResult[] = [];
  for (let seed = 0; seed < seeds; seed++) {
    const result = readResult(seedFolder(root, variant, seed));
    if (result) runs.push(result);
  }
  return runs;
}

function splitResults(variants: readonly VariantResults[]): SplitResults[] {
  const names = [
    ...new Set(variants.flatMap(({ runs }) => runs.flatMap((run) => run.evaluations.map((e) => e.split)))),
  ];
  return names.flatMap((split) =>
    variants.flatMap(({ variant, runs }) => {
      const records = runs.flatMap((run) =>
        run.evaluations.filter((evaluation) => evaluation.split === split),
      );
      const first = records[0];
      return first ? [{ variant, split, world: first.world, records, scores: scoresOf(records) }] : [];
    }),
  );
}

function scoresOf(records: readonly EvaluationRecord[]): MethodScores['scores'] {
  const columns = METRICS.map(({ name }) => [
    name,
    records.map((record) => Float64Array.from(record.metrics[name], (value) => value ?? Number.NaN)),
  ]);
  return Object.fromEntries(columns) as MethodScores['scores'];
}

function statistics(splits: readonly SplitResults[]): {
  summary: SummaryRow[];
  comparisons: ComparisonRow[];
  verdicts: VerdictRow[];
} {
  const verdicts: VerdictRow[] = [];
  const summary: SummaryRow[] = [];
  const comparisons: ComparisonRow[] = [];
  // Only methods that met the same incidents share draws and are compared.
  const groups = groupBy(
    splits,
    ({ split, world, records }) => `${split} ${world} ${records[0]!.family.length}`,
  );
  for (const methods of groups.values()) {
    const resampler = new Resampler(methods[0]!.records[0]!.family.length);
    methods.forEach((method, stream) => {
      const judged = verdictRows(method, resampler, stream);
      summary.push(
        ...summarise(method, resampler, stream),
        ...judged.filter(isOfAll).map(summaryRow(method)),
      );
      verdicts.push(...judged);
    });
    comparisons.push(...compare(methods, resampler));
  }
  return { summary, comparisons, verdicts };
}

/** Items by key, keys in the order first met. */
export function groupBy<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group) group.push(item);
    else groups.set(key(item), [item]);
  }
  return groups;
}
