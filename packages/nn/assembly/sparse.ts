// Inference of networks with one hidden layer of rectified units in float64, for inputs that are mostly zeros. The inputs that are not
// are entries of 16 bytes: where their weights start, in bytes from the kernel's start, and at byte 8 their value. Sums are taken in
// the order of the entries, so that a row's result does not depend on anything beside it.
import { log2Lanes, sigmoidLanes } from './double';

// @ts-ignore: decorator
@inline
const ENTRY: usize = 16;

/** Sums of sixteen units over all entries. */
// @ts-ignore: decorator
@inline
function sum16(entries: usize, end: usize, kernel: usize, start: usize, out: usize): void {
  let c0 = v128.load(start), c1 = v128.load(start, 16), c2 = v128.load(start, 32), c3 = v128.load(start, 48);
  let c4 = v128.load(start, 64), c5 = v128.load(start, 80), c6 = v128.load(start, 96), c7 = v128.load(start, 112);
  for (let at = entries; at < end; at += ENTRY) {
    const w = kernel + <usize>load<u32>(at);
    const x = v128.load64_splat(at, 8);
    c0 = f64x2.add(c0, f64x2.mul(x, v128.load(w)));
    c1 = f64x2.add(c1, f64x2.mul(x, v128.load(w, 16)));
    c2 = f64x2.add(c2, f64x2.mul(x, v128.load(w, 32)));
    c3 = f64x2.add(c3, f64x2.mul(x, v128.load(w, 48)));
    c4 = f64x2.add(c4, f64x2.mul(x, v128.load(w, 64)));
    c5 = f64x2.add(c5, f64x2.mul(x, v128.load(w, 80)));
    c6 = f64x2.add(c6, f64x2.mul(x, v128.load(w, 96)));
    c7 = f64x2.add(c7, f64x2.mul(x, v128.load(w, 112)));
  }
  v128.store(out, c0);
  v128.store(out, c1, 16);
  v128.store(out, c2, 32);
  v128.store(out, c3, 48);
  v128.store(out, c4, 64);
  v128.store(out, c5, 80);
  v128.store(out, c6, 96);
  v128.store(out, c7, 112);
}

/** Sums of four units over all entries. */
// @ts-ignore: decorator
@inline
function sum4(entries: usize, end: usize, kernel: usize, start: usize, out: usize): void {
  let c0 = v128.load(start), c1 = v128.load(start, 16);
  for (let at = entries; at < end; at += ENTRY) {
    const w = kernel + <usize>load<u32>(at);
    const x = v128.load64_splat(at, 8);
    c0 = f64x2.add(c0, f64x2.mul(x, v128.load(w)));
    c1 = f64x2.add(c1, f64x2.mul(x, v128.load(w, 16)));
  }
  v128.store(out, c0);
  v128.store(out, c1, 16);
}

/** out = start + the entries' values times their weights; `units` is a multiple of four. */
// @ts-ignore: decorator
@inline
function layer(entries: usize, end: usize, kernel: usize, start: usize, out: usize, units: i32): void {
  const bytes = <usize>units << 3;
  let u: usize = 0;
  for (; u + 128 <= bytes; u += 128) sum16(entries, end, kernel + u, start + u, out + u);
  for (; u < bytes; u += 32) sum4(entries, end, kernel + u, start + u, out + u);
}

// @ts-ignore: decorator
@inline
function append(end: usize, weights: usize, value: f64, taken: bool): usize {
  store<u32>(end, <u32>weights);
  store<f64>(end, value, 8);
  return end + (<usize>taken << 4);
}

/**
 * Both layers over the entries up to `end`: out = bias2 + relu(bias1 + entries kernel1) kernel2. `hidden` units and `outputs` are
 * multiples of four; `room` has place for the hidden units and for an entry of each and one more.
 */
export function sparseForward(
  entries: usize, end: usize, kernel1: usize, bias1: usize, hidden: i32, room: usize,
  kernel2: usize, bias2: usize, outputs: i32, out: usize,
): void {
  layer(entries, end, kernel1, bias1, room, hidden);
  const active = room + (<usize>hidden << 3);
  let last = active;
  for (let u = 0; u < hidden; u++) {
    const value = load<f64>(room + (<usize>u << 3));
    last = append(last, <usize>(u * outputs) << 3, value, !(value <= 0.0));
  }
  layer(active, last, kernel2, bias2, out, outputs);
}

/**
 * {@link sparseForward} for `rows` rows of float32 at `x`, whose inputs are taken in the order of `columns`: pairs of where an input is
 * in its row and where its weights start, in bytes. Rows of `out` follow each other `outRow` apart, so the last needs slack.
 */
export function sparseForwardRows(
  x: usize, xRow: i32, rows: i32, columns: usize, columnsEnd: usize,
  entries: usize, kernel1: usize, bias1: usize, hidden: i32, room: usize,
  kernel2: usize, bias2: usize, outputs: i32, out: usize, outRow: i32,
): void {
  for (let i = 0; i < rows; i++) {
    let end = entries;
    for (let at = columns; at < columnsEnd; at += 8) {
      const value = load<f32>(x + <usize>load<u32>(at));
      end = append(end, <usize>load<u32>(at, 4), <f64>value, value != 0.0);
    }
    sparseForward(entries, end, kernel1, bias1, hidden, room, kernel2, bias2, outputs, out);
    x += <usize>xRow << 2;
    out += <usize>outRow << 3;
  }
}

/** 1 / (1 + e^-x) of `count` float64 in place, of one more when that is odd. */
export function sigmoids(at: usize, count: i32): void {
  const end = at + (<usize>count << 3);
  for (; at < end; at += 16) v128.store(at, sigmoidLanes(v128.load(at)));
}

/** Sum of the binary entropies in bits of `count` probabilities, first to last; those below 2^-1022 count as 0. */
export function entropies(at: usize, count: i32): f64 {
  const end = at + (<usize>count << 3);
  let sum: f64 = 0.0;
  for (; at < end; at += 8) {
    const p = load<f64>(at);
    const both = f64x2.replace_lane(v128.load64_splat(at), 1, 1.0 - p);
    const parts = f64x2.mul(both, log2Lanes(both));
    const entropy = f64x2.extract_lane(parts, 0) + f64x2.extract_lane(parts, 1);
    if (p >= f64.MIN_NORMAL_VALUE && p < 1.0) sum -= entropy;
  }
  return sum;
}
