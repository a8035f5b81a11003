import type { AnyEnv, Env, RenderFrame, ResetResult, StepResult } from '../core/env.js';
import type { Info } from '../core/info.js';
import type { InMode, MaybePromise, Mode } from '../core/mode.js';
import { batchSpace, concatenate, createEmptyArray, elementAt } from '../spaces/batch.js';
import type { Space } from '../spaces/space.js';
import { addInfo, type VectorInfo } from './info.js';
import {
  AUTORESET_MODES,
  type AutoresetMode,
  splitResetMask,
  spreadSeeds,
  VectorEnv,
  type VectorMetadata,
  type VectorResetOptions,
  type VectorResetResult,
  type VectorStepResult,
} from './vector-env.js';

export interface SyncVectorEnvOptions {
  /** Default `NextStep`. */
  readonly autoresetMode?: AutoresetMode;
  /** Give a fresh batch of observations each time (default), or the same one rewritten: faster, but it must be used before the next step. */
  readonly copy?: boolean;
  /**
   * `same` (default): all environments have one observation space. `different`: bounds may differ, shape and dtype not. Or the
   * batched and the single space.
   */
  readonly observationMode?: 'same' | readonly [Space<unknown>, Space<unknown>];
}

interface SyncVectorState {
  readonly envs: readonly unknown[];
  readonly pendingReset: readonly number[];
  /** Last observations as JSON data; null before the first reset. */
  readonly observations: unknown;
  readonly base: unknown;
}

/** The batch type of an element type: typed arrays stay what they are, numbers become an Int32Array. */
export type BatchOf<T> = T extends number
  ? Int32Array
  : T extends ArrayBufferView
    ? T
    : T extends string
      ? string[]
      : T extends Readonly<Record<string, unknown>>
        ? { [K in keyof T]: BatchOf<T[K]> }
        : T[];

/**
 * Steps its environments one after another in this thread. Asynchronous environments are awaited together.
 *
 * @throws RangeError when an environment's spaces differ from the first one's
 */
export class SyncVectorEnv<Obs, Act, M extends Mode = 'sync'> extends VectorEnv<
  BatchOf<Obs>,
  BatchOf<Act>,
  M
> {
  override readonly numEnvs: number;
  override readonly observationSpace: Space<BatchOf<Obs>>;
  override readonly actionSpace: Space<BatchOf<Act>>;
  override readonly singleObservationSpace: Space<Obs>;
  override readonly singleActionSpace: Space<Act>;
  override readonly metadata: VectorMetadata;
  override readonly renderMode: string | null;
  readonly envs: readonly Env<Obs, Act, M>[];
  readonly autoresetMode: AutoresetMode;
  readonly #copy: boolean;
  /** Last observation of each environment; a partial reset and NextStep need the others'. */
  readonly #observations: unknown[];
  readonly #infos: Info[];
  readonly #finals: (Info | null)[];
  readonly #rewards: Float64Array;
  readonly #terminations: Uint8Array;
  readonly #truncations: Uint8Array;
  /** 1 where an episode has ended and no reset has followed. */
  readonly #ended: Uint8Array;
  readonly #batch: unknown;

  constructor(envFns: readonly (() => Env<Obs, Act, M>)[], options: SyncVectorEnvOptions = {}) {
    super();
    const { autoresetMode = 'NextStep', copy = true, observationMode = 'same' } = options;
    if (!AUTORESET_MODES.includes(autoresetMode)) {
      throw new RangeError(
        `'${String(autoresetMode)}' is not a valid AutoresetMode (${AUTORESET_MODES.join(', ')})`,
      );
    }
    const envs = envFns.map((make) => make());
    const first = envs[0];
    if (first === undefined) throw new RangeError('SyncVectorEnv needs at least one environment');
    const n = envs.length;
    this.envs = envs;
    this.numEnvs = n;
    this.autoresetMode = autoresetMode;
    this.metadata = { ...first.metadata, autoresetMode };
    this.renderMode = first.renderMode;
    this.singleActionSpace = first.actionSpace;
    this.actionSpace = batchSpace(first.actionSpace, n) as Space<BatchOf<Act>>;
    const [batched, single] =
      observationMode === 'same'
        ? [batchSpace(first.observationSpace, n), first.observationSpace]
        : observationMode;
    this.observationSpace = batched as Space<BatchOf<Obs>>;
    this.singleObservationSpace = single as Space<Obs>;
    this.#checkSpaces(observationMode === 'same');
    this.#copy = copy;
    this.#observations = new Array<unknown>(n).fill(null);
    this.#infos = Array.from({ length: n }, () => ({}));
    this.#finals = new Array<null>(n).fill(null);
    this.#rewards = new Float64Array(n);
    this.#terminations = new Uint8Array(n);
    this.#truncations = new Uint8Array(n);
    this.#ended = new Uint8Array(n);
    this.#batch = createEmptyArray(this.singleObservationSpace, n);
  }

  #checkSpaces(same: boolean): void {
    for (const env of this.envs) {
      if (same && !env.observationSpace.equals(this.singleObservationSpace)) {
        throw new RangeError(
          `SyncVectorEnv(..., observationMode='same') however the sub-environments observation spaces are not equivalent. singleObservationSpace=${this.singleObservationSpace}, sub-environment observationSpace=${env.observationSpace}. If this is intentional, use \`observationMode='different'\` instead.`,
        );
      }
      if (!env.actionSpace.equals(this.singleActionSpace)) {
        throw new RangeError(
          `Sub-environment action space doesn't match the \`singleActionSpace\`, actionSpace=${env.actionSpace}, singleActionSpace=${this.singleActionSpace}`,
        );
      }
    }
  }

  override get npRandomSeed(): readonly (number | bigint)[] {
    return this.envs.map((env) => env.npRandomSeed);
  }

  override reset(options: VectorResetOptions = {}): InMode<VectorResetResult<BatchOf<Obs>>, M> {
    this.assertOpen('reset');
    const seeds = spreadSeeds(options.seed, this.numEnvs);
    const { mask, rest } = splitResetMask(options.options, this.numEnvs);
    return this.#forEach(
      (i) => {
        if (mask !== null && !mask[i]) return undefined;
        this.#rewards[i] = 0;
        this.#terminations[i] = 0;
        this.#truncations[i] = 0;
        this.#ended[i] = 0;
        return this.#resetOne(i, seeds[i] ?? null, rest);
      },
      () => [this.#join(), this.#collect((i) => mask === null || Boolean(mask[i]))],
    ) as InMode<VectorResetResult<BatchOf<Obs>>, M>;
  }

  override step(actions: BatchOf<Act>): InMode<VectorStepResult<BatchOf<Obs>>, M> {
    this.assertOpen('step');
    const { autoresetMode } = this;
    if (autoresetMode === 'Disabled') this.#demandReset();
    return this.#forEach(
      (i) => {
        if (autoresetMode === 'NextStep' && this.#ended[i] === 1) {
          this.#record(i, 0, false, false);
          return this.#resetOne(i, null, null);
        }
        return this.#stepOne(i, elementAt(this.singleActionSpace, actions, i) as Act);
      },
      () => [
        this.#join(),
        this.#rewards.slice(),
        this.#terminations.slice(),
        this.#truncations.slice(),
        this.#collect(() => true),
      ],
    ) as InMode<VectorStepResult<BatchOf<Obs>>, M>;
  }

  #demandReset(): void {
    const waiting = Array.from(this.#ended.keys()).filter((i) => this.#ended[i] === 1);
    if (waiting.length === 0) return;
    throw new Error(
      `SyncVectorEnv(autoresetMode='Disabled'): the episodes of environments ${waiting.join(', ')} have ended; reset them with reset({options: {resetMask}}) before step()`,
    );
  }

  /** Runs `visit` for each environment, waiting for those that are asynchronous, then `finish`. */
  #forEach<T>(visit: (i: number) => MaybePromise<void>, finish: () => T): MaybePromise<T> {
    let waiting: Promise<void>[] | null = null;
    for (let i = 0; i < this.numEnvs; i++) {
      const visited = visit(i);
      if (visited instanceof Promise) {
        waiting ??= [];
        waiting.push(visited);
      }
    }
    return waiting === null ? finish() : Promise.all(waiting).then(finish);
  }

  #resetOne(
    i: number,
    seed: number | bigint | null,
    options: Readonly<Record<string, unknown>> | null,
  ): MaybePromise<void> {
    const result = this.envs[i]!.reset({ seed, options }) as MaybePromise<ResetResult<Obs>>;
    if (result instanceof Promise) return result.then((value) => this.#keep(i, value));
    this.#keep(i, result);
  }

  #keep(i: number, [observation, info]: ResetResult<Obs>): void {
    this.#observations[i] = observation;
    this.#infos[i] = info;
  }

  #record(i: number, reward: number, terminated: boolean, truncated: boolean): void {
    this.#rewards[i] = reward;
    this.#terminations[i] = terminated ? 1 : 0;
    this.#truncations[i] = truncated ? 1 : 0;
    this.#ended[i] = terminated || truncated ? 1 : 0;
  }

  #stepOne(i: number, action: Act): MaybePromise<void> {
    const result = this.envs[i]!.step(action) as MaybePromise<StepResult<Obs>>;
    if (result instanceof Promise) return result.then((value) => this.#settle(i, value));
    return this.#settle(i, result);
  }

  #settle(i: number, result: StepResult<Obs>): MaybePromise<void> {
    const [observation, reward, terminated, truncated, info] = result;
    this.#record(i, reward, terminated, truncated);
    this.#observations[i] = observation;
    this.#infos[i] = info;
    if (this.autoresetMode !== 'SameStep' || !(terminated || truncated)) return;
    this.#finals[i] = { finalObs: observation, finalInfo: info };
    this.#ended[i] = 0;
    return this.#resetOne(i, null, null);
  }

  #join(): BatchOf<Obs> {
    const out = this.#copy ? undefined : this.#batch;
    return concatenate(this.singleObservationSpace, this.#observations, out) as BatchOf<Obs>;
  }

  #collect(has: (i: number) => boolean): VectorInfo {
    const infos: VectorInfo = {};
    for (let i = 0; i < this.numEnvs; i++) {
      const final = this.#finals[i];
      if (final !== null && final !== undefined) {
        addInfo(infos, final, i, this.numEnvs);
        this.#finals[i] = null;
      }
      if (has(i)) addInfo(infos, this.#infos[i]!, i, this.numEnvs);
    }
    return infos;
  }

  override render(): readonly RenderFrame[] {
    return this.envs.map((env) => env.render());
  }

  /** Calls a method of each environment (or reads an attribute), looking through wrappers. */
  call(name: string, ...args: readonly unknown[]): unknown[] {
    return this.envs.map((env) => {
      const value = env.getWrapperAttr(name);
      if (typeof value !== 'function') return value;
      const owner = ownerOf(env as unknown as AnyEnv, name);
      return (value as (...args: readonly unknown[]) => unknown).apply(owner, [...args]);
    });
  }

  getAttr(name: string): unknown[] {
    return this.call(name);
  }

  /** Sets an attribute of each environment: one value for all, or a list with one for each. @throws RangeError on a wrong length */
  setAttr(name: string, values: unknown): void {
    const list: readonly unknown[] = Array.isArray(values)
      ? values
      : new Array<unknown>(this.numEnvs).fill(values);
    if (list.length !== this.numEnvs) {
      throw new RangeError(
        `Values must be a list or tuple with length equal to the number of environments. Got \`${list.length}\` values for ${this.numEnvs} environments.`,
      );
    }
    this.envs.forEach((env, i) => {
      env.setWrapperAttr(name, list[i]);
    });
  }

  override getState(): unknown {
    const state: SyncVectorState = {
      envs: this.envs.map((env) => env.getState()),
      pendingReset: Array.from(this.#ended),
      observations: this.#observations.includes(null)
        ? null
        : this.singleObservationSpace.toJsonable(this.#observations as Obs[]),
      base: super.getState(),
    };
    return state;
  }

  override setState(state: unknown): void {
    const { envs, pendingReset, observations, base } = state as SyncVectorState;
    super.setState(base);
    this.envs.forEach((env, i) => {
      env.setState(envs[i]);
    });
    this.#ended.set(pendingReset);
    if (observations === null) return;
    this.singleObservationSpace.fromJsonable(observations).forEach((observation, i) => {
      this.#observations[i] = observation;
    });
  }

  protected override closeExtras(): void | Promise<void> {
    const closing = this.envs.map((env) => env.close()).filter((closed) => closed instanceof Promise);
    if (closing.length > 0) return Promise.all(closing).then(() => undefined);
  }
}

/** The layer of an environment that has the attribute itself. */
function ownerOf(env: AnyEnv, name: string): unknown {
  let layer: AnyEnv = env;
  while (!(name in layer) && 'env' in layer) layer = layer.env as AnyEnv;
  return layer;
}
