/** Vector twins of the normalising wrappers: one set of statistics for all environments. */
import { after, type InMode, type Mode } from '../../core/mode.js';
import { batchSpace } from '../../spaces/batch.js';
import { Box } from '../../spaces/box.js';
import { sizeOf } from '../../spaces/dtype.js';
import type { Space } from '../../spaces/space.js';
import {
  type AutoresetMode,
  splitResetMask,
  type VectorEnv,
  type VectorResetOptions,
  type VectorResetResult,
  type VectorStepResult,
} from '../../vector/vector-env.js';
import { VectorObservationWrapper, VectorWrapper } from '../../vector/vector-wrapper.js';
import { checkEpsilon, normaliseRow } from '../normalize-observation.js';
import { checkGamma, type NormalizeRewardOptions } from '../normalize-reward.js';
import { RunningMeanStd, type RunningMeanStdState } from '../running-mean-std.js';

/**
 * Observations with mean 0 and variance 1, by statistics of all environments' observations so far. Final observations of SameStep are
 * normalised and do not count.
 *
 * @throws RangeError on a partial reset, which would count some observations twice
 */
export class NormalizeObservation<Obs, Act, M extends Mode = 'sync'> extends VectorObservationWrapper<
  Float32Array,
  Act,
  M,
  Obs
> {
  readonly statistics: RunningMeanStd;
  updateRunningMean = true;
  readonly #epsilon: number;

  constructor(env: VectorEnv<Obs, Act, M>, { epsilon = 1e-8 }: { readonly epsilon?: number } = {}) {
    checkEpsilon(epsilon);
    super(env);
    const { shape } = env.singleObservationSpace;
    if (shape === null) {
      throw new RangeError('NormalizeObservation wrapper requires the observation space to have a shape.');
    }
    const single = new Box(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, { shape });
    this.singleObservationSpace = single as Space<unknown>;
    this.observationSpace = batchSpace(single as Space<unknown>, this.numEnvs) as Space<Float32Array>;
    this.statistics = new RunningMeanStd(sizeOf(shape), 'float32');
    this.#epsilon = epsilon;
  }

  override reset(options: VectorResetOptions = {}): InMode<VectorResetResult<Float32Array>, M> {
    const { mask } = splitResetMask(options.options, this.numEnvs);
    if (mask !== null && !Array.from(mask).every(Boolean)) {
      throw new RangeError(
        "NormalizeObservation does not support partial resets. The 'resetMask' must contain all true values.",
      );
    }
    return super.reset(options);
  }

  override observations(observations: Obs): Float32Array {
    const rows = observations as unknown as ArrayLike<number>;
    if (this.updateRunningMean) this.statistics.updateBatch(rows, this.numEnvs);
    const out = new Float32Array(rows.length);
    for (let i = 0; i < this.numEnvs; i++) {
      normaliseRow(rows, i * this.statistics.size, this.statistics, this.#epsilon, out);
    }
    return out;
  }

  override finalObservation(observation: unknown): unknown {
    const row = (typeof observation === 'number' ? [observation] : observation) as ArrayLike<number>;
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

/**
 * Rewards divided by the standard deviation of the running discounted returns of all environments.
 *
 * The resetting step of NextStep does not count. A partial reset restarts the returns of those environments only.
 */
export class NormalizeReward<Obs, Act, M extends Mode = 'sync'> extends VectorWrapper<Obs, Act, M> {
  readonly statistics = new RunningMeanStd(1);
  updateRunningMean = true;
  readonly accumulatedReward: Float32Array;
  readonly #ended: Uint8Array;
  readonly #gamma: number;
  readonly #epsilon: number;
  readonly #autoresetMode: AutoresetMode;

  constructor(env: VectorEnv<Obs, Act, M>, { gamma = 0.99, epsilon = 1e-8 }: NormalizeRewardOptions = {}) {
    checkGamma(gamma);
    checkEpsilon(epsilon);
    super(env);
    this.#gamma = gamma;
    this.#epsilon = epsilon;
    this.#autoresetMode = env.metadata.autoresetMode ?? 'NextStep';
    this.accumulatedReward = new Float32Array(this.numEnvs);
    this.#ended = new Uint8Array(this.numEnvs);
  }

  override reset(options: VectorResetOptions = {}): InMode<VectorResetResult<Obs>, M> {
    const { mask } = splitResetMask(options.options, this.numEnvs);
    for (let i = 0; i < this.numEnvs; i++) {
      if (mask !== null && !mask[i]) continue;
      this.accumulatedReward[i] = 0;
      this.#ended[i] = 0;
    }
    return this.env.reset(options);
  }

  override step(actions: Act): InMode<VectorStepResult<Obs>, M> {
    return after<VectorStepResult<Obs>, VectorStepResult<Obs>, M>(this.env.step(actions), (result) => {
      const [, rewards, terminations, truncations] = result;
      this.#accumulate(rewards, terminations, truncations);
      const spread = Math.sqrt(this.statistics.variance[0]! + this.#epsilon);
      result[1] = rewards.map((reward) => reward / spread);
      return result;
    });
  }

  #accumulate(rewards: Float64Array, terminations: Uint8Array, truncations: Uint8Array): void {
    const same = this.#autoresetMode === 'SameStep';
    const counted: number[] = [];
    for (let i = 0; i < this.numEnvs; i++) {
      if (same || this.#ended[i] === 0) {
        const kept =
          Math.fround(this.accumulatedReward[i]! * Math.fround(this.#gamma)) * (1 - terminations[i]!);
        this.accumulatedReward[i] = kept + rewards[i]!;
        counted.push(this.accumulatedReward[i]!);
      }
      this.#ended[i] = terminations[i] || truncations[i] ? 1 : 0;
    }
    if (this.updateRunningMean && counted.length > 0) this.statistics.updateScalars(counted);
    // Already reset: a new return starts.
    if (same) for (let i = 0; i < this.numEnvs; i++) if (this.#ended[i] === 1) this.accumulatedReward[i] = 0;
  }

  protected override saveState(): unknown {
    return {
      statistics: this.statistics.getState(),
      updateRunningMean: this.updateRunningMean,
      accumulated: [...this.accumulatedReward],
      ended: [...this.#ended],
    };
  }

  protected override loadState(state: unknown): void {
    const saved = state as {
      statistics: RunningMeanStdState;
      updateRunningMean: boolean;
      accumulated: number[];
      ended: number[];
    };
    this.statistics.setState(saved.statistics);
    this.updateRunningMean = saved.updateRunningMean;
    this.accumulatedReward.set(saved.accumulated);
    this.#ended.set(saved.ended);
  }
}
