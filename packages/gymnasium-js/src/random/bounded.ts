/**
 * Integers in a closed range [0, range], as NumPy draws them: Lemire's multiply-and-reject ("Fast Random Integer Generation in
 * an Interval", 2019) on 8, 16, 32 or 64 bits. The width decides how many bits of the stream are eaten, so it is part of the result.
 */
import type { PCG64 } from './pcg64.js';

const TWO_POW_32 = 0x100000000;
const MAX_64 = (1n << 64n) - 1n;

/** High 32 bits of the product of two unsigned 32-bit integers. */
function multiplyHigh(a: number, b: number): number {
  const al = a & 0xffff;
  const ah = a >>> 16;
  const bl = b & 0xffff;
  const bh = b >>> 16;
  const u = (Math.imul(ah, bl) + (Math.imul(al, bl) >>> 16)) | 0;
  const w = (Math.imul(al, bh) + (u & 0xffff)) | 0;
  return (Math.imul(ah, bh) + (u >>> 16) + (w >>> 16)) >>> 0;
}

/** Uniform on [0, range], range up to 2^32 - 1, from 32-bit draws. A range of 0 draws nothing. */
export function bounded32(bits: PCG64, range: number): number {
  if (range === 0) return 0;
  if (range === 0xffffffff) return bits.next32();
  const excl = range + 1;
  let draw = bits.next32();
  let leftover = Math.imul(draw, excl) >>> 0;
  if (leftover < excl) {
    const threshold = (0xffffffff - range) % excl;
    while (leftover < threshold) {
      draw = bits.next32();
      leftover = Math.imul(draw, excl) >>> 0;
    }
  }
  return multiplyHigh(draw, excl);
}

/** Uniform on [0, range], range up to 2^64 - 1. Ranges that fit 32 bits use 32-bit draws. */
export function bounded64(bits: PCG64, range: bigint): bigint {
  if (range < 0x100000000n) return BigInt(bounded32(bits, Number(range)));
  if (range === MAX_64) return bits.next64();
  const excl = range + 1n;
  let product = bits.next64() * excl;
  let leftover = product & MAX_64;
  if (leftover < excl) {
    const threshold = (MAX_64 - range) % excl;
    while (leftover < threshold) {
      product = bits.next64() * excl;
      leftover = product & MAX_64;
    }
  }
  return product >> 64n;
}

/** Uniform on [0, range] for any safe integer range, as a number. */
export function boundedSafe(bits: PCG64, range: number): number {
  return range < TWO_POW_32 ? bounded32(bits, range) : Number(bounded64(bits, BigInt(range)));
}

/** Draws of 1, 8 or 16 bits cut from shared 32-bit draws; the rest of a word is dropped when the call that made it ends. */
export class NarrowDraws {
  #word = 0;
  #left = 0;

  constructor(
    private readonly bits: PCG64,
    private readonly width: 1 | 8 | 16,
  ) {}

  #next(): number {
    if (this.#left === 0) {
      this.#word = this.bits.next32();
      this.#left = 32 / this.width - 1;
    } else {
      this.#word >>>= this.width;
      this.#left--;
    }
    return this.#word & (2 ** this.width - 1);
  }

  /** Uniform on [0, range], range below 2^width. */
  bounded(range: number): number {
    if (range === 0) return 0;
    const max = 2 ** this.width - 1;
    if (range === max) return this.#next();
    const excl = range + 1;
    let product = this.#next() * excl;
    if ((product & max) < excl) {
      const threshold = (max - range) % excl;
      while ((product & max) < threshold) product = this.#next() * excl;
    }
    return product >>> this.width;
  }
}
