import type { Generator } from '../random/index.js';
import { batchLength, batchSpace, concatenate, iterate } from './batch.js';
import { isTypedArray } from './dtype.js';
import { checkSampleOptions, type SampleOptions, Space, type SpaceSeed } from './space.js';
import { SUBSEED_LIMIT } from './tuple.js';

export interface SequenceOptions {
  /** Join the elements of a sample into one batch. */
  readonly stack?: boolean;
  readonly seed?: SpaceSeed | Generator;
}

/** Chance that a sequence ends after an element; Gymnasium's choice. */
const STOP = 0.25;

/**
 * Sequences of any length of elements of one space: arrays of elements, or with `stack` one batch (see `batchSpace`).
 *
 * Lengths are geometric, so at least 1. `sample({mask: [length, featureMask]})`: length null, a number, or a list of lengths to
 * choose from; the second part goes to each element. `probability` likewise.
 *
 * @throws TypeError when the feature space is no space
 */
export class Sequence<T = unknown> extends Space<T[] | unknown> {
  readonly featureSpace: Space<T>;
  readonly stack: boolean;

  constructor(space: Space<T>, { stack = false, seed }: SequenceOptions = {}) {
    super(null, null);
    if (!(space instanceof Space)) {
      throw new TypeError(
        `Expects the feature space to be instance of a Space, actual type: ${typeof space}`,
      );
    }
    this.featureSpace = space;
    this.stack = stack;
    this.initSeed(seed);
  }

  override get isFlattenable(): boolean {
    return false;
  }

  /** An integer seeds this space and, by a draw, its feature space; `[own, feature]` seeds each. */
  override seed(seed: SpaceSeed = null): SpaceSeed {
    if (seed === null) return [super.seed(null), this.featureSpace.seed(null)];
    if (typeof seed !== 'object') {
      const own = super.seed(seed);
      const feature = this.npRandom.integers(SUBSEED_LIMIT);
      // Seeding again makes the stream that of `[own, feature]`.
      super.seed(seed);
      return [own, this.featureSpace.seed(feature)];
    }
    if (!Array.isArray(seed)) {
      throw new TypeError(`Expected null, integer or array of integers, actual: ${JSON.stringify(seed)}`);
    }
    if (seed.length !== 2) {
      throw new RangeError(
        `Expects the seed to have two elements for the Sequence and feature space, actual length: ${seed.length}`,
      );
    }
    return [super.seed(seed[0] as SpaceSeed), this.featureSpace.seed(seed[1] as SpaceSeed)];
  }

  override sample(options: SampleOptions = {}): T[] | unknown {
    checkSampleOptions(options);
    const { mask, probability } = options;
    const [kind, given] =
      mask !== undefined && mask !== null
        ? (['mask', mask] as const)
        : (['probability', probability] as const);
    const [lengthMask, featureMask] = (given ?? [null, null]) as readonly [unknown, unknown];
    const length = this.#length(lengthMask, kind);
    const elements = Array.from({ length }, () => this.featureSpace.sample({ [kind]: featureMask }));
    return this.stack ? concatenate(this.featureSpace, elements) : elements;
  }

  #length(mask: unknown, kind: string): number {
    if (mask === null || mask === undefined) return this.npRandom.geometric(STOP);
    if (typeof mask === 'number' && Number.isInteger(mask)) {
      if (mask < 0) {
        throw new RangeError(
          `Expects the length mask of \`${kind}\` to be greater than or equal to zero, actual value: ${mask}`,
        );
      }
      return mask;
    }
    if (Array.isArray(mask) || isTypedArray(mask)) {
      const lengths = Array.from(mask as ArrayLike<number>);
      if (!lengths.every((x) => Number.isInteger(x) && x >= 0)) {
        throw new RangeError(
          `Expects all values in the length_mask of \`${kind}\` to be greater than or equal to zero, actual values: ${lengths}`,
        );
      }
      return this.npRandom.choice(lengths);
    }
    throw new TypeError(
      `Expects the type of length_mask of \`${kind}\` to be an integer or an array, actual type: ${typeof mask}`,
    );
  }

  /** The elements of a sample one by one, stacked or not. */
  elements(sample: unknown): T[] {
    if (!this.stack) return sample as T[];
    return [...iterate(this.featureSpace, sample, batchLength(this.featureSpace, sample))] as T[];
  }

  override contains(x: unknown): x is T[] {
    if (!this.stack) return Array.isArray(x) && x.every((item) => this.featureSpace.contains(item));
    try {
      const n = batchLength(this.featureSpace, x);
      return Number.isInteger(n) && batchSpace(this.featureSpace, n).contains(x);
    } catch {
      return false;
    }
  }

  override toJsonable(samples: readonly unknown[]): unknown[] {
    return samples.map((sample) => this.featureSpace.toJsonable(this.elements(sample)));
  }

  override fromJsonable(data: unknown): unknown[] {
    return (data as readonly unknown[]).map((json) => {
      const elements = this.featureSpace.fromJsonable(json);
      return this.stack ? concatenate(this.featureSpace, elements) : elements;
    });
  }

  override placeholder(): unknown {
    return [];
  }

  override copy(): Sequence<T> {
    return this.copyRandomTo(new Sequence(this.featureSpace.copy() as Space<T>, { stack: this.stack }));
  }

  override equals(other: unknown): boolean {
    return (
      other instanceof Sequence && other.stack === this.stack && this.featureSpace.equals(other.featureSpace)
    );
  }

  override toString(): string {
    return `Sequence(${this.featureSpace}, stack=${this.stack ? 'True' : 'False'})`;
  }
}
