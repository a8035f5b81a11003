import { GymnasiumError } from '../error.js';
import type { Generator } from '../random/index.js';
import {
  arrayCastsTo,
  type Dtype,
  dtypeFacts,
  flattenNested,
  fromPlain,
  isDtype,
  isFloat,
  isTypedArray,
  type Nested,
  sameShape,
  shapeText,
  sizeOf,
  type TypedArrays,
  toPlain,
  toTyped,
  zeros,
} from './dtype.js';
import { shortText } from './format.js';
import { checkSampleOptions, type SampleOptions, Space, type SpaceSeed } from './space.js';

/** A bound: one number for all dimensions, or one for each. */
export type Bound = number | bigint | ArrayLike<number | bigint> | Nested<number | bigint>;

export interface BoxOptions<D extends Dtype> {
  /** Default: the shape of the bounds, `[1]` when both are single numbers. */
  readonly shape?: readonly number[];
  /** Default `float32`. */
  readonly dtype?: D;
  readonly seed?: SpaceSeed | Generator;
}

function inferShape(low: Bound, high: Bound): readonly number[] {
  const lowShape = typeof low === 'object' ? flattenNested(low).shape : null;
  const highShape = typeof high === 'object' ? flattenNested(high).shape : null;
  if (lowShape !== null && highShape !== null && !sameShape(lowShape, highShape)) {
    throw new RangeError(
      `Box low.shape and high.shape don't match, low.shape=${shapeText(lowShape)}, high.shape=${shapeText(highShape)}`,
    );
  }
  return lowShape ?? highShape ?? [1];
}

function checkShape(shape: readonly number[]): void {
  if (!Array.isArray(shape))
    throw new TypeError(`Expected Box shape to be an array, actual type=${typeof shape}`);
  if (!shape.every((n) => Number.isInteger(n) && n >= 0)) {
    throw new TypeError(
      `Expected all Box shape elements to be non-negative integers, actual shape=[${shape.join(', ')}]`,
    );
  }
}

interface SideNames {
  readonly side: 'low' | 'high';
  readonly infinity: number;
}

function boundValues(bound: Bound, shape: readonly number[], side: string): (number | bigint)[] {
  if (typeof bound !== 'object') return Array.from({ length: sizeOf(shape) }, () => bound);
  const { values, shape: actual } = flattenNested(bound);
  // Flat lists go with any shape, as elements are flat.
  const flat = actual.length === 1 && values.length === sizeOf(shape);
  if (!flat && !sameShape(actual, shape)) {
    throw new RangeError(
      `Box ${side}.shape doesn't match provided shape, ${side}.shape=${shapeText(actual)}, shape=${shapeText(shape)}`,
    );
  }
  return values;
}

/** One side's bounds in the dtype, and which of them are finite. Infinite bounds of signed integers become the dtype's limit. */
function castBound<D extends Dtype>(
  bound: Bound,
  shape: readonly number[],
  dtype: D,
  { side, infinity }: SideNames,
) {
  const { kind, min, max } = dtypeFacts(dtype);
  const limit = side === 'low' ? min : max;
  const values = boundValues(bound, shape, side);
  const bounded = new Uint8Array(values.length);
  const cast = values.map((value, i) => {
    if (typeof value !== 'number' && typeof value !== 'bigint') {
      throw new TypeError(`Box ${side} must be numbers, actual type=${typeof value}`);
    }
    if (Number.isNaN(Number(value)))
      throw new RangeError(`No ${side} value can be equal to NaN, ${side}=${value}`);
    bounded[i] = value === infinity ? 0 : 1;
    if (value === infinity) {
      if (kind === 'i') return limit;
      if (kind === 'f') return value;
      throw new RangeError(
        `Box unsigned int dtype don't support \`${side === 'low' ? '-inf' : 'inf'}\`, ${side}=${value}`,
      );
    }
    const outside = side === 'low' ? value < min : value > max;
    if (outside) {
      throw new RangeError(
        `Box ${side} is out of bounds of the dtype range, ${side}=${value}, ${side === 'low' ? 'min' : 'max'} dtype=${limit}`,
      );
    }
    return value;
  });
  return { values: toTyped(dtype, cast), bounded };
}

function close(a: number | bigint, b: number | bigint): boolean {
  if (a === b) return true;
  const [x, y] = [Number(a), Number(b)];
  return Number.isFinite(x) && Number.isFinite(y) && Math.abs(x - y) <= 1e-8 + 1e-5 * Math.abs(y);
}

/** The box class's construct signatures: without a dtype it is float32, whatever the context would infer. */
export interface BoxConstructor {
  new (low: Bound, high: Bound, options?: Omit<BoxOptions<'float32'>, 'dtype'>): BoxOf<'float32'>;
  new <D extends Dtype>(low: Bound, high: Bound, options: BoxOptions<D> & { readonly dtype: D }): BoxOf<D>;
  readonly prototype: BoxOf<Dtype>;
}

/**
 * A box in R^n, closed and possibly unbounded: the product of [low, high] intervals.
 *
 * Elements are flat typed arrays of the dtype. A coordinate is drawn uniformly where it is bounded on both sides, as a shifted
 * exponential where on one, as a normal where on none.
 *
 * @throws RangeError when bounds and shape do not fit, a bound is NaN or outside the dtype, or low exceeds high
 */
class BoxOf<D extends Dtype> extends Space<TypedArrays[D]> {
  declare readonly shape: readonly number[];
  declare readonly dtype: D;
  /** Number of elements: the product of the shape. */
  readonly size: number;
  readonly low: TypedArrays[D];
  readonly high: TypedArrays[D];
  /** 1 where the bound is finite. */
  readonly boundedBelow: Uint8Array;
  readonly boundedAbove: Uint8Array;

  constructor(low: Bound, high: Bound, options: BoxOptions<D> = {}) {
    const dtype = (options.dtype ?? 'float32') as D;
    if (!isDtype(dtype)) {
      throw new RangeError(
        `Invalid Box dtype (${String(dtype)}), must be an integer, floating, or bool dtype`,
      );
    }
    if (options.shape !== undefined) checkShape(options.shape);
    const shape = options.shape ?? inferShape(low, high);
    super([...shape], dtype);
    this.size = sizeOf(shape);
    const lower = castBound(low, shape, dtype, { side: 'low', infinity: Number.NEGATIVE_INFINITY });
    const upper = castBound(high, shape, dtype, { side: 'high', infinity: Number.POSITIVE_INFINITY });
    this.low = lower.values;
    this.high = upper.values;
    this.boundedBelow = lower.bounded;
    this.boundedAbove = upper.bounded;
    for (let i = 0; i < this.size; i++) {
      if (this.low[i]! > this.high[i]!) {
        throw new RangeError(
          `Box all low values must be less than or equal to high (some values break this), low=${this.low}, high=${this.high}`,
        );
      }
    }
    this.initSeed(options.seed);
  }

  override get isFlattenable(): boolean {
    return true;
  }

  /** Whether all coordinates are bounded on that side. */
  isBounded(manner: 'both' | 'below' | 'above' = 'both'): boolean {
    const below = this.boundedBelow.every((x) => x === 1);
    const above = this.boundedAbove.every((x) => x === 1);
    if (manner === 'both') return below && above;
    if (manner === 'below') return below;
    if (manner === 'above') return above;
    throw new RangeError(`manner is not in {'below', 'above', 'both'}, actual value: ${String(manner)}`);
  }

  /** @throws GymnasiumError when a mask or probabilities are given */
  override sample(options: SampleOptions = {}): TypedArrays[D] {
    checkSampleOptions(options);
    const { mask, probability } = options;
    if (mask !== undefined && mask !== null) {
      throw new GymnasiumError(`Box.sample cannot be provided a mask, actual value: ${String(mask)}`);
    }
    if (probability !== undefined && probability !== null) {
      throw new GymnasiumError(
        `Box.sample cannot be provided a probability mask, actual value: ${String(probability)}`,
      );
    }
    return this.#cast(this.#draw());
  }

  /** Coordinates are drawn by kind of interval, not by position: so NumPy's vectorised code does it. */
  #draw(): Float64Array {
    const { size, boundedBelow, boundedAbove, npRandom } = this;
    // Integers are floored, so that their interval reaches one further.
    const top = isFloat(this.dtype) ? 0 : 1;
    const out = new Float64Array(size);
    const low = (i: number) => Number(this.low[i]);
    const high = (i: number) => Number(this.high[i]) + top;
    const kinds: [below: number, above: number, draw: (i: number) => number][] = [
      [0, 0, () => npRandom.normal()],
      [1, 0, (i) => npRandom.exponential() + low(i)],
      [0, 1, (i) => -npRandom.exponential() + high(i)],
      [1, 1, (i) => npRandom.uniform(low(i), high(i))],
    ];
    for (const [below, above, draw] of kinds) {
      for (let i = 0; i < size; i++)
        if (boundedBelow[i] === below && boundedAbove[i] === above) out[i] = draw(i);
    }
    return out;
  }

  #cast(drawn: Float64Array): TypedArrays[D] {
    const { dtype } = this;
    if (isFloat(dtype)) return toTyped(dtype, drawn);
    const { min, max, bits } = dtypeFacts(dtype);
    if (bits < 64) {
      const clipped = drawn.map((x) => Math.min(Math.max(Math.floor(x), Number(min)), Number(max)));
      return toTyped(dtype, clipped);
    }
    const values = Array.from(drawn, (x, i) => {
      const value = BigInt(Math.floor(x));
      const [low, high] = [this.low[i] as bigint, this.high[i] as bigint];
      return value < low ? low : value > high ? high : value;
    });
    return toTyped(dtype, values);
  }

  override contains(x: unknown): x is TypedArrays[D] {
    if (isTypedArray(x)) {
      if (!arrayCastsTo(x, this.dtype)) return false;
    } else if (
      !Array.isArray(x) ||
      !x.every((value) => typeof value === 'number' || typeof value === 'bigint')
    ) {
      return false;
    }
    const values = x as ArrayLike<number | bigint>;
    if (values.length !== this.size) return false;
    const { low, high } = this;
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!;
      if (!(value >= low[i]! && value <= high[i]!)) return false;
    }
    return true;
  }

  override toJsonable(samples: readonly TypedArrays[D][]): (number | string)[][] {
    return samples.map(toPlain);
  }

  override fromJsonable(data: unknown): TypedArrays[D][] {
    return (data as (number | string)[][]).map((values) => fromPlain(this.dtype, values));
  }

  override copy(): BoxOf<D> {
    const { shape, dtype } = this;
    // Infinite bounds of integers are the dtype's limits by now: give them back as infinite, so that sampling stays the same.
    const low = Array.from(this.low as ArrayLike<number>, (x, i) =>
      this.boundedBelow[i] ? x : Number.NEGATIVE_INFINITY,
    );
    const high = Array.from(this.high as ArrayLike<number>, (x, i) =>
      this.boundedAbove[i] ? x : Number.POSITIVE_INFINITY,
    );
    return this.copyRandomTo(new BoxOf<D>(low, high, { shape, dtype }));
  }

  override equals(other: unknown): boolean {
    if (!(other instanceof BoxOf) || other.dtype !== this.dtype || !sameShape(other.shape, this.shape))
      return false;
    for (let i = 0; i < this.size; i++) {
      if (!close(this.low[i]!, other.low[i]) || !close(this.high[i]!, other.high[i])) return false;
    }
    return true;
  }

  override toString(): string {
    const low = shortText(this.low, this.shape, this.dtype);
    const high = shortText(this.high, this.shape, this.dtype);
    return `Box(${low}, ${high}, ${shapeText(this.shape)}, ${this.dtype})`;
  }

  /** All zeros: what an empty batch starts from. */
  zeros(): TypedArrays[D] {
    return zeros(this.dtype, this.size);
  }
}

Object.defineProperty(BoxOf, 'name', { value: 'Box' });

export type Box<D extends Dtype = 'float32'> = BoxOf<D>;
/** Closed boxes in R^n; see the class's documentation above. */
export const Box: BoxConstructor = BoxOf;
