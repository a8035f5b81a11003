/**
 * What is measured of each test incident. A metric is a column of `result.json`; its mean over incidents and training
 * seeds is a row of `summary.json`. Rates of rare harm are counted per 100 incidents.
 */
export interface Metric {
  readonly name: string;
  /** What the number says, with its unit, for reports. */
  readonly label: string;
  readonly better: 'lower' | 'higher';
}

export const METRICS = [
  { name: 'mttr_s', label: 'time to recovery, seconds, unresolved at the cap', better: 'lower' },
  { name: 'recovered', label: 'share of incidents recovered', better: 'higher' },
  {
    name: 'first_plan_valid',
    label: 'share of first plans that would recover the cloud unharmed',
    better: 'higher',
  },
  {
    name: 'violations_per_100',
    label: 'executed violations of safety invariants per 100 incidents',
    better: 'lower',
  },
  { name: 'llm_calls', label: 'calls of the language model per incident', better: 'lower' },
  { name: 'data_lost_per_100', label: 'incidents that lost data, per 100', better: 'lower' },
  { name: 'collateral_per_100', label: 'regressions of other services per 100 incidents', better: 'lower' },
  { name: 'mttr_recovered_s', label: 'time to recovery of the recovered, seconds', better: 'lower' },
  { name: 'tokens', label: 'tokens per incident', better: 'lower' },
  {
    name: 'undone_per_100',
    label: 'steps undone because they made things worse, per 100 incidents',
    better: 'lower',
  },
  { name: 'verification_s', label: 'simulated seconds spent on verification per incident', better: 'lower' },
] as const satisfies readonly Metric[];

export type MetricName = (typeof METRICS)[number]['name'];

/** The metric of a name. */
export function metricOf(name: MetricName): Metric {
  return METRICS.find((metric) => metric.name === name)!;
}
