import type { Metadata } from '../core/env.js';
import { ResetNeeded } from '../error.js';
import { batchSpace } from '../spaces/batch.js';
import type { Box } from '../spaces/box.js';
import type { Space } from '../spaces/space.js';
import type { VectorInfo } from './info.js';
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

/**
 * Many copies of one simple simulation in a few arrays: a column for each state variable, one loop over all environments a step.
 *
 * All copies share one random stream, so trajectories equal those of Gymnasium's batched environments, not those of single ones.
 * Subclasses write {@link advance} (dynamics, rewards and terminations) and {@link observe}.
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
  /** One column for each state variable. */
  protected readonly state: readonly Float64Array[];
  /** Written by {@link advance}. */
  protected readonly rewards: Float64Array;
  protected readonly terminations: Uint8Array;
  /** Rows written by {@link observe}. */
  protected readonly observations: Float32Array;
  protected bounds: StartBounds;
  readonly #truncations: Uint8Array;
  /** 1 where an episode ended in the last step and no reset has followed. */
  readonly #ended: Uint8Array;
  readonly #steps: Int32Array;
  readonly #copy: boolean;
  /** Environments to restart; scratch space. */
  readonly #list: Int32Array;
  #started = false;

  constructor(
    numEnvs: number,
    observationSpace: Box,
    actionSpace: Space<unknown>,
    bounds: StartBounds,
    metadata: Metadata,
    options: NativeVectorOptions,
  ) {
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
    this.numEnvs = numEnvs;
    this.singleObservationSpace = observationSpace;
    this.singleActionSpace = actionSpace;
    this.observationSpace = batchSpace(observationSpace as Space<unknown>, numEnvs) as Space<Float32Array>;
    this.actionSpace = batchSpace(actionSpace, numEnvs) as Space<Act>;
    this.metadata = { ...metadata, autoresetMode };
    this.autoresetMode = autoresetMode;
    this.maxEpisodeSteps = maxEpisodeSteps ?? Number.POSITIVE_INFINITY;
    this.bounds = bounds;
    this.state = bounds.map(() => new Float64Array(numEnvs));
    this.rewards = new Float64Array(numEnvs);
    this.terminations = new Uint8Array(numEnvs);
    this.observations = new Float32Array(numEnvs * observationSpace.size);
    this.#truncations = new Uint8Array(numEnvs);
    this.#ended = new Uint8Array(numEnvs);
    this.#steps = new Int32Array(numEnvs);
    this.#list = new Int32Array(numEnvs);
    this.#copy = copy;
  }

  /** Moves every environment one step and writes rewards and terminations. */
  protected abstract advance(actions: Act): void;

  /** Writes the observation rows of environments `first` up to `end`. */
  protected abstract observe(first: number, end: number): void;

  /** Bounds of the start from reset options; the default ones without. */
  protected abstract startBounds(options: Readonly<Record<string, unknown>> | null): StartBounds;

  /** Draws a start for the first `count` of the list, variable by variable as NumPy fills a (variables × environments) array. */
  #draw(count: number): void {
    const list = this.#list;
    const bits = this.npRandom.bitGenerator;
    for (let variable = 0; variable < this.bounds.length; variable++) {
      const [low, high] = this.bounds[variable]!;
      const range = high - low;
      const column = this.state[variable]!;
      for (let k = 0; k < count; k++) column[list[k]!] = low + range * bits.nextDouble();
    }
    for (let k = 0; k < count; k++) {
      this.#steps[list[k]!] = 0;
      this.#ended[list[k]!] = 0;
    }
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
    this.bounds = this.startBounds(rest);
    let count = 0;
    for (let i = 0; i < this.numEnvs; i++) {
      if (mask !== null && !mask[i]) continue;
      this.#list[count++] = i;
      this.terminations[i] = 0;
      this.#truncations[i] = 0;
    }
    this.#draw(count);
    this.#started = true;
    this.observe(0, this.numEnvs);
    return [this.#copy ? this.observations.slice() : this.observations, {}];
  }

  /** @throws ResetNeeded before the first reset; Error under Disabled autoreset when an ended episode was not reset */
  override step(actions: Act): VectorStepResult<Float32Array> {
    this.assertOpen('step');
    if (!this.#started) throw new ResetNeeded('Call reset before using step method.');
    if (this.autoresetMode === 'Disabled') demandReset(this.#ended);
    this.advance(actions);
    const over = this.#count();
    const infos = over ? this.#finish() : {};
    if (this.autoresetMode !== 'SameStep' || !over) this.observe(0, this.numEnvs);
    if (!this.#copy) return [this.observations, this.rewards, this.terminations, this.#truncations, infos];
    return [
      this.observations.slice(),
      this.rewards.slice(),
      this.terminations.slice(),
      this.#truncations.slice(),
      infos,
    ];
  }

  /** Counts steps and truncates. Returns whether anything ended, now or (NextStep) in the step before. */
  #count(): boolean {
    const { terminations, maxEpisodeSteps, numEnvs } = this;
    const truncations = this.#truncations;
    const ended = this.#ended;
    const steps = this.#steps;
    let any = 0;
    for (let i = 0; i < numEnvs; i++) {
      const taken = steps[i]! + 1;
      steps[i] = taken;
      const truncated = taken >= maxEpisodeSteps ? 1 : 0;
      truncations[i] = truncated;
      any |= terminations[i]! | truncated | ended[i]!;
    }
    return any !== 0;
  }

  #finish(): VectorInfo {
    if (this.autoresetMode === 'SameStep') return this.#restartNow();
    if (this.autoresetMode === 'NextStep') this.#restartDue();
    const { terminations, numEnvs } = this;
    for (let i = 0; i < numEnvs; i++) this.#ended[i] = terminations[i]! | this.#truncations[i]!;
    return {};
  }

  /** SameStep: final observations, then new starts for the episodes that just ended. */
  #restartNow(): VectorInfo {
    const n = this.numEnvs;
    this.observe(0, n);
    const size = this.singleObservationSpace.size;
    const finalObs = new Array<unknown>(n).fill(null);
    const ended = new Uint8Array(n);
    let count = 0;
    for (let i = 0; i < n; i++) {
      if ((this.terminations[i]! | this.#truncations[i]!) === 0) continue;
      finalObs[i] = this.observations.slice(i * size, (i + 1) * size);
      ended[i] = 1;
      this.#list[count++] = i;
    }
    this.#draw(count);
    for (let k = 0; k < count; k++) this.observe(this.#list[k]!, this.#list[k]! + 1);
    return { finalObs, _finalObs: ended, finalInfo: {}, _finalInfo: ended.slice() };
  }

  /** NextStep: new starts for the episodes that ended in the step before; this step counts for no episode. */
  #restartDue(): void {
    let count = 0;
    for (let i = 0; i < this.numEnvs; i++) {
      if (this.#ended[i] === 0) continue;
      this.#list[count++] = i;
      this.rewards[i] = 0;
      this.terminations[i] = 0;
      this.#truncations[i] = 0;
    }
    this.#draw(count);
  }

  override getState(): unknown {
    return {
      base: super.getState(),
      state: this.state.map((column) => Array.from(column)),
      steps: Array.from(this.#steps),
      ended: Array.from(this.#ended),
      bounds: this.bounds,
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
    this.#steps.set(steps);
    this.#ended.set(ended);
    this.bounds = bounds;
    this.#started = started;
  }
}
