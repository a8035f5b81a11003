import { type Bound, Box } from '../spaces/box.js';
import { type Dtype, shapeText, sizeOf, type TypedArray, toTyped } from '../spaces/dtype.js';

export interface Rescaling {
  readonly space: Box<Dtype>;
  /** From the old box to the new one. */
  readonly forward: (x: ArrayLike<number>) => TypedArray;
  /** From the new box to the old one. */
  readonly backward: (x: ArrayLike<number>) => TypedArray;
}

function full(bound: Bound, box: Box<Dtype>, name: string): number[] {
  if (typeof bound === 'number') return new Array<number>(box.size).fill(bound);
  const values = Array.from(bound as ArrayLike<number>);
  if (values.length !== sizeOf(box.shape)) {
    throw new RangeError(`Expected ${name}.shape to be ${shapeText(box.shape)}, got (${values.length},)`);
  }
  return values;
}

/**
 * The affine map of a box onto new bounds. Where a bound is infinite the new one must be too, and the other end is shifted.
 *
 * @throws RangeError when bounds do not fit the box
 */
export function rescaleBox(box: Box<Dtype>, newMin: Bound, newMax: Bound): Rescaling {
  const low = full(newMin, box, 'newMin');
  const high = full(newMax, box, 'newMax');
  const round = box.dtype === 'float32' ? Math.fround : (x: number) => x;
  const gradient = new Float64Array(box.size).fill(1);
  const intercept = new Float64Array(box.size);
  for (let i = 0; i < box.size; i++) {
    const [oldLow, oldHigh] = [Number(box.low[i]), Number(box.high[i])];
    const infinite = [low[i]!, oldLow, high[i]!, oldHigh].map((x) => !Number.isFinite(x));
    if (
      ((infinite[0] || infinite[1]) && low[i] !== oldLow) ||
      ((infinite[2] || infinite[3]) && high[i] !== oldHigh)
    ) {
      throw new RangeError(
        'For unbounded components, the target bounds must match the original infinity bounds.',
      );
    }
    if (low[i]! > high[i]!) {
      throw new RangeError(
        `Expected newMin to be less than or equal to newMax, got ${low[i]} and ${high[i]}`,
      );
    }
    if (!infinite[0] && !infinite[2]) gradient[i] = round((high[i]! - low[i]!) / (oldHigh - oldLow));
    if (!infinite[2]) intercept[i] = round(high[i]! - oldHigh);
    if (!infinite[0]) intercept[i] = round(round(gradient[i]! * -oldLow) + low[i]!);
  }
  const space = new Box<Dtype>(low, high, { shape: box.shape, dtype: box.dtype as Dtype });
  const map = (x: ArrayLike<number>, of: (value: number, i: number) => number) =>
    toTyped(box.dtype as Dtype, Array.from(x, of));
  return {
    space,
    forward: (x) => map(x, (value, i) => round(gradient[i]! * value) + intercept[i]!),
    backward: (x) => map(x, (value, i) => round(value - intercept[i]!) / gradient[i]!),
  };
}
