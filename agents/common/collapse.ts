/** Share of one action from which a policy counts as collapsed. */
const SHARE = 0.99;
/** Consecutive rows of the log it must hold for, so that a short lucky streak says nothing. */
const ROWS = 5;
/** Actions a row must hold to be counted. */
const MINIMUM = 50;

/** Notices when a policy has taken practically one action only, row after row of the log. */
export class CollapseDetector {
  private readonly streaks: { action: number; rows: number }[];

  constructor(private readonly nvec: readonly number[]) {
    this.streaks = nvec.map(() => ({ action: -1, rows: 0 }));
  }

  /** The warning, once a streak, or null. `histogram`: counts of all components, concatenated. */
  check(histogram: readonly number[]): string | null {
    let from = 0;
    let message: string | null = null;
    for (const [c, n] of this.nvec.entries()) {
      const counts = histogram.slice(from, from + n);
      from += n;
      const total = counts.reduce((sum, count) => sum + count, 0);
      const most = Math.max(...counts);
      const streak = this.streaks[c]!;
      if (n < 2 || total < MINIMUM || most < SHARE * total) {
        streak.rows = 0;
        continue;
      }
      const action = counts.indexOf(most);
      streak.rows = action === streak.action ? streak.rows + 1 : 1;
      streak.action = action;
      if (streak.rows === ROWS) {
        const component = this.nvec.length > 1 ? ` of component ${c}` : '';
        message = `the policy has collapsed: action ${action}${component} was taken in at least ${SHARE * 100} % of steps for ${ROWS} rows of the log; more exploration (entropy bonus, epsilon) or another learning rate may help`;
      }
    }
    return message;
  }
}
