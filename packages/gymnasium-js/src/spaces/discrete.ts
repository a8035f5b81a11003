import type { Generator, IntegersDtype } from '../random/index.js';

import { dtypeFacts, type IntegerDtype, isDtype, isFloat } from './dtype.js';
import { chooseMasked, readMask, readProbability } from './masks.js';
import { checkSampleOptions, type SampleOptions, Space, type SpaceSeed } from './space.js';

export interface DiscreteOptions {
  /** The least element; default 0. */
  readonly start?: number;
  readonly seed?: SpaceSeed | Generator;
  /** Only bounds what is contained and how samples eat the random stream; elements are numbers. Default `int64`. */
  readonly dtype?: IntegerDtype;
}

/**
 * The integers {start, …, start + n - 1}. Elements are numbers.
 *
 * `sample({mask})` takes an array of n zeros and ones; when it is all zero the sample is `start`. `sample({probability})` takes n
 * probabilities that sum to 1.
 *
 * @throws TypeError when n or start is no integer, RangeError when n is not positive
 */
export class Discrete extends Space<number> {
  declare readonly shape: readonly number[];
  declare readonly dtype: IntegerDtype;
  readonly n: number;
  readonly start: number;

  constructor(n: number, options: DiscreteOptions = {}) {
    const { start = 0, dtype = 'int64' } = options;
    if (!Number.isSafeInteger(n)) throw new TypeError(`Expects \`n\` to be an integer, actual: ${String(n)}`);
    if (n <= 0) throw new RangeError(`n (counts) have to be positive, actual value: ${n}`);
    if (!Number.isSafeInteger(start))
      throw new TypeError(`Expects \`start\` to be an integer, actual: ${String(start)}`);
    if (!isDtype(dtype) || isFloat(dtype)) {
      throw new TypeError(`Invalid Discrete dtype (${String(dtype)}), must be an integer dtype`);
    }
    super([], dtype);
    this.n = n;
    this.start = start;
    this.initSeed(options.seed);
  }

  override get isFlattenable(): boolean {
    return true;
  }

  override sample(options: SampleOptions = {}): number {
    const { mask, probability } = options;
    checkSampleOptions(options);
    if (mask !== undefined && mask !== null) {
      const index = chooseMasked(this.npRandom, readMask(mask, this.n));
      return index < 0 ? this.start : this.start + index;
    }
    if (probability !== undefined && probability !== null) {
      return this.start + this.npRandom.choice(this.n, { p: readProbability(probability, this.n) });
    }
    if (this.dtype === 'int64') return this.start + this.npRandom.integers(this.n);
    return this.start + this.npRandom.integers(this.n, null, { dtype: this.dtype as IntegersDtype });
  }

  override contains(x: unknown): x is number {
    if (typeof x !== 'number' || !Number.isInteger(x)) return false;
    if (this.dtype !== 'int64') {
      const { min, max } = dtypeFacts(this.dtype);
      if (x < min || x > max) return false;
    }
    return x >= this.start && x < this.start + this.n;
  }

  override toJsonable(samples: readonly number[]): number[] {
    return [...samples];
  }

  override fromJsonable(data: unknown): number[] {
    return [...(data as number[])];
  }

  override copy(): Discrete {
    return this.copyRandomTo(new Discrete(this.n, { start: this.start, dtype: this.dtype }));
  }

  override equals(other: unknown): boolean {
    return (
      other instanceof Discrete &&
      other.n === this.n &&
      other.start === this.start &&
      other.dtype === this.dtype
    );
  }

  override toString(): string {
    const start = this.start === 0 ? '' : `, start=${this.start}`;
    const dtype = this.dtype === 'int64' ? '' : `, dtype=${this.dtype}`;
    return `Discrete(${this.n}${start}${dtype})`;
  }
}
