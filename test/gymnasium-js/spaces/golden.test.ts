import { batchSpace, flatdim, flatten, type SpaceSeed } from 'gymnasium-js';
import { describe, expect, it } from 'vitest';
import { golden } from '../golden.js';
import { build, plain, specs } from './list.js';

interface Run {
  seed: number;
  seeds: SpaceSeed;
  samples: unknown[];
  masked: { kind: 'mask' | 'probability'; value: unknown; samples: unknown[] }[];
  flat?: number[];
  flatDtype?: string;
  batch: unknown;
}
const { cases } = golden<{ cases: { text: string; flatdim: number | null; runs: Run[] }[] }>(
  'space-samples.json',
);

describe('spaces equal Python’s', () => {
  const all = specs.map((spec, i) => ({ spec, ...cases[i]! }));
  it.each(all)('$text: seeds, samples, masks', ({ spec, runs }) => {
    for (const run of runs) {
      const space = build(spec);
      expect(space.seed(run.seed)).toEqual(run.seeds);
      expect(run.samples.map(() => plain(space.sample()))).toEqual(run.samples);
      for (const { kind, value, samples } of run.masked) {
        space.seed(run.seed);
        expect(samples.map(() => plain(space.sample({ [kind]: value })))).toEqual(samples);
      }
    }
  });

  it.each(all)('$text: flattening', ({ spec, runs, flatdim: dim }) => {
    const space = build(spec);
    expect(space.isFlattenable).toBe(dim !== null);
    if (dim === null) {
      expect(() => flatdim(space)).toThrow('cannot be flattened to an array');
      return;
    }
    expect(flatdim(space)).toBe(dim);
    for (const run of runs) {
      space.seed(run.seed);
      expect(plain(flatten(space, space.sample()))).toEqual(run.flat);
    }
  });

  it.each(all)('$text: batches', ({ spec, runs }) => {
    for (const run of runs) {
      const space = build(spec);
      space.seed(run.seed);
      expect(plain(batchSpace(space, 3).sample())).toEqual(run.batch);
    }
  });
});
