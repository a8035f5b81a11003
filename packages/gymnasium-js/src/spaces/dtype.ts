/** NumPy's element types as typed arrays. `float16` has none in Node 20 and is left out. */
export interface TypedArrays {
  bool: Uint8Array;
  int8: Int8Array;
  uint8: Uint8Array;
  int16: Int16Array;
  uint16: Uint16Array;
  int32: Int32Array;
  uint32: Uint32Array;
  int64: BigInt64Array;
  uint64: BigUint64Array;
  float32: Float32Array;
  float64: Float64Array;
}

export type Dtype = keyof TypedArrays;
export type TypedArray = TypedArrays[Dtype];
export type IntegerDtype = Exclude<Dtype, 'float32' | 'float64' | 'bool'>;

interface Facts {
  readonly kind: 'f' | 'i' | 'u' | 'b';
  readonly bits: number;
  /** Least and greatest value, exactly. */
  readonly min: bigint | number;
  readonly max: bigint | number;
  readonly create: (source: number | ArrayBufferLike, offset?: number, length?: number) => TypedArray;
}

type Constructor = new (source: number | ArrayBufferLike, offset?: number, length?: number) => TypedArray;

function facts(
  kind: Facts['kind'],
  bits: number,
  min: bigint | number,
  max: bigint | number,
  ctor: unknown,
): Facts {
  const Ctor = ctor as Constructor;
  return {
    kind,
    bits,
    min,
    max,
    create: (source, offset, length) =>
      typeof source === 'number' ? new Ctor(source) : new Ctor(source, offset, length),
  };
}

const FLOAT32_MAX = 3.4028234663852886e38;

const FACTS: Readonly<Record<Dtype, Facts>> = {
  bool: facts('b', 8, 0, 1, Uint8Array),
  int8: facts('i', 8, -128, 127, Int8Array),
  uint8: facts('u', 8, 0, 255, Uint8Array),
  int16: facts('i', 16, -32768, 32767, Int16Array),
  uint16: facts('u', 16, 0, 65535, Uint16Array),
  int32: facts('i', 32, -2147483648, 2147483647, Int32Array),
  uint32: facts('u', 32, 0, 4294967295, Uint32Array),
  int64: facts('i', 64, -(1n << 63n), (1n << 63n) - 1n, BigInt64Array),
  uint64: facts('u', 64, 0n, (1n << 64n) - 1n, BigUint64Array),
  float32: facts('f', 32, -FLOAT32_MAX, FLOAT32_MAX, Float32Array),
  float64: facts('f', 64, -Number.MAX_VALUE, Number.MAX_VALUE, Float64Array),
};

export const DTYPES = Object.keys(FACTS) as readonly Dtype[];

export function isDtype(value: unknown): value is Dtype {
  return typeof value === 'string' && Object.hasOwn(FACTS, value);
}

export function dtypeFacts(dtype: Dtype): Facts {
  return FACTS[dtype];
}

export function isFloat(dtype: Dtype): boolean {
  return FACTS[dtype].kind === 'f';
}

/** Zeros of a dtype. */
export function zeros<D extends Dtype>(dtype: D, length: number): TypedArrays[D] {
  return FACTS[dtype].create(length) as TypedArrays[D];
}

/** A typed array on part of a buffer. */
export function viewOf<D extends Dtype>(
  dtype: D,
  buffer: ArrayBufferLike,
  offset: number,
  length: number,
): TypedArrays[D] {
  return FACTS[dtype].create(buffer, offset, length) as TypedArrays[D];
}

export function bytesPerElement(dtype: Dtype): number {
  return FACTS[dtype].bits / 8;
}

export function isTypedArray(value: unknown): value is TypedArray {
  return ArrayBuffer.isView(value) && !(value instanceof DataView) && !(value instanceof Uint8ClampedArray);
}

const NAMES = new Map<unknown, Dtype>([
  [Int8Array, 'int8'],
  [Uint8Array, 'uint8'],
  [Int16Array, 'int16'],
  [Uint16Array, 'uint16'],
  [Int32Array, 'int32'],
  [Uint32Array, 'uint32'],
  [BigInt64Array, 'int64'],
  [BigUint64Array, 'uint64'],
  [Float32Array, 'float32'],
  [Float64Array, 'float64'],
]);

/** The dtype of a typed array. A `Uint8Array` serves `bool` as well as `uint8`; here it is `uint8`. */
export function dtypeOf(array: TypedArray): Dtype {
  const direct = NAMES.get(array.constructor);
  if (direct !== undefined) return direct;
  for (const [ctor, name] of NAMES) if (array instanceof (ctor as typeof Int8Array)) return name;
  throw new TypeError(`Unknown typed array ${Object.prototype.toString.call(array)}`);
}

/** NumPy's "safe" casting: whether every value of `from` is kept by `to` (64-bit integers may go to float64). */
export function canCast(from: Dtype, to: Dtype): boolean {
  if (from === to || from === 'bool') return true;
  const a = FACTS[from];
  const b = FACTS[to];
  if (b.kind === 'b') return false;
  if (a.kind === 'f') return b.kind === 'f' && a.bits <= b.bits;
  if (b.kind === 'f') return a.bits < 32 || b.bits === 64;
  if (a.kind === b.kind) return a.bits <= b.bits;
  return a.kind === 'u' && a.bits < b.bits;
}

/** Whether a typed array may stand for `dtype`: safe casting, and a `Uint8Array` of zeros and ones for `bool`. */
export function arrayCastsTo(array: TypedArray, dtype: Dtype): boolean {
  return (dtype === 'bool' && array instanceof Uint8Array) || canCast(dtypeOf(array), dtype);
}

/** Numbers (or bigints) in a new typed array of the dtype; floats going to integers lose their fraction. */
export function toTyped<D extends Dtype>(dtype: D, values: ArrayLike<number | bigint>): TypedArrays[D] {
  const out = zeros(dtype, values.length);
  const { kind, bits } = FACTS[dtype];
  if (bits === 64 && kind !== 'f') {
    const target = out as BigInt64Array;
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!;
      target[i] = typeof value === 'bigint' ? value : BigInt(Math.trunc(value));
    }
  } else {
    const target = out as Float64Array;
    for (let i = 0; i < values.length; i++) target[i] = Number(values[i]);
  }
  return out;
}

/** A typed array's values as plain data for JSON: numbers, or decimal strings for 64-bit integers. */
export function toPlain(array: TypedArray): (number | string)[] {
  return array instanceof BigInt64Array || array instanceof BigUint64Array
    ? Array.from(array, String)
    : Array.from(array as Float64Array);
}

/** Inverse of {@link toPlain}. */
export function fromPlain<D extends Dtype>(dtype: D, values: readonly (number | string)[]): TypedArrays[D] {
  return toTyped(
    dtype,
    values.map((value) => (typeof value === 'string' ? BigInt(value) : value)),
  );
}

export function sizeOf(shape: readonly number[]): number {
  let size = 1;
  for (const n of shape) size *= n;
  return size;
}

export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((n, i) => n === b[i]);
}

/** A shape as Python prints a tuple: `(2, 3)`, `(3,)`, `()`. */
export function shapeText(shape: readonly number[]): string {
  return shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
}

export type Nested<T> = readonly (T | Nested<T>)[];

/** Flattens nested arrays row by row. @throws RangeError when rows differ in length */
export function flattenNested<T>(value: ArrayLike<T> | Nested<T>): { values: T[]; shape: number[] } {
  if (isTypedArray(value))
    return { values: Array.from(value as unknown as ArrayLike<T>), shape: [value.length] };
  const rows = Array.from(value as ArrayLike<T | Nested<T>>);
  if (rows.length === 0 || !Array.isArray(rows[0])) return { values: rows as T[], shape: [rows.length] };
  const parts = rows.map((row) => flattenNested(row as Nested<T>));
  const inner = parts[0]!.shape;
  if (!parts.every(({ shape }) => sameShape(shape, inner)))
    throw new RangeError('Nested arrays must be rectangular');
  return { values: parts.flatMap(({ values }) => values), shape: [rows.length, ...inner] };
}
