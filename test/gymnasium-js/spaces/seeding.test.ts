import { Box, Dict, Discrete, OneOf, Sequence, Tuple } from 'gymnasium-js';
import { describe, expect, it } from 'vitest';
import { spaceCases } from './list.js';

const parts = () => ({
  box: new Box(-1, 1, { shape: [3] }),
  count: new Discrete(1000),
  pair: new Tuple([new Box(0, 5), new Dict({ deep: new Discrete(1000) })]),
});

describe('seeding a nested space', () => {
  it('by a seed for each part equals seeding the parts alone', () => {
    const space = new Dict(parts());
    space.seed({ box: 1, count: 2, pair: [3, { deep: 4 }] });
    const alone = {
      box: new Box(-1, 1, { shape: [3], seed: 1 }),
      count: new Discrete(1000, { seed: 2 }),
      first: new Box(0, 5, { seed: 3 }),
      deep: new Discrete(1000, { seed: 4 }),
    };
    for (let i = 0; i < 5; i++) {
      expect(space.sample()).toEqual({
        box: alone.box.sample(),
        count: alone.count.sample(),
        pair: [alone.first.sample(), { deep: alone.deep.sample() }],
      });
    }
  });

  it('by one number gives back the seeds that its parts got, different ones', () => {
    const space = new Dict(parts());
    const seeds = space.seed(7) as unknown as { box: number; count: number; pair: unknown };
    const sample = space.sample();
    expect(new Box(-1, 1, { shape: [3], seed: seeds.box }).sample()).toEqual(sample.box);
    expect(new Discrete(1000, { seed: seeds.count }).sample()).toBe(sample.count);
    const numbers = JSON.stringify(seeds).match(/\d+/g)!;
    expect(new Set(numbers).size).toBe(numbers.length);
  });

  it.each(spaceCases)('%s: without a seed every time another stream, which its seeds repeat', (_, build) => {
    const [first, second] = [build(), build()];
    const seeds = [first.seed(null), second.seed(null)];
    expect(seeds[0]).not.toEqual(seeds[1]);
    const again = build();
    if (typeof seeds[0] === 'number') {
      again.seed(seeds[0]);
      expect(Array.from({ length: 4 }, () => again.sample())).toEqual(
        Array.from({ length: 4 }, () => first.sample()),
      );
    }
  });

  it('reaches the chooser of OneOf and the lengths of Sequence', () => {
    const draw = (seed: number) => {
      const one = new OneOf([new Discrete(3), new Discrete(3)], { seed });
      const list = new Sequence(new Discrete(9), { seed });
      return Array.from({ length: 8 }, () => [one.sample(), list.sample()]);
    };
    expect(draw(3)).toEqual(draw(3));
    expect(draw(3)).not.toEqual(draw(4));
  });

  it('refuses what is no seed', () => {
    const REFUSED = 'Seed must be a safe integer or a bigint, actual value: a';
    expect(() => new Dict(parts()).seed('a' as never)).toThrow(REFUSED);
    expect(() => new Tuple([new Discrete(2)]).seed('a' as never)).toThrow(REFUSED);
    expect(() => new OneOf([new Discrete(2)]).seed('a' as never)).toThrow(REFUSED);
    expect(() => new Discrete(2).seed(1.5)).toThrow(
      'Seed must be a safe integer or a bigint, actual value: 1.5',
    );
  });
});

describe('composite spaces', () => {
  it('Dict orders its keys, and equality and samples follow that order', () => {
    const [a, b] = [new Discrete(3), new Box(0, 1)];
    expect(new Dict({ b, a }).equals(new Dict({ a, b }))).toBe(true);
    expect(Object.keys(new Dict({ b, a }, { seed: 1 }).sample())).toEqual(['a', 'b']);
    expect(new Dict({ a, b }).equals(new Dict({ a }))).toBe(false);
  });

  it('hold elements with exactly their parts', () => {
    const space = new Dict({ a: new Discrete(3), b: new Discrete(3) });
    expect(space.contains({ a: 1, b: 2 })).toBe(true);
    expect(space.contains({ a: 1 } as never)).toBe(false);
    expect(space.contains({ a: 1, b: 2, c: 0 } as never)).toBe(false);
    expect(space.contains({ a: 1, b: 3 })).toBe(false);
    const pair = new Tuple([new Discrete(3), new Discrete(3)]);
    expect([pair.contains([1, 2]), pair.contains([1]), pair.contains([1, 2, 0])]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('give masks to their parts', () => {
    const space = new Dict({ a: new Discrete(4), b: new Tuple([new Discrete(4), new Box(0, 1)]) });
    const mask = { a: [0, 0, 1, 0], b: [[0, 1, 0, 0], null] };
    for (let i = 0; i < 10; i++) {
      const sample = space.sample({ mask });
      expect([sample.a, sample.b[0]]).toEqual([2, 1]);
    }
  });
});
