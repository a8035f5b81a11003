import { defaultRng, type Generator } from 'gymnasium-js';
import { quantile } from './aggregate.js';

/** A 95 % interval. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Scores of one method: one row a training seed, one column an incident; NaN where the metric does not apply. */
export type Scores = readonly Float64Array[];

export const DEFAULT_RESAMPLES = 2000;

/**
 * The draws of a two-level bootstrap, made once and used for every method and metric of a split, so that methods are
 * compared on the same resampled incidents (paired).
 *
 * Seeds and incidents are crossed (every seed meets every incident), so a resample draws incidents with replacement,
 * the same for all seeds, and seeds with replacement. Seeds of different methods have nothing in common, so each
 * method draws its own (see {@link Resampler.seedCounts}).
 */
export class Resampler {
  /** Row-major `resamples × incidents`: how often each incident was drawn. */
  readonly incidentCounts: Uint16Array;

  constructor(
    readonly incidents: number,
    readonly resamples: number = DEFAULT_RESAMPLES,
    private readonly seed: number = 0,
  ) {
    this.incidentCounts = drawCounts(generator(seed, 0), resamples, incidents);
  }

  /**
   * Row-major `resamples × seeds`: how often each training seed was drawn.
   * @param stream tells methods apart; the same stream gives the same draws.
   */
  seedCounts(seeds: number, stream: number): Uint16Array {
    return drawCounts(generator(this.seed, 1 + stream), this.resamples, seeds);
  }

  /**
   * Mean of each resample. NaN scores are left out; a resample of nothing but NaN gives NaN.
   * @returns one mean a resample.
   */
  means(scores: Scores, stream: number): Float64Array {
    const seedCounts = this.seedCounts(scores.length, stream);
    const means = new Float64Array(this.resamples);
    for (let b = 0; b < this.resamples; b++) {
      let total = 0;
      let weight = 0;
      for (let s = 0; s < scores.length; s++) {
        const times = seedCounts[b * scores.length + s]!;
        if (times === 0) continue;
        const row = scores[s]!;
        const offset = b * this.incidents;
        let rowTotal = 0;
        let rowWeight = 0;
        for (let i = 0; i < row.length; i++) {
          const value = row[i]!;
          if (Number.isNaN(value)) continue; // NaN: the metric does not apply to this incident
          const count = this.incidentCounts[offset + i]!;
          rowTotal += count * value;
          rowWeight += count;
        }
        total += times * rowTotal;
        weight += times * rowWeight;
      }
      means[b] = total / weight;
    }
    return means;
  }
}

function generator(seed: number, stream: number): Generator {
  return defaultRng([seed, stream]);
}

function drawCounts(rng: Generator, resamples: number, size: number): Uint16Array {
  const counts = new Uint16Array(resamples * size);
  for (let b = 0; b < resamples; b++) {
    for (let draw = 0; draw < size; draw++) counts[b * size + Math.floor(rng.random() * size)]! += 1;
  }
  return counts;
}

/** Percentile interval of bootstrap replicates, those that are NaN left out. */
export function percentileInterval(replicates: Float64Array, level = 0.95): Interval {
  const sorted = replicates.filter((value) => !Number.isNaN(value)).sort();
  const tail = (1 - level) / 2;
  return { low: quantile(sorted, tail), high: quantile(sorted, 1 - tail) };
}
