/** Text of numbers and arrays in NumPy's style, for `toString`. */
import { type Dtype, isFloat, type TypedArray } from './dtype.js';

/** Shortest text that gives the same float32 (or float64) back, with NumPy's trailing point for whole numbers. */
function floatText(value: number, dtype: Dtype): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value < 0 ? '-inf' : 'inf';
  if (dtype === 'float64') return String(value);
  for (let digits = 1; digits <= 9; digits++) {
    const text = value.toPrecision(digits);
    if (Math.fround(Number(text)) === value) return String(Number(text));
  }
  return String(value);
}

function scalarText(value: number | bigint, dtype: Dtype): string {
  if (dtype === 'bool') return Number(value) === 0 ? 'False' : 'True';
  if (!isFloat(dtype)) return String(value);
  const text = floatText(Number(value), dtype);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}

function elementText(value: number | bigint, dtype: Dtype): string {
  const text = scalarText(value, dtype);
  return text.endsWith('.0') ? text.slice(0, -1) : text;
}

function rows(parts: readonly string[], shape: readonly number[]): string {
  if (shape.length <= 1) return `[${parts.join(' ')}]`;
  const step = parts.length / shape[0]!;
  const inner = Array.from({ length: shape[0]! }, (_, i) =>
    rows(parts.slice(i * step, (i + 1) * step), shape.slice(1)),
  );
  return `[${inner.join(' ')}]`;
}

/** All elements, or the one value when they are all equal. Columns are not padded as NumPy pads them. */
export function shortText(array: TypedArray, shape: readonly number[], dtype: Dtype): string {
  const values = Array.from(array as ArrayLike<number | bigint>);
  if (values.length > 0 && values.every((value) => value === values[0])) return scalarText(values[0]!, dtype);
  return arrayText(values, shape, dtype);
}

export function arrayText(
  values: ArrayLike<number | bigint>,
  shape: readonly number[],
  dtype: Dtype,
): string {
  return rows(
    Array.from(values, (value) => elementText(value, dtype)),
    shape,
  );
}
