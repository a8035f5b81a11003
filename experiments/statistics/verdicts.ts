import { VerdictScorer, wilson } from '../../envs/world-model/index.js';
import { percentileInterval, type Resampler } from './bootstrap.js';

/** Verdict of one plan, held against what a copy of the cloud made of the plan. */
export interface ScoredVerdict {
  readonly accepted: boolean;
  readonly feasibility: number;
  readonly right: boolean;
}

/** Verdicts of one method: a row a training seed, in it a list an incident. */
export type VerdictTable = readonly (readonly (readonly ScoredVerdict[])[])[];

/**
 * What is said of verdicts. Rates are pooled over plans with Wilson intervals; `coverage` is the share of right plans that are
 * accepted (1 − `false_reject_rate`), which a conformal threshold promises; `ece` (ten equal bins) and `brier` are of the
 * feasibility, with two-level bootstrap intervals.
 */
export const VERDICT_METRICS = [
  'false_accept_rate',
  'false_reject_rate',
  'coverage',
  'ece',
  'brier',
] as const;
export type VerdictMetricName = (typeof VERDICT_METRICS)[number];

/** One number about a method's verdicts with its 95 % interval. */
export interface VerdictStatistic {
  readonly metric: VerdictMetricName;
  /** Plans that it is a mean over: the wrong ones, the right ones, or all. */
  readonly n: number;
  readonly value: number;
  readonly ciLow: number;
  readonly ciHigh: number;
}

/** The statistics of verdicts; a metric of plans that do not exist is left out. */
export function verdictStatistics(
  table: VerdictTable,
  resampler: Resampler,
  stream: number,
): VerdictStatistic[] {
  const all = table.flat(2);
  const wrong = all.filter(({ right }) => !right);
  const good = all.filter(({ right }) => right);
  const scores = scoresOf(all);
  const share = (metric: VerdictMetricName, of: ScoredVerdict[], accepted: boolean): VerdictStatistic[] => {
    if (of.length === 0) return [];
    const {
      share: value,
      low,
      high,
    } = wilson(of.filter((one) => one.accepted === accepted).length, of.length);
    return [{ metric, n: of.length, value, ciLow: low, ciHigh: high }];
  };
  const resampled = (metric: 'ece' | 'brier'): VerdictStatistic[] => {
    if (all.length === 0) return [];
    const { low, high } = percentileInterval(replicates(table, metric, resampler, stream));
    return [{ metric, n: all.length, value: scores[metric], ciLow: low, ciHigh: high }];
  };
  return [
    ...share('false_accept_rate', wrong, true),
    ...share('false_reject_rate', good, false),
    ...share('coverage', good, true),
    ...resampled('ece'),
    ...resampled('brier'),
  ];
}

function scoresOf(verdicts: readonly ScoredVerdict[]) {
  const scorer = new VerdictScorer();
  for (const verdict of verdicts) scorer.add(verdict, verdict.right);
  return scorer.scores();
}

/** Resamples of which the interval of a calibration score is made: each costs a pass over all plans. */
const REPLICATES = 200;

/** The score of each resample of seeds and incidents; NaN for a resample without plans. */
function replicates(
  table: VerdictTable,
  metric: 'ece' | 'brier',
  resampler: Resampler,
  stream: number,
): Float64Array {
  const seeds = table.length;
  const seedCounts = resampler.seedCounts(seeds, stream);
  const count = Math.min(REPLICATES, resampler.resamples);
  return Float64Array.from({ length: count }, (_, b) => {
    const scorer = new VerdictScorer();
    let plans = 0;
    table.forEach((incidents, s) => {
      const times = seedCounts[b * seeds + s]!;
      if (times === 0) return;
      incidents.forEach((verdicts, i) => {
        const weight = times * resampler.incidentCounts[b * resampler.incidents + i]!;
        if (weight === 0) return;
        for (const verdict of verdicts) scorer.add(verdict, verdict.right, weight);
        plans += weight * verdicts.length;
      });
    });
    return plans === 0 ? Number.NaN : scorer.scores()[metric];
  });
}
