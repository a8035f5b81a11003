import type { EpisodeResult } from '../../envs/healing/index.js';
import type { MetricName } from '../statistics/index.js';
import { type CompactVerdict, type EvaluationRecord, TIME_CATEGORIES, type TimeCategory } from './folder.js';

/** Metrics of one incident; null where the metric does not apply. */
export function metricsOf(result: EpisodeResult): Record<MetricName, number | null> {
  return {
    mttr_s: result.mttr,
    recovered: Number(result.recovered),
    first_plan_valid: result.firstPlanValid === null ? null : Number(result.firstPlanValid),
    violations_per_100: 100 * result.violations,
    llm_calls: result.llmCalls,
    data_lost_per_100: 100 * Number(result.dataLost),
    collateral_per_100: 100 * result.collateral,
    mttr_recovered_s: result.recovered ? result.mttr : null,
    tokens: result.tokens,
    undone_per_100: 100 * result.undone,
    verification_s: result.time.verification,
  };
}

/** One test incident played: its result, and what the policy knew and chose. */
export interface PlayedIncident {
  readonly result: EpisodeResult;
  readonly believed: string;
  readonly metaPrompts: readonly string[];
  /** A letter a turn, see {@link EvaluationRecord.course}. */
  readonly course: string;
}

/** Turns a list of played incidents into columns. */
export function toRecord(split: string, world: string, played: readonly PlayedIncident[]): EvaluationRecord {
  const rows = played.map(({ result }) => ({ result, metrics: metricsOf(result) }));
  const names = Object.keys(rows[0]?.metrics ?? {}) as MetricName[];
  const column = <T>(value: (result: EpisodeResult) => T): T[] => played.map(({ result }) => value(result));
  const failureKinds: Record<string, number> = {};
  for (const { result } of played) {
    for (const [kind, count] of Object.entries(result.failureKinds)) {
      failureKinds[kind] = (failureKinds[kind] ?? 0) + count;
    }
  }
  return {
    split,
    world,
    metrics: fromKeys(names, (name) => rows.map(({ metrics }) => metrics[name])),
    time: fromKeys<TimeCategory, number[]>(TIME_CATEGORIES, (category) =>
      column((result) => result.time[category]),
    ),
    faultType: column((result) => result.faultType),
    family: column((result) => result.family),
    ending: column((result) => result.ending),
    turns: column((result) => result.turns),
    executions: column((result) => result.executions),
    metaPrompts: played.map(({ metaPrompts }) => metaPrompts),
    course: played.map(({ course }) => course),
    verdicts: column(({ verdicts }) =>
      verdicts.map(
        ({ accepted, feasibility, right, steps }): CompactVerdict => [
          Number(accepted),
          Number(feasibility.toPrecision(4)),
          Number(right),
          steps,
        ],
      ),
    ),
    believed: played.map(({ believed }) => believed),
    failureKinds,
  };
}

function fromKeys<K extends string, V>(keys: readonly K[], value: (key: K) => V): Record<K, V> {
  return Object.fromEntries(keys.map((key) => [key, value(key)])) as Record<K, V>;
}
