/**
 * NumPy's SeedSequence: any amount of entropy in, well-mixed 32-bit words out.
 *
 * The algorithm is Melissa O'Neill's "Developing a seed_seq Alternative" (2015) as NumPy fixes it: a pool of four words,
 * every word hashed and mixed into every other, then one hash per output word. The hash constants do not depend on the data,
 * only on how often the hash ran, so they are tabulated once.
 */

/** What a generator may be seeded with. Numbers must be safe non-negative integers; use a bigint above 2^53. */
export type Seed = number | bigint | readonly (number | bigint)[];

const POOL_SIZE = 4;
const MIX_LEFT = 0xca01f9dd;
const MIX_RIGHT = 0x4973f715;

function powers(initial: number, multiplier: number, count: number): Int32Array {
  const out = new Int32Array(count);
  out[0] = initial;
  for (let i = 1; i < count; i++) out[i] = Math.imul(out[i - 1]!, multiplier);
  return out;
}

const MULTIPLIER_A = 0x931e8875;
const MULTIPLIER_B = 0x58f38ded;
/** 16 hashes for the first four words and four for each further one. */
const HASH_A = powers(0x43b0d7e5, MULTIPLIER_A, 17);
const HASH_B = powers(0x8b51f9dd, MULTIPLIER_B, 9);

function mix(x: number, y: number): number {
  const value = (Math.imul(MIX_LEFT, x) - Math.imul(MIX_RIGHT, y)) | 0;
  return value ^ (value >>> 16);
}

/** Mixes `count` entropy words into `pool` (four words). Allocation-free: seeding happens in hot loops. */
export function mixEntropy(words: Int32Array, count: number, pool: Int32Array): void {
  for (let i = 0; i < POOL_SIZE; i++) {
    const value = Math.imul((i < count ? words[i]! : 0) ^ HASH_A[i]!, HASH_A[i + 1]!);
    pool[i] = value ^ (value >>> 16);
  }
  let k = POOL_SIZE;
  for (let source = 0; source < POOL_SIZE; source++) {
    for (let target = 0; target < POOL_SIZE; target++) {
      if (source === target) continue;
      const value = Math.imul(pool[source]! ^ HASH_A[k]!, HASH_A[k + 1]!);
      pool[target] = mix(pool[target]!, value ^ (value >>> 16));
      k++;
    }
  }
  if (count > POOL_SIZE) mixFurther(words, count, pool);
}

function mixFurther(words: Int32Array, count: number, pool: Int32Array): void {
  let constant = HASH_A[16]!;
  for (let source = POOL_SIZE; source < count; source++) {
    for (let target = 0; target < POOL_SIZE; target++) {
      let value = words[source]! ^ constant;
      constant = Math.imul(constant, MULTIPLIER_A);
      value = Math.imul(value, constant);
      pool[target] = mix(pool[target]!, value ^ (value >>> 16));
    }
  }
}

/** Word `i` (0 to 7) of the stream that `pool` generates, as a signed 32-bit integer. */
export function generatedWord(pool: Int32Array, i: number): number {
  const value = Math.imul(pool[i & 3]! ^ HASH_B[i]!, HASH_B[i + 1]!);
  return value ^ (value >>> 16);
}

let scratch = new Int32Array(64);

function put(at: number, word: number): number {
  if (at >= scratch.length) {
    const wider = new Int32Array(scratch.length * 2);
    wider.set(scratch);
    scratch = wider;
  }
  scratch[at] = word;
  return at + 1;
}

function putBig(at: number, value: bigint): number {
  if (value < 0n) throw new RangeError(`Seed must be a non-negative integer, actual value: ${value}`);
  let next = put(at, Number(BigInt.asIntN(32, value)));
  for (let rest = value >> 32n; rest > 0n; rest >>= 32n) next = put(next, Number(BigInt.asIntN(32, rest)));
  return next;
}

/** Appends the little-endian 32-bit words of one integer at `at`; zero is one word. Returns the next position. */
function putInteger(at: number, value: number | bigint): number {
  if (typeof value === 'bigint') return putBig(at, value);
  if (value >= 0 && value <= 0xffffffff && Math.floor(value) === value) return put(at, value | 0);
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new RangeError(`Seed must be a non-negative safe integer, actual value: ${String(value)}`);
  }
  return put(put(at, value | 0), Math.floor(value / 0x100000000) | 0);
}

function putSeed(seed: Seed): number {
  if (typeof seed === 'number' || typeof seed === 'bigint') return putInteger(0, seed);
  let count = 0;
  for (let i = 0; i < seed.length; i++) count = putInteger(count, seed[i]!);
  return count;
}

/** Mixes a seed (and the key of a spawned child, padded as NumPy pads it) straight into `pool`. */
export function seedPool(seed: Seed, spawnKey: readonly number[] | null, pool: Int32Array): void {
  let count = putSeed(seed);
  if (spawnKey !== null && spawnKey.length > 0) {
    while (count < POOL_SIZE) count = put(count, 0);
    for (const key of spawnKey) count = putInteger(count, key);
  }
  mixEntropy(scratch, count, pool);
}

/** 128 bits from the operating system, for when no seed is given. */
export function freshEntropy(): bigint {
  const words = globalThis.crypto.getRandomValues(new Uint32Array(4));
  return words.reduce((sum, word) => (sum << 32n) | BigInt(word), 0n);
}

export interface SeedSequenceOptions {
  /** Path of this sequence below its ancestors, as `spawn` builds it. */
  readonly spawnKey?: readonly number[];
  /** How many children were spawned already. */
  readonly childrenSpawned?: number;
}

/**
 * A reproducible source of seeds, bit for bit NumPy's `SeedSequence` with the default pool size.
 *
 * @throws RangeError when an integer of the entropy is negative, fractional or not safe
 */
export class SeedSequence {
  readonly entropy: Seed;
  readonly spawnKey: readonly number[];
  childrenSpawned: number;
  readonly #pool = new Int32Array(POOL_SIZE);

  constructor(entropy: Seed = freshEntropy(), options: SeedSequenceOptions = {}) {
    this.entropy = typeof entropy === 'object' ? [...entropy] : entropy;
    this.spawnKey = [...(options.spawnKey ?? [])];
    this.childrenSpawned = options.childrenSpawned ?? 0;
    seedPool(this.entropy, this.spawnKey, this.#pool);
  }

  /** The four mixed words, shared, not copied. */
  get pool(): Int32Array {
    return this.#pool;
  }

  /** `count` words of 32 bits. */
  generateState(count: number): Uint32Array {
    const out = new Uint32Array(count);
    let constant = HASH_B[0]!;
    for (let i = 0; i < count; i++) {
      let value = this.#pool[i & 3]! ^ constant;
      constant = Math.imul(constant, MULTIPLIER_B);
      value = Math.imul(value, constant);
      out[i] = value ^ (value >>> 16);
    }
    return out;
  }

  /** `count` words of 64 bits, each from two 32-bit words, low word first. */
  generateState64(count: number): BigUint64Array {
    const words = this.generateState(count * 2);
    return BigUint64Array.from(
      { length: count },
      (_, i) => BigInt(words[2 * i]!) | (BigInt(words[2 * i + 1]!) << 32n),
    );
  }

  /** `count` independent children; calling again gives further ones. */
  spawn(count: number): SeedSequence[] {
    const first = this.childrenSpawned;
    this.childrenSpawned += count;
    return Array.from(
      { length: count },
      (_, i) => new SeedSequence(this.entropy, { spawnKey: [...this.spawnKey, first + i] }),
    );
  }
}
