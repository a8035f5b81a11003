/** Running mean and variance of vectors (Chan, Golub and LeVeque's parallel update), in the precision NumPy would use. */

/** Rounding after each operation: to float32, or none for float64. */
type Round = (x: number) => number;
const keep: Round = (x) => x;

export interface RunningMeanStdState {
  readonly mean: readonly number[];
  readonly variance: readonly number[];
  readonly count: number;
}

/** NumPy's pairwise sum of a contiguous float array: eight running sums in blocks of up to 128. */
function pairwiseSum(values: readonly number[], round: Round): number {
  const n = values.length;
  if (n < 8) return values.reduce((sum, x) => round(sum + x), 0);
  if (n > 128) {
    const half = Math.floor(n / 16) * 8;
    return round(pairwiseSum(values.slice(0, half), round) + pairwiseSum(values.slice(half), round));
  }
  const sums = values.slice(0, 8);
  let i = 8;
  for (; i + 8 <= n; i += 8) for (let j = 0; j < 8; j++) sums[j] = round(sums[j]! + values[i + j]!);
  const [a, b, c, d, e, f, g, h] = sums as [number, number, number, number, number, number, number, number];
  let total = round(round(round(a + b) + round(c + d)) + round(round(e + f) + round(g + h)));
  for (; i < n; i++) total = round(total + values[i]!);
  return total;
}

export class RunningMeanStd {
  readonly mean: Float64Array;
  readonly variance: Float64Array;
  count = 1e-4;
  readonly #round: Round;

  /** @param precision - of the statistics: `float32` rounds them after each operation */
  constructor(
    readonly size: number,
    precision: 'float32' | 'float64' = 'float64',
  ) {
    this.mean = new Float64Array(size);
    this.variance = new Float64Array(size).fill(1);
    this.#round = precision === 'float32' ? Math.fround : keep;
  }

  /** Adds one vector. */
  updateOne(x: ArrayLike<number>): void {
    for (let i = 0; i < this.size; i++) this.#merge(i, Number(x[i]), 0, 1);
    this.count += 1;
  }

  /** Adds n vectors, row by row. */
  updateBatch(rows: ArrayLike<number>, n: number): void {
    const round = this.#round;
    for (let i = 0; i < this.size; i++) {
      let sum = 0;
      for (let r = 0; r < n; r++) sum = round(sum + Number(rows[r * this.size + i]));
      const mean = round(sum / n);
      let squares = 0;
      for (let r = 0; r < n; r++) {
        const delta = round(Number(rows[r * this.size + i]) - mean);
        squares = round(squares + round(delta * delta));
      }
      this.#merge(i, mean, round(squares / n), n);
    }
    this.count += n;
  }

  /** Adds a list of float32 scalars (size 1), as NumPy sums a one-dimensional float32 array. */
  updateScalars(values: readonly number[]): void {
    const { fround } = Math;
    const mean = fround(pairwiseSum(values, fround) / values.length);
    const squares = values.map((x) => fround(fround(x - mean) ** 2));
    this.#merge(0, mean, fround(pairwiseSum(squares, fround) / values.length), values.length, fround);
    this.count += values.length;
  }

  #merge(
    i: number,
    batchMean: number,
    batchVariance: number,
    n: number,
    roundBatch: Round = this.#round,
  ): void {
    const round = this.#round;
    // Python's numbers are rounded to the arrays' precision before they meet them.
    const count = round(this.count);
    const total = round(this.count + n);
    const delta = round(batchMean - this.mean[i]!);
    const a = round(this.variance[i]! * count);
    const b = roundBatch(batchVariance * n);
    const spread = round(round(round(round(delta * delta) * count) * n) / total);
    this.mean[i] = round(this.mean[i]! + round(round(delta * n) / total));
    this.variance[i] = round(round(round(a + b) + spread) / total);
  }

  getState(): RunningMeanStdState {
    return { mean: [...this.mean], variance: [...this.variance], count: this.count };
  }

  setState({ mean, variance, count }: RunningMeanStdState): void {
    this.mean.set(mean);
    this.variance.set(variance);
    this.count = count;
  }
}
