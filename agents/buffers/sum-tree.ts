/**
 * Non-negative weights with O(log n) updates and O(log n) search by cumulative sum: a complete binary tree whose inner
 * nodes hold the sums of their children, root at 1, leaf i at `capacity + i`.
 */
export class SumTree {
  readonly capacity: number;
  private readonly nodes: Float64Array;

  /** Room for at least `size` weights. */
  constructor(size: number) {
    let capacity = 1;
    while (capacity < size) capacity *= 2;
    this.capacity = capacity;
    this.nodes = new Float64Array(2 * capacity);
  }

  get total(): number {
    return this.nodes[1]!;
  }

  get(index: number): number {
    return this.nodes[this.capacity + index]!;
  }

  set(index: number, weight: number): void {
    let node = this.capacity + index;
    this.nodes[node] = weight;
    // Sums are taken anew on the way up, so that rounding errors do not add up over millions of updates.
    for (node >>= 1; node >= 1; node >>= 1)
      this.nodes[node] = this.nodes[2 * node]! + this.nodes[2 * node + 1]!;
  }

  /** The smallest i with weight_0 + … + weight_i > sum, for 0 <= sum < total. Never an index of weight zero. */
  find(sum: number): number {
    let node = 1;
    let rest = sum;
    while (node < this.capacity) {
      const left = this.nodes[2 * node]!;
      const goLeft = rest < left || this.nodes[2 * node + 1] === 0;
      node = 2 * node;
      if (!goLeft) {
        rest -= left;
        node++;
      }
    }
    return node - this.capacity;
  }

  /** The first `count` weights, as a copy. */
  weights(count: number): Float64Array {
    return this.nodes.slice(this.capacity, this.capacity + count);
  }
}
