/** Running mean and variance of columns (Chan, Golub and LeVeque 1979), updated batch by batch. */
export class RunningMoments {
  count = 1e-4; // as in Stable-Baselines3: the first batch then dominates without a division by zero
  readonly mean: Float64Array;
  readonly variance: Float64Array;

  constructor(readonly size: number) {
    this.mean = new Float64Array(size);
    this.variance = new Float64Array(size).fill(1);
  }

  /** `rows` rows of `size` values. */
  update(values: ArrayLike<number>, rows: number): void {
    const total = this.count + rows;
    for (let j = 0; j < this.size; j++) {
      let mean = 0;
      for (let i = 0; i < rows; i++) mean += values[i * this.size + j]!;
      mean /= rows;
      let squares = 0;
      for (let i = 0; i < rows; i++) squares += (values[i * this.size + j]! - mean) ** 2;
      const delta = mean - this.mean[j]!;
      const sum = this.variance[j]! * this.count + squares + (delta * delta * this.count * rows) / total;
      this.mean[j]! += (delta * rows) / total;
      this.variance[j] = sum / total;
    }
    this.count = total;
  }

  getState(): Float64Array {
    return Float64Array.from([this.count, ...this.mean, ...this.variance]);
  }

  setState(state: Float64Array): void {
    this.count = state[0]!;
    this.mean.set(state.subarray(1, 1 + this.size));
    this.variance.set(state.subarray(1 + this.size));
  }
}

/** Standardised values are cut off here (the default of Stable-Baselines3's VecNormalize). */
const CLIP = 10;
const EPSILON = 1e-8;

/** Standardises observations; the statistics move in training only and belong to the checkpoint. */
export class ObservationNormalizer {
  readonly moments: RunningMoments;

  constructor(size: number) {
    this.moments = new RunningMoments(size);
  }

  /** `out` may be `values`. */
  apply(values: Float32Array, out: Float32Array): void {
    const { mean, variance, size } = this.moments;
    for (let i = 0; i < values.length; i += size)
      for (let j = 0; j < size; j++) {
        const x = (values[i + j]! - mean[j]!) / Math.sqrt(variance[j]! + EPSILON);
        out[i + j] = Math.max(-CLIP, Math.min(CLIP, x));
      }
  }
}

/** Scales rewards by the running standard deviation of the discounted return, without moving their mean. */
export class RewardNormalizer {
  readonly moments = new RunningMoments(1);
  readonly discounted: Float64Array;

  constructor(
    numEnvs: number,
    private readonly gamma: number,
  ) {
    this.discounted = new Float64Array(numEnvs);
  }

  /** Takes a step's rewards in and writes the scaled ones; episodes that ended start a new return. */
  step(rewards: Float64Array, terminated: Uint8Array, truncated: Uint8Array, out: Float64Array): void {
    const { discounted } = this;
    for (let e = 0; e < rewards.length; e++) discounted[e] = discounted[e]! * this.gamma + rewards[e]!;
    this.moments.update(discounted, rewards.length);
    const scale = 1 / Math.sqrt(this.moments.variance[0]! + EPSILON);
    for (let e = 0; e < rewards.length; e++) {
      out[e] = Math.max(-CLIP, Math.min(CLIP, rewards[e]! * scale));
      if (terminated[e] !== 0 || truncated[e] !== 0) discounted[e] = 0;
    }
  }
}
