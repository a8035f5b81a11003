import {
  type Resampler,
  type SummaryRow,
  type VerdictStatistic,
  type VerdictTable,
  verdictStatistics,
} from '../statistics/index.js';
import type { CompactVerdict, EvaluationRecord } from './folder.js';

/** One row of `verdicts.json`: what is said of a method's verdicts on some of the plans of a split. */
export interface VerdictRow extends VerdictStatistic {
  readonly variant: string;
  readonly split: string;
  /** What the plans have in common: nothing, the family of their incident's fault, or their number of steps. */
  readonly by: 'all' | 'family' | 'length';
  readonly group: string;
}

/** The records of one method on one split. */
interface MethodRecords {
  readonly variant: string;
  readonly split: string;
  readonly records: readonly EvaluationRecord[];
}

type Choice = (verdict: CompactVerdict, record: EvaluationRecord, incident: number) => boolean;

/** Plans longer than this are told apart no further. */
const LONGEST = 6;
const lengthOf = ([, , , steps]: CompactVerdict): string =>
  steps < LONGEST ? `${steps}` : `${LONGEST} or more`;

/** Rows of one method on one split; none for a method whose plans nobody verified. */
export function verdictRows(method: MethodRecords, resampler: Resampler, stream: number): VerdictRow[] {
  const { records, variant, split } = method;
  const rows = (by: VerdictRow['by'], group: string, choice: Choice): VerdictRow[] =>
    verdictStatistics(tableOf(records, choice), resampler, stream).map((statistic) => ({
      variant,
      split,
      by,
      group,
      ...statistic,
    }));
  const families = [...new Set(records.flatMap(({ family }) => family))].sort();
  const lengths = [...new Set(records.flatMap(({ verdicts }) => verdicts.flat().map(lengthOf)))].sort();
  return [
    ...rows('all', 'all', () => true),
    ...families.flatMap((name) =>
      rows('family', name, (_, { family }, incident) => family[incident] === name),
    ),
    ...lengths.flatMap((name) => rows('length', name, (verdict) => lengthOf(verdict) === name)),
  ];
}

export const isOfAll = ({ by }: VerdictRow): boolean => by === 'all';

/** The row of `summary.json` of a statistic over all plans. */
export const summaryRow =
  ({ records }: MethodRecords) =>
  ({ variant, split, metric, n, value, ciLow, ciHigh }: VerdictRow): SummaryRow => ({
    variant,
    split,
    metric,
    n,
    seeds: records.length,
    mean: value,
    iqm: value,
    ciLow,
    ciHigh,
  });

function tableOf(records: readonly EvaluationRecord[], choice: Choice): VerdictTable {
  return records.map((record) =>
    record.verdicts.map((verdicts, incident) =>
      verdicts
        .filter((verdict) => choice(verdict, record, incident))
        .map(([accepted, feasibility, right]) => ({
          accepted: accepted === 1,
          feasibility,
          right: right === 1,
        })),
    ),
  );
}
