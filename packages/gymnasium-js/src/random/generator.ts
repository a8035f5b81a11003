/** NumPy's `Generator` over PCG64, bit for bit: same seed, same numbers as `numpy.random.default_rng(seed)`. */
import { bounded64, boundedSafe, NarrowDraws } from './bounded.js';
import {
  checkProbabilities,
  shuffleInPlace,
  uniformDistinct,
  weightedDistinct,
  weightedIndex,
  weightedIndices,
} from './choice.js';
import { PCG64, type PCG64State } from './pcg64.js';
import { freshEntropy, type Seed, SeedSequence } from './seed-sequence.js';
import { geometric, standardExponential, standardNormal } from './ziggurat.js';

/** A count, or a shape whose product is the count; results are flat and row-major. */
export type Size = number | readonly number[];

/** dtypes of `integers`; they fix the range, the array type and how much of the stream a draw eats. */
export type IntegersDtype =
  | 'bool'
  | 'int8'
  | 'uint8'
  | 'int16'
  | 'uint16'
  | 'int32'
  | 'uint32'
  | 'int64'
  | 'uint64';

export interface IntegerArrays {
  bool: Uint8Array;
  int8: Int8Array;
  uint8: Uint8Array;
  int16: Int16Array;
  uint16: Uint16Array;
  int32: Int32Array;
  uint32: Uint32Array;
  int64: BigInt64Array;
  uint64: BigUint64Array;
}

interface DtypeFacts {
  readonly min: bigint;
  readonly max: bigint;
  /** Width of a draw where it is below 32 bits. */
  readonly narrow: 1 | 8 | 16 | null;
  readonly make: (n: number) => IntegerArrays[IntegersDtype];
}

const FACTS: Readonly<Record<IntegersDtype, DtypeFacts>> = {
  bool: { min: 0n, max: 1n, narrow: 1, make: (n) => new Uint8Array(n) },
  int8: { min: -128n, max: 127n, narrow: 8, make: (n) => new Int8Array(n) },
  uint8: { min: 0n, max: 255n, narrow: 8, make: (n) => new Uint8Array(n) },
  int16: { min: -32768n, max: 32767n, narrow: 16, make: (n) => new Int16Array(n) },
  uint16: { min: 0n, max: 65535n, narrow: 16, make: (n) => new Uint16Array(n) },
  int32: { min: -(1n << 31n), max: (1n << 31n) - 1n, narrow: null, make: (n) => new Int32Array(n) },
  uint32: { min: 0n, max: (1n << 32n) - 1n, narrow: null, make: (n) => new Uint32Array(n) },
  int64: { min: -(1n << 63n), max: (1n << 63n) - 1n, narrow: null, make: (n) => new BigInt64Array(n) },
  uint64: { min: 0n, max: (1n << 64n) - 1n, narrow: null, make: (n) => new BigUint64Array(n) },
};

export interface IntegersOptions {
  /** Include `high`. */
  readonly endpoint?: boolean;
  /** Default `int64`. */
  readonly dtype?: IntegersDtype;
}

export interface ChoiceOptions {
  /** Default true. */
  readonly replace?: boolean;
  /** Probability of each item; must sum to 1. */
  readonly p?: ArrayLike<number>;
  /** Without replacement: shuffle the result (default true; false is faster). */
  readonly shuffle?: boolean;
}

/** Everything a generator is: where its stream stands and what its next children will be. Survives JSON. */
export interface GeneratorState extends PCG64State {
  /** The seed: integers as decimal strings, an array when it was one; null when only the stream is known. */
  readonly entropy: string | readonly string[];
  readonly spawnKey: readonly number[];
  readonly childrenSpawned: number;
}

function count(size: Size): number {
  return typeof size === 'number' ? size : size.reduce((product, n) => product * n, 1);
}

function nonNegative(value: number, name: string): void {
  if (!(value >= 0)) throw new RangeError(`${name} < 0, actual value: ${value}`);
}

/**
 * Draws from the distributions that reinforcement learning needs. Make one with {@link defaultRng}.
 *
 * Every method without `size` returns one number, with `size` a flat array. Normal, exponential and geometric draws use the
 * runtime's `exp` and `log1p` in their rare branches (about 1 % and 0.03 % of draws); all others use IEEE operations only.
 */
export class Generator {
  readonly bitGenerator: PCG64;
  #seed: Seed;
  #spawnKey: readonly number[];
  #childrenSpawned: number;

  constructor(seed: Seed | SeedSequence) {
    this.bitGenerator = new PCG64(seed);
    if (seed instanceof SeedSequence) {
      this.#seed = seed.entropy;
      this.#spawnKey = seed.spawnKey;
      this.#childrenSpawned = seed.childrenSpawned;
    } else {
      this.#seed = typeof seed === 'object' ? seed.slice() : seed;
      this.#spawnKey = NO_KEY;
      this.#childrenSpawned = 0;
    }
  }

  /** The seed this generator was made with. */
  get seed(): Seed {
    return this.#seed;
  }

  #fill(size: Size, draw: () => number): Float64Array {
    const out = new Float64Array(count(size));
    for (let i = 0; i < out.length; i++) out[i] = draw();
    return out;
  }

  /** Uniform on [0, 1). */
  random(): number;
  random(size: Size): Float64Array;
  random(size?: Size): number | Float64Array {
    const bits = this.bitGenerator;
    if (size === undefined) return bits.nextDouble();
    return this.#fill(size, () => bits.nextDouble());
  }

  /** Uniform on [0, 1) with float32's 24 bits; two draws eat one 64-bit word. */
  randomFloat32(): number {
    return (this.bitGenerator.next32() >>> 8) * 2 ** -24;
  }

  /** Uniform on [low, high): `low + (high - low) × random()`. */
  uniform(low?: number, high?: number): number;
  uniform(low: number, high: number, size: Size): Float64Array;
  uniform(low = 0, high = 1, size?: Size): number | Float64Array {
    const bits = this.bitGenerator;
    const range = high - low;
    if (!Number.isFinite(range))
      throw new RangeError(`high - low range exceeds valid bounds, actual: ${low}, ${high}`);
    if (size === undefined) return low + range * bits.nextDouble();
    return this.#fill(size, () => low + range * bits.nextDouble());
  }

  /** Normal with mean `loc` and standard deviation `scale`. */
  normal(loc?: number, scale?: number): number;
  normal(loc: number, scale: number, size: Size): Float64Array;
  normal(loc = 0, scale = 1, size?: Size): number | Float64Array {
    nonNegative(scale, 'scale');
    const bits = this.bitGenerator;
    if (size === undefined) return loc + scale * standardNormal(bits);
    return this.#fill(size, () => loc + scale * standardNormal(bits));
  }

  standardNormal(): number;
  standardNormal(size: Size): Float64Array;
  standardNormal(size?: Size): number | Float64Array {
    const bits = this.bitGenerator;
    return size === undefined ? standardNormal(bits) : this.#fill(size, () => standardNormal(bits));
  }

  /** exp of a normal; equal to NumPy's up to the last bit of the runtime's `exp`. */
  lognormal(mean?: number, sigma?: number): number;
  lognormal(mean: number, sigma: number, size: Size): Float64Array;
  lognormal(mean = 0, sigma = 1, size?: Size): number | Float64Array {
    nonNegative(sigma, 'sigma');
    const bits = this.bitGenerator;
    if (size === undefined) return Math.exp(mean + sigma * standardNormal(bits));
    return this.#fill(size, () => Math.exp(mean + sigma * standardNormal(bits)));
  }

  /** Exponential with mean `scale`. */
  exponential(scale?: number): number;
  exponential(scale: number, size: Size): Float64Array;
  exponential(scale = 1, size?: Size): number | Float64Array {
    nonNegative(scale, 'scale');
    const bits = this.bitGenerator;
    if (size === undefined) return scale * standardExponential(bits);
    return this.#fill(size, () => scale * standardExponential(bits));
  }

  /** Trials up to and including the first success of probability `p` in (0, 1]. */
  geometric(p: number): number;
  geometric(p: number, size: Size): Float64Array;
  geometric(p: number, size?: Size): number | Float64Array {
    if (!(p > 0 && p <= 1)) throw new RangeError(`p <= 0, p > 1 or p is NaN, actual value: ${p}`);
    const bits = this.bitGenerator;
    return size === undefined ? geometric(bits, p) : this.#fill(size, () => geometric(bits, p));
  }

  /**
   * Uniform integers on [low, high), or [0, low) when `high` is null or missing; `endpoint` includes the upper end.
   * Numbers in, numbers out; with a bigint bound the result is a bigint (for ranges beyond 2^53).
   *
   * @throws RangeError when a bound does not fit the dtype, or the range is empty
   */
  integers(low: number, high?: number | null, options?: IntegersOptions): number;
  integers(low: bigint, high?: bigint | null, options?: IntegersOptions): bigint;
  integers(low: number | bigint, high?: number | bigint | null, options?: IntegersOptions): number | bigint {
    const endpoint = options?.endpoint === true;
    const dtype = options?.dtype;
    if (typeof low === 'number' && typeof high !== 'bigint' && dtype === undefined) {
      const first = high === undefined || high === null ? 0 : low;
      const last = (high === undefined || high === null ? low : high) - (endpoint ? 0 : 1);
      const range = last - first;
      if (range >= 0 && range <= Number.MAX_SAFE_INTEGER && Number.isSafeInteger(first)) {
        return first + boundedSafe(this.bitGenerator, Math.floor(range));
      }
    }
    const { first, range, facts } = this.#range(low, high, endpoint, dtype ?? 'int64');
    const offset =
      facts.narrow === null
        ? bounded64(this.bitGenerator, range)
        : BigInt(new NarrowDraws(this.bitGenerator, facts.narrow).bounded(Number(range)));
    const value = first + offset;
    return typeof low === 'bigint' ? value : Number(value);
  }

  /** Like {@link integers}, many at once, in a typed array of the dtype (default `int64`: a `BigInt64Array`). */
  integersArray<D extends IntegersDtype = 'int64'>(
    low: number | bigint,
    high: number | bigint | null,
    size: Size,
    options?: { readonly endpoint?: boolean; readonly dtype?: D },
  ): IntegerArrays[D] {
    const dtype = options?.dtype ?? 'int64';
    const { first, range, facts } = this.#range(low, high, options?.endpoint === true, dtype);
    const n = count(size);
    const out = facts.make(n);
    if (out instanceof BigInt64Array || out instanceof BigUint64Array) {
      for (let i = 0; i < n; i++) out[i] = first + bounded64(this.bitGenerator, range);
    } else {
      const span = Number(range);
      const base = Number(first);
      const narrow = facts.narrow === null ? null : new NarrowDraws(this.bitGenerator, facts.narrow);
      for (let i = 0; i < n; i++) {
        out[i] = base + (narrow === null ? boundedSafe(this.bitGenerator, span) : narrow.bounded(span));
      }
    }
    return out as IntegerArrays[D];
  }

  #range(
    low: number | bigint,
    high: number | bigint | null | undefined,
    endpoint: boolean,
    dtype: IntegersDtype,
  ) {
    const facts = FACTS[dtype];
    const first = high === undefined || high === null ? 0n : BigInt(low);
    const last = BigInt(high === undefined || high === null ? low : high) - (endpoint ? 0n : 1n);
    if (first < facts.min) throw new RangeError(`low is out of bounds for ${dtype}, actual value: ${first}`);
    if (last > facts.max) throw new RangeError(`high is out of bounds for ${dtype}, actual value: ${last}`);
    if (first > last) {
      const sign = endpoint ? '>' : '>=';
      throw new RangeError(`low ${sign} high, actual values: ${first} and ${last + (endpoint ? 0n : 1n)}`);
    }
    return { first, range: last - first, facts };
  }

  /** One item of `a` (or one integer below `a`). */
  choice(a: number, options?: ChoiceOptions): number;
  choice<T>(a: readonly T[], options?: ChoiceOptions): T;
  choice<T>(a: number | readonly T[], options?: ChoiceOptions): number | T {
    const n = typeof a === 'number' ? a : a.length;
    if (!(n > 0)) throw new RangeError('a cannot be empty');
    let index: number;
    if (options?.p !== undefined) {
      checkProbabilities(options.p, n);
      index = weightedIndex(this.bitGenerator, options.p);
    } else if (options?.replace === false) {
      index = uniformDistinct(this.bitGenerator, n, 1, options.shuffle !== false)[0]!;
    } else {
      index = boundedSafe(this.bitGenerator, n - 1);
    }
    return typeof a === 'number' ? index : a[index]!;
  }

  /**
   * `size` items of `a` (or integers below `a`), with replacement unless `replace: false`.
   *
   * @throws RangeError when `p` is no probability vector or more distinct items are asked for than there are
   */
  choices(a: number, size: Size, options?: ChoiceOptions): number[];
  choices<T>(a: readonly T[], size: Size, options?: ChoiceOptions): T[];
  choices<T>(a: number | readonly T[], size: Size, options: ChoiceOptions = {}): (number | T)[] {
    const n = typeof a === 'number' ? a : a.length;
    const k = count(size);
    if (!(n > 0) && k > 0) throw new RangeError('a cannot be empty unless no samples are taken');
    const indices = this.#indices(n, k, options);
    return typeof a === 'number' ? indices : indices.map((i) => a[i]!);
  }

  #indices(n: number, k: number, { p, replace = true, shuffle = true }: ChoiceOptions): number[] {
    const bits = this.bitGenerator;
    if (p !== undefined) checkProbabilities(p, n);
    if (replace) {
      return p === undefined
        ? Array.from({ length: k }, () => boundedSafe(bits, n - 1))
        : weightedIndices(bits, p, k);
    }
    if (k > n)
      throw new RangeError(`Cannot take a larger sample than population when replace is false: ${k} > ${n}`);
    return p === undefined ? uniformDistinct(bits, n, k, shuffle) : weightedDistinct(bits, p, k);
  }

  /** A shuffled copy, or the integers below `a` in random order. */
  permutation(a: number): number[];
  permutation<T>(a: ArrayLike<T>): T[];
  permutation<T>(a: number | ArrayLike<T>): (number | T)[] {
    const items = typeof a === 'number' ? Array.from({ length: a }, (_, i) => i) : Array.from(a);
    shuffleInPlace(this.bitGenerator, items, items.length);
    return items;
  }

  /** Shuffles an array or a typed array in place. */
  shuffle(items: { length: number; [index: number]: unknown }): void {
    shuffleInPlace(this.bitGenerator, items, items.length);
  }

  /** `n` independent child generators, from the seed alone: what was drawn before does not matter. */
  spawn(n: number): Generator[] {
    const parent = new SeedSequence(this.#seed, {
      spawnKey: this.#spawnKey,
      childrenSpawned: this.#childrenSpawned,
    });
    this.#childrenSpawned += n;
    return parent.spawn(n).map((child) => new Generator(child));
  }

  getState(): GeneratorState {
    const seed = this.#seed;
    return {
      ...this.bitGenerator.getState(),
      entropy: typeof seed === 'object' ? seed.map(String) : String(seed),
      spawnKey: this.#spawnKey,
      childrenSpawned: this.#childrenSpawned,
    };
  }

  /** Continues from a saved state: draws and children equal those of the generator that was saved. */
  setState(state: GeneratorState): void {
    this.bitGenerator.setState(state);
    this.#seed = typeof state.entropy === 'string' ? BigInt(state.entropy) : state.entropy.map(BigInt);
    this.#spawnKey = [...state.spawnKey];
    this.#childrenSpawned = state.childrenSpawned;
  }

  /** A generator in a saved state. */
  static fromState(state: GeneratorState): Generator {
    const generator = new Generator(0);
    generator.setState(state);
    return generator;
  }
}

const NO_KEY: readonly number[] = [];

/**
 * A generator seeded as `numpy.random.default_rng` seeds it. `defaultRng([a, b, c])` keys a stream by several integers and costs
 * well under a microsecond; without a seed it takes 128 bits from the operating system.
 *
 * @throws RangeError when an integer is negative, fractional or unsafe
 */
export function defaultRng(seed?: Seed | SeedSequence | null): Generator {
  return new Generator(seed ?? freshEntropy());
}
