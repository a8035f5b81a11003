import type { Generator } from '../random/index.js';
import { checkSampleOptions, type SampleOptions, Space, type SpaceSeed } from './space.js';

export type SpaceList = readonly Space<unknown>[];

export type TupleElement<S extends SpaceList> = {
  -readonly [K in keyof S]: S[K] extends Space<infer T> ? T : never;
};

/** @throws TypeError when something in the list is no space */
export function checkSpaces(spaces: unknown): SpaceList {
  if (!Array.isArray(spaces)) throw new TypeError(`${String(spaces)} is not an array`);
  for (const space of spaces) {
    if (!(space instanceof Space)) {
      throw new TypeError(`${String(space)} does not inherit from \`Space\`. Actual Type: ${typeof space}`);
    }
  }
  return [...spaces];
}

/** A list of masks, one for each of `n` parts; null without a mask. */
export function readParts(value: unknown, what: string, n: number): readonly unknown[] | null {
  if (value === undefined || value === null) return null;
  if (!Array.isArray(value))
    throw new TypeError(`Expected type of \`${what}\` to be an array, actual type: ${typeof value}`);
  if (value.length !== n) {
    throw new RangeError(`Expected length of \`${what}\` to be ${n}, actual length: ${value.length}`);
  }
  return value;
}

/** Largest seed that a composite space draws for a part, exclusive: NumPy's int32 maximum. */
export const SUBSEED_LIMIT = 2147483647;

/**
 * A product of spaces in order. Elements are arrays with one entry for each part.
 *
 * @throws TypeError when a part is no space
 */
export class Tuple<const S extends SpaceList = SpaceList> extends Space<TupleElement<S>> {
  readonly spaces: S;

  constructor(spaces: S, options: { readonly seed?: SpaceSeed | Generator } = {}) {
    super(null, null);
    this.spaces = checkSpaces(spaces) as S;
    this.initSeed(options.seed);
  }

  get length(): number {
    return this.spaces.length;
  }

  override get isFlattenable(): boolean {
    return this.spaces.every((space) => space.isFlattenable);
  }

  /** An integer seeds this space, which then draws a seed for each part; a list gives each part its own. */
  override seed(seed: SpaceSeed = null): SpaceSeed {
    if (seed === null) return this.spaces.map((space) => space.seed(null));
    if (typeof seed !== 'object') {
      super.seed(seed);
      const subseeds = this.spaces.map(() => this.npRandom.integers(SUBSEED_LIMIT));
      return this.spaces.map((space, i) => space.seed(subseeds[i]!));
    }
    if (!Array.isArray(seed)) {
      throw new TypeError(`Expected seed type: array, integer or null, actual: ${JSON.stringify(seed)}`);
    }
    if (seed.length !== this.spaces.length) {
      throw new RangeError(
        `Expects that the subspaces of seeds equals the number of subspaces. Actual length of seeds: ${seed.length}, length of subspaces: ${this.spaces.length}`,
      );
    }
    return this.spaces.map((space, i) => space.seed(seed[i] as SpaceSeed));
  }

  override sample(options: SampleOptions = {}): TupleElement<S> {
    checkSampleOptions(options);
    const masks = readParts(options.mask, 'mask', this.length);
    const weights = readParts(options.probability, 'probability', this.length);
    return this.spaces.map((space, i) =>
      space.sample({ mask: masks?.[i], probability: weights?.[i] }),
    ) as TupleElement<S>;
  }

  override contains(x: unknown): x is TupleElement<S> {
    return (
      Array.isArray(x) &&
      x.length === this.length &&
      this.spaces.every((space, i) => space.contains(x[i] as unknown))
    );
  }

  override toJsonable(samples: readonly TupleElement<S>[]): unknown[] {
    return this.spaces.map((space, i) =>
      space.toJsonable(samples.map((sample) => (sample as readonly unknown[])[i])),
    );
  }

  override fromJsonable(data: unknown): TupleElement<S>[] {
    const columns = this.spaces.map((space, i) => space.fromJsonable((data as readonly unknown[])[i]));
    const count = columns[0]?.length ?? 0;
    return Array.from({ length: count }, (_, row) =>
      columns.map((column) => column[row]),
    ) as TupleElement<S>[];
  }

  override placeholder(): unknown {
    return this.spaces.map((space) => space.placeholder());
  }

  override copy(): Tuple<S> {
    return this.copyRandomTo(new Tuple(this.spaces.map((space) => space.copy()) as unknown as S));
  }

  override equals(other: unknown): boolean {
    return (
      other instanceof Tuple &&
      other.length === this.length &&
      this.spaces.every((space, i) => space.equals(other.spaces[i]))
    );
  }

  override toString(): string {
    return `Tuple(${this.spaces.join(', ')})`;
  }
}

/** Narrows without losing the element types to `any`, as `instanceof` would. */
export function isTuple(space: unknown): space is Tuple {
  return space instanceof Tuple;
}
