export {
  interquartileMean,
  mean,
  median,
  optimalityGap,
  performanceProfile,
  probabilityOfImprovement,
  quantile,
  winShare,
} from './aggregate.js';
export { DEFAULT_RESAMPLES, type Interval, percentileInterval, Resampler, type Scores } from './bootstrap.js';
export { type ComparisonRow, compare, pairedImprovement } from './comparisons.js';
export { METRICS, type Metric, type MetricName, metricOf } from './metrics.js';
export { type MethodScores, pooled, type SummaryRow, summarise } from './summary.js';
export {
  type ScoredVerdict,
  VERDICT_METRICS,
  type VerdictMetricName,
  type VerdictStatistic,
  type VerdictTable,
  verdictStatistics,
} from './verdicts.js';
