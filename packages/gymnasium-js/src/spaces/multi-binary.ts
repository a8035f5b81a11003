import type { Generator } from '../random/index.js';
import { flattenNested, isTypedArray, type Nested, sameShape, shapeText, sizeOf } from './dtype.js';
import { checkSampleOptions, type SampleOptions, Space, type SpaceSeed } from './space.js';

/** Reads an array argument of the space's size. */
function readArray(value: unknown, what: string, shape: readonly number[]): number[] {
  if (!Array.isArray(value) && !isTypedArray(value)) {
    throw new TypeError(`The expected type of the ${what} is an array, actual type: ${typeof value}`);
  }
  const { values, shape: actual } = flattenNested<number>(value as Nested<number>);
  if (values.length !== sizeOf(shape)) {
    throw new RangeError(
      `The expected shape of the ${what} is ${shapeText(shape)}, actual shape: ${shapeText(actual)}`,
    );
  }
  return values;
}

/**
 * Arrays of zeros and ones of a fixed shape. Elements are `Int8Array`s, row-major.
 *
 * `sample({mask})` takes an array of the shape: 0 and 1 fix an entry, 2 leaves it to a coin. `sample({probability})` takes the
 * probability of a one for each entry.
 *
 * @throws RangeError when a dimension is not positive
 */
export class MultiBinary extends Space<Int8Array> {
  declare readonly shape: readonly number[];
  declare readonly dtype: 'int8';
  readonly n: number | readonly number[];
  readonly size: number;

  constructor(n: number | readonly number[], options: { readonly seed?: SpaceSeed | Generator } = {}) {
    const shape = typeof n === 'number' ? [n] : n;
    if (!Array.isArray(shape)) {
      throw new TypeError(`Expected n to be an int or a sequence of ints, actual type: ${typeof n}`);
    }
    if (!shape.every((x) => Number.isInteger(x) && x > 0)) {
      throw new RangeError(`n (counts) have to be positive, got ${String(n)}`);
    }
    super([...shape], 'int8');
    this.n = typeof n === 'number' ? n : [...n];
    this.size = sizeOf(shape);
    this.initSeed(options.seed);
  }

  override get isFlattenable(): boolean {
    return true;
  }

  override sample(options: SampleOptions = {}): Int8Array {
    checkSampleOptions(options);
    const { mask, probability } = options;
    if (mask !== undefined && mask !== null) {
      const fixed = readArray(mask, 'mask', this.shape);
      if (!fixed.every((x) => x === 0 || x === 1 || x === 2)) {
        throw new RangeError(`All values of a mask should be 0, 1 or 2, actual values: ${fixed}`);
      }
      return this.#toss().map((x, i) => (fixed[i] === 2 ? x : fixed[i]!));
    }
    if (probability !== undefined && probability !== null) {
      const weights = readArray(probability, 'probability', this.shape);
      if (!weights.every((x) => x >= 0 && x <= 1)) {
        throw new RangeError(
          `All values of the sample probability should be between 0 and 1, actual values: ${weights}`,
        );
      }
      return Int8Array.from(weights, (p) => (this.npRandom.random() <= p ? 1 : 0));
    }
    return this.#toss();
  }

  #toss(): Int8Array {
    return this.npRandom.integersArray(0, 2, this.size, { dtype: 'int8' });
  }

  override contains(x: unknown): x is Int8Array {
    if (!isTypedArray(x) && !Array.isArray(x)) return false;
    const { values, shape } = flattenNested<number | bigint>(x as Nested<number>);
    if (values.length !== this.size || (shape.length > 1 && !sameShape(shape, this.shape))) return false;
    return values.every((value) => value === 0 || value === 1 || value === 0n || value === 1n);
  }

  override toJsonable(samples: readonly Int8Array[]): number[][] {
    return samples.map((sample) => Array.from(sample));
  }

  override fromJsonable(data: unknown): Int8Array[] {
    return (data as number[][]).map((values) => Int8Array.from(values));
  }

  override copy(): MultiBinary {
    return this.copyRandomTo(new MultiBinary(this.n));
  }

  override equals(other: unknown): boolean {
    return (
      other instanceof MultiBinary && sameShape(other.shape, this.shape) && typeof other.n === typeof this.n
    );
  }

  override toString(): string {
    return `MultiBinary(${typeof this.n === 'number' ? this.n : shapeText(this.n)})`;
  }
}
