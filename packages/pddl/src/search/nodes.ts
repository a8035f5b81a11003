import type { State } from '../state.js';

/**
 * The states that a search has met, packed into growing arrays, found by content. Cost fluents and the built-in
 * `total-time` do not count as content: two states that differ only in cost are one node.
 */
export class NodeStore {
  private bits: Uint32Array;
  private numbers: Float64Array;
  private phases: Uint8Array;
  private parents = new Int32Array(INITIAL);
  private actions = new Int32Array(INITIAL);
  private costs = new Float64Array(INITIAL);
  private depths = new Int32Array(INITIAL);
  private readonly table = new Map<number, number[]>();
  private readonly hashed: Int32Array;
  private readonly view = new Float64Array(1);
  private readonly words = new Uint32Array(this.view.buffer);
  size = 0;

  /**
   * @param wordCount 32-bit words of a state's facts
   * @param numberCount fluents of a state
   * @param phaseCount trajectory constraints to remember the phase of
   * @param ignored fluents that are not content
   */
  constructor(
    private readonly wordCount: number,
    private readonly numberCount: number,
    private readonly phaseCount: number,
    ignored: ReadonlySet<number>,
  ) {
    this.bits = new Uint32Array(INITIAL * wordCount);
    this.numbers = new Float64Array(INITIAL * numberCount);
    this.phases = new Uint8Array(INITIAL * phaseCount);
    this.hashed = Int32Array.from(
      Array.from({ length: numberCount }, (_, i) => i).filter((i) => !ignored.has(i)),
    );
  }

  cost(node: number): number {
    return this.costs[node]!;
  }

  depth(node: number): number {
    return this.depths[node]!;
  }

  parent(node: number): number {
    return this.parents[node]!;
  }

  /** Index (in the search's list) of the action that led to a node; -1 for the root. */
  action(node: number): number {
    return this.actions[node]!;
  }

  /** Copies a node's state out. */
  load(node: number, state: State, phases: Uint8Array): void {
    const { wordCount, numberCount, phaseCount } = this;
    state.bits.set(this.bits.subarray(node * wordCount, (node + 1) * wordCount));
    state.numbers.set(this.numbers.subarray(node * numberCount, (node + 1) * numberCount));
    phases.set(this.phases.subarray(node * phaseCount, (node + 1) * phaseCount));
  }

  /** The node with this content, or -1; `hash` is {@link hashOf} of it. */
  find(hash: number, state: State, phases: Uint8Array): number {
    for (const node of this.table.get(hash) ?? []) if (this.same(node, state, phases)) return node;
    return -1;
  }

  add(hash: number, state: State, phases: Uint8Array): number {
    const node = this.size++;
    if (node === this.parents.length) this.grow();
    const bucket = this.table.get(hash);
    if (bucket === undefined) this.table.set(hash, [node]);
    else bucket.push(node);
    this.bits.set(state.bits, node * this.wordCount);
    this.phases.set(phases, node * this.phaseCount);
    return node;
  }

  /** Records how a node is reached, and the fluents it is reached with. */
  reach(node: number, state: State, parent: number, action: number, cost: number, depth: number): void {
    this.numbers.set(state.numbers, node * this.numberCount);
    this.parents[node] = parent;
    this.actions[node] = action;
    this.costs[node] = cost;
    this.depths[node] = depth;
  }

  /** FNV-1a over the content. */
  hashOf(state: State, phases: Uint8Array): number {
    let hash = 0x811c9dc5;
    const { bits, numbers } = state;
    for (let i = 0; i < bits.length; i++) hash = Math.imul(hash ^ bits[i]!, 0x01000193);
    for (let i = 0; i < this.hashed.length; i++) {
      // Adding zero turns -0 into 0.
      this.view[0] = numbers[this.hashed[i]!]! + 0;
      hash = Math.imul(hash ^ this.words[0]!, 0x01000193);
      hash = Math.imul(hash ^ this.words[1]!, 0x01000193);
    }
    for (let i = 0; i < phases.length; i++) hash = Math.imul(hash ^ phases[i]!, 0x01000193);
    return hash ^ (hash >>> 15);
  }

  private same(node: number, state: State, phases: Uint8Array): boolean {
    const { bits, numbers } = state;
    const bitStart = node * this.wordCount;
    for (let i = 0; i < bits.length; i++) if (this.bits[bitStart + i] !== bits[i]) return false;
    const numberStart = node * this.numberCount;
    for (let i = 0; i < this.hashed.length; i++) {
      const a = this.numbers[numberStart + this.hashed[i]!]!;
      const b = numbers[this.hashed[i]!]!;
      if (a !== b && !(Number.isNaN(a) && Number.isNaN(b))) return false;
    }
    const phaseStart = node * this.phaseCount;
    for (let i = 0; i < phases.length; i++) if (this.phases[phaseStart + i] !== phases[i]) return false;
    return true;
  }

  private grow(): void {
    const capacity = this.parents.length * 2;
    this.bits = resized(this.bits, new Uint32Array(capacity * this.wordCount));
    this.numbers = resized(this.numbers, new Float64Array(capacity * this.numberCount));
    this.phases = resized(this.phases, new Uint8Array(capacity * this.phaseCount));
    this.parents = resized(this.parents, new Int32Array(capacity));
    this.actions = resized(this.actions, new Int32Array(capacity));
    this.costs = resized(this.costs, new Float64Array(capacity));
    this.depths = resized(this.depths, new Int32Array(capacity));
  }
}

const INITIAL = 256;

function resized<T extends { set(from: T): void }>(from: T, to: T): T {
  to.set(from);
  return to;
}
