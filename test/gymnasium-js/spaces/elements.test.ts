import { Box, Discrete, DTYPES, MultiBinary, MultiDiscrete, Text } from 'gymnasium-js';
import { describe, expect, it } from 'vitest';

const { POSITIVE_INFINITY: inf, NEGATIVE_INFINITY: ninf } = Number;

describe('what a space holds', () => {
  it('Discrete: integers of its range, from its start', () => {
    const space = new Discrete(3, { start: -1 });
    expect([-2, -1, 0, 1, 2].map((x) => space.contains(x))).toEqual([false, true, true, true, false]);
    for (const odd of [0.5, '0', Number.NaN, null, [0]]) expect(space.contains(odd as never)).toBe(false);
  });

  it('Text: characters of its set, in a length of its range', () => {
    const space = new Text(3, { minLength: 2, charset: 'ab' });
    expect(['a', 'ab', 'bab', 'abab', 'ac', ''].map((x) => space.contains(x))).toEqual([
      false,
      true,
      true,
      false,
      false,
      false,
    ]);
    for (let i = 0; i < 50; i++) expect(space.sample()).toMatch(/^[ab]{2,3}$/);
  });

  it('MultiDiscrete and MultiBinary: arrays of their length and range', () => {
    const several = new MultiDiscrete([2, 3], { start: [0, 5] });
    expect([[1, 7], [1, 8], [2, 5], [1], [0, 5, 0]].map((x) => several.contains(Int32Array.from(x)))).toEqual(
      [true, false, false, false, false],
    );
    const bits = new MultiBinary(2);
    expect([[0, 1], [0, 2], [1]].map((x) => bits.contains(Int8Array.from(x)))).toEqual([true, false, false]);
  });

  it.each(DTYPES)('Box of %s: samples are its typed arrays, within bounds', (dtype) => {
    const space = new Box(0, 1, { shape: [2, 3], dtype, seed: 1 });
    const sample = space.sample();
    expect(space.low.constructor).toBe(sample.constructor);
    expect(sample).toHaveLength(6);
    expect(space.contains(sample)).toBe(true);
  });
});

describe('open bounds of a Box', () => {
  const many = (low: number, high: number) => {
    const space = new Box(low, high, { shape: [2000], seed: 3 });
    const sample = space.sample();
    expect(space.contains(sample)).toBe(true);
    return sample.reduce((sum, x) => sum + x, 0) / sample.length;
  };

  it('below: exponential from the upper bound down; above: from the lower one up; both: normal', () => {
    // Means of 2,000 draws of standard deviation 1: their standard error is 0.022.
    expect(Math.abs(many(ninf, 3) - 2)).toBeLessThan(0.1);
    expect(Math.abs(many(-2, inf) + 1)).toBeLessThan(0.1);
    expect(Math.abs(many(ninf, inf) - 0)).toBeLessThan(0.1);
  });

  it('of integers: floors, within the dtype', () => {
    for (const [low, high] of [
      [ninf, 5],
      [5, inf],
      [ninf, inf],
    ] as const) {
      const space = new Box(low, high, { shape: [500], dtype: 'int32', seed: 2 });
      const sample = space.sample();
      expect(sample).toBeInstanceOf(Int32Array);
      expect(space.contains(sample)).toBe(true);
    }
  });

  it('a shape of a scalar has one entry', () => {
    expect(new Box(0, 1, { shape: [] }).sample()).toHaveLength(1);
    expect(new Box(0, 1).shape).toEqual([1]);
    expect(new Box([0, 1], 5).shape).toEqual([2]);
  });
});
