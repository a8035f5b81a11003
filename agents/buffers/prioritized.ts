import { exp, log } from 'nn-engines';
import { SumTree } from './sum-tree.js';

/** Keeps priorities above zero, so that every transition can come back (Schaul et al. 2016, section 3.3). */
const SMALLEST = 1e-6;

/**
 * Proportional prioritised replay (Schaul et al. 2016): transition i is drawn with probability p_i^alpha / sum, p_i its last
 * absolute TD error; new ones get the largest priority seen, so that each is replayed at least about once.
 */
export class Priorities {
  private readonly tree: SumTree;
  /** The largest p^alpha so far. */
  largest = 1;

  constructor(
    capacity: number,
    private readonly alpha: number,
  ) {
    this.tree = new SumTree(capacity);
  }

  added(index: number): void {
    this.tree.set(index, this.largest);
  }

  /** One index from each of `count` equal slices of the total, and its weight (N P(i))^-beta over the largest of the batch. */
  sample(
    size: number,
    count: number,
    beta: number,
    random: { random(): number },
    indices: Int32Array,
    weights: Float64Array,
  ): void {
    const { tree } = this;
    const slice = tree.total / count;
    let largest = 0;
    for (let k = 0; k < count; k++) {
      const index = tree.find((k + random.random()) * slice);
      indices[k] = index;
      const weight = exp(-beta * log((size * tree.get(index)) / tree.total));
      weights[k] = weight;
      if (weight > largest) largest = weight;
    }
    for (let k = 0; k < count; k++) weights[k]! /= largest;
  }

  update(index: number, tdError: number): void {
    const weight = exp(this.alpha * log(Math.abs(tdError) + SMALLEST));
    this.tree.set(index, weight);
    if (weight > this.largest) this.largest = weight;
  }

  weights(count: number): Float64Array {
    return this.tree.weights(count);
  }

  restore(weights: ArrayLike<number>, largest: number): void {
    for (let i = 0; i < weights.length; i++) this.tree.set(i, weights[i]!);
    this.largest = largest;
  }
}
