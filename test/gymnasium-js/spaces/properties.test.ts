import fc from 'fast-check';
import {
  batchSpace,
  concatenate,
  createEmptyArray,
  createZeroArray,
  flatdim,
  flatten,
  flattenSpace,
  iterate,
  type TypedArray,
  unflatten,
} from 'gymnasium-js';
import { describe, expect, it } from 'vitest';
import { spaceCases } from './list.js';

/** Properties of every space of the shared list, for any seed. */
describe.each(spaceCases)('%s', (_, build) => {
  const forSeeds = (check: (seed: number) => void) =>
    fc.assert(fc.property(fc.nat(), check), { numRuns: 25, seed: 1234 });

  it('holds its samples, and equal seeds give equal samples', () => {
    forSeeds((seed) => {
      const [a, b] = [build(), build()];
      expect(a.seed(seed)).toEqual(b.seed(seed));
      const sample = a.sample();
      expect(a.contains(sample)).toBe(true);
      expect(b.sample()).toEqual(sample);
    });
  });

  it('takes samples through JSON and back', () => {
    forSeeds((seed) => {
      const space = build();
      space.seed(seed);
      const samples = [space.sample(), space.sample()];
      expect(space.fromJsonable(JSON.parse(JSON.stringify(space.toJsonable(samples))))).toEqual(samples);
    });
  });

  it('flattens into the flat space and back', () => {
    forSeeds((seed) => {
      const space = build();
      space.seed(seed);
      const sample = space.sample();
      const flat = flatten(space, sample);
      const flatSpace = flattenSpace(space);
      expect(flatSpace.contains(flat)).toBe(true);
      expect(unflatten(space, flat)).toEqual(sample);
      if (space.isFlattenable) expect((flat as TypedArray).length).toBe(flatdim(space));
    });
  });

  it('joins elements into a batch of the batched space and splits it again', () => {
    forSeeds((seed) => {
      const space = build();
      space.seed(seed);
      const samples = [space.sample(), space.sample(), space.sample()];
      const batch = concatenate(space, samples, createEmptyArray(space, 3));
      expect(batchSpace(space, 3).contains(batch)).toBe(true);
      expect([...iterate(space, batch, 3)]).toEqual(samples);
    });
  });

  it('copies with its stream, and is equal to its copy and not to another space', () => {
    const space = build();
    space.seed(3);
    const copy = space.copy();
    expect(copy.sample()).toEqual(space.sample());
    expect(copy.equals(space)).toBe(true);
    const others = spaceCases.map(([, other]) => other()).filter((other) => String(other) !== String(space));
    expect(others.some((other) => other.equals(space))).toBe(false);
  });

  it('holds its zero', () => {
    const space = build();
    expect(space.contains(createZeroArray(space))).toBe(true);
  });

  it('holds nothing odd', () => {
    const space = build();
    for (const odd of [undefined, null, Number.NaN, 1.5, 'é', {}, [[]], new Map(), () => 1, Symbol('x')]) {
      expect(space.contains(odd), String(odd)).toBe(false);
    }
  });
});
