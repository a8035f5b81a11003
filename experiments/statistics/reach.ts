import { mean } from './aggregate.js';

/** A point of one seed's learning curve. */
export interface ReachPoint {
  readonly llmCalls: number;
  readonly tokens: number;
  /** Mean MTTR around this point, seconds; null before the first episode. */
  readonly mttr: number | null;
}

/** What a learner used until its training incidents were recovered in a given mean time. */
export interface ReachRow {
  readonly variant: string;
  /** Mean MTTR to reach, seconds. */
  readonly target: number;
  /** Training seeds that reached it, and all. */
  readonly reached: number;
  readonly seeds: number;
  /** Means over the seeds that reached it; null when none did. */
  readonly llmCalls: number | null;
  readonly tokens: number | null;
}

/** Targets that say something: round, from slow to fast. */
const TARGETS = [1500, 1400, 1300, 1200, 1100, 1000, 900, 800, 700, 600, 500, 400, 300, 200];

/**
 * Language-model calls and tokens until each learner first had a mean MTTR at or below a target, for those targets that some seed of some
 * learner reached and not every one from its first point on.
 *
 * @param curves by variant, one curve a training seed, smoothed
 */
export function callsToReach(curves: ReadonlyMap<string, readonly (readonly ReachPoint[])[]>): ReachRow[] {
  return TARGETS.flatMap((target) => {
    const rows = [...curves].map(([variant, seeds]) => reachOf(variant, seeds, target));
    const firsts = [...curves.values()].flat().map((curve) => curve.find(({ mttr }) => mttr !== null)?.mttr);
    const told = rows.some(({ reached }) => reached > 0) && !firsts.every((first) => first! <= target);
    return told ? rows : [];
  });
}

function reachOf(variant: string, seeds: readonly (readonly ReachPoint[])[], target: number): ReachRow {
  const hits = seeds.flatMap((curve) => curve.find(({ mttr }) => mttr !== null && mttr <= target) ?? []);
  const over = (value: (point: ReachPoint) => number): number | null =>
    hits.length === 0 ? null : mean(hits.map(value));
  return {
    variant,
    target,
    reached: hits.length,
    seeds: seeds.length,
    llmCalls: over((point) => point.llmCalls),
    tokens: over((point) => point.tokens),
  };
}
