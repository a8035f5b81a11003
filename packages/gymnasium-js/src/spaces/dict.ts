import type { Generator } from '../random/index.js';
import { checkSampleOptions, type SampleOptions, Space, type SpaceSeed } from './space.js';
import { SUBSEED_LIMIT } from './tuple.js';

export type SpaceMap = Readonly<Record<string, Space<unknown>>>;

/** The element type of a space. */
export type ElementOf<S> = S extends Space<infer T> ? T : never;

export type DictElement<S extends SpaceMap> = { [K in keyof S]: ElementOf<S[K]> };

export interface DictOptions {
  readonly seed?: SpaceSeed | Generator;
  /** Order the parts by key, as Gymnasium does by default; it decides the order of draws and of flattening. Default true. */
  readonly sortKeys?: boolean;
}

function record(value: unknown, what: string, keys: readonly string[]): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new TypeError(`Expected sample ${what} to be an object, actual type: ${typeof value}`);
  }
  const actual = Object.keys(value);
  if (actual.length !== keys.length || !keys.every((key) => actual.includes(key))) {
    throw new RangeError(
      `Expected sample ${what} keys to be same as space keys, mask keys: ${actual.join(', ')}, space keys: ${keys.join(', ')}`,
    );
  }
  return value as Record<string, unknown>;
}

/**
 * A product of named spaces. Elements are plain objects with the same keys.
 *
 * @throws TypeError when a part is no space
 */
export class Dict<S extends SpaceMap = SpaceMap> extends Space<DictElement<S>> {
  readonly spaces: S;
  readonly keys: readonly string[];

  constructor(spaces: S, options: DictOptions = {}) {
    super(null, null);
    const entries = Object.entries(spaces);
    // By code unit, as Python compares strings of the basic plane.
    if (options.sortKeys !== false) entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    for (const [key, space] of entries) {
      if (!(space instanceof Space)) {
        throw new TypeError(
          `Dict space element is not an instance of Space: key='${key}', space=${String(space)}`,
        );
      }
    }
    this.spaces = Object.fromEntries(entries) as S;
    this.keys = entries.map(([key]) => key);
    this.initSeed(options.seed);
  }

  /** The space of one key. */
  get<K extends keyof S & string>(key: K): S[K] {
    return this.spaces[key];
  }

  override get isFlattenable(): boolean {
    return this.keys.every((key) => this.spaces[key]!.isFlattenable);
  }

  /** An integer seeds this space, which then draws a seed for each part; an object gives each part its own. */
  override seed(seed: SpaceSeed = null): SpaceSeed {
    if (seed === null) return this.#each((key) => this.spaces[key]!.seed(null));
    if (typeof seed !== 'object') {
      super.seed(seed);
      const subseeds = this.keys.map(() => this.npRandom.integers(SUBSEED_LIMIT));
      return this.#each((key, i) => this.spaces[key]!.seed(subseeds[i]!));
    }
    const seeds = seed as Readonly<Record<string, SpaceSeed>>;
    const given = Object.keys(seeds);
    if (
      Array.isArray(seed) ||
      given.length !== this.keys.length ||
      !this.keys.every((key) => given.includes(key))
    ) {
      throw new RangeError(
        `The seed keys: ${given.join(', ')} are not identical to space keys: ${this.keys.join(', ')}`,
      );
    }
    return this.#each((key) => this.spaces[key]!.seed(seeds[key]!));
  }

  #each<T>(of: (key: string, i: number) => T): Record<string, T> {
    return Object.fromEntries(this.keys.map((key, i) => [key, of(key, i)]));
  }

  override sample(options: SampleOptions = {}): DictElement<S> {
    checkSampleOptions(options);
    const { mask, probability } = options;
    const masks = mask === undefined || mask === null ? null : record(mask, 'mask', this.keys);
    const weights =
      probability === undefined || probability === null
        ? null
        : record(probability, 'probability mask', this.keys);
    return this.#each((key) =>
      this.spaces[key]!.sample({ mask: masks?.[key], probability: weights?.[key] }),
    ) as DictElement<S>;
  }

  override contains(x: unknown): x is DictElement<S> {
    if (typeof x !== 'object' || x === null || Array.isArray(x) || ArrayBuffer.isView(x)) return false;
    const value = x as Record<string, unknown>;
    return (
      Object.keys(value).length === this.keys.length &&
      this.keys.every((key) => Object.hasOwn(value, key) && this.spaces[key]!.contains(value[key]))
    );
  }

  override toJsonable(samples: readonly DictElement<S>[]): Record<string, unknown> {
    return this.#each((key) => this.spaces[key]!.toJsonable(samples.map((sample) => sample[key as keyof S])));
  }

  override fromJsonable(data: unknown): DictElement<S>[] {
    const columns = this.#each((key) =>
      this.spaces[key]!.fromJsonable((data as Record<string, unknown>)[key]),
    );
    const count = this.keys.length === 0 ? 0 : columns[this.keys[0]!]!.length;
    return Array.from({ length: count }, (_, i) => this.#each((key) => columns[key]![i])) as DictElement<S>[];
  }

  override placeholder(): unknown {
    return this.#each((key) => this.spaces[key]!.placeholder());
  }

  override copy(): Dict<S> {
    const parts = this.#each((key) => this.spaces[key]!.copy()) as unknown as S;
    return this.copyRandomTo(new Dict(parts, { sortKeys: false }));
  }

  override equals(other: unknown): boolean {
    return (
      other instanceof Dict &&
      other.keys.length === this.keys.length &&
      this.keys.every((key) => other.keys.includes(key) && this.spaces[key]!.equals(other.spaces[key]))
    );
  }

  override toString(): string {
    return `Dict(${this.keys.map((key) => `'${key}': ${this.spaces[key]}`).join(', ')})`;
  }
}

/** Narrows without losing the element types to `any`, as `instanceof` would. */
export function isDict(space: unknown): space is Dict {
  return space instanceof Dict;
}
