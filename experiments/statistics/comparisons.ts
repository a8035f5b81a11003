import { mean, winShare } from './aggregate.js';
import { percentileInterval, type Resampler, type Scores } from './bootstrap.js';
import { METRICS, type Metric, type MetricName } from './metrics.js';
import { type MethodScores, pooled } from './summary.js';

/** One row of `comparisons.json`: method `a` against method `b` on the same incidents. */
export interface ComparisonRow {
  readonly a: string;
  readonly b: string;
  readonly split: string;
  readonly metric: MetricName;
  /** mean(a) − mean(b), with its 95 % interval. */
  readonly difference: number;
  readonly ciLow: number;
  readonly ciHigh: number;
  /** 1 − mean(a) / mean(b): the share of b's that a saves; null where mean(b) is zero. */
  readonly reduction: number | null;
  readonly reductionLow: number | null;
  readonly reductionHigh: number | null;
  /** Probability that a is better than b on a random incident and training seed, ties half. */
  readonly probabilityOfImprovement: number;
}

/** Paired differences of every ordered pair (a before b in the list), for every metric that applies to both. */
export function compare(methods: readonly MethodScores[], resampler: Resampler): ComparisonRow[] {
  const rows: ComparisonRow[] = [];
  for (const metric of METRICS) {
    const replicates = methods.map((method, stream) => resampler.means(method.scores[metric.name], stream));
    methods.forEach((a, i) => {
      methods.forEach((b, j) => {
        if (j <= i) return;
        const row = comparePair(a, b, metric, replicates[i]!, replicates[j]!);
        if (row) rows.push(row);
      });
    });
  }
  return rows;
}

function comparePair(
  a: MethodScores,
  b: MethodScores,
  metric: Metric & { name: MetricName },
  replicatesA: Float64Array,
  replicatesB: Float64Array,
): ComparisonRow | null {
  const scoresA = a.scores[metric.name];
  const scoresB = b.scores[metric.name];
  const presentA = pooled(scoresA);
  const presentB = pooled(scoresB);
  if (presentA.length === 0 || presentB.length === 0) return null;
  const interval = percentileInterval(replicatesA.map((value, k) => value - replicatesB[k]!));
  const meanA = mean(presentA);
  const meanB = mean(presentB);
  const reductions =
    meanB === 0
      ? null
      : percentileInterval(replicatesA.map((value, k) => ratioReduction(value, replicatesB[k]!)));
  return {
    a: a.variant,
    b: b.variant,
    split: a.split,
    metric: metric.name,
    difference: meanA - meanB,
    ciLow: interval.low,
    ciHigh: interval.high,
    reduction: meanB === 0 ? null : 1 - meanA / meanB,
    reductionLow: reductions?.low ?? null,
    reductionHigh: reductions?.high ?? null,
    probabilityOfImprovement: pairedImprovement(scoresA, scoresB, metric.better),
  };
}

/** 1 − a / b, NaN (left out of the interval) for a resample whose denominator is zero. */
function ratioReduction(a: number, b: number): number {
  return b === 0 ? Number.NaN : 1 - a / b;
}

/** Probability of improvement over the incidents where both have a score. */
export function pairedImprovement(a: Scores, b: Scores, better: Metric['better']): number {
  const incidents = a[0]?.length ?? 0;
  let total = 0;
  let counted = 0;
  for (let i = 0; i < incidents; i++) {
    const both = [...a, ...b].every((row) => !Number.isNaN(row[i]!));
    if (!both) continue;
    counted += 1;
    total += better === 'higher' ? winShare(a, b, i) : winShare(b, a, i);
  }
  return counted === 0 ? 0.5 : total / counted;
}
