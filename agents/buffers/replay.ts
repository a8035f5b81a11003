type Growing = Float32Array | Float64Array | Int32Array | Uint8Array;

/** Rows at first; the arrays double until they reach the capacity, so that a huge capacity costs nothing early. */
const FIRST_ROWS = 1024;

/**
 * A ring of transitions (s, a, R, s', discount): R may be the sum of several discounted rewards, and `discount` is what the
 * value of s' is multiplied by: gamma^n, or 0 when s' is terminal. A truncated episode keeps its discount, and so its
 * bootstrap. `nextMasks` are the valid actions in s'.
 */
export class ReplayBuffer {
  size = 0;
  position = 0;
  observations: Float32Array;
  nextObservations: Float32Array;
  nextMasks: Uint8Array;
  actions: Int32Array;
  rewards: Float64Array;
  discounts: Float64Array;
  private allocated: number;

  constructor(
    readonly capacity: number,
    readonly observationSize: number,
    readonly totalActions: number,
  ) {
    const rows = Math.min(capacity, FIRST_ROWS);
    this.allocated = rows;
    this.observations = new Float32Array(rows * observationSize);
    this.nextObservations = new Float32Array(rows * observationSize);
    this.nextMasks = new Uint8Array(rows * totalActions);
    this.actions = new Int32Array(rows);
    this.rewards = new Float64Array(rows);
    this.discounts = new Float64Array(rows);
  }

  /**
   * Stores a transition over the oldest one when full: from row `from` of `observations` to row `to` of `next`. Returns
   * where it went.
   */
  add(
    observations: Float32Array,
    from: number,
    action: number,
    reward: number,
    next: { readonly nextObservations: Float32Array; readonly nextMasks: Uint8Array },
    to: number,
    discount: number,
  ): number {
    const at = this.position;
    if (at === this.allocated) this.grow();
    const { observationSize: n, totalActions: m } = this;
    for (let j = 0; j < n; j++) {
      this.observations[at * n + j] = observations[from * n + j]!;
      this.nextObservations[at * n + j] = next.nextObservations[to * n + j]!;
    }
    for (let j = 0; j < m; j++) this.nextMasks[at * m + j] = next.nextMasks[to * m + j]!;
    this.actions[at] = action;
    this.rewards[at] = reward;
    this.discounts[at] = discount;
    this.position = at + 1 === this.capacity ? 0 : at + 1;
    if (this.size < this.capacity) this.size++;
    return at;
  }

  private grow(): void {
    this.allocate(Math.min(this.capacity, this.allocated * 2));
  }

  private allocate(rows: number): void {
    const bigger = <T extends Growing>(old: T, width: number): T => {
      const array = new (old.constructor as new (length: number) => T)(rows * width);
      array.set(old as never);
      return array;
    };
    this.observations = bigger(this.observations, this.observationSize);
    this.nextObservations = bigger(this.nextObservations, this.observationSize);
    this.nextMasks = bigger(this.nextMasks, this.totalActions);
    this.actions = bigger(this.actions, 1);
    this.rewards = bigger(this.rewards, 1);
    this.discounts = bigger(this.discounts, 1);
    this.allocated = rows;
  }

  /** The rows in use, for a checkpoint. */
  arrays(): Record<string, Growing> {
    const { size, observationSize: n, totalActions: m } = this;
    return {
      observations: this.observations.subarray(0, size * n),
      nextObservations: this.nextObservations.subarray(0, size * n),
      nextMasks: this.nextMasks.subarray(0, size * m),
      actions: this.actions.subarray(0, size),
      rewards: this.rewards.subarray(0, size),
      discounts: this.discounts.subarray(0, size),
    };
  }

  restore(position: number, arrays: Readonly<Record<string, ArrayLike<number>>>): void {
    const size = arrays.actions!.length;
    if (size > this.capacity)
      throw new RangeError(`${size} transitions do not fit a buffer of ${this.capacity}`);
    if (size > this.allocated) this.allocate(size);
    this.size = size;
    this.position = position;
    for (const [name, array] of Object.entries(this.arrays())) array.set(arrays[name]!);
  }
}
