import type { Metadata } from '../core/env.js';
import { ResetNeeded } from '../error.js';
import { batchSpace } from '../spaces/batch.js';
import type { Box } from '../spaces/box.js';
import type { Space } from '../spaces/space.js';
import type { VectorInfo } from './info.js';
import { LISTED, NativeMemory, padded } from './native-kernels.js';
import { demandReset } from './sub-envs.js';
import {
  AUTORESET_MODES,
  type AutoresetMode,
  splitResetMask,
  VectorEnv,
  type VectorMetadata,
  type VectorResetOptions,
  type VectorResetResult,
  type VectorStepResult,
} from './vector-env.js';

export interface NativeVectorOptions {
  /** Steps after which an episode is truncated; null for no limit. */
  readonly maxEpisodeSteps?: number | null;
  /** Default `NextStep`. */
  readonly autoresetMode?: AutoresetMode;
  /** Give fresh arrays each step (default) or the same ones rewritten: faster, but they must be used before the next step. */
  readonly copy?: boolean;
}

/** Bounds of the start of each state variable. */
export type StartBounds = readonly (readonly [low: number, high: number])[];

/** What a kind of environment tells {@link NativeVectorEnv}. */
export interface NativeSetup {
  /** Of one environment. */
  readonly observationSpace: Box;
  readonly actionSpace: Space<unknown>;
  /** Of the start, without reset options. */
  readonly bounds: StartBounds;
  readonly metadata?: Metadata;
  /** Bytes that the subclass will take of {@link NativeVectorEnv.memory} for each environment, and for all together. */
  readonly room?: readonly [each: number, together: number];
}

const MAX_INT32 = 0x7fffffff;
/** Four words of a stream's state, four of its increment. */
const STREAM_WORDS = 8;
const FLAG_ARRAYS = 3;

/**
 * Many copies of one simple simulation in a few arrays: a column for each state variable, one loop over all environments a step. Counting,
 * ends of episodes and new starts are done by WebAssembly kernels, in whose memory the arrays are.
 *
 * All copies share one random stream, so trajectories equal those of Gymnasium's batched environments, not those of single ones.
 * Subclasses write {@link advance} (dynamics, rewards, terminations and observations) and {@link observe}.
 */
export abstract class NativeVectorEnv<Act extends ArrayLike<number>> extends VectorEnv<Float32Array, Act> {
  override readonly numEnvs: number;
  override readonly observationSpace: Space<Float32Array>;
  override readonly actionSpace: Space<Act>;
  override readonly singleObservationSpace: Box;
  override readonly singleActionSpace: Space<unknown>;
  override readonly metadata: VectorMetadata;
  readonly autoresetMode: AutoresetMode;
  readonly maxEpisodeSteps: number;
  /** Where all arrays are. */
  protected readonly memory: NativeMemory;
  /** One column for each state variable. */
  protected readonly state: readonly Float64Array[];
  /** Written by {@link advance}. */
  protected readonly rewards: Float64Array;
  protected readonly terminations: Uint8Array;
  /** Rows written by {@link advance} and {@link observe}. */
  protected readonly observations: Float32Array;
  #bounds: StartBounds;
  readonly #kernelBounds: Float64Array;
  readonly #truncations: Uint8Array;
  /** 1 where an episode ended in the last step and no reset has followed. */
  readonly #ended: Uint8Array;
  /** Steps of each episode so far; counted after {@link advance}. */
  protected readonly steps: Int32Array;
  readonly #copy: boolean;
  /** Environments to restart; scratch space. */
  readonly #list: Int32Array;
  /** The random stream while a kernel draws. */
  readonly #stream: Int32Array;
  #started = false;

  /** @throws RangeError when `numEnvs` or the autoreset mode is none */
  constructor(numEnvs: number, setup: NativeSetup, options: NativeVectorOptions) {
    super();
    const { autoresetMode = 'NextStep', copy = true, maxEpisodeSteps = null } = options;
    if (!Number.isInteger(numEnvs) || numEnvs < 1) {
      throw new RangeError(`numEnvs must be a positive integer, got ${String(numEnvs)}`);
    }
    if (!AUTORESET_MODES.includes(autoresetMode)) {
      throw new RangeError(
        `'${String(autoresetMode)}' is not a valid AutoresetMode (${AUTORESET_MODES.join(', ')})`,
      );
    }
    const { observationSpace, actionSpace, bounds, metadata = {}, room = [0, 0] } = setup;
    this.numEnvs = numEnvs;
    this.singleObservationSpace = observationSpace;
    this.singleActionSpace = actionSpace;
    this.observationSpace = batchSpace(observationSpace as Space<unknown>, numEnvs) as Space<Float32Array>;
    this.actionSpace = batchSpace(actionSpace, numEnvs) as Space<Act>;
    this.metadata = { ...metadata, autoresetMode };
    this.autoresetMode = autoresetMode;
    this.maxEpisodeSteps = maxEpisodeSteps ?? Number.POSITIVE_INFINITY;
    this.#copy = copy;
    this.#bounds = bounds;
    const variables = bounds.length;
    const width = observationSpace.size;
    const capacity = padded(numEnvs);
    const each = 8 * (variables + 1) + 4 * (width + 2) + FLAG_ARRAYS + room[0];
    this.memory = new NativeMemory(capacity * each + 16 * variables + 4 * STREAM_WORDS + room[1]);
    this.state = bounds.map(() => this.memory.float64(numEnvs, capacity));
    this.rewards = this.memory.float64(numEnvs, capacity);
    this.observations = this.memory.float32(numEnvs * width, capacity * width);
    this.steps = this.memory.int32(numEnvs, capacity);
    this.#list = this.memory.int32(numEnvs, capacity);
    this.terminations = this.memory.uint8(numEnvs, capacity);
    this.#truncations = this.memory.uint8(numEnvs, capacity);
    this.#ended = this.memory.uint8(numEnvs, capacity);
    this.#kernelBounds = this.memory.float64(2 * variables);
    this.#stream = this.memory.int32(STREAM_WORDS);
  }

  /** Moves every environment one step and writes its reward, its termination flag and its observation row. */
  protected abstract advance(actions: Act): void;

  /** Writes the observation row of one environment. */
  protected abstract observe(i: number): void;

  /** Called for each environment that was given a new start. */
  protected begin(i: number): void {
    this.observe(i);
  }

  /** Bounds of the start from reset options; the default ones without. */
  protected abstract startBounds(options: Readonly<Record<string, unknown>> | null): StartBounds;

  /** Gives the first `count` of the list a start and an observation of it. */
  #restart(count: number): void {
    const list = this.#list;
    const bits = this.npRandom.bitGenerator;
    this.#bounds.forEach((pair, variable) => {
      this.#kernelBounds.set(pair, 2 * variable);
    });
    bits.writeWords(this.#stream);
    this.memory.kernels.restart(
      count,
      list.byteOffset,
      this.state.length,
      this.state[0]!.byteOffset,
      8 * padded(this.numEnvs),
      this.#kernelBounds.byteOffset,
      this.#stream.byteOffset,
      this.steps.byteOffset,
      this.#ended.byteOffset,
    );
    bits.readWords(this.#stream);
    for (let k = 0; k < count; k++) this.begin(list[k]!);
  }

  override reset(options: VectorResetOptions = {}): VectorResetResult<Float32Array> {
    this.assertOpen('reset');
    const { seed } = options;
    if (typeof seed === 'object' && seed !== null) {
      throw new TypeError(
        `${this.constructor.name} has one random stream: seed must be one integer, got a list`,
      );
    }
    this.seedRandom(seed);
    const { mask, rest } = splitResetMask(options.options, this.numEnvs);
    this.#bounds = this.startBounds(rest);
    let count = 0;
    for (let i = 0; i < this.numEnvs; i++) {
      if (mask !== null && !mask[i]) continue;
      this.#list[count++] = i;
      this.terminations[i] = 0;
      this.#truncations[i] = 0;
    }
    this.#restart(count);
    this.#started = true;
    return [this.#copy ? this.observations.slice() : this.observations, {}];
  }

  /** @throws ResetNeeded before the first reset; Error under Disabled autoreset when an ended episode was not reset */
  override step(actions: Act): VectorStepResult<Float32Array> {
    this.assertOpen('step');
    if (!this.#started) throw new ResetNeeded('Call reset before using step method.');
    if (this.autoresetMode === 'Disabled') demandReset(this.#ended);
    this.advance(actions);
    const count = this.memory.kernels.settle(
      this.numEnvs,
      Math.min(this.maxEpisodeSteps, MAX_INT32),
      this.steps.byteOffset,
      this.terminations.byteOffset,
      this.#truncations.byteOffset,
      this.#ended.byteOffset,
      this.#list.byteOffset,
      LISTED[this.autoresetMode],
    );
    const infos = count > 0 ? this.#autoreset(count) : {};
    if (!this.#copy) return [this.observations, this.rewards, this.terminations, this.#truncations, infos];
    return [
      this.observations.slice(),
      this.rewards.slice(),
      this.terminations.slice(),
      this.#truncations.slice(),
      infos,
    ];
  }

  #autoreset(count: number): VectorInfo {
    const infos = this.autoresetMode === 'SameStep' ? this.#finals(count) : this.#discard(count);
    this.#restart(count);
    return infos;
  }

  /** SameStep: the last observations of the listed episodes, which just ended. */
  #finals(count: number): VectorInfo {
    const width = this.singleObservationSpace.size;
    const finalObs = new Array<unknown>(this.numEnvs).fill(null);
    const ended = new Uint8Array(this.numEnvs);
    for (let k = 0; k < count; k++) {
      const i = this.#list[k]!;
      finalObs[i] = this.observations.slice(i * width, (i + 1) * width);
      ended[i] = 1;
    }
    return { finalObs, _finalObs: ended, finalInfo: {}, _finalInfo: ended.slice() };
  }

  /** NextStep: the listed episodes ended in the step before; this step counts for no episode. */
  #discard(count: number): VectorInfo {
    for (let k = 0; k < count; k++) {
      const i = this.#list[k]!;
      this.rewards[i] = 0;
      this.terminations[i] = 0;
      this.#truncations[i] = 0;
    }
    return {};
  }

  override getState(): unknown {
    return {
      base: super.getState(),
      state: this.state.map((column) => Array.from(column)),
      steps: Array.from(this.steps),
      ended: Array.from(this.#ended),
      bounds: this.#bounds,
      started: this.#started,
    };
  }

  override setState(saved: unknown): void {
    const { base, state, steps, ended, bounds, started } = saved as {
      base: unknown;
      state: number[][];
      steps: number[];
      ended: number[];
      bounds: StartBounds;
      started: boolean;
    };
    super.setState(base);
    state.forEach((column, k) => {
      this.state[k]!.set(column);
    });
    this.steps.set(steps);
    this.#ended.set(ended);
    this.#bounds = bounds;
    this.#started = started;
  }
}
