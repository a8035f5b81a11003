import type { Collected, SplitResults } from '../../runner/collect.js';
import type { Figure } from '../figure.js';
import { stackedBars } from './stacked.js';

/** Rejected and unreadable plans by kind of their first failure, per 100 incidents, a panel a split. */
export function failureKinds({ splits }: Collected): Figure | null {
  const found = splits.flatMap(({ records }) =>
    records.flatMap((record) => Object.keys(record.failureKinds)),
  );
  if (found.length === 0) return null;
  return {
    id: 'failures',
    title: 'Why plans were not executed',
    caption:
      'Completions that were no plan (parse) and plans that the world model rejected, by kind of the first failure. Methods without verification reject only what cannot be read.',
    ...stackedBars({
      splits,
      categories: [...new Set(found)].sort(),
      value: per100,
      axis: 'plans per 100 incidents',
      columns: ['method', 'split', 'kind', 'per_100_incidents'],
    }),
  };
}

function per100({ records }: SplitResults, kind: string): number {
  const incidents = records.reduce((sum, record) => sum + record.family.length, 0);
  const count = records.reduce((sum, record) => sum + (record.failureKinds[kind] ?? 0), 0);
  return (100 * count) / incidents;
}
