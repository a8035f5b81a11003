import { deserialize, serialize } from 'node:v8';
import type { Info } from '../types.js';
import { type SpaceLayout, totalActions } from './spaces.js';

type MaybePromise<T> = T | Promise<T>;
type StepResult = readonly [unknown, number, boolean, boolean, Info];
type ResetResult = readonly [unknown, Info];

/** As much of gymnasium-js's `Env` as learners use; an `Env` of either mode fits. */
export interface EnvLike {
  readonly observationSpace: unknown;
  readonly actionSpace: unknown;
  reset(options?: { seed?: number }): MaybePromise<ResetResult>;
  step(action: unknown): MaybePromise<StepResult>;
  getState?(): unknown;
  setState?(state: unknown): void;
}

/**
 * Environments stepped together, with SameStep autoreset: where an episode ended, `observations` and `masks` already belong
 * to the next one, while `nextObservations`, `nextMasks` and `infos` are the finished one's. All arrays are row-major,
 * one row an environment, and reused from step to step.
 */
export interface EnvironmentBatch {
  readonly numEnvs: number;
  readonly layout: SpaceLayout;
  /** What to act on. */
  readonly observations: Float32Array;
  readonly masks: Uint8Array;
  /** Whether the environments give masks at all; if not, `masks` is all ones. */
  readonly masked: boolean;
  readonly rewards: Float64Array;
  readonly terminated: Uint8Array;
  readonly truncated: Uint8Array;
  /** What followed the latest step, terminal observations included. */
  readonly nextObservations: Float32Array;
  readonly nextMasks: Uint8Array;
  readonly infos: readonly Info[];
  /** Return and length of the episodes going on, or, where one has just ended, of that one. */
  readonly returns: Float64Array;
  readonly lengths: Int32Array;
  /** Starts episodes everywhere; `seed` gives each environment's. Returns a promise only if an environment does. */
  reset(seed: (e: number) => number): void | Promise<void>;
  /** Seed of environment e's next automatic reset, for learners that want particular episodes; null: the stream goes on. */
  resetSeed: ((e: number) => number) | null;
  /** `actions`: one row of components an environment. */
  step(actions: Int32Array): void | Promise<void>;
  /** Everything to go on from, or null when an environment cannot save its state. */
  getState(): Uint8Array | null;
  setState(state: Uint8Array): void;
}

interface SpaceShape {
  readonly shape?: readonly number[];
  readonly n?: number;
  readonly nvec?: ArrayLike<number>;
  readonly start?: number | ArrayLike<number>;
}

function describe(space: unknown): string {
  return (space as { constructor?: { name?: string } } | null)?.constructor?.name ?? String(space);
}

/** Sizes of an environment's spaces. Throws a TypeError for spaces no learner here can use. */
export function layoutOf(observationSpace: unknown, actionSpace: unknown): SpaceLayout {
  const observation = observationSpace as SpaceShape;
  const action = actionSpace as SpaceShape;
  let observationSize: number;
  if (typeof observation.n === 'number' && observation.nvec === undefined) observationSize = observation.n;
  else if (Array.isArray(observation.shape)) observationSize = observation.shape.reduce((a, b) => a * b, 1);
  else
    throw new TypeError(`expected a Box or Discrete observation space, found ${describe(observationSpace)}`);
  if (action.nvec !== undefined) return { observationSize, nvec: Array.from(action.nvec), discrete: false };
  if (typeof action.n === 'number') return { observationSize, nvec: [action.n], discrete: true };
  throw new TypeError(`expected a Discrete or MultiDiscrete action space, found ${describe(actionSpace)}`);
}

/** Writes an observation into `out[offset ...]`: arrays as they are, a number of a Discrete space as one-hot. */
export function flattenObservation(
  observation: unknown,
  size: number,
  out: Float32Array,
  offset: number,
): void {
  if (typeof observation === 'number') {
    out.fill(0, offset, offset + size);
    out[offset + observation] = 1;
    return;
  }
  const values = observation as ArrayLike<number>;
  if (values.length !== size)
    throw new RangeError(`expected an observation of ${size} values, found ${values.length}`);
  out.set(values, offset);
}

export function isPromise<T>(value: MaybePromise<T>): value is Promise<T> {
  return typeof (value as { then?: unknown }).then === 'function';
}

/** Single environments side by side. Asynchronous ones have all their calls in flight at once. */
export class SeparateEnvironments implements EnvironmentBatch {
  readonly numEnvs: number;
  readonly layout: SpaceLayout;
  readonly observations: Float32Array;
  readonly masks: Uint8Array;
  masked = false;
  readonly rewards: Float64Array;
  readonly terminated: Uint8Array;
  readonly truncated: Uint8Array;
  readonly nextObservations: Float32Array;
  readonly nextMasks: Uint8Array;
  readonly infos: Info[];
  readonly returns: Float64Array;
  readonly lengths: Int32Array;
  resetSeed: ((e: number) => number) | null = null;
  private readonly total: number;
  private readonly starts: readonly number[];
  private readonly actions: readonly Int32Array[];
  private readonly pending: (StepResult | Promise<StepResult>)[];

  constructor(private readonly envs: readonly EnvLike[]) {
    const [first] = envs;
    if (!first) throw new RangeError('a learner needs at least one environment');
    this.numEnvs = envs.length;
    this.layout = layoutOf(first.observationSpace, first.actionSpace);
    this.total = totalActions(this.layout);
    const { start = 0 } = first.actionSpace as SpaceShape;
    this.starts = this.layout.nvec.map((_, c) => (typeof start === 'number' ? start : (start[c] ?? 0)));
    const n = envs.length;
    const size = n * this.layout.observationSize;
    this.observations = new Float32Array(size);
    this.nextObservations = new Float32Array(size);
    this.masks = new Uint8Array(n * this.total).fill(1);
    this.nextMasks = new Uint8Array(n * this.total).fill(1);
    this.rewards = new Float64Array(n);
    this.terminated = new Uint8Array(n);
    this.truncated = new Uint8Array(n);
    this.returns = new Float64Array(n);
    this.lengths = new Int32Array(n);
    this.infos = envs.map(() => ({}));
    this.actions = envs.map(() => new Int32Array(this.layout.nvec.length));
    this.pending = new Array(n);
  }

  reset(seed: (e: number) => number): void | Promise<void> {
    this.terminated.fill(0);
    this.truncated.fill(0);
    const results = this.envs.map((env, i) => env.reset({ seed: seed(i) }));
    if (!results.some(isPromise)) {
      for (let i = 0; i < this.numEnvs; i++) this.begin(i, results[i] as ResetResult);
      return;
    }
    return Promise.all(results).then((done) => {
      for (let i = 0; i < this.numEnvs; i++) this.begin(i, done[i]!);
    });
  }

  step(actions: Int32Array): void | Promise<void> {
    let asynchronous = false;
    for (let i = 0; i < this.numEnvs; i++) {
      if (this.terminated[i] !== 0 || this.truncated[i] !== 0) {
        this.returns[i] = 0;
        this.lengths[i] = 0;
      }
      const result = this.envs[i]!.step(this.actionOf(actions, i));
      this.pending[i] = result;
      if (isPromise(result)) asynchronous = true;
    }
    if (asynchronous) return this.finishLater();
    for (let i = 0; i < this.numEnvs; i++) {
      const reset = this.finish(i, this.pending[i] as StepResult);
      if (reset) return this.finishResets(i, reset);
    }
  }

  private async finishLater(): Promise<void> {
    // Each environment goes on to its own reset without waiting for the slowest one.
    await Promise.all(this.pending.map(async (result, i) => await this.finish(i, await result)));
  }

  private async finishResets(from: number, first: Promise<void>): Promise<void> {
    await first;
    for (let i = from + 1; i < this.numEnvs; i++) await this.finish(i, this.pending[i] as StepResult);
  }

  private actionOf(actions: Int32Array, i: number): number | Int32Array {
    if (this.layout.discrete) return actions[i]! + this.starts[0]!;
    const own = this.actions[i]!;
    for (let c = 0; c < own.length; c++) own[c] = actions[i * own.length + c]! + this.starts[c]!;
    return own;
  }

  private finish(i: number, result: StepResult): void | Promise<void> {
    const [observation, reward, terminated, truncated, info] = result;
    const { observationSize } = this.layout;
    const at = i * observationSize;
    flattenObservation(observation, observationSize, this.nextObservations, at);
    this.rewards[i] = reward;
    this.terminated[i] = terminated ? 1 : 0;
    this.truncated[i] = truncated ? 1 : 0;
    this.returns[i]! += reward;
    this.lengths[i]!++;
    this.infos[i] = info;
    this.readMask(info, i, this.nextMasks);
    if (!terminated && !truncated) {
      for (let k = at; k < at + observationSize; k++) this.observations[k] = this.nextObservations[k]!;
      if (this.masked) this.copyMask(i);
      return;
    }
    const env = this.envs[i]!;
    const reset = this.resetSeed ? env.reset({ seed: this.resetSeed(i) }) : env.reset();
    if (isPromise(reset)) return reset.then((done) => this.restart(i, done));
    this.restart(i, reset);
  }

  private copyMask(i: number): void {
    const end = (i + 1) * this.total;
    for (let k = i * this.total; k < end; k++) this.masks[k] = this.nextMasks[k]!;
  }

  /** The first observation of an episode after another one: the finished one's return and length stay until the next step. */
  private restart(i: number, [observation, info]: ResetResult): void {
    flattenObservation(
      observation,
      this.layout.observationSize,
      this.observations,
      i * this.layout.observationSize,
    );
    this.readMask(info, i, this.masks);
  }

  private begin(i: number, result: ResetResult): void {
    this.returns[i] = 0;
    this.lengths[i] = 0;
    this.restart(i, result);
  }

  private readMask(info: Info, i: number, out: Uint8Array): void {
    const mask = info.actionMask as Uint8Array | undefined;
    if (mask === undefined) {
      if (this.masked) out.fill(1, i * this.total, (i + 1) * this.total);
      return;
    }
    if (mask.length !== this.total)
      throw new RangeError(`expected an action mask of ${this.total} bytes, found ${mask.length}`);
    this.masked = true;
    out.set(mask, i * this.total);
  }

  getState(): Uint8Array | null {
    if (!this.envs.every((env) => env.getState && env.setState)) return null;
    const { observations, masks, masked, terminated, truncated, returns, lengths } = this;
    return serialize({
      states: this.envs.map((env) => env.getState!()),
      ...{ observations, masks, masked, terminated, truncated, returns, lengths },
    });
  }

  setState(state: Uint8Array): void {
    const saved = deserialize(state) as SavedState;
    if (saved.states.length !== this.numEnvs)
      throw new RangeError(
        `expected the state of ${this.numEnvs} environments, found ${saved.states.length}`,
      );
    for (const [i, env] of this.envs.entries()) env.setState!(saved.states[i]);
    this.observations.set(saved.observations);
    this.masks.set(saved.masks);
    this.masked = saved.masked;
    this.terminated.set(saved.terminated);
    this.truncated.set(saved.truncated);
    this.returns.set(saved.returns);
    this.lengths.set(saved.lengths);
  }
}

interface SavedState {
  readonly states: readonly unknown[];
  readonly observations: Float32Array;
  readonly masks: Uint8Array;
  readonly masked: boolean;
  readonly terminated: Uint8Array;
  readonly truncated: Uint8Array;
  readonly returns: Float64Array;
  readonly lengths: Int32Array;
}
