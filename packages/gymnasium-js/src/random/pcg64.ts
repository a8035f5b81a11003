/**
 * NumPy's PCG64 (O'Neill, "PCG: A Family of Simple Fast Space-Efficient Statistically Good Algorithms for Random Number
 * Generation", 2014; the XSL-RR 128/64 member): a 128-bit linear congruential generator with a permuted 64-bit output.
 *
 * The 128-bit state lives in four signed 32-bit limbs, which V8 keeps as small integers: no BigInt and no allocation in a draw.
 */
import { generatedWord, type Seed, SeedSequence, seedPool } from './seed-sequence.js';

/** A PCG64's whole state; plain numbers, so it survives JSON and structured clone. Words are unsigned, least significant first. */
export interface PCG64State {
  readonly bitGenerator: 'PCG64';
  readonly state: readonly [number, number, number, number];
  readonly inc: readonly [number, number, number, number];
  readonly hasUint32: 0 | 1;
  /** The half of a 64-bit output that the next 32-bit draw will return. */
  readonly uinteger: number;
}

/** The multiplier's limbs, least significant first. */
const M0 = 0x9fccf645;
const M1 = 0x4385df64;
const M2 = 0x1fc65da4;
const M3 = 0x2360ed05;

const TWO_POW_MINUS_32 = 2 ** -32;
const TWO_POW_MINUS_53 = 2 ** -53;
const poolScratch = new Int32Array(4);

export class PCG64 {
  /** State, least significant limb first. */
  #s0 = 0;
  #s1 = 0;
  #s2 = 0;
  #s3 = 0;
  /** Increment (odd). */
  #i0 = 1;
  #i1 = 0;
  #i2 = 0;
  #i3 = 0;
  #hasUint32: 0 | 1 = 0;
  #uinteger = 0;
  /** The last 64-bit output, as two signed halves: valid after `advance()`. */
  high = 0;
  low = 0;

  /** @throws RangeError when the seed holds a negative, fractional or unsafe integer */
  constructor(seed: Seed | SeedSequence, spawnKey: readonly number[] | null = null) {
    let pool: Int32Array = poolScratch;
    if (seed instanceof SeedSequence) pool = seed.pool;
    else seedPool(seed, spawnKey, poolScratch);
    this.#seed(pool);
  }

  #seed(pool: Int32Array): void {
    // Four 64-bit words, high half of a 128-bit value before its low half, low 32 bits of a word before its high ones.
    const q0 = generatedWord(pool, 6);
    const q1 = generatedWord(pool, 7);
    const q2 = generatedWord(pool, 4);
    const q3 = generatedWord(pool, 5);
    this.#i0 = (q0 << 1) | 1;
    this.#i1 = (q1 << 1) | (q0 >>> 31);
    this.#i2 = (q2 << 1) | (q1 >>> 31);
    this.#i3 = (q3 << 1) | (q2 >>> 31);
    // The reference seeding steps from state 0 (giving the increment), adds the seed and steps again.
    const c0 = (this.#i0 >>> 0) + (generatedWord(pool, 2) >>> 0);
    const c1 = (this.#i1 >>> 0) + (generatedWord(pool, 3) >>> 0) + (c0 > 0xffffffff ? 1 : 0);
    const c2 = (this.#i2 >>> 0) + (generatedWord(pool, 0) >>> 0) + (c1 > 0xffffffff ? 1 : 0);
    this.#s0 = c0 | 0;
    this.#s1 = c1 | 0;
    this.#s2 = c2 | 0;
    this.#s3 = (this.#i3 + generatedWord(pool, 1) + (c2 > 0xffffffff ? 1 : 0)) | 0;
    this.#step();
  }

  /**
   * state = state × 0x2360ED051FC65DA44385DF649FCCF645 + increment (mod 2^128), limb by limb.
   *
   * The low half of a 32 × 32-bit product is `Math.imul`; the high half comes from the rounded double product: with up to
   * three products its error stays below 2^14, so that after subtracting the exact low halves and scaling by 2^-32 it is an integer to
   * within 2^-18. The quarter added
   * to each column keeps truncation on the right side.
   */
  #step(): void {
    const s0 = this.#s0;
    const s1 = this.#s1;
    const s2 = this.#s2;
    const d0 = s0 >>> 0;
    const d1 = s1 >>> 0;
    const low0 = Math.imul(s0, M0) >>> 0;
    const low1 = (Math.imul(s0, M1) >>> 0) + (Math.imul(s1, M0) >>> 0);
    const low2 = (Math.imul(s0, M2) >>> 0) + (Math.imul(s1, M1) >>> 0) + (Math.imul(s2, M0) >>> 0);
    const c0 = low0 + (this.#i0 >>> 0);
    const r0 = c0 | 0;
    const high0 = (d0 * M0 - low0) * TWO_POW_MINUS_32;
    const c1 = high0 + low1 + (this.#i1 >>> 0) + (c0 - (r0 >>> 0)) * TWO_POW_MINUS_32 + 0.25;
    const r1 = c1 | 0;
    const high1 = (d0 * M1 + d1 * M0 - low1) * TWO_POW_MINUS_32;
    const c2 = high1 + low2 + (this.#i2 >>> 0) + (c1 - (r1 >>> 0)) * TWO_POW_MINUS_32 + 0.25;
    const r2 = c2 | 0;
    const high2 = (d0 * M2 + d1 * M1 + (s2 >>> 0) * M0 - low2) * TWO_POW_MINUS_32;
    const carry = (high2 + (c2 - (r2 >>> 0)) * TWO_POW_MINUS_32 + 0.25) | 0;
    const top = Math.imul(s0, M3) + Math.imul(s1, M2) + Math.imul(s2, M1) + Math.imul(this.#s3, M0);
    this.#s3 = (carry + top + this.#i3) | 0;
    this.#s2 = r2;
    this.#s1 = r1;
    this.#s0 = r0;
  }

  /** Steps once and leaves the 64-bit output in `high` and `low` (signed halves). */
  advance(): void {
    this.#step();
    const s3 = this.#s3;
    const x0 = this.#s0 ^ this.#s2;
    const x1 = this.#s1 ^ s3;
    const swap = s3 < 0;
    const lo = swap ? x1 : x0;
    const hi = swap ? x0 : x1;
    const r = (s3 >>> 26) & 31;
    if (r === 0) {
      this.low = lo;
      this.high = hi;
      return;
    }
    this.low = (lo >>> r) | (hi << (32 - r));
    this.high = (hi >>> r) | (lo << (32 - r));
  }

  /** 64 random bits. Slow (a bigint): for ranges over 2^32 only. */
  next64(): bigint {
    this.advance();
    return (BigInt(this.high >>> 0) << 32n) | BigInt(this.low >>> 0);
  }

  /** 32 random bits, unsigned; two draws share one 64-bit output, low half first. */
  next32(): number {
    if (this.#hasUint32 === 1) {
      this.#hasUint32 = 0;
      return this.#uinteger >>> 0;
    }
    this.advance();
    this.#hasUint32 = 1;
    this.#uinteger = this.high;
    return this.low >>> 0;
  }

  /** Uniform on [0, 1) with 53 random bits. */
  nextDouble(): number {
    this.advance();
    return ((this.high >>> 0) * 2097152 + (this.low >>> 11)) * TWO_POW_MINUS_53;
  }

  /** Writes state and increment, four words each, least significant first: for kernels that draw on this stream. */
  writeWords(words: Int32Array): void {
    words[0] = this.#s0;
    words[1] = this.#s1;
    words[2] = this.#s2;
    words[3] = this.#s3;
    words[4] = this.#i0;
    words[5] = this.#i1;
    words[6] = this.#i2;
    words[7] = this.#i3;
  }

  /** Takes the state back that {@link writeWords} wrote and a kernel moved on. */
  readWords(words: Int32Array): void {
    this.#s0 = words[0]!;
    this.#s1 = words[1]!;
    this.#s2 = words[2]!;
    this.#s3 = words[3]!;
  }

  getState(): PCG64State {
    return {
      bitGenerator: 'PCG64',
      state: [this.#s0 >>> 0, this.#s1 >>> 0, this.#s2 >>> 0, this.#s3 >>> 0],
      inc: [this.#i0 >>> 0, this.#i1 >>> 0, this.#i2 >>> 0, this.#i3 >>> 0],
      hasUint32: this.#hasUint32,
      uinteger: this.#uinteger >>> 0,
    };
  }

  /** @throws TypeError when the state is another bit generator's */
  setState(state: PCG64State): void {
    if (state.bitGenerator !== 'PCG64') {
      throw new TypeError(`state must be for a PCG64 RNG, actual: ${String(state.bitGenerator)}`);
    }
    [this.#s0, this.#s1, this.#s2, this.#s3] = state.state.map((x) => x | 0) as [
      number,
      number,
      number,
      number,
    ];
    [this.#i0, this.#i1, this.#i2, this.#i3] = state.inc.map((x) => x | 0) as [
      number,
      number,
      number,
      number,
    ];
    this.#hasUint32 = state.hasUint32;
    this.#uinteger = state.uinteger | 0;
  }
}
