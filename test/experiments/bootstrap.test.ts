import { describe, expect, it } from 'vitest';
import { percentileInterval, Resampler } from '../../experiments/statistics/bootstrap.js';
import { compare } from '../../experiments/statistics/comparisons.js';
import { METRICS } from '../../experiments/statistics/metrics.js';
import { type MethodScores, summarise } from '../../experiments/statistics/summary.js';

const rows = (...values: number[][]) => values.map((row) => Float64Array.from(row));

/** A method with the same scores for every metric, except those given. */
function method(
  variant: string,
  scores: Float64Array[],
  other: Partial<MethodScores['scores']> = {},
): MethodScores {
  const all = Object.fromEntries(METRICS.map(({ name }) => [name, scores]));
  return { variant, split: 'seen', scores: { ...all, ...other } as MethodScores['scores'] };
}

describe('two-level bootstrap', () => {
  it('is the same for the same seed and another for another', () => {
    const scores = rows([1, 2, 3, 9], [2, 4, 4, 1]);
    const first = new Resampler(4, 200, 7).means(scores, 0);
    expect(new Resampler(4, 200, 7).means(scores, 0)).toEqual(first);
    expect(new Resampler(4, 200, 8).means(scores, 0)).not.toEqual(first);
  });

  it('draws as many incidents and seeds as there are', () => {
    const resampler = new Resampler(5, 50, 1);
    for (let b = 0; b < 50; b++) {
      expect(resampler.incidentCounts.slice(b * 5, b * 5 + 5).reduce((sum, n) => sum + n)).toBe(5);
    }
    const seeds = resampler.seedCounts(3, 2);
    for (let b = 0; b < 50; b++) expect(seeds.slice(b * 3, b * 3 + 3).reduce((sum, n) => sum + n)).toBe(3);
  });

  it('has no spread when all scores are equal', () => {
    const interval = percentileInterval(
      new Resampler(6, 100, 3).means(rows(Array(6).fill(4), Array(6).fill(4)), 0),
    );
    expect(interval).toEqual({ low: 4, high: 4 });
  });

  it('sees the spread between seeds that incidents alone would hide', () => {
    const interval = percentileInterval(
      new Resampler(50, 500, 3).means(rows(Array(50).fill(0), Array(50).fill(10)), 0),
    );
    expect(interval).toEqual({ low: 0, high: 10 });
  });

  it('has the width that theory gives for one seed: about 2 × 1.96 σ / √n', () => {
    const n = 400;
    const values = Array.from({ length: n }, (_, i) => i % 2); // σ = 0.5
    const { low, high } = percentileInterval(new Resampler(n, 4000, 5).means(rows(values), 0));
    expect(high - low).toBeGreaterThan(0.9 * 3.92 * (0.5 / Math.sqrt(n)));
    expect(high - low).toBeLessThan(1.1 * 3.92 * (0.5 / Math.sqrt(n)));
  });
});

describe('summary rows', () => {
  it('hold mean, IQM, count and an interval that brackets the mean', () => {
    const row = summarise(method('ppo', rows([1, 2, 3, 4], [5, 6, 7, 100])), new Resampler(4, 300, 0), 0)[0]!;
    expect(row).toMatchObject({
      variant: 'ppo',
      split: 'seen',
      metric: 'mttr_s',
      n: 8,
      seeds: 2,
      mean: 16,
      iqm: 4.5,
    });
    expect(row.ciLow).toBeLessThanOrEqual(16);
    expect(row.ciHigh).toBeGreaterThanOrEqual(16);
  });

  it('leave out scores that do not apply, and a metric that never does', () => {
    const scores = rows([1, 2], [3, 4]);
    const none = rows([Number.NaN, Number.NaN], [Number.NaN, Number.NaN]);
    const some = rows([Number.NaN, 10], [20, Number.NaN]);
    const summary = summarise(
      method('x', scores, { first_plan_valid: none, mttr_recovered_s: some }),
      new Resampler(2, 100, 0),
      0,
    );
    expect(summary.find((row) => row.metric === 'first_plan_valid')).toBeUndefined();
    expect(summary.find((row) => row.metric === 'mttr_recovered_s')).toMatchObject({ n: 2, mean: 15 });
  });
});

describe('comparisons', () => {
  it('are paired: a constant saving has no interval however much incidents differ', () => {
    const b = rows([100, 900, 400, 50]);
    const a = rows([90, 890, 390, 40]);
    const row = compare([method('a', a), method('b', b)], new Resampler(4, 300, 0))[0]!;
    expect(row).toMatchObject({ a: 'a', b: 'b', metric: 'mttr_s', difference: -10 });
    expect(row.ciLow).toBeCloseTo(-10, 9);
    expect(row.ciHigh).toBeCloseTo(-10, 9);
    expect(row.reduction).toBeCloseTo(1 - 352.5 / 362.5, 12);
    expect(row.probabilityOfImprovement).toBe(1);
  });

  it('know for each metric which side is better', () => {
    const low = method('low', rows([1, 1]));
    const high = method('high', rows([2, 2]));
    const comparison = compare([low, high], new Resampler(2, 50, 0));
    expect(comparison.find((row) => row.metric === 'mttr_s')!.probabilityOfImprovement).toBe(1);
    expect(comparison.find((row) => row.metric === 'recovered')!.probabilityOfImprovement).toBe(0);
  });

  it('give no reduction against a mean of zero', () => {
    const row = compare([method('a', rows([1, 1])), method('b', rows([0, 0]))], new Resampler(2, 50, 0))[0]!;
    expect(row.reduction).toBeNull();
    expect(row.reductionLow).toBeNull();
  });
});
