import type { Env } from '../core/env.js';
import type { Mode } from '../core/mode.js';
import { ObservationWrapper } from '../core/wrapper.js';
import { InvalidBound } from '../error.js';
import { Box } from '../spaces/box.js';
import { sizeOf } from '../spaces/dtype.js';
import { RunningMeanStd, type RunningMeanStdState } from './running-mean-std.js';

/** @throws InvalidBound when the stabiliser is not positive */
export function checkEpsilon(epsilon: number): void {
  if (!(epsilon > 0)) throw new InvalidBound(`\`epsilon\` should be strictly positive. Received ${epsilon}`);
}

/** Normalises one row of float32 observations by running statistics. */
export function normaliseRow(
  row: ArrayLike<number>,
  at: number,
  statistics: RunningMeanStd,
  epsilon: number,
  out: Float32Array,
): void {
  const { fround } = Math;
  const { mean, variance, size } = statistics;
  for (let i = 0; i < size; i++) {
    const spread = fround(Math.sqrt(fround(variance[i]! + fround(epsilon))));
    out[at + i] = fround(Number(row[at + i]) - mean[i]!) / spread;
  }
}

/**
 * Observations with mean 0 and variance 1, by statistics of all observations so far.
 *
 * Set `updateRunningMean` to false for evaluation. Results are float32, unbounded.
 *
 * @throws RangeError when observations have no shape, InvalidBound when epsilon is not positive
 */
export class NormalizeObservation<Obs, Act, M extends Mode = 'sync'> extends ObservationWrapper<
  Float32Array,
  Act,
  M,
  Obs
> {
  readonly statistics: RunningMeanStd;
  updateRunningMean = true;
  readonly #epsilon: number;

  constructor(env: Env<Obs, Act, M>, { epsilon = 1e-8 }: { readonly epsilon?: number } = {}) {
    checkEpsilon(epsilon);
    super(env, { epsilon });
    const { shape } = env.observationSpace;
    if (shape === null) {
      throw new RangeError('NormalizeObservation wrapper requires the observation space to have a shape.');
    }
    this.observationSpace = new Box(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, { shape });
    this.statistics = new RunningMeanStd(sizeOf(shape), 'float32');
    this.#epsilon = epsilon;
  }

  override observation(observation: Obs): Float32Array {
    const row = (typeof observation === 'number' ? [observation] : observation) as ArrayLike<number>;
    if (this.updateRunningMean) this.statistics.updateOne(row);
    const out = new Float32Array(row.length);
    normaliseRow(row, 0, this.statistics, this.#epsilon, out);
    return out;
  }

  protected override saveState(): unknown {
    return { statistics: this.statistics.getState(), updateRunningMean: this.updateRunningMean };
  }

  protected override loadState(state: unknown): void {
    const saved = state as { statistics: RunningMeanStdState; updateRunningMean: boolean };
    this.statistics.setState(saved.statistics);
    this.updateRunningMean = saved.updateRunningMean;
  }
}
