import type { Env, RenderFrame } from '../core/env.js';
import type { InMode, Mode } from '../core/mode.js';
import {
  batchDifferingSpaces,
  batchSpace,
  createEmptyArray,
  elementReader,
  elementWriter,
  sameLayout,
} from '../spaces/batch.js';
import type { Space } from '../spaces/space.js';
import { addInfo, type VectorInfo } from './info.js';
import { SubEnvs, type SubEnvsState, spreadValues } from './sub-envs.js';
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
  readonly observationMode?: ObservationMode;
}

interface SyncVectorState {
  readonly subs: SubEnvsState;
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
  readonly #subs: SubEnvs<Obs, Act, M>;
  readonly #batch: unknown;
  readonly #read: (batch: unknown, i: number) => unknown;
  readonly #write: (batch: unknown, i: number, element: unknown) => void;

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
    const { batched, single } = batchObservations(envs, observationMode);
    this.observationSpace = batched as Space<BatchOf<Obs>>;
    this.singleObservationSpace = single as Space<Obs>;
    checkSpaces('SyncVectorEnv', envs, single, observationMode);
    this.#copy = copy;
    this.#subs = new SubEnvs(envs, autoresetMode);
    this.#batch = createEmptyArray(this.singleObservationSpace, n);
    this.#read = elementReader(this.singleActionSpace as Space<unknown>);
    this.#write = elementWriter(this.singleObservationSpace as Space<unknown>);
  }

  override get npRandomSeed(): readonly (number | bigint)[] {
    return this.envs.map((env) => env.npRandomSeed);
  }

  override reset(options: VectorResetOptions = {}): InMode<VectorResetResult<BatchOf<Obs>>, M> {
    this.assertOpen('reset');
    const seeds = spreadSeeds(options.seed, this.numEnvs);
    const { mask, rest } = splitResetMask(options.options, this.numEnvs);
    const done = this.#subs.reset(seeds, mask, rest);
    const finish = (): VectorResetResult<BatchOf<Obs>> => [this.#join(), collectInfos(this.#subs)];
    return (done instanceof Promise ? done.then(finish) : finish()) as InMode<
      VectorResetResult<BatchOf<Obs>>,
      M
    >;
  }

  /** @throws Error under Disabled autoreset when an ended episode was not reset */
  override step(actions: BatchOf<Act>): InMode<VectorStepResult<BatchOf<Obs>>, M> {
    this.assertOpen('step');
    const done = this.#subs.step(actions, this.#read);
    return (done instanceof Promise ? done.then(() => this.#result()) : this.#result()) as InMode<
      VectorStepResult<BatchOf<Obs>>,
      M
    >;
  }

  #result(): VectorStepResult<BatchOf<Obs>> {
    const { rewards, terminations, truncations } = this.#subs;
    return [
      this.#join(),
      rewards.slice(),
      terminations.slice(),
      truncations.slice(),
      collectInfos(this.#subs),
    ];
  }

  #join(): BatchOf<Obs> {
    const { observations } = this.#subs;
    const batch = this.#copy ? createEmptyArray(this.singleObservationSpace, this.numEnvs) : this.#batch;
    for (let i = 0; i < observations.length; i++) this.#write(batch, i, observations[i]);
    return batch as BatchOf<Obs>;
  }

  override render(): readonly RenderFrame[] {
    return this.#subs.render();
  }

  /** Calls a method of each environment (or reads an attribute), looking through wrappers. */
  call(name: string, ...args: readonly unknown[]): unknown[] {
    return this.#subs.call(name, args);
  }

  getAttr(name: string): unknown[] {
    return this.#subs.call(name, []);
  }

  /** Sets an attribute of each environment: one value for all, or a list with one for each. @throws RangeError on a wrong length */
  setAttr(name: string, values: unknown): void {
    this.#subs.setAttr(name, spreadValues(values, this.numEnvs));
  }

  override getState(): unknown {
    const state: SyncVectorState = {
      subs: this.#subs.getState(this.singleObservationSpace),
      base: super.getState(),
    };
    return state;
  }

  override setState(state: unknown): void {
    const { subs, base } = state as SyncVectorState;
    super.setState(base);
    this.#subs.setState(this.singleObservationSpace, subs);
  }

  protected override closeExtras(): void | Promise<void> {
    return this.#subs.close();
  }
}

export type ObservationMode =
  | 'same'
  | 'different'
  | readonly [batched: Space<unknown>, single: Space<unknown>];

interface HasSpaces {
  readonly observationSpace: Space<unknown>;
  readonly actionSpace: Space<unknown>;
}

/** The batched and the single observation space. @throws RangeError for an unknown mode */
export function batchObservations(
  envs: readonly HasSpaces[],
  mode: ObservationMode,
): { batched: Space<unknown>; single: Space<unknown> } {
  const single = envs[0]!.observationSpace;
  if (mode === 'same') return { batched: batchSpace(single, envs.length), single };
  if (mode === 'different')
    return { batched: batchDifferingSpaces(envs.map((env) => env.observationSpace)), single };
  if (!Array.isArray(mode) || mode.length !== 2) {
    throw new RangeError(
      `Invalid \`observationMode\`, expected: 'same' or 'different' or the batched and the single observation space, actual got ${String(mode)}`,
    );
  }
  return { batched: mode[0] as Space<unknown>, single: mode[1] as Space<unknown> };
}

/** @throws RangeError when an environment's spaces do not go with the others */
export function checkSpaces(
  name: string,
  envs: readonly HasSpaces[],
  single: Space<unknown>,
  mode: ObservationMode,
): void {
  const actions = envs[0]!.actionSpace;
  for (const env of envs) {
    if (mode === 'same' && !env.observationSpace.equals(single)) {
      throw new RangeError(
        `${name}(..., observationMode='same') however the sub-environments observation spaces are not equivalent. singleObservationSpace=${single}, sub-environment observationSpace=${env.observationSpace}. If this is intentional, use \`observationMode='different'\` instead.`,
      );
    }
    if (mode !== 'same' && !sameLayout(env.observationSpace, single)) {
      throw new RangeError(
        `${name}(..., observationMode='different' or custom space) however the sub-environments observation spaces do not share a common shape and dtype, singleObservationSpace=${single}, sub-environment observationSpace=${env.observationSpace}`,
      );
    }
    if (!env.actionSpace.equals(actions)) {
      throw new RangeError(
        `Sub-environment action space doesn't match the \`singleActionSpace\`, actionSpace=${env.actionSpace}, singleActionSpace=${actions}`,
      );
    }
  }
}

/** Infos of all sub-environments, final ones first. */
export function collectInfos({
  size,
  infos,
  finals,
}: Pick<SubEnvs<unknown, unknown, Mode>, 'size' | 'infos' | 'finals'>): VectorInfo {
  const all: VectorInfo = {};
  for (let i = 0; i < size; i++) {
    const final = finals[i];
    if (final !== null && final !== undefined) addInfo(all, final, i, size);
    addInfo(all, infos[i]!, i, size);
  }
  return all;
}
