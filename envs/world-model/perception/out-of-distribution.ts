/**
 * How unlike training an incident looks, before it is ranked: the root mean square of the standardised dense features of
 * the suspected component, plus what no condition explains. An incident that looks familiar but that nothing explains is as
 * strange as one whose features lie two standard deviations out.
 *
 * @param at index in `rows` of the suspected component's first feature
 * @param explained largest probability of any condition of any component
 */
export function strangeness(
  rows: Float32Array,
  at: number,
  mean: Float64Array,
  inverseDeviation: Float64Array,
  explained: number,
): number {
  let sum = 0;
  for (let f = 0; f < mean.length; f++) {
    const z = (rows[at + f]! - mean[f]!) * inverseDeviation[f]!;
    sum += z * z;
  }
  return Math.sqrt(sum / mean.length) + 2 * (1 - explained);
}

/** Share of training incidents that looked less unusual: the empirical distribution function, interpolated. */
export function quantileOf(value: number, quantiles: readonly number[]): number {
  const last = quantiles.length - 1;
  if (!(value > quantiles[0]!)) return 0;
  if (value >= quantiles[last]!) return 1;
  let low = 0;
  let high = last;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (quantiles[middle]! <= value) low = middle;
    else high = middle;
  }
  const span = quantiles[high]! - quantiles[low]!;
  return (low + (span > 0 ? (value - quantiles[low]!) / span : 0)) / last;
}

/** `count + 1` evenly spaced quantiles of a sample, its extremes included. @throws RangeError when it is empty */
export function quantilesOf(sample: readonly number[], count: number): number[] {
  if (sample.length === 0) throw new RangeError('quantiles of an empty sample');
  const sorted = Float64Array.from(sample).sort();
  return Array.from({ length: count + 1 }, (_, i) => sorted[Math.round((i / count) * (sorted.length - 1))]!);
}
