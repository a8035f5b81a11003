import type { Collected, SplitResults } from '../../runner/collect.js';
import { TIME_CATEGORIES, type TimeCategory } from '../../runner/folder.js';
import { mean } from '../../statistics/index.js';
import type { Figure } from '../figure.js';
import { stackedBars } from './stacked.js';

/** Where the seconds of an incident went, stacked, a panel a split. */
export function timeShares({ splits }: Collected): Figure | null {
  if (splits.length === 0) return null;
  return {
    id: 'time',
    title: 'Where the time went',
    caption:
      'Mean seconds of an incident by what they were spent on; they add up to the MTTR. Settling is waiting: for effects to show, for failed attempts to end and, when unresolved, the rest up to the cap.',
    ...stackedBars({
      splits,
      categories: TIME_CATEGORIES,
      value: (entry, category) => meanSeconds(entry, category as TimeCategory),
      axis: 'mean seconds',
      columns: ['method', 'split', 'category', 'seconds'],
    }),
  };
}

function meanSeconds({ records }: SplitResults, category: TimeCategory): number {
  return mean(records.map((record) => mean(record.time[category])));
}
