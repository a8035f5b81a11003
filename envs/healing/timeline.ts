import type { TimeShares } from './types.js';

export type TimeCategory = keyof TimeShares;

interface Segment {
  readonly category: TimeCategory;
  readonly until: number;
}

/**
 * Books every simulated second of an incident to one category. Segments follow each other without gaps from onset (0);
 * {@link shares} cuts them at the MTTR, so that the shares always sum to it.
 */
export class Timeline {
  private segments: Segment[] = [];

  /** Books the seconds from the end of the last segment to `until`. Segments of no length are dropped. */
  book(category: TimeCategory, until: number): void {
    const last = this.segments.at(-1)?.until ?? 0;
    if (until > last) this.segments.push({ category, until });
  }

  /** Seconds by category up to `mttr`; what no segment covers (an unresolved incident waiting for the cap) is settling. */
  shares(mttr: number): TimeShares {
    const shares = { detection: 0, evidence: 0, synthesis: 0, verification: 0, execution: 0, settling: 0 };
    let from = 0;
    for (const { category, until } of this.segments) {
      const end = Math.min(until, mttr);
      if (end <= from) break;
      shares[category] += end - from;
      from = end;
    }
    shares.settling += Math.max(0, mttr - from);
    return shares;
  }

  getState(): readonly { category: TimeCategory; until: number }[] {
    return [...this.segments];
  }

  setState(state: readonly { category: TimeCategory; until: number }[]): void {
    this.segments = [...state];
  }
}
