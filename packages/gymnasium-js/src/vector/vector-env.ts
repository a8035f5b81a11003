import type { Metadata, RenderFrame } from '../core/env.js';
import type { InMode, Mode } from '../core/mode.js';
import type { EnvSpec } from '../envs/registration/spec.js';
import { ClosedEnvironmentError } from '../error.js';
import { Generator, type GeneratorState } from '../random/index.js';
import type { Space } from '../spaces/space.js';
import { npRandom } from '../utils/seeding.js';
import type { VectorInfo } from './info.js';

/**
 * What happens when an episode of a sub-environment ends.
 *
 * - `NextStep`: the next `step` resets it, ignoring its action; that step has reward 0 and belongs to no episode.
 * - `SameStep`: it is reset at once; the last observation and info stand in `infos.finalObs` and `infos.finalInfo`.
 * - `Disabled`: the caller resets it with `reset({options: {resetMask}})` before the next step.
 */
export type AutoresetMode = 'NextStep' | 'SameStep' | 'Disabled';

export const AUTORESET_MODES: readonly AutoresetMode[] = ['NextStep', 'SameStep', 'Disabled'];

export interface VectorResetOptions {
  /** One seed (environment i gets seed + i), one for each environment, or none. */
  readonly seed?: number | bigint | readonly (number | bigint | null)[] | null | undefined;
  /** `resetMask` (numEnvs zeros and ones) resets some environments only; the rest is passed to each environment. */
  readonly options?: Readonly<Record<string, unknown>> | null | undefined;
}

export type VectorResetResult<Obs> = [observations: Obs, infos: VectorInfo];

export type VectorStepResult<Obs> = [
  observations: Obs,
  rewards: Float64Array,
  terminations: Uint8Array,
  truncations: Uint8Array,
  infos: VectorInfo,
];

export interface VectorMetadata extends Metadata {
  readonly autoresetMode?: AutoresetMode;
}

export type AnyVectorEnv = VectorEnv<unknown, unknown, Mode>;

/**
 * Many copies of an environment stepped together.
 *
 * Observations and actions are batches as `batchSpace` lays them out: for a Box or MultiDiscrete one flat typed array with a row for
 * each environment, for a Discrete an `Int32Array`. Rewards are `Float64Array(numEnvs)`, flags `Uint8Array(numEnvs)`.
 *
 * @typeParam Obs - batch of observations
 * @typeParam Act - batch of actions
 */
export abstract class VectorEnv<Obs, Act, M extends Mode = 'sync'> {
  abstract readonly numEnvs: number;
  abstract readonly observationSpace: Space<Obs>;
  abstract readonly actionSpace: Space<Act>;
  abstract readonly singleObservationSpace: Space<unknown>;
  abstract readonly singleActionSpace: Space<unknown>;
  abstract readonly metadata: VectorMetadata;
  readonly renderMode: string | null = null;
  /** For type inference only. */
  declare readonly mode?: M;

  #spec: EnvSpec | null = null;
  #closed = false;
  #random: Generator | null = null;
  #seed: number | bigint | null = null;

  abstract reset(options?: VectorResetOptions): InMode<VectorResetResult<Obs>, M>;

  /** @throws ClosedEnvironmentError after {@link close} */
  abstract step(actions: Act): InMode<VectorStepResult<Obs>, M>;

  /** One frame for each environment; null when nothing is rendered. */
  render(): readonly RenderFrame[] | null | Promise<readonly RenderFrame[] | null> {
    return null;
  }

  /** Releases everything; calling it again does nothing. */
  close(): void | Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    return this.closeExtras();
  }

  protected closeExtras(): void | Promise<void> {}

  get closed(): boolean {
    return this.#closed;
  }

  /** @throws ClosedEnvironmentError when closed */
  protected assertOpen(call: string): void {
    if (this.#closed)
      throw new ClosedEnvironmentError(
        `Trying to operate on ${this.constructor.name} after a call to close(): ${call}`,
      );
  }

  get spec(): EnvSpec | null {
    return this.#spec;
  }

  set spec(value: EnvSpec | null) {
    this.#spec = value;
  }

  get unwrapped(): AnyVectorEnv {
    return this as unknown as AnyVectorEnv;
  }

  /** The stream of a natively batched environment. */
  get npRandom(): Generator {
    if (this.#random === null) [this.#random, this.#seed] = npRandom();
    return this.#random;
  }

  set npRandom(generator: Generator) {
    this.#random = generator;
    this.#seed = -1;
  }

  get npRandomSeed(): number | bigint | readonly (number | bigint)[] {
    if (this.#seed === null) [this.#random, this.#seed] = npRandom();
    return this.#seed;
  }

  /** Seeds {@link npRandom}; nothing happens without a seed. */
  protected seedRandom(seed: number | bigint | null | undefined): void {
    if (seed !== null && seed !== undefined) [this.#random, this.#seed] = npRandom(seed);
  }

  /** The whole state as plain data: continuing from it equals never having stopped. */
  getState(): unknown {
    return {
      random: this.#random?.getState() ?? null,
      seed: this.#seed === null ? null : String(this.#seed),
    };
  }

  setState(state: unknown): void {
    const { random, seed } = state as { random: GeneratorState | null; seed: string | null };
    this.#random = random === null ? null : Generator.fromState(random);
    this.#seed = seed === null ? null : BigInt(seed);
  }

  toString(): string {
    const id = this.spec === null ? '' : `${this.spec.id}, `;
    return `${this.constructor.name}(${id}numEnvs=${this.numEnvs})`;
  }
}

/** Seeds of each environment from what `reset` was given. @throws RangeError when a list has the wrong length */
export function spreadSeeds(seed: VectorResetOptions['seed'], n: number): (number | bigint | null)[] {
  if (seed === null || seed === undefined) return new Array<null>(n).fill(null);
  if (typeof seed === 'bigint') return Array.from({ length: n }, (_, i) => seed + BigInt(i));
  if (typeof seed === 'number') return Array.from({ length: n }, (_, i) => seed + i);
  if (seed.length !== n) {
    throw new RangeError(
      `If seeds are passed as a list the length must match numEnvs=${n} but got length=${seed.length}.`,
    );
  }
  return [...seed];
}

/** The reset mask among reset options, and the rest. @throws TypeError or RangeError when the mask has the wrong form */
export function splitResetMask(
  options: VectorResetOptions['options'],
  n: number,
): { mask: ArrayLike<unknown> | null; rest: Readonly<Record<string, unknown>> | null } {
  if (options === null || options === undefined || !('resetMask' in options))
    return { mask: null, rest: options ?? null };
  const { resetMask: mask, ...rest } = options;
  if (!(Array.isArray(mask) || mask instanceof Uint8Array)) {
    throw new TypeError(
      `\`options.resetMask\` must be an array of booleans or a Uint8Array, got ${typeof mask}`,
    );
  }
  if (mask.length !== n) {
    throw new RangeError(`\`options.resetMask\` must have shape \`(${n},)\`, got (${mask.length},)`);
  }
  if (!Array.from<unknown>(mask).some(Boolean)) {
    throw new RangeError(
      `\`options.resetMask\` must contain at least one true value, got resetMask=[${Array.from<unknown>(mask).join(', ')}]`,
    );
  }
  return { mask, rest };
}
