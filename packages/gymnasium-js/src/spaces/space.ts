import { type Generator, Generator as RandomGenerator } from '../random/index.js';
import { npRandom } from '../utils/seeding.js';
import type { Dtype } from './dtype.js';

/** Seeds of a space: one integer, or for composite spaces one for each part; null for fresh entropy. */
export type SpaceSeed = number | bigint | null | readonly SpaceSeed[] | { readonly [key: string]: SpaceSeed };

export interface SampleOptions {
  /** Which elements may come: see each space. */
  readonly mask?: unknown;
  /** With which probability each comes: see each space. */
  readonly probability?: unknown;
}

/**
 * A set of possible observations or actions.
 *
 * Arrays are flat typed arrays in row-major order; {@link shape} says how they fold. A space carries its own random stream for
 * {@link sample}; the same seed gives the same samples as Python's Gymnasium.
 *
 * @typeParam T - element
 */
export abstract class Space<T> {
  /** Of array-like elements; null for composite spaces and text. */
  readonly shape: readonly number[] | null;
  readonly dtype: Dtype | null;
  #random: Generator | null = null;

  constructor(shape: readonly number[] | null, dtype: Dtype | null) {
    this.shape = shape;
    this.dtype = dtype;
  }

  /** Subclasses call this last in their constructor: seeding may reach into their parts. */
  protected initSeed(seed: SpaceSeed | Generator | undefined): void {
    if (seed instanceof RandomGenerator) this.#random = seed;
    else if (seed !== undefined && seed !== null) this.seed(seed);
  }

  /** The space's random stream, from the system's entropy unless {@link seed} set it. */
  get npRandom(): Generator {
    if (this.#random === null) [this.#random] = npRandom();
    return this.#random;
  }

  set npRandom(generator: Generator) {
    this.#random = generator;
  }

  /** Seeds this space's stream and, in composite spaces, those of its parts. Returns the seeds used. */
  seed(seed: SpaceSeed = null): SpaceSeed {
    if (typeof seed === 'object' && seed !== null) {
      throw new TypeError(
        `${this.constructor.name}.seed expects an integer or null, actual: ${JSON.stringify(seed)}`,
      );
    }
    const [generator, used] = npRandom(seed);
    this.#random = generator;
    return used;
  }

  /** Whether {@link flatten} gives arrays of one fixed length. */
  abstract get isFlattenable(): boolean;

  /** A random element. @throws when the mask or the probabilities do not fit the space */
  abstract sample(options?: SampleOptions): T;

  /** Whether `x` is an element. Plain arrays of numbers are read as arrays of the space's dtype. */
  abstract contains(x: unknown): x is T;

  /** Elements as plain data for JSON. */
  abstract toJsonable(samples: readonly T[]): unknown;

  /** Inverse of {@link toJsonable}. */
  abstract fromJsonable(data: unknown): T[];

  /** An equal space with its own copy of the random streams. */
  abstract copy(): Space<T>;

  /** Copies this space's stream onto `other`, if there is one yet. */
  protected copyRandomTo<S extends Space<unknown>>(other: S): S {
    if (this.#random !== null) other.npRandom = RandomGenerator.fromState(this.#random.getState());
    return other;
  }

  /** What an empty batch holds for an element that is no array; null where there is nothing sensible. */
  placeholder(): unknown {
    return null;
  }

  /** Whether `other` is the same set; random streams do not count. */
  abstract equals(other: unknown): boolean;

  abstract toString(): string;
}

/** @throws RangeError when both a mask and probabilities are given */
export function checkSampleOptions({ mask, probability }: SampleOptions): void {
  if (mask !== undefined && mask !== null && probability !== undefined && probability !== null) {
    throw new RangeError(
      `Only one of \`mask\` or \`probability\` can be provided, actual values: mask=${String(mask)}, probability=${String(probability)}`,
    );
  }
}
