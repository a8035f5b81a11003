import type { Box } from '../spaces/box.js';
import { Discrete } from '../spaces/discrete.js';
import type { Dtype } from '../spaces/dtype.js';
import { MultiDiscrete } from '../spaces/multi-discrete.js';
import type { Space } from '../spaces/space.js';

/** A finite box cut into equal bins along each dimension, as Discretize wrappers use it. */
export class Bins {
  readonly counts: readonly number[];
  /** For each dimension the edges of its bins, one more than bins. */
  readonly edges: readonly (readonly number[])[];

  /** @throws RangeError when the box is unbounded or the counts do not match its dimensions */
  constructor(
    private readonly box: Box<Dtype>,
    bins: number | readonly number[],
  ) {
    if (!box.isBounded()) {
      throw new RangeError(
        `Discretization requires the space to be finite. Found: low=[${box.low}], high=[${box.high}]`,
      );
    }
    const counts = typeof bins === 'number' ? new Array<number>(box.size).fill(bins) : [...bins];
    if (counts.length !== box.size) {
      throw new RangeError(`bins must match dimensions: expected ${box.size}, got ${counts.length}`);
    }
    if (!counts.every((n) => Number.isInteger(n) && n > 0)) {
      throw new RangeError(`bins must be positive integers, got ${counts.join(', ')}`);
    }
    this.counts = counts;
    const round = box.dtype === 'float32' ? Math.fround : (x: number) => x;
    this.edges = counts.map((n, i) => {
      const [low, high] = [Number(box.low[i]), Number(box.high[i])];
      const step = round(round(high - low) / n);
      return Array.from({ length: n + 1 }, (_, j) => (j === n ? high : round(round(j * step) + low)));
    });
  }

  /** Middle of a bin; indices beyond the ends mean the last bin there. */
  centre(dimension: number, index: number): number {
    const edges = this.edges[dimension]!;
    const i = Math.min(Math.max(index, 0), this.counts[dimension]! - 1);
    const round = this.box.dtype === 'float32' ? Math.fround : (x: number) => x;
    return round(0.5 * round(edges[i]! + edges[i + 1]!));
  }

  /** Bin of a value in one dimension. */
  indexOf(dimension: number, value: number): number {
    const edges = this.edges[dimension]!;
    const round = this.box.dtype === 'float32' ? Math.fround : (x: number) => x;
    // The upper bound belongs to the last bin; the margin is the reference's.
    const clipped = Math.min(Math.max(value, edges[0]!), round(edges[edges.length - 1]! - 1e-8));
    let index = 0;
    while (index < this.counts[dimension]! - 1 && edges[index + 1]! <= clipped) index++;
    return index;
  }

  /** Bin whose middle is nearest to a value. */
  nearest(dimension: number, value: number): number {
    let best = 0;
    for (let i = 1; i < this.counts[dimension]!; i++) {
      if (Math.abs(this.centre(dimension, i) - value) < Math.abs(this.centre(dimension, best) - value))
        best = i;
    }
    return best;
  }

  /** One number for a bin in every dimension, the last varying fastest. */
  ravel(indices: readonly number[]): number {
    return indices.reduce((flat, index, i) => flat * this.counts[i]! + index, 0);
  }

  unravel(flat: number): number[] {
    const indices: number[] = [];
    let rest = flat;
    for (let i = this.counts.length - 1; i >= 0; i--) {
      indices.unshift(rest % this.counts[i]!);
      rest = Math.floor(rest / this.counts[i]!);
    }
    return indices;
  }

  /** The space of bins: one number, or one for each dimension. */
  space(multidiscrete: boolean): Space<unknown> {
    return multidiscrete
      ? new MultiDiscrete(this.counts)
      : new Discrete(this.counts.reduce((a, b) => a * b, 1));
  }

  /** Indices of what an element of {@link space} says. */
  read(x: unknown, multidiscrete: boolean): number[] {
    return multidiscrete ? Array.from(x as ArrayLike<number>) : this.unravel(x as number);
  }

  /** Element of {@link space} for indices. */
  write(indices: readonly number[], multidiscrete: boolean): unknown {
    return multidiscrete ? Int32Array.from(indices) : this.ravel(indices);
  }
}
