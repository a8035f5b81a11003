/** Choosing k of n, as NumPy's `Generator.choice` does it: the algorithm decides which draws are eaten, so it is part of the result. */
import { bounded32, boundedSafe } from './bounded.js';
import type { PCG64 } from './pcg64.js';

interface Swappable {
  [index: number]: unknown;
}

function swap(items: Swappable, i: number, j: number): void {
  const held = items[i];
  items[i] = items[j];
  items[j] = held;
}

/** Fisher-Yates from the back, down to index `first`, drawing as `choice` does (Lemire). */
function shuffleFrom(bits: PCG64, items: Swappable, length: number, first: number): void {
  for (let i = length - 1; i >= first; i--) swap(items, i, bounded32(bits, i));
}

/** Fisher-Yates from the back, drawing as `shuffle` and `permutation` do: masked 32-bit words, redrawn while above the bound. */
export function shuffleInPlace(bits: PCG64, items: Swappable, length: number): void {
  for (let i = length - 1; i >= 1; i--) {
    const mask = 0xffffffff >>> Math.clz32(i);
    let j = (bits.next32() & mask) >>> 0;
    while (j > i) j = (bits.next32() & mask) >>> 0;
    swap(items, i, j);
  }
}

/** @throws RangeError when `p` is not a probability vector of length n */
export function checkProbabilities(p: ArrayLike<number>, n: number): void {
  if (p.length !== n) throw new RangeError(`a and p must have same size, actual sizes: ${n} and ${p.length}`);
  let sum = 0;
  let lost = 0;
  for (let i = 0; i < n; i++) {
    const value = p[i]!;
    if (!(value >= 0)) {
      throw new RangeError(
        Number.isNaN(value)
          ? 'Probabilities contain NaN'
          : `Probabilities are not non-negative, p[${i}] is ${value}`,
      );
    }
    const y = value - lost;
    const t = sum + y;
    lost = t - sum - y;
    sum = t;
  }
  if (!(Math.abs(sum - 1) <= 1.4901161193847656e-8))
    throw new RangeError(`Probabilities do not sum to 1, actual sum: ${sum}`);
}

function total(p: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < p.length; i++) sum += p[i]!;
  return sum;
}

/** Index of the first entry of p's normalised running sum that exceeds `u`. */
function locate(p: ArrayLike<number>, sum: number, u: number): number {
  let running = 0;
  for (let i = 0; i < p.length; i++) {
    running += p[i]!;
    if (running / sum > u) return i;
  }
  return p.length - 1;
}

/** One index drawn with probabilities `p`. */
export function weightedIndex(bits: PCG64, p: ArrayLike<number>): number {
  return locate(p, total(p), bits.nextDouble());
}

/** `size` indices drawn with probabilities `p`, with replacement. */
export function weightedIndices(bits: PCG64, p: ArrayLike<number>, size: number): number[] {
  const sum = total(p);
  return Array.from({ length: size }, () => locate(p, sum, bits.nextDouble()));
}

/** `size` distinct indices drawn with probabilities `p`: rounds of draws, keeping the first occurrence of each. */
export function weightedDistinct(bits: PCG64, p: ArrayLike<number>, size: number): number[] {
  const weights = Float64Array.from(p);
  let positive = 0;
  for (const weight of weights) if (weight > 0) positive++;
  if (positive < size) throw new RangeError(`Fewer non-zero entries in p than size: ${positive} < ${size}`);
  const found: number[] = [];
  while (found.length < size) {
    for (const index of found) weights[index] = 0;
    const round = new Set(weightedIndices(bits, weights, size - found.length));
    found.push(...round);
  }
  return found;
}

/** Floyd’s algorithm: only `size` draws are needed. */
function floyd(bits: PCG64, n: number, size: number): number[] {
  const chosen = new Set<number>();
  const out: number[] = [];
  for (let j = n - size; j < n; j++) {
    const value = boundedSafe(bits, j);
    const pick = chosen.has(value) ? j : value;
    chosen.add(pick);
    out.push(pick);
  }
  return out;
}

/** `size` distinct indices below n, uniformly. */
export function uniformDistinct(bits: PCG64, n: number, size: number, shuffle: boolean): number[] {
  const cutoff = shuffle ? 50 : 20;
  if (n > 10000 && size > Math.floor(n / cutoff)) {
    const all = Array.from({ length: n }, (_, i) => i);
    shuffleFrom(bits, all, n, Math.max(n - size, 1));
    return all.slice(n - size);
  }
  const out = floyd(bits, n, size);
  if (shuffle) shuffleFrom(bits, out, size, 1);
  return out;
}
