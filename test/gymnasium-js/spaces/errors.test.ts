import {
  Box,
  batchDifferingSpaces,
  Dict,
  Discrete,
  flatdim,
  Graph,
  MultiBinary,
  MultiDiscrete,
  OneOf,
  Sequence,
  type Space,
  Text,
  Tuple,
  unflatten,
} from 'gymnasium-js';
import { describe, expect, it } from 'vitest';

const { POSITIVE_INFINITY: inf, NEGATIVE_INFINITY: ninf } = Number;

describe('what constructors refuse', () => {
  it.each<[() => unknown, string]>([
    [
      () => new Box(0, 1, { dtype: 'float16' as never }),
      'Invalid Box dtype (float16), must be an integer, floating, or bool dtype',
    ],
    [() => new Box(0, 1, { shape: 3 as never }), 'Expected Box shape to be an array, actual type=number'],
    [
      () => new Box(0, 1, { shape: [1.5] }),
      'Expected all Box shape elements to be non-negative integers, actual shape=[1.5]',
    ],
    [
      () => new Box([0, 0], [1, 1, 1]),
      "Box low.shape and high.shape don't match, low.shape=(2,), high.shape=(3,)",
    ],
    [
      () => new Box([0, 0], 1, { shape: [3] }),
      "Box low.shape doesn't match provided shape, low.shape=(2,), shape=(3,)",
    ],
    [() => new Box(Number.NaN, 1), 'No low value can be equal to NaN, low=NaN'],
    [() => new Box(0, [1, Number.NaN]), 'No high value can be equal to NaN, high=NaN'],
    [
      () => new Box(0, 256, { dtype: 'uint8' }),
      'Box high is out of bounds of the dtype range, high=256, max dtype=255',
    ],
    [
      () => new Box(-129, 0, { dtype: 'int8' }),
      'Box low is out of bounds of the dtype range, low=-129, min dtype=-128',
    ],
    [
      () => new Box(ninf, 0, { dtype: 'uint8' }),
      "Box unsigned int dtype don't support `-inf`, low=-Infinity",
    ],
    [() => new Box(0, inf, { dtype: 'bool' }), "Box unsigned int dtype don't support `inf`, high=Infinity"],
    [
      () => new Box([0, 2], [1, 1]),
      'Box all low values must be less than or equal to high (some values break this), low=0,2, high=1,1',
    ],
    [() => new Discrete(0), 'n (counts) have to be positive, actual value: 0'],
    [() => new Discrete(2.5), 'Expects `n` to be an integer, actual: 2.5'],
    [() => new Discrete(2, { start: 0.5 }), 'Expects `start` to be an integer, actual: 0.5'],
    [
      () => new Discrete(2, { dtype: 'float32' as never }),
      'Invalid Discrete dtype (float32), must be an integer dtype',
    ],
    [() => new MultiBinary(0), 'n (counts) have to be positive, got 0'],
    [() => new MultiBinary([2, -1]), 'n (counts) have to be positive, got 2,-1'],
    [() => new MultiDiscrete([2, 0]), 'nvec (counts) have to be positive'],
    [
      () => new MultiDiscrete([2, 3], { start: [1] }),
      'start and nvec (counts) should have the same shape, got (1,) and (2,)',
    ],
    [
      () => new Text(2, { minLength: 3 }),
      'The minLength must be less than or equal to the maxLength, minLength: 3, maxLength: 2',
    ],
    [() => new Text(2, { minLength: -1 }), 'Minimum text length must be non-negative, actual value: -1'],
    [
      () => new Text(2, { charset: new Set(['a', 'bc']) }),
      'Expects all charset elements to be a single character, actual invalid elements: bc',
    ],
    [() => new Tuple([3 as never]), '3 does not inherit from `Space`. Actual Type: number'],
    [() => new OneOf([]), 'Empty `OneOf` spaces are not supported.'],
    [() => new Dict({ a: 3 as never }), "Dict space element is not an instance of Space: key='a', space=3"],
    [
      () => new Sequence(3 as never),
      'Expects the feature space to be instance of a Space, actual type: number',
    ],
    [() => new Graph(3 as never, null), 'Graph expects spaces, actual type: number'],
  ])('%s', (construct, message) => {
    expect(construct).toThrow(message);
  });
});

describe('what sample refuses', () => {
  const discrete = new Discrete(3);
  const multi = new MultiDiscrete([2, 3]);
  it.each<[() => unknown, string]>([
    [
      () => discrete.sample({ mask: [1, 0, 1], probability: [1, 0, 0] }),
      'Only one of `mask` or `probability` can be provided',
    ],
    [
      () => discrete.sample({ mask: 'abc' }),
      'The expected type of the sample mask is an array, actual type: string',
    ],
    [
      () => discrete.sample({ mask: [1, 0] }),
      'The expected shape of the sample mask is (3,), actual shape: (2,)',
    ],
    [
      () => discrete.sample({ mask: [1, 2, 0] }),
      'All values of the sample mask should be 0 or 1, actual values: 1,2,0',
    ],
    [
      () => discrete.sample({ probability: [0.5, 0.6, 0] }),
      'The sum of the sample probability should be equal to 1, actual sum: 1.1',
    ],
    [
      () => discrete.sample({ probability: [1.5, -0.5, 0] }),
      'All values of the sample probability should be between 0 and 1',
    ],
    [
      () => multi.sample({ mask: Uint8Array.of(1, 1) }),
      'Expects a concatenated mask of length 5, actual length: 2',
    ],
    [
      () => multi.sample({ mask: [[1, 1]] }),
      'Expects the mask length to be equal to the number of actions, mask length: 1, nvec length: 2',
    ],
    [
      () => new MultiBinary(2).sample({ mask: [0, 3] }),
      'All values of a mask should be 0, 1 or 2, actual values: 0,3',
    ],
    [() => new Box(0, 1).sample({ mask: [1] }), 'Box.sample cannot be provided a mask, actual value: 1'],
    [
      () => new Box(0, 1).sample({ probability: [1] }),
      'Box.sample cannot be provided a probability mask, actual value: 1',
    ],
    [
      () => new Text(3).sample({ mask: [4, null] }),
      'Expects the Text sample length be between 1 and 3, actual length: 4',
    ],
    [
      () => new Text(3, { charset: 'ab' }).sample({ mask: [null, [0, 0]] }),
      'the character mask is all zero meaning that no character could be sampled',
    ],
    [() => new Tuple([discrete]).sample({ mask: [] }), 'Expected length of `mask` to be 1, actual length: 0'],
    [
      () => new Dict({ a: discrete }).sample({ mask: { b: null } }),
      'Expected sample mask keys to be same as space keys, mask keys: b, space keys: a',
    ],
    [
      () => new Sequence(discrete).sample({ mask: [-1, null] }),
      'Expects the length mask of `mask` to be greater than or equal to zero, actual value: -1',
    ],
    [
      () => new Graph(discrete, null).sample({ numNodes: 0 }),
      'The number of nodes is expected to be greater than 0, actual value: 0',
    ],
    [() => new Dict({ a: discrete }).seed({ b: 1 }), 'The seed keys: b are not identical to space keys: a'],
    [() => new Tuple([discrete]).seed([1, 2]), 'Actual length of seeds: 2, length of subspaces: 1'],
    [() => discrete.seed(-1), 'Seed must be greater or equal to zero, actual value: -1'],
    [() => discrete.seed([1]), 'Discrete.seed expects an integer or null, actual: [1]'],
    [
      () => flatdim(new Sequence(discrete)),
      'cannot be flattened to an array, probably because it contains a `Graph` or `Sequence` subspace',
    ],
    [
      () => unflatten(discrete, [0, 0, 0]),
      '[0, 0, 0] is not a valid one-hot encoded vector and can not be unflattened to space Discrete(3)',
    ],
    [() => batchDifferingSpaces([]), 'Expects a non-empty list of spaces'],
    [
      () => batchDifferingSpaces([discrete as Space<unknown>, multi as Space<unknown>]),
      'Expects all spaces to be of the same type, actual types: Discrete, MultiDiscrete',
    ],
  ])('%s', (call, message) => {
    expect(call).toThrow(message);
  });
});

describe('behaviours worth naming', () => {
  it('an all-zero mask gives the least element and draws nothing', () => {
    const space = new Discrete(4, { start: 5, seed: 1 });
    const before = space.npRandom.getState();
    expect(space.sample({ mask: [0, 0, 0, 0] })).toBe(5);
    expect(space.npRandom.getState()).toEqual(before);
    expect([...new MultiDiscrete([2, 3], { start: [7, 8] }).sample({ mask: new Uint8Array(5) })]).toEqual([
      7, 8,
    ]);
  });

  it('a concatenated mask equals a list of masks', () => {
    const list = new MultiDiscrete([2, 3], { seed: 4 }).sample({
      mask: [
        [0, 1],
        [1, 0, 1],
      ],
    });
    expect(new MultiDiscrete([2, 3], { seed: 4 }).sample({ mask: Uint8Array.of(0, 1, 1, 0, 1) })).toEqual(
      list,
    );
  });

  it('float64 is not in a float32 Box, float32 is in a float64 one, plain numbers in both', () => {
    expect(new Box(0, 1).contains(Float64Array.of(0.5))).toBe(false);
    expect(new Box(0, 1, { dtype: 'float64' }).contains(Float32Array.of(0.5))).toBe(true);
    expect(new Box(0, 1).contains([0.5])).toBe(true);
    expect(new Box(0, 255, { shape: [1], dtype: 'uint8' }).contains(Int8Array.of(1))).toBe(false);
    expect(new Box(0, 1).contains(Float32Array.of(0.5, 0.5))).toBe(false);
  });

  it('Sequence lengths are geometric with mean 4', () => {
    const space = new Sequence(new Discrete(2), { seed: 1 });
    const lengths = Array.from({ length: 4000 }, () => (space.sample() as unknown[]).length);
    const mean = lengths.reduce((a, b) => a + b, 0) / lengths.length;
    expect(Math.min(...lengths)).toBe(1);
    // The standard deviation of the mean is sqrt(12 / 4000) = 0.055.
    expect(Math.abs(mean - 4)).toBeLessThan(0.25);
  });

  it('seeding a composite space seeds its parts, by number or each by its own', () => {
    const space = new Dict({ a: new Discrete(100), b: new Tuple([new Discrete(100), new Discrete(100)]) });
    const seeds = space.seed(9) as { a: number; b: number[] };
    const first = space.sample();
    space.seed({ a: seeds.a, b: seeds.b as never });
    // The Tuple was seeded by a number that it does not give back; its parts' seeds are what it returns.
    expect(space.sample()).toEqual(first);
  });

  it('prints as Gymnasium does', () => {
    expect(String(new Box(-1, 2, { shape: [3, 4] }))).toBe('Box(-1.0, 2.0, (3, 4), float32)');
    expect(String(new Box(ninf, inf))).toBe('Box(-inf, inf, (1,), float32)');
    expect(String(new Box([-1, -2], [2, 4]))).toBe('Box([-1. -2.], [2. 4.], (2,), float32)');
    expect(String(new Box(0, 255, { shape: [2], dtype: 'uint8' }))).toBe('Box(0, 255, (2,), uint8)');
    expect(String(new Discrete(3, { start: 2 }))).toBe('Discrete(3, start=2)');
    expect(
      String(
        new MultiDiscrete([
          [1, 2],
          [3, 4],
        ]),
      ),
    ).toBe('MultiDiscrete([[1 2] [3 4]])');
    expect(String(new MultiBinary([2, 3]))).toBe('MultiBinary((2, 3))');
    expect(String(new Text(3, { charset: 'cab' }))).toBe('Text(1, 3, charset=abc)');
    expect(String(new Dict({ b: new Discrete(2), a: new OneOf([new Discrete(3)]) }))).toBe(
      "Dict('a': OneOf(Discrete(3)), 'b': Discrete(2))",
    );
    expect(String(new Graph(new Discrete(2), null))).toBe('Graph(Discrete(2), None)');
  });

  it('isBounded looks at each side', () => {
    const half = new Box([0, ninf], [inf, 1]);
    expect([half.isBounded(), half.isBounded('below'), half.isBounded('above')]).toEqual([
      false,
      false,
      false,
    ]);
    expect(new Box(0, inf).isBounded('below')).toBe(true);
    expect(() => half.isBounded('sideways' as never)).toThrow(
      "manner is not in {'below', 'above', 'both'}, actual value: sideways",
    );
  });

  it('64-bit boxes hold bigints', () => {
    const box = new Box(-(2n ** 62n), 2n ** 62n, { shape: [4], dtype: 'int64', seed: 2 });
    const sample = box.sample();
    expect(sample).toBeInstanceOf(BigInt64Array);
    expect(box.contains(sample)).toBe(true);
    expect(box.contains(BigInt64Array.of(0n, 0n, 0n, 2n ** 62n + 1n))).toBe(false);
  });
});
