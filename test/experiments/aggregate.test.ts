import { describe, expect, it } from 'vitest';
import {
  interquartileMean,
  median,
  optimalityGap,
  performanceProfile,
  probabilityOfImprovement,
  quantile,
} from '../../experiments/statistics/aggregate.js';

// Reference values are those of rliable's own tests, or follow from scipy.stats.trim_mean and numpy.quantile by hand.
describe('point estimates', () => {
  it('IQM of 1..9 and 100 ignores the outlier', () => {
    expect(interquartileMean([1, 2, 3, 4, 5, 6, 7, 8, 9, 100])).toBe(5.5);
  });

  it('IQM cuts a rounded-down quarter at each end, whatever the order', () => {
    expect(interquartileMean([4, 1, 3])).toBeCloseTo(8 / 3, 12);
    expect(interquartileMean([9, 0, 2, 1, 5])).toBeCloseTo((1 + 2 + 5) / 3, 12);
  });

  it('median and quantiles interpolate as NumPy does', () => {
    expect(median([3, 1, 2, 10])).toBe(2.5);
    expect(quantile([0, 10, 20, 30], 0.95)).toBeCloseTo(28.5, 12);
    expect(quantile([], 0.5)).toBeNaN();
  });

  it('optimality gap counts what is above the target as the target', () => {
    expect(optimalityGap([0.5, 2, 0.25])).toBeCloseTo(1 - 1.75 / 3, 12);
  });
});

describe('probability of improvement', () => {
  it('gives rliable’s value with ties and unequal numbers of runs', () => {
    const x = [[0.1, 0.5], [0.9, 1.4], [0.3, 0.7]]; // biome-ignore format: a matrix
    const y = [[0.2, 0.6], [0.8, 1], [0.4, 0.1], [0.5, 0.5]]; // biome-ignore format: a matrix
    expect(probabilityOfImprovement(x, y)).toBeCloseTo(0.5625, 12);
    expect(probabilityOfImprovement(y, x)).toBeCloseTo(1 - 0.5625, 12);
  });

  it('is one when every run is better', () => {
    expect(probabilityOfImprovement([[2, 3]], [[1, 1]])).toBe(1);
  });
});

describe('performance profile', () => {
  it('is the share of scores above each threshold', () => {
    expect(
      performanceProfile(
        [
          [0.1, 0.9],
          [0.4, 0.6],
        ],
        [0, 0.4, 0.5, 1],
      ),
    ).toEqual([1, 0.5, 0.5, 0]);
  });
});
