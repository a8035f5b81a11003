import { deserialize, serialize } from 'node:v8';
import { infoOf, type VectorInfo } from 'gymnasium-js';
import type { Info } from '../types.js';
import { type EnvironmentBatch, flattenObservation, isPromise, layoutOf } from './environment.js';
import { type SpaceLayout, totalActions } from './spaces.js';

type MaybePromise<T> = T | Promise<T>;
type VectorReset = readonly [unknown, VectorInfo];
type VectorStep = readonly [unknown, Float64Array, Uint8Array, Uint8Array, VectorInfo];

/** As much of gymnasium-js's `VectorEnv` as learners use; one of either mode fits. */
export interface VectorEnvLike {
  readonly numEnvs: number;
  readonly metadata: { readonly autoresetMode?: string };
  readonly singleObservationSpace: unknown;
  readonly singleActionSpace: unknown;
  reset(options?: { seed?: readonly number[] }): MaybePromise<VectorReset>;
  step(actions: unknown): MaybePromise<VectorStep>;
  getState?(): unknown;
  setState?(state: unknown): void;
}

/** A vector environment with SameStep autoreset. */
export class VectorEnvironments implements EnvironmentBatch {
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
  readonly returns: Float64Array;
  readonly lengths: Int32Array;
  /** A vector environment resets by itself: this is asked for every new episode, but its seed is not used. */
  resetSeed: ((e: number) => number) | null = null;
  private readonly total: number;
  private readonly starts: readonly number[];
  private readonly actions: Int32Array;
  private latest: VectorInfo = {};
  private unpacked: readonly Info[] | null = null;

  /** Throws a TypeError unless the environment resets in the same step. */
  constructor(private readonly env: VectorEnvLike) {
    const mode = env.metadata.autoresetMode;
    if (mode !== 'SameStep')
      throw new TypeError(
        `learners need a vector environment with autoresetMode SameStep, found ${String(mode)}`,
      );
    const { numEnvs } = env;
    this.numEnvs = numEnvs;
    this.layout = layoutOf(env.singleObservationSpace, env.singleActionSpace);
    this.total = totalActions(this.layout);
    const { start = 0 } = env.singleActionSpace as { readonly start?: number | ArrayLike<number> };
    this.starts = this.layout.nvec.map((_, c) => (typeof start === 'number' ? start : (start[c] ?? 0)));
    const size = numEnvs * this.layout.observationSize;
    this.observations = new Float32Array(size);
    this.nextObservations = new Float32Array(size);
    this.masks = new Uint8Array(numEnvs * this.total).fill(1);
    this.nextMasks = new Uint8Array(numEnvs * this.total).fill(1);
    this.rewards = new Float64Array(numEnvs);
    this.terminated = new Uint8Array(numEnvs);
    this.truncated = new Uint8Array(numEnvs);
    this.returns = new Float64Array(numEnvs);
    this.lengths = new Int32Array(numEnvs);
    this.actions = new Int32Array(numEnvs * this.layout.nvec.length);
  }

  /** Taken apart only when somebody asks. */
  get infos(): readonly Info[] {
    this.unpacked ??= Array.from({ length: this.numEnvs }, (_, e) => {
      const { finalInfo } = this.latest;
      return infoOf(this.ended(e) && finalInfo ? finalInfo : this.latest, e, this.numEnvs);
    });
    return this.unpacked;
  }

  private ended(e: number): boolean {
    return this.terminated[e] !== 0 || this.truncated[e] !== 0;
  }

  reset(seed: (e: number) => number): void | Promise<void> {
    const result = this.env.reset({ seed: Array.from({ length: this.numEnvs }, (_, e) => seed(e)) });
    if (isPromise(result)) return result.then((done) => this.begin(done));
    this.begin(result);
  }

  private begin([observations, infos]: VectorReset): void {
    this.terminated.fill(0);
    this.truncated.fill(0);
    this.returns.fill(0);
    this.lengths.fill(0);
    this.unpacked = null;
    this.latest = infos;
    this.readObservations(observations, this.observations);
    this.readMasks(infos, this.masks);
  }

  step(actions: Int32Array): void | Promise<void> {
    const components = this.starts.length;
    for (let i = 0; i < actions.length; i++) this.actions[i] = actions[i]! + this.starts[i % components]!;
    for (let e = 0; e < this.numEnvs; e++)
      if (this.ended(e)) {
        this.returns[e] = 0;
        this.lengths[e] = 0;
      }
    const result = this.env.step(this.actions);
    if (isPromise(result)) return result.then((done) => this.finish(done));
    this.finish(result);
  }

  private finish([observations, rewards, terminations, truncations, infos]: VectorStep): void {
    this.unpacked = null;
    this.latest = infos;
    this.rewards.set(rewards);
    this.terminated.set(terminations);
    this.truncated.set(truncations);
    this.readObservations(observations, this.observations);
    this.nextObservations.set(this.observations);
    this.readMasks(infos, this.masks);
    if (this.masked) this.nextMasks.set(this.masks);
    const { observationSize } = this.layout;
    for (let e = 0; e < this.numEnvs; e++) {
      this.returns[e]! += rewards[e]!;
      this.lengths[e]!++;
      if (!this.ended(e)) continue;
      this.resetSeed?.(e);
      flattenObservation(infos.finalObs![e], observationSize, this.nextObservations, e * observationSize);
      const finalMask = infos.finalInfo?.actionMask;
      const from = e * this.total;
      if (finalMask) this.nextMasks.set(finalMask.subarray(from, from + this.total), from);
      else this.nextMasks.fill(1, from, from + this.total);
    }
  }

  private readObservations(batch: unknown, out: Float32Array): void {
    const values = batch as ArrayLike<number>;
    const { observationSize } = this.layout;
    if (values.length === out.length) out.set(values);
    else
      for (let e = 0; e < this.numEnvs; e++)
        flattenObservation(values[e]!, observationSize, out, e * observationSize);
  }

  private readMasks(infos: VectorInfo, out: Uint8Array): void {
    if (infos.actionMask) {
      this.masked = true;
      out.set(infos.actionMask);
    } else if (this.masked) out.fill(1);
  }

  getState(): Uint8Array | null {
    if (!this.env.getState || !this.env.setState) return null;
    const { observations, masks, masked, terminated, truncated, returns, lengths } = this;
    const state = this.env.getState();
    return serialize({ state, observations, masks, masked, terminated, truncated, returns, lengths });
  }

  setState(saved: Uint8Array): void {
    const state = deserialize(saved) as {
      readonly state: unknown;
      readonly masked: boolean;
      readonly observations: Float32Array;
      readonly masks: Uint8Array;
      readonly terminated: Uint8Array;
      readonly truncated: Uint8Array;
      readonly returns: Float64Array;
      readonly lengths: Int32Array;
    };
    this.env.setState!(state.state);
    this.masked = state.masked;
    for (const name of ['observations', 'masks', 'terminated', 'truncated', 'returns', 'lengths'] as const)
      this[name].set(state[name]);
  }
}
