import { interquartileMean, mean } from './aggregate.js';
import { percentileInterval, type Resampler, type Scores } from './bootstrap.js';
import { METRICS, type MetricName } from './metrics.js';
import type { VerdictMetricName } from './verdicts.js';

/** One row of `summary.json`. */
export interface SummaryRow {
  /** Name of the method (with its grid values, if any). */
  readonly variant: string;
  readonly split: string;
  readonly metric: MetricName | VerdictMetricName;
  /** Number of scores: incidents × seeds (of a verdict's metric: plans), without those the metric does not apply to. */
  readonly n: number;
  /** Number of training seeds. */
  readonly seeds: number;
  readonly mean: number;
  /** Of a verdict's metric the mean again: a rate has no quarters to leave out. */
  readonly iqm: number;
  /** Bounds of the 95 % interval of the mean. */
  readonly ciLow: number;
  readonly ciHigh: number;
}

/** Scores of one method on one split: per metric one row a training seed, one column an incident. */
export interface MethodScores {
  readonly variant: string;
  readonly split: string;
  readonly scores: Readonly<Record<MetricName, Scores>>;
}

/** Rows of one method on one split, in the order of {@link METRICS}; a metric that never applies has no row. */
export function summarise(method: MethodScores, resampler: Resampler, stream: number): SummaryRow[] {
  const rows: SummaryRow[] = [];
  for (const { name } of METRICS) {
    const scores = method.scores[name];
    const present = pooled(scores);
    if (present.length === 0) continue;
    const interval = percentileInterval(resampler.means(scores, stream));
    rows.push({
      variant: method.variant,
      split: method.split,
      metric: name,
      n: present.length,
      seeds: scores.length,
      mean: mean(present),
      iqm: interquartileMean(present),
      ciLow: interval.low,
      ciHigh: interval.high,
    });
  }
  return rows;
}

/** All scores that are numbers, seed by seed. */
export function pooled(scores: Scores): Float64Array {
  return Float64Array.from(scores.flatMap((row) => [...row.filter((value) => !Number.isNaN(value))]));
}
