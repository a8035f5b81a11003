// The kernels of the `wasm` engine. Addresses and sizes come from the TypeScript side, which owns the memory; nothing
// here allocates. All matrices are row-major float32; a row's width is padded with zeros to a multiple of four.
import { gemm, LINEAR } from './gemm';
import { tanh4 } from './math';

/** y = activation(x W + b): x is rows x inputs (unpadded stride `xRow`), W inputs x outputs, y rows x outputs. */
export function denseForward(
  x: usize, xRow: i32, w: usize, b: usize, y: usize, rows: i32, inputs: i32, outputs: i32, activation: i32,
): void {
  gemm(x, xRow, 1, w, y, rows, outputs, inputs, b, activation, 0);
}

/** Gradients of the weights and biases of a dense layer: dW = x' dz, db = column sums of dz. */
export function denseWeightGradient(
  x: usize, xRow: i32, dz: usize, dw: usize, db: usize, rows: i32, inputs: i32, outputs: i32,
): void {
  gemm(x, 1, xRow, dz, dw, inputs, outputs, rows, 0, LINEAR, 0);
  const rowBytes = <usize>outputs << 2;
  for (let offset: usize = 0; offset < rowBytes; offset += 16) {
    let sum = f32x4.splat(0.0);
    let at = dz + offset;
    for (let i = 0; i < rows; i++) {
      sum = f32x4.add(sum, v128.load(at));
      at += rowBytes;
    }
    v128.store(db + offset, sum);
  }
}

/**
 * Gradient of the previous layer's pre-activation: dx = (dz W') * activation'(x), with x the previous layer's output.
 * `transposed` is room for W' (outputs x inputs); inputs here is the padded width.
 */
export function denseInputGradient(
  dz: usize, w: usize, transposed: usize, x: usize, dx: usize, rows: i32, inputs: i32, outputs: i32, realInputs: i32, mode: i32,
): void {
  transpose(w, transposed, realInputs, outputs, inputs);
  gemm(dz, outputs, 1, transposed, dx, rows, inputs, outputs, 0, mode, x);
}

/** to[j, i] = from[i, j]; `to` has rows of `toRow` floats, whose tail is set to zero. Columns: a multiple of four. */
function transpose(from: usize, to: usize, rows: i32, columns: i32, toRow: i32): void {
  const fromBytes = <usize>columns << 2, toBytes = <usize>toRow << 2;
  const whole = rows & ~3;
  for (let i = 0; i < whole; i += 4) {
    const source = from + <usize>i * fromBytes;
    for (let j = 0; j < columns; j += 4) {
      const at = source + (<usize>j << 2);
      const r0 = v128.load(at), r1 = v128.load(at + fromBytes);
      const r2 = v128.load(at + 2 * fromBytes), r3 = v128.load(at + 3 * fromBytes);
      const low01 = i32x4.shuffle(r0, r1, 0, 4, 1, 5), high01 = i32x4.shuffle(r0, r1, 2, 6, 3, 7);
      const low23 = i32x4.shuffle(r2, r3, 0, 4, 1, 5), high23 = i32x4.shuffle(r2, r3, 2, 6, 3, 7);
      const target = to + <usize>j * toBytes + (<usize>i << 2);
      v128.store(target, i64x2.shuffle(low01, low23, 0, 2));
      v128.store(target + toBytes, i64x2.shuffle(low01, low23, 1, 3));
      v128.store(target + 2 * toBytes, i64x2.shuffle(high01, high23, 0, 2));
      v128.store(target + 3 * toBytes, i64x2.shuffle(high01, high23, 1, 3));
    }
  }
  if (whole == rows) return;
  for (let j = 0; j < columns; j++) {
    const target = to + <usize>j * toBytes;
    for (let i = whole; i < toRow; i++) {
      const value: f32 = i < rows ? load<f32>(from + <usize>i * fromBytes + (<usize>j << 2)) : 0.0;
      store<f32>(target + (<usize>i << 2), value);
    }
  }
}

/** Copies `width` columns of a matrix; strides in floats. Splits the fused last layer into heads and joins them again. */
export function copyColumns(from: usize, fromRow: i32, to: usize, toRow: i32, width: i32, rows: i32): void {
  const fromBytes = <usize>fromRow << 2, toBytes = <usize>toRow << 2;
  if (width == 1) {
    for (let i = 0; i < rows; i++) {
      store<f32>(to, load<f32>(from));
      from += fromBytes;
      to += toBytes;
    }
    return;
  }
  const bytes = <usize>width << 2;
  for (let i = 0; i < rows; i++) {
    for (let at: usize = 0; at < bytes; at += 4) store<f32>(to + at, load<f32>(from + at));
    from += fromBytes;
    to += toBytes;
  }
}

/** Sum of squares of `count` floats (a multiple of four), accumulated in float64. */
export function sumOfSquares(at: usize, count: i32): f64 {
  let low = f64x2.splat(0.0), high = f64x2.splat(0.0);
  const end = at + (<usize>count << 2);
  for (; at < end; at += 16) {
    const g = v128.load(at);
    const first = f64x2.promote_low_f32x4(g);
    const second = f64x2.promote_low_f32x4(i32x4.shuffle(g, g, 2, 3, 2, 3));
    low = f64x2.add(low, f64x2.mul(first, first));
    high = f64x2.add(high, f64x2.mul(second, second));
  }
  const sum = f64x2.add(low, high);
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

/**
 * Adam (Kingma and Ba 2015, algorithm 1) in PyTorch's arrangement, epsilon outside the corrected square root:
 * p -= rate * m / (sqrt(v) * secondScale + epsilon), with rate = lr / (1 - beta1^t), secondScale = 1 / sqrt(1 - beta2^t).
 * Gradients are multiplied by `scale` (the clip) on the way.
 */
export function adam(
  p: usize, g: usize, m: usize, v: usize, count: i32,
  scale: f32, rate: f32, beta1: f32, beta2: f32, secondScale: f32, epsilon: f32,
): void {
  const scales = f32x4.splat(scale), rates = f32x4.splat(rate), secondScales = f32x4.splat(secondScale);
  const b1 = f32x4.splat(beta1), b2 = f32x4.splat(beta2), epsilons = f32x4.splat(epsilon);
  const c1 = f32x4.splat(<f32>1.0 - beta1), c2 = f32x4.splat(<f32>1.0 - beta2);
  const bytes = <usize>count << 2;
  for (let at: usize = 0; at < bytes; at += 16) {
    const gradient = f32x4.mul(v128.load(g + at), scales);
    const first = f32x4.add(f32x4.mul(b1, v128.load(m + at)), f32x4.mul(c1, gradient));
    const second = f32x4.add(f32x4.mul(b2, v128.load(v + at)), f32x4.mul(c2, f32x4.mul(gradient, gradient)));
    v128.store(m + at, first);
    v128.store(v + at, second);
    const below = f32x4.add(f32x4.mul(f32x4.sqrt(second), secondScales), epsilons);
    v128.store(p + at, f32x4.sub(v128.load(p + at), f32x4.div(f32x4.mul(rates, first), below)));
  }
}

/** RMSprop in PyTorch's arrangement: v = alpha v + (1 - alpha) g^2; p -= rate * g / (sqrt(v) + epsilon). */
export function rmsprop(
  p: usize, g: usize, v: usize, count: i32, scale: f32, rate: f32, alpha: f32, epsilon: f32,
): void {
  const scales = f32x4.splat(scale), rates = f32x4.splat(rate), epsilons = f32x4.splat(epsilon);
  const keep = f32x4.splat(alpha), add = f32x4.splat(<f32>1.0 - alpha);
  const bytes = <usize>count << 2;
  for (let at: usize = 0; at < bytes; at += 16) {
    const gradient = f32x4.mul(v128.load(g + at), scales);
    const second = f32x4.add(f32x4.mul(keep, v128.load(v + at)), f32x4.mul(add, f32x4.mul(gradient, gradient)));
    v128.store(v + at, second);
    const step = f32x4.div(f32x4.mul(rates, gradient), f32x4.add(f32x4.sqrt(second), epsilons));
    v128.store(p + at, f32x4.sub(v128.load(p + at), step));
  }
}

/** target = (1 - tau) target + tau source, over `count` floats (a multiple of four). */
export function polyak(target: usize, source: usize, count: i32, tau: f32): void {
  const taus = f32x4.splat(tau), rest = f32x4.splat(<f32>1.0 - tau);
  const bytes = <usize>count << 2;
  for (let at: usize = 0; at < bytes; at += 16) {
    v128.store(target + at, f32x4.add(f32x4.mul(rest, v128.load(target + at)), f32x4.mul(taus, v128.load(source + at))));
  }
}

/** tanh of `count` floats in place (a multiple of four); exported so that tests can measure the approximation. */
export function tanhInPlace(at: usize, count: i32): void {
  const end = at + (<usize>count << 2);
  for (; at < end; at += 16) v128.store(at, tanh4(v128.load(at)));
}

/** First address behind the constants of the kernels, below which nothing may be stored. */
export function constantsEnd(): usize {
  return __heap_base;
}

export { entropies, sigmoids, sparseForward, sparseForwardRows } from './sparse';
