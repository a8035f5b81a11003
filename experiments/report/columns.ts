import type { MetricName } from '../statistics/index.js';

/** A column of a results table: a metric, how it is headed, and digits after the point. */
export interface ResultColumn {
  readonly metric: MetricName;
  readonly title: string;
  readonly digits: number;
  readonly percent?: true;
}

/** Columns of results, on the report's page and in docs/results.md. */
export const RESULT_COLUMNS: readonly ResultColumn[] = [
  { metric: 'mttr_s', title: 'MTTR, s', digits: 0 },
  { metric: 'recovered', title: 'recovered', digits: 1, percent: true },
  { metric: 'mttr_recovered_s', title: 'MTTR of the recovered, s', digits: 0 },
  { metric: 'first_plan_valid', title: 'first plan valid', digits: 1, percent: true },
  { metric: 'violations_per_100', title: 'violations / 100', digits: 1 },
  { metric: 'data_lost_per_100', title: 'data lost / 100', digits: 1 },
  { metric: 'collateral_per_100', title: 'collateral / 100', digits: 1 },
  { metric: 'undone_per_100', title: 'undone / 100', digits: 1 },
  { metric: 'llm_calls', title: 'LLM calls', digits: 2 },
  { metric: 'tokens', title: 'tokens', digits: 0 },
];
