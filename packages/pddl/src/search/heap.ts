/**
 * A binary heap of numbers with two keys, smallest first; equal keys come out in order of insertion, so that a search
 * is deterministic.
 */
export class Heap {
  private keys = new Float64Array(256);
  private ties = new Float64Array(256);
  private orders = new Float64Array(256);
  private values = new Int32Array(256);
  private count = 0;
  private inserted = 0;

  get size(): number {
    return this.count;
  }

  clear(): void {
    this.count = 0;
    this.inserted = 0;
  }

  push(value: number, key: number, tie = 0): void {
    if (this.count === this.values.length) this.grow();
    let hole = this.count++;
    const order = this.inserted++;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      if (!this.before(key, tie, order, parent)) break;
      this.move(parent, hole);
      hole = parent;
    }
    this.put(hole, value, key, tie, order);
  }

  /** Key of the value that {@link pop} would give. */
  get minimum(): number {
    return this.keys[0]!;
  }

  /** Removes the first value. The heap must not be empty. */
  pop(): number {
    const first = this.values[0]!;
    const last = --this.count;
    const key = this.keys[last]!;
    const tie = this.ties[last]!;
    const order = this.orders[last]!;
    const value = this.values[last]!;
    let hole = 0;
    for (;;) {
      let child = 2 * hole + 1;
      if (child >= this.count) break;
      if (
        child + 1 < this.count &&
        this.before(this.keys[child + 1]!, this.ties[child + 1]!, this.orders[child + 1]!, child)
      ) {
        child++;
      }
      if (this.before(key, tie, order, child)) break;
      this.move(child, hole);
      hole = child;
    }
    this.put(hole, value, key, tie, order);
    return first;
  }

  private before(key: number, tie: number, order: number, other: number): boolean {
    const otherKey = this.keys[other]!;
    if (key !== otherKey) return key < otherKey;
    const otherTie = this.ties[other]!;
    return tie !== otherTie ? tie < otherTie : order < this.orders[other]!;
  }

  private move(from: number, to: number): void {
    this.put(to, this.values[from]!, this.keys[from]!, this.ties[from]!, this.orders[from]!);
  }

  private put(at: number, value: number, key: number, tie: number, order: number): void {
    this.values[at] = value;
    this.keys[at] = key;
    this.ties[at] = tie;
    this.orders[at] = order;
  }

  private grow(): void {
    const size = this.values.length * 2;
    const values = new Int32Array(size);
    values.set(this.values);
    this.values = values;
    this.keys = enlarged(this.keys, size);
    this.ties = enlarged(this.ties, size);
    this.orders = enlarged(this.orders, size);
  }
}

function enlarged(array: Float64Array, size: number): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(size);
  larger.set(array);
  return larger;
}
