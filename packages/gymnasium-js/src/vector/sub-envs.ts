import type { AnyEnv, Env, RenderFrame, ResetResult, StepResult } from '../core/env.js';
import type { Info } from '../core/info.js';
import type { MaybePromise, Mode } from '../core/mode.js';
import type { Space } from '../spaces/space.js';
import type { AutoresetMode } from './vector-env.js';

export interface SubEnvsState {
  readonly envs: readonly unknown[];
  readonly ended: readonly number[];
  /** Last observations as JSON data; null before the first reset. */
  readonly observations: unknown;
}

/**
 * The sub-environments of a vector, stepped one after another with autoreset; what comes back is kept here, one entry for each
 * environment. `SyncVectorEnv` owns one, and so does each worker of `AsyncVectorEnv`.
 */
export class SubEnvs<Obs, Act, M extends Mode> {
  readonly size: number;
  /** Last observation of each environment; null before the first reset. */
  readonly observations: unknown[];
  readonly infos: Info[];
  /** Final observation and info of the episodes that ended in the last step under SameStep. */
  readonly finals: (Info | null)[];
  readonly rewards: Float64Array;
  readonly terminations: Uint8Array;
  readonly truncations: Uint8Array;
  /** 1 where an episode has ended and no reset has followed. */
  readonly ended: Uint8Array;

  constructor(
    readonly envs: readonly Env<Obs, Act, M>[],
    readonly autoresetMode: AutoresetMode,
  ) {
    const n = envs.length;
    this.size = n;
    this.observations = new Array<unknown>(n).fill(null);
    this.infos = Array.from({ length: n }, () => ({}));
    this.finals = new Array<null>(n).fill(null);
    this.rewards = new Float64Array(n);
    this.terminations = new Uint8Array(n);
    this.truncations = new Uint8Array(n);
    this.ended = new Uint8Array(n);
  }

  /** Resets those in the mask (all without one). Infos of the others become empty. */
  reset(
    seeds: readonly (number | bigint | null)[],
    mask: ArrayLike<unknown> | null,
    options: Readonly<Record<string, unknown>> | null,
  ): MaybePromise<void> {
    return this.#forEach((i) => {
      this.finals[i] = null;
      if (mask !== null && !mask[i]) {
        this.infos[i] = {};
        return undefined;
      }
      this.#record(i, 0, false, false);
      return this.#resetOne(i, seeds[i] ?? null, options);
    });
  }

  /**
   * Steps all with what `read` finds in `actions` for each (default: a list's entries).
   *
   * @throws Error under Disabled when a reset is due
   */
  step(actions: unknown, read: (actions: unknown, i: number) => unknown = entry): MaybePromise<void> {
    if (this.autoresetMode === 'Disabled') demandReset(this.ended);
    const nextStep = this.autoresetMode === 'NextStep';
    let waiting: Promise<void>[] | null = null;
    for (let i = 0; i < this.size; i++) {
      let done: MaybePromise<void>;
      this.finals[i] = null;
      if (nextStep && this.ended[i] === 1) {
        this.#record(i, 0, false, false);
        done = this.#resetOne(i, null, null);
      } else {
        done = this.#stepOne(i, read(actions, i) as Act);
      }
      if (done !== undefined) {
        waiting ??= [];
        waiting.push(done);
      }
    }
    if (waiting !== null) return Promise.all(waiting).then(() => undefined);
  }

  /** Runs `visit` for each environment, waiting together for those that are asynchronous. */
  #forEach(visit: (i: number) => MaybePromise<void>): MaybePromise<void> {
    let waiting: Promise<void>[] | null = null;
    for (let i = 0; i < this.size; i++) {
      const visited = visit(i);
      if (visited instanceof Promise) {
        waiting ??= [];
        waiting.push(visited);
      }
    }
    if (waiting !== null) return Promise.all(waiting).then(() => undefined);
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
    this.observations[i] = observation;
    this.infos[i] = info;
  }

  #record(i: number, reward: number, terminated: boolean, truncated: boolean): void {
    this.rewards[i] = reward;
    this.terminations[i] = terminated ? 1 : 0;
    this.truncations[i] = truncated ? 1 : 0;
    this.ended[i] = terminated || truncated ? 1 : 0;
  }

  #stepOne(i: number, action: Act): MaybePromise<void> {
    const result = this.envs[i]!.step(action) as MaybePromise<StepResult<Obs>>;
    if (result instanceof Promise) return result.then((value) => this.#settle(i, value));
    return this.#settle(i, result);
  }

  #settle(
    i: number,
    [observation, reward, terminated, truncated, info]: StepResult<Obs>,
  ): MaybePromise<void> {
    this.#record(i, reward, terminated, truncated);
    this.observations[i] = observation;
    this.infos[i] = info;
    if (this.autoresetMode !== 'SameStep' || !(terminated || truncated)) return;
    this.finals[i] = { finalObs: observation, finalInfo: info };
    this.ended[i] = 0;
    return this.#resetOne(i, null, null);
  }

  render(): RenderFrame[] {
    return this.envs.map((env) => env.render());
  }

  /** Calls a method of each environment (or reads an attribute), looking through wrappers. */
  call(name: string, args: readonly unknown[]): unknown[] {
    return this.envs.map((env) => {
      const value = env.getWrapperAttr(name);
      if (typeof value !== 'function') return value;
      const owner = ownerOf(env as unknown as AnyEnv, name);
      return (value as (...args: readonly unknown[]) => unknown).apply(owner, [...args]);
    });
  }

  setAttr(name: string, values: readonly unknown[]): void {
    this.envs.forEach((env, i) => {
      env.setWrapperAttr(name, values[i]);
    });
  }

  getState(space: Space<unknown>): SubEnvsState {
    const started = !this.observations.includes(null);
    return {
      envs: this.envs.map((env) => env.getState()),
      ended: Array.from(this.ended),
      observations: started ? space.toJsonable(this.observations) : null,
    };
  }

  setState(space: Space<unknown>, { envs, ended, observations }: SubEnvsState): void {
    this.envs.forEach((env, i) => {
      env.setState(envs[i]);
    });
    this.ended.set(ended);
    if (observations === null) return;
    space.fromJsonable(observations).forEach((observation, i) => {
      this.observations[i] = observation;
    });
  }

  close(): MaybePromise<void> {
    const closing = this.envs.map((env) => env.close()).filter((closed) => closed instanceof Promise);
    if (closing.length > 0) return Promise.all(closing).then(() => undefined);
  }
}

function entry(list: unknown, i: number): unknown {
  return (list as ArrayLike<unknown>)[i];
}

/** Under Disabled autoreset every ended episode must be reset before the next step. @throws Error otherwise */
export function demandReset(ended: Uint8Array): void {
  if (!ended.includes(1)) return;
  const waiting = Array.from(ended.keys()).filter((i) => ended[i] === 1);
  throw new Error(
    `autoresetMode='Disabled': the episodes of environments ${waiting.join(', ')} have ended; reset them with reset({options: {resetMask}}) before step()`,
  );
}

/** One value for each environment: a list as it is, anything else repeated. @throws RangeError on a wrong length */
export function spreadValues(values: unknown, n: number): readonly unknown[] {
  const list: readonly unknown[] = Array.isArray(values) ? values : new Array<unknown>(n).fill(values);
  if (list.length !== n) {
    throw new RangeError(
      `Values must be a list or tuple with length equal to the number of environments. Got \`${list.length}\` values for ${n} environments.`,
    );
  }
  return list;
}

/** The layer of an environment that has the attribute itself. */
function ownerOf(env: AnyEnv, name: string): unknown {
  let layer: AnyEnv = env;
  while (!(name in layer) && 'env' in layer) layer = layer.env as AnyEnv;
  return layer;
}
