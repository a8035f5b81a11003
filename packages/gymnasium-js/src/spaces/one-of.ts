import type { Generator } from '../random/index.js';
import { checkSampleOptions, type SampleOptions, Space, type SpaceSeed } from './space.js';
import { checkSpaces, readParts, type SpaceList, SUBSEED_LIMIT } from './tuple.js';

export type OneOfElement<S extends SpaceList> = [
  index: number,
  value: S[number] extends Space<infer T> ? T : never,
];

/**
 * A choice between spaces. Elements are `[index of the space, element of it]`.
 *
 * Masks and probabilities are lists with one entry for each space.
 *
 * @throws RangeError when there is no space to choose
 */
export class OneOf<const S extends SpaceList = SpaceList> extends Space<OneOfElement<S>> {
  readonly spaces: S;

  constructor(spaces: S, options: { readonly seed?: SpaceSeed | Generator } = {}) {
    super(null, null);
    this.spaces = checkSpaces(spaces) as S;
    if (this.spaces.length === 0) throw new RangeError('Empty `OneOf` spaces are not supported.');
    this.initSeed(options.seed);
  }

  get length(): number {
    return this.spaces.length;
  }

  override get isFlattenable(): boolean {
    return this.spaces.every((space) => space.isFlattenable);
  }

  /** An integer seeds this space and, by draws, its parts; a list gives this space's seed, then one for each part. */
  override seed(seed: SpaceSeed = null): SpaceSeed {
    if (seed === null) return [super.seed(null), ...this.spaces.map((space) => space.seed(null))];
    if (typeof seed !== 'object') {
      const own = super.seed(seed);
      const subseeds = this.spaces.map(() => this.npRandom.integers(SUBSEED_LIMIT));
      super.seed(seed);
      return [own, ...this.spaces.map((space, i) => space.seed(subseeds[i]!))];
    }
    if (!Array.isArray(seed))
      throw new TypeError(`Expected null, integer, or array of integers, actual: ${JSON.stringify(seed)}`);
    if (seed.length !== this.spaces.length + 1) {
      throw new RangeError(
        `Expects that the subspaces of seeds equals the number of subspaces + 1. Actual length of seeds: ${seed.length}, length of subspaces: ${this.spaces.length}`,
      );
    }
    const [own, ...rest] = seed as SpaceSeed[];
    return [super.seed(own), ...this.spaces.map((space, i) => space.seed(rest[i]!))];
  }

  override sample(options: SampleOptions = {}): OneOfElement<S> {
    const index = this.npRandom.integers(this.length);
    checkSampleOptions(options);
    const masks = readParts(options.mask, 'mask', this.length);
    const weights = readParts(options.probability, 'probability', this.length);
    const value = this.spaces[index]!.sample({ mask: masks?.[index], probability: weights?.[index] });
    return [index, value] as OneOfElement<S>;
  }

  override contains(x: unknown): x is OneOfElement<S> {
    if (!Array.isArray(x) || x.length !== 2) return false;
    const [index, value] = x as [unknown, unknown];
    const space = typeof index === 'number' ? this.spaces[index] : undefined;
    return space?.contains(value) ?? false;
  }

  override toJsonable(samples: readonly OneOfElement<S>[]): unknown[] {
    return samples.map(([index, value]) => [index, this.spaces[index]!.toJsonable([value])]);
  }

  override fromJsonable(data: unknown): OneOfElement<S>[] {
    const list = data as readonly [number, unknown][];
    return list.map(([index, json]) => [
      index,
      this.spaces[index]!.fromJsonable(json)[0],
    ]) as OneOfElement<S>[];
  }

  override placeholder(): unknown {
    return [0, this.spaces[0]!.placeholder()];
  }

  override copy(): OneOf<S> {
    return this.copyRandomTo(new OneOf(this.spaces.map((space) => space.copy()) as unknown as S));
  }

  override equals(other: unknown): boolean {
    return (
      other instanceof OneOf &&
      other.length === this.length &&
      this.spaces.every((space, i) => space.equals(other.spaces[i]))
    );
  }

  override toString(): string {
    return `OneOf(${this.spaces.join(', ')})`;
  }
}
