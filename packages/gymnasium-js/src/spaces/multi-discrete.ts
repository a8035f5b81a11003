import type { Generator } from '../random/index.js';
import { Discrete } from './discrete.js';
import {
  arrayCastsTo,
  flattenNested,
  fromPlain,
  type IntegerDtype,
  isDtype,
  isFloat,
  isTypedArray,
  type Nested,
  sameShape,
  shapeText,
  type TypedArrays,
  toPlain,
  toTyped,
} from './dtype.js';
import { arrayText } from './format.js';
import { chooseMasked, readMask, readProbability } from './masks.js';
import { checkSampleOptions, type SampleOptions, Space, type SpaceSeed } from './space.js';

export interface MultiDiscreteOptions<D extends IntegerDtype> {
  /** The least element of each; default 0. */
  readonly start?: ArrayLike<number> | Nested<number>;
  /** Default `int32` (Gymnasium: `int64`, which in JavaScript would mean bigints). */
  readonly dtype?: D;
  readonly seed?: SpaceSeed | Generator;
}

/** The class's construct signatures: without a dtype it is int32, whatever the context would infer. */
export interface MultiDiscreteConstructor {
  new (
    nvec: ArrayLike<number> | Nested<number>,
    options?: Omit<MultiDiscreteOptions<'int32'>, 'dtype'>,
  ): MultiDiscreteOf<'int32'>;
  new <D extends IntegerDtype>(
    nvec: ArrayLike<number> | Nested<number>,
    options: MultiDiscreteOptions<D> & { readonly dtype: D },
  ): MultiDiscreteOf<D>;
  /** A MultiDiscrete of any shape whose counts are given flat. */
  shaped<D extends IntegerDtype = 'int32'>(
    nvec: ArrayLike<number>,
    shape: readonly number[],
    options?: MultiDiscreteOptions<D>,
  ): MultiDiscreteOf<D>;
  readonly prototype: MultiDiscreteOf<IntegerDtype>;
}

/**
 * Several Discrete choices at once: element i is one of {start[i], …, start[i] + nvec[i] - 1}. Elements are typed arrays of the dtype.
 *
 * `sample({mask})` takes one mask of nvec[i] zeros and ones for each element (as a list, or concatenated in one `Uint8Array` as in
 * `info.actionMask`); a part that is all zero gives `start[i]`. `sample({probability})` likewise takes probabilities.
 *
 * @throws RangeError when a count is not positive or shapes differ
 */
class MultiDiscreteOf<D extends IntegerDtype> extends Space<TypedArrays[D]> {
  declare readonly shape: readonly number[];
  declare readonly dtype: D;
  /** Counts and least elements, flat. */
  readonly nvec: Int32Array;
  readonly start: Float64Array;
  /** Sum of nvec: the length of a concatenated mask. */
  readonly maskLength: number;

  constructor(nvec: ArrayLike<number> | Nested<number>, options: MultiDiscreteOptions<D> = {}) {
    const dtype = (options.dtype ?? 'int32') as D;
    if (!isDtype(dtype) || isFloat(dtype)) {
      throw new RangeError(`Invalid MultiDiscrete dtype (${String(dtype)}), must be an integer dtype`);
    }
    const { values, shape } = flattenNested(nvec);
    super(shape, dtype);
    const start = options.start === undefined ? null : flattenNested(options.start);
    if (start !== null && !sameShape(start.shape, shape) && start.values.length !== values.length) {
      throw new RangeError(
        `start and nvec (counts) should have the same shape, got ${shapeText(start.shape)} and ${shapeText(shape)}`,
      );
    }
    if (!values.every((n) => Number.isInteger(n) && n > 0))
      throw new RangeError('nvec (counts) have to be positive');
    this.nvec = Int32Array.from(values);
    this.start = start === null ? new Float64Array(values.length) : Float64Array.from(start.values);
    this.maskLength = values.reduce((sum, n) => sum + n, 0);
    this.initSeed(options.seed);
  }

  /** A MultiDiscrete of any shape whose counts are given flat. */
  static shaped<D extends IntegerDtype>(
    nvec: ArrayLike<number>,
    shape: readonly number[],
    options: MultiDiscreteOptions<D> = {},
  ): MultiDiscreteOf<D> {
    const space = new MultiDiscreteOf<D>(nvec, options);
    (space as { shape: readonly number[] }).shape = [...shape];
    return space;
  }

  override get isFlattenable(): boolean {
    return true;
  }

  override sample(options: SampleOptions = {}): TypedArrays[D] {
    const { mask, probability } = options;
    checkSampleOptions(options);
    const { nvec, start, npRandom } = this;
    if (mask !== undefined && mask !== null) {
      const parts = this.#parts(mask, readMask);
      return this.#from((i) => Math.max(chooseMasked(npRandom, parts[i]!), 0));
    }
    if (probability !== undefined && probability !== null) {
      const parts = this.#parts(probability, readProbability);
      return this.#from((i) => npRandom.choice(nvec[i]!, { p: normalised(parts[i]!) }));
    }
    const out = toTyped(this.dtype, new Float64Array(nvec.length));
    for (let i = 0; i < nvec.length; i++) {
      const value = Math.floor(npRandom.random() * nvec[i]!) + start[i]!;
      if (out instanceof BigInt64Array || out instanceof BigUint64Array) out[i] = BigInt(value);
      else (out as Int32Array)[i] = value;
    }
    return out;
  }

  #from(offset: (i: number) => number): TypedArrays[D] {
    return toTyped(
      this.dtype,
      Array.from(this.nvec, (_, i) => this.start[i]! + offset(i)),
    );
  }

  /** The mask of each element, from a (nested) list or from one concatenated array. */
  #parts<T>(given: unknown, read: (part: unknown, length: number) => T): T[] {
    const { nvec } = this;
    if (isTypedArray(given)) {
      if (given.length !== this.maskLength) {
        throw new RangeError(
          `Expects a concatenated mask of length ${this.maskLength}, actual length: ${given.length}`,
        );
      }
      let at = 0;
      return Array.from(nvec, (n) => {
        at += n;
        return read(given.subarray(at - n, at), n);
      });
    }
    if (!Array.isArray(given)) {
      throw new TypeError(`Expects the mask to be an array, actual type: ${typeof given}`);
    }
    const list = given.flat(Math.max(this.shape.length - 1, 0)) as unknown[];
    if (list.length !== nvec.length) {
      throw new RangeError(
        `Expects the mask length to be equal to the number of actions, mask length: ${list.length}, nvec length: ${nvec.length}`,
      );
    }
    return list.map((part, i) => read(part, nvec[i]!));
  }

  override contains(x: unknown): x is TypedArrays[D] {
    if (isTypedArray(x)) {
      if (!arrayCastsTo(x, this.dtype)) return false;
    } else if (!Array.isArray(x)) {
      return false;
    }
    const values = x as ArrayLike<number | bigint>;
    if (values.length !== this.nvec.length) return false;
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!;
      if (typeof value === 'number' ? !Number.isInteger(value) : typeof value !== 'bigint') return false;
      if (value < this.start[i]! || value >= this.start[i]! + this.nvec[i]!) return false;
    }
    return true;
  }

  /** The Discrete space of one element (flat index), drawing from a copy of this space's stream. */
  at(index: number): Discrete {
    const discrete = new Discrete(this.nvec[index]!, { start: this.start[index]!, dtype: this.dtype });
    discrete.npRandom.setState(this.npRandom.getState());
    return discrete;
  }

  override toJsonable(samples: readonly TypedArrays[D][]): (number | string)[][] {
    return samples.map(toPlain);
  }

  override fromJsonable(data: unknown): TypedArrays[D][] {
    return (data as (number | string)[][]).map((values) => fromPlain(this.dtype, values));
  }

  override copy(): MultiDiscreteOf<D> {
    const { nvec, start, shape, dtype } = this;
    return this.copyRandomTo(MultiDiscreteOf.shaped<D>(nvec, shape, { start, dtype }));
  }

  override equals(other: unknown): boolean {
    return (
      other instanceof MultiDiscreteOf &&
      other.dtype === this.dtype &&
      sameShape(other.shape, this.shape) &&
      this.nvec.every((n, i) => n === other.nvec[i]) &&
      this.start.every((n, i) => n === other.start[i])
    );
  }

  override toString(): string {
    const nvec = arrayText(this.nvec, this.shape, 'int32');
    const start = this.start.some((x) => x !== 0)
      ? `, start=${arrayText(toTyped('int32', this.start), this.shape, 'int32')}`
      : '';
    return `MultiDiscrete(${nvec}${start})`;
  }
}

function normalised(p: ArrayLike<number>): Float64Array {
  const out = Float64Array.from(p);
  const sum = out.reduce((a, b) => a + b, 0);
  return out.map((x) => x / sum);
}

Object.defineProperty(MultiDiscreteOf, 'name', { value: 'MultiDiscrete' });

export type MultiDiscrete<D extends IntegerDtype = 'int32'> = MultiDiscreteOf<D>;
/** Several Discrete choices at once; see the class's documentation above. */
export const MultiDiscrete: MultiDiscreteConstructor = MultiDiscreteOf;
