/**
 * Point estimates over scores, as rliable defines them (Agarwal et al., 2021, "Deep Reinforcement Learning at the Edge
 * of the Statistical Precipice"). A score is one number of one incident under one training seed.
 */

/** Arithmetic mean; NaN of nothing. */
export function mean(values: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i]!;
  return total / values.length;
}

/**
 * Interquartile mean: the mean of what is left when the lowest and the highest quarter are cut off. The number cut at
 * each end is rounded down, as scipy's `trim_mean(values, 0.25)` does. NaN of nothing.
 */
export function interquartileMean(values: ArrayLike<number>): number {
  const sorted = Float64Array.from(values).sort();
  const cut = Math.floor(0.25 * sorted.length);
  return mean(sorted.subarray(cut, sorted.length - cut));
}

/** Median; the mean of the two middle values for an even number of them. NaN of nothing. */
export function median(values: ArrayLike<number>): number {
  return quantile(Float64Array.from(values).sort(), 0.5);
}

/** Mean shortfall below `target` (rliable's optimality gap); what exceeds the target counts as reaching it. */
export function optimalityGap(values: ArrayLike<number>, target = 1): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += Math.min(values[i]!, target);
  return target - total / values.length;
}

/**
 * Quantile of values sorted upwards, with linear interpolation between neighbours (NumPy's default).
 * @param q in [0, 1].
 */
export function quantile(sorted: ArrayLike<number>, q: number): number {
  if (sorted.length === 0) return Number.NaN;
  const position = q * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return low + (high - low) * (position - below);
}

/**
 * Probability that a random run of X scores higher than one of Y on the same task, averaged over tasks; a tie counts
 * half (the Mann–Whitney statistic over its maximum).
 *
 * @param x runs × tasks. @param y runs × tasks, with the same tasks and any number of runs.
 */
export function probabilityOfImprovement(
  x: readonly ArrayLike<number>[],
  y: readonly ArrayLike<number>[],
): number {
  const tasks = x[0]?.length ?? 0;
  let total = 0;
  for (let task = 0; task < tasks; task++) total += winShare(x, y, task);
  return total / tasks;
}

/** Share of the pairs (run of X, run of Y) that X wins on one task, ties half. */
export function winShare(
  x: readonly ArrayLike<number>[],
  y: readonly ArrayLike<number>[],
  task: number,
): number {
  let wins = 0;
  for (const a of x) {
    for (const b of y) {
      if (a[task]! > b[task]!) wins += 1;
      else if (a[task]! === b[task]!) wins += 0.5;
    }
  }
  return wins / (x.length * y.length);
}

/**
 * Performance profile: for each threshold the share of all scores above it.
 * @param scores runs × tasks. @returns one share in [0, 1] a threshold.
 */
export function performanceProfile(
  scores: readonly ArrayLike<number>[],
  thresholds: readonly number[],
): number[] {
  let count = 0;
  const above = thresholds.map(() => 0);
  for (const run of scores) {
    count += run.length;
    for (let task = 0; task < run.length; task++) {
      thresholds.forEach((threshold, i) => {
        if (run[task]! > threshold) above[i]! += 1;
      });
    }
  }
  return above.map((number) => number / count);
}
