// One matrix product serves forward, weight gradients and input gradients:
//   C[i, j] = finish(start[j] + sum over k of A(i, k) * B[k, j])
// A is read by two strides (so a transposed A costs nothing); B and C have rows of a multiple of four floats.
// Every element is summed over k in ascending order whatever the tile, so a row's result does not depend on how many
// rows are computed with it.
import { multiplyAdd, storeTanhPair, tanh4 } from './math';

export const LINEAR: i32 = 0;
export const TANH: i32 = 1;
export const RELU: i32 = 2;
/** Multiplies by the derivative of tanh, taken from its output found at `aux`. */
export const TANH_GRADIENT: i32 = 3;
/** Multiplies by the derivative of relu, taken from its output found at `aux`. */
export const RELU_GRADIENT: i32 = 4;

// @ts-ignore: decorator
@inline
function finish(value: v128, mode: i32, aux: usize): v128 {
  if (mode == TANH) return tanh4(value);
  if (mode == RELU) return f32x4.pmax(value, f32x4.splat(0.0)); // in this order NaN stays NaN
  if (mode == TANH_GRADIENT) {
    const y = v128.load(aux);
    return f32x4.mul(value, f32x4.sub(f32x4.splat(1.0), f32x4.mul(y, y)));
  }
  if (mode == RELU_GRADIENT) return v128.and(value, f32x4.gt(v128.load(aux), f32x4.splat(0.0)));
  return value;
}

// @ts-ignore: decorator
@inline
function storePair(first: v128, second: v128, to: usize, mode: i32, aux: usize): void {
  if (mode == TANH) {
    storeTanhPair(first, second, to);
    return;
  }
  v128.store(to, finish(first, mode, aux));
  v128.store(to, finish(second, mode, aux + 16), 16);
}

// @ts-ignore: decorator
@inline
function start(bias: usize, column: usize): v128 {
  return bias ? v128.load(bias + column) : f32x4.splat(0.0);
}

// @ts-ignore: decorator
@inline
function tile4x8(
  a: usize, aRow: usize, aStep: usize, b: usize, bStep: usize, c: usize, cRow: usize,
  inner: i32, bias: usize, mode: i32, aux: usize,
): void {
  let c00 = start(bias, 0), c01 = start(bias, 16);
  let c10 = c00, c11 = c01, c20 = c00, c21 = c01, c30 = c00, c31 = c01;
  let a0 = a, a1 = a + aRow, a2 = a + 2 * aRow, a3 = a + 3 * aRow;
  for (let k = 0; k < inner; k++) {
    const b0 = v128.load(b), b1 = v128.load(b, 16);
    const x0 = v128.load32_splat(a0);
    c00 = multiplyAdd(x0, b0, c00);
    c01 = multiplyAdd(x0, b1, c01);
    const x1 = v128.load32_splat(a1);
    c10 = multiplyAdd(x1, b0, c10);
    c11 = multiplyAdd(x1, b1, c11);
    const x2 = v128.load32_splat(a2);
    c20 = multiplyAdd(x2, b0, c20);
    c21 = multiplyAdd(x2, b1, c21);
    const x3 = v128.load32_splat(a3);
    c30 = multiplyAdd(x3, b0, c30);
    c31 = multiplyAdd(x3, b1, c31);
    a0 += aStep; a1 += aStep; a2 += aStep; a3 += aStep;
    b += bStep;
  }
  storePair(c00, c01, c, mode, aux);
  storePair(c10, c11, c + cRow, mode, aux + cRow);
  storePair(c20, c21, c + 2 * cRow, mode, aux + 2 * cRow);
  storePair(c30, c31, c + 3 * cRow, mode, aux + 3 * cRow);
}

// @ts-ignore: decorator
@inline
function tile4x4(
  a: usize, aRow: usize, aStep: usize, b: usize, bStep: usize, c: usize, cRow: usize,
  inner: i32, bias: usize, mode: i32, aux: usize,
): void {
  let c0 = start(bias, 0);
  let c1 = c0, c2 = c0, c3 = c0;
  let a0 = a, a1 = a + aRow, a2 = a + 2 * aRow, a3 = a + 3 * aRow;
  for (let k = 0; k < inner; k++) {
    const b0 = v128.load(b);
    c0 = multiplyAdd(v128.load32_splat(a0), b0, c0);
    c1 = multiplyAdd(v128.load32_splat(a1), b0, c1);
    c2 = multiplyAdd(v128.load32_splat(a2), b0, c2);
    c3 = multiplyAdd(v128.load32_splat(a3), b0, c3);
    a0 += aStep; a1 += aStep; a2 += aStep; a3 += aStep;
    b += bStep;
  }
  v128.store(c, finish(c0, mode, aux));
  v128.store(c + cRow, finish(c1, mode, aux + cRow));
  v128.store(c + 2 * cRow, finish(c2, mode, aux + 2 * cRow));
  v128.store(c + 3 * cRow, finish(c3, mode, aux + 3 * cRow));
}

/** Acting is a batch of one: thirty-two columns at a time keep eight additions in flight. */
// @ts-ignore: decorator
@inline
function tile1x32(
  a: usize, aStep: usize, b: usize, bStep: usize, c: usize, inner: i32, bias: usize, mode: i32, aux: usize,
): void {
  let c0 = start(bias, 0), c1 = start(bias, 16), c2 = start(bias, 32), c3 = start(bias, 48);
  let c4 = start(bias, 64), c5 = start(bias, 80), c6 = start(bias, 96), c7 = start(bias, 112);
  for (let k = 0; k < inner; k++) {
    const x = v128.load32_splat(a);
    c0 = multiplyAdd(x, v128.load(b), c0);
    c1 = multiplyAdd(x, v128.load(b, 16), c1);
    c2 = multiplyAdd(x, v128.load(b, 32), c2);
    c3 = multiplyAdd(x, v128.load(b, 48), c3);
    c4 = multiplyAdd(x, v128.load(b, 64), c4);
    c5 = multiplyAdd(x, v128.load(b, 80), c5);
    c6 = multiplyAdd(x, v128.load(b, 96), c6);
    c7 = multiplyAdd(x, v128.load(b, 112), c7);
    a += aStep;
    b += bStep;
  }
  v128.store(c, finish(c0, mode, aux));
  v128.store(c + 16, finish(c1, mode, aux + 16));
  v128.store(c + 32, finish(c2, mode, aux + 32));
  v128.store(c + 48, finish(c3, mode, aux + 48));
  v128.store(c + 64, finish(c4, mode, aux + 64));
  v128.store(c + 80, finish(c5, mode, aux + 80));
  v128.store(c + 96, finish(c6, mode, aux + 96));
  v128.store(c + 112, finish(c7, mode, aux + 112));
}

// @ts-ignore: decorator
@inline
function tile1x4(
  a: usize, aStep: usize, b: usize, bStep: usize, c: usize, inner: i32, bias: usize, mode: i32, aux: usize,
): void {
  let c0 = start(bias, 0);
  for (let k = 0; k < inner; k++) {
    c0 = multiplyAdd(v128.load32_splat(a), v128.load(b), c0);
    a += aStep;
    b += bStep;
  }
  v128.store(c, finish(c0, mode, aux));
}

/**
 * C = finish(bias + A B). `rows` x `columns` x `inner` with `columns` a multiple of four.
 * Strides are in floats: A(i, k) is at a + i * aRow + k * aStep, B[k, j] at b + k * columns + j, C[i, j] and aux at
 * i * columns + j. `bias` may be 0 (none); `aux` is read by the gradient modes only.
 */
export function gemm(
  a: usize, aRow: i32, aStep: i32, b: usize, c: usize, rows: i32, columns: i32, inner: i32,
  bias: usize, mode: i32, aux: usize,
): void {
  const aRowBytes = <usize>aRow << 2, aStepBytes = <usize>aStep << 2, rowBytes = <usize>columns << 2;
  const wholeRows = rows & ~3;
  let j = 0;
  for (; j + 8 <= columns; j += 8) {
    const offset = <usize>j << 2;
    const biasAt = bias ? bias + offset : 0;
    for (let i = 0; i < wholeRows; i += 4) {
      const at = <usize>i * rowBytes + offset;
      tile4x8(a + <usize>i * aRowBytes, aRowBytes, aStepBytes, b + offset, rowBytes, c + at, rowBytes, inner, biasAt, mode, aux + at);
    }
  }
  if (j < columns) {
    const offset = <usize>j << 2;
    const biasAt = bias ? bias + offset : 0;
    for (let i = 0; i < wholeRows; i += 4) {
      const at = <usize>i * rowBytes + offset;
      tile4x4(a + <usize>i * aRowBytes, aRowBytes, aStepBytes, b + offset, rowBytes, c + at, rowBytes, inner, biasAt, mode, aux + at);
    }
  }
  for (let i = wholeRows; i < rows; i++) {
    const row = a + <usize>i * aRowBytes;
    let column = 0;
    for (; column + 32 <= columns; column += 32) {
      const offset = <usize>column << 2, at = <usize>i * rowBytes + offset;
      tile1x32(row, aStepBytes, b + offset, rowBytes, c + at, inner, bias ? bias + offset : 0, mode, aux + at);
    }
    for (; column < columns; column += 4) {
      const offset = <usize>column << 2, at = <usize>i * rowBytes + offset;
      tile1x4(row, aStepBytes, b + offset, rowBytes, c + at, inner, bias ? bias + offset : 0, mode, aux + at);
    }
  }
}
