import type { EnvSpec } from '../envs/registration/spec.js';
import { Generator, type GeneratorState } from '../random/index.js';
import type { Space } from '../spaces/space.js';
import { npRandom } from '../utils/seeding.js';
import type { Info } from './info.js';
import type { InMode, Mode } from './mode.js';

/** What a reset may be told. */
export interface ResetOptions {
  /** Seeds the environment's random stream. Without it the stream goes on (or starts from the system's entropy). */
  readonly seed?: number | bigint | null | undefined;
  /** Environment-specific options. */
  readonly options?: Readonly<Record<string, unknown>> | null | undefined;
}

export type ResetResult<Obs> = [observation: Obs, info: Info];

export type StepResult<Obs> = [
  observation: Obs,
  reward: number,
  terminated: boolean,
  truncated: boolean,
  info: Info,
];

export interface Metadata {
  /** Render modes the environment can be made with. */
  readonly renderModes?: readonly string[];
  readonly renderFps?: number;
  readonly [key: string]: unknown;
}

/** One frame: text (`ansi`), an SVG document (`svg`), a list of frames, or null when nothing is rendered. */
export type RenderFrame = string | readonly string[] | null;

/** What `Env.getState` of the base class saves. */
export interface BaseEnvState {
  readonly random: GeneratorState | null;
  /** The seed as text, since it may be a bigint. */
  readonly seed: string | null;
}

/** Any environment, whatever it observes and whichever mode it has. */
export type AnyEnv = Env<unknown, unknown, Mode>;

/**
 * An environment: what an agent observes and does, one step at a time.
 *
 * Subclasses set the two spaces, call `super.reset(options)` first in `reset` (it seeds {@link npRandom}), and return fresh
 * observations and infos, never a buffer that a later call changes.
 *
 * @typeParam Obs - observation; an element of `observationSpace`
 * @typeParam Act - action; an element of `actionSpace`
 * @typeParam M - `'sync'`: results are tuples; `'async'`: promises of them
 */
export abstract class Env<Obs, Act, M extends Mode = 'sync'> {
  /** Of the class; {@link make} reads it before it constructs. */
  static readonly metadata: Metadata = { renderModes: [] };

  abstract readonly observationSpace: Space<Obs>;
  abstract readonly actionSpace: Space<Act>;
  readonly metadata: Metadata = (this.constructor as typeof Env).metadata;
  readonly renderMode: string | null = null;
  /** For type inference only. */
  declare readonly mode?: M;

  #spec: EnvSpec | null = null;
  #random: Generator | null = null;
  #seed: number | bigint | null = null;

  /**
   * Starts a new episode.
   *
   * The base method seeds the random stream and is called by every override; it has no result of its own.
   *
   * @throws Error when a subclass does not override it
   */
  reset(options: ResetOptions = {}): InMode<ResetResult<Obs>, M> {
    if (this.reset === Env.prototype.reset) throw new Error(`${this.constructor.name} must override reset()`);
    const { seed } = options;
    if (seed !== null && seed !== undefined) [this.#random, this.#seed] = npRandom(seed);
    return undefined as never;
  }

  /** Plays one action. After `terminated` or `truncated` the next call must be `reset`. */
  abstract step(action: Act): InMode<StepResult<Obs>, M>;

  /** A frame in the mode the environment was made with; null without one. */
  render(): RenderFrame {
    return null;
  }

  /** Releases what the environment holds; calling it again does nothing. */
  close(): void | Promise<void> {}

  /** The innermost environment. */
  get unwrapped(): AnyEnv {
    return this as unknown as AnyEnv;
  }

  /** How `make` built it; null when constructed directly. */
  get spec(): EnvSpec | null {
    return this.#spec;
  }

  set spec(value: EnvSpec | null) {
    this.#spec = value;
  }

  /** The environment's random stream, from the system's entropy unless a reset seeded it. */
  get npRandom(): Generator {
    if (this.#random === null) [this.#random, this.#seed] = npRandom();
    return this.#random;
  }

  set npRandom(generator: Generator) {
    this.#random = generator;
    this.#seed = -1;
  }

  /** The seed of {@link npRandom}; -1 when the stream was set from outside. */
  get npRandomSeed(): number | bigint {
    if (this.#seed === null) [this.#random, this.#seed] = npRandom();
    return this.#seed;
  }

  /**
   * The whole state as plain data that survives JSON: continuing from it equals never having stopped.
   * Subclasses with state of their own save it beside `super.getState()`.
   */
  getState(): unknown {
    const state: BaseEnvState = {
      random: this.#random?.getState() ?? null,
      seed: this.#seed === null ? null : String(this.#seed),
    };
    return state;
  }

  setState(state: unknown): void {
    const { random, seed } = state as BaseEnvState;
    this.#random = random === null ? null : Generator.fromState(random);
    const big = seed === null ? null : BigInt(seed);
    this.#seed = big !== null && big <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(big) : big;
  }

  /** Whether this environment or, of a wrapper, one below has the attribute. */
  hasWrapperAttr(name: string): boolean {
    return name in this;
  }

  /** @throws Error when nothing has the attribute */
  getWrapperAttr(name: string): unknown {
    if (!(name in this)) throw new Error(`${this.constructor.name} has no attribute '${name}'`);
    return (this as unknown as Record<string, unknown>)[name];
  }

  /** Sets the attribute where it exists, or here with `force` (default). Returns whether it was set. */
  setWrapperAttr(name: string, value: unknown, { force = true }: { force?: boolean } = {}): boolean {
    if (!force && !(name in this)) return false;
    (this as unknown as Record<string, unknown>)[name] = value;
    return true;
  }

  toString(): string {
    return this.spec === null
      ? `<${this.constructor.name} instance>`
      : `<${this.constructor.name}<${this.spec.id}>>`;
  }
}
