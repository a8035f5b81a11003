/** Kinds of scheduled events, by number. */
export const EVENT = {
  /** A pod's start, back-off or retry is over; `a` pod, `b` stamp. */
  pod: 0,
  /** A pod takes on an attribute; `a` pod, `b` stamp, `c` bit. */
  taint: 1,
  /** A pod drops an attribute (a cache entry expires); `a` pod, `b` stamp, `c` bit. */
  expire: 2,
  /** A pod's leak reaches the next stage; `a` pod, `b` stamp. */
  leak: 3,
  /** The actor of the incident strikes. */
  actor: 4,
  /** A pod of the namespace dies by itself. */
  death: 5,
  /** A controller tries refused and unplaced pods of service `a` again. */
  retry: 6,
  /** The trigger strikes again. */
  replay: 7,
  /** Pod `a` is killed to see whether it comes back. */
  drill: 8,
  /** The autoscaler looks at service `a`. */
  downscale: 9,
  /** A liveness probe kills pod `a`; `b` stamp. */
  lifeEnds: 10,
  /** The autoscaler of service `a` synchronises. */
  autoscale: 11,
  /** The control plane has not heard of node `a` for its grace period; `b` stamp. */
  nodeNotReady: 12,
  /** Pods of node `a` are evicted, it has not come back; `b` stamp. */
  nodeEvicts: 13,
  /** The agent of its node evicts pod `a`; `b` stamp. */
  evict: 14,
  /** A level of service `a` (lag, disk) passes a mark. */
  level: 15,
  /** A lane of work that waits reaches a level; `a` lane, `b` stamp. */
  work: 30,
  /** A stall of service `a` is over. */
  stallEnds: 31,
  /** Cache `a` is looked at again; `b` stamp. */
  cache: 32,
} as const;

/** A queue as JSON values; its arrays in base64. */
export interface PackedQueue {
  readonly size: number;
  readonly order: number;
  readonly times: string;
  readonly ranks: string;
  readonly data: string;
}

/** The bytes of an array in base64. */
export function toBase64(array: Float64Array | Int32Array | Uint8Array): string {
  return Buffer.from(array.buffer, array.byteOffset, array.byteLength).toString('base64');
}

/** The bytes that `toBase64` gave, in a buffer of their own. */
export function fromBase64(text: string): ArrayBuffer {
  return Uint8Array.from(Buffer.from(text, 'base64')).buffer;
}

/** Events that a new queue has room for. */
const LEAST_ROOM = 64;

/** A binary heap of events by time, equal times in order of insertion; flat arrays, cheap to copy. */
export class EventQueue {
  size = 0;
  private order = 0;

  constructor(
    private times = new Float64Array(LEAST_ROOM),
    private ranks = new Int32Array(LEAST_ROOM),
    private data = new Int32Array(4 * LEAST_ROOM),
  ) {}

  clone(): EventQueue {
    const copy = new EventQueue(this.times.slice(), this.ranks.slice(), this.data.slice());
    copy.size = this.size;
    copy.order = this.order;
    return copy;
  }

  /** Makes this queue an exact copy of another. */
  become(other: EventQueue): void {
    this.size = other.size;
    this.order = other.order;
    if (this.times.length < other.size) {
      this.times = other.times.slice();
      this.ranks = other.ranks.slice();
      this.data = other.data.slice();
      return;
    }
    // Mostly a handful of events in room for dozens: what is beyond them means nothing.
    for (let i = 0; i < other.size; i++) {
      this.times[i] = other.times[i]!;
      this.ranks[i] = other.ranks[i]!;
    }
    for (let i = 0; i < 4 * other.size; i++) this.data[i] = other.data[i]!;
  }

  /** The queue as JSON values. */
  toJSON(): PackedQueue {
    const { size, order } = this;
    return {
      size,
      order,
      times: toBase64(this.times.subarray(0, size)),
      ranks: toBase64(this.ranks.subarray(0, size)),
      data: toBase64(this.data.subarray(0, 4 * size)),
    };
  }

  /** The queue that `toJSON` gave. */
  static fromJSON(packed: PackedQueue): EventQueue {
    const room = Math.max(LEAST_ROOM, packed.size);
    const queue = new EventQueue(new Float64Array(room), new Int32Array(room), new Int32Array(4 * room));
    queue.times.set(new Float64Array(fromBase64(packed.times)).subarray(0, packed.size));
    queue.ranks.set(new Int32Array(fromBase64(packed.ranks)).subarray(0, packed.size));
    queue.data.set(new Int32Array(fromBase64(packed.data)).subarray(0, 4 * packed.size));
    queue.size = packed.size;
    queue.order = packed.order;
    return queue;
  }

  /** Time of the first event, infinite when there is none. */
  get nextTime(): number {
    return this.size === 0 ? Number.POSITIVE_INFINITY : this.times[0]!;
  }

  push(time: number, kind: number, a = 0, b = 0, c = 0): void {
    if (this.size === this.times.length) this.grow();
    let i = this.size++;
    const rank = this.order++;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (this.times[parent]! <= time) break;
      this.move(parent, i);
      i = parent;
    }
    this.times[i] = time;
    this.ranks[i] = rank;
    this.data[4 * i] = kind;
    this.data[4 * i + 1] = a;
    this.data[4 * i + 2] = b;
    this.data[4 * i + 3] = c;
  }

  /** Removes the first event and writes kind, a, b, c into `out`. Returns its time. */
  pop(out: Int32Array): number {
    const time = this.times[0]!;
    for (let k = 0; k < 4; k++) out[k] = this.data[k]!;
    const last = --this.size;
    if (last > 0) this.sink(last);
    return time;
  }

  /** Whether any event of a kind is scheduled before a time. */
  hasBefore(time: number, kind: number): boolean {
    for (let i = 0; i < this.size; i++) if (this.times[i]! < time && this.data[4 * i] === kind) return true;
    return false;
  }

  /** Whether an event of a kind is scheduled for a subject. */
  holds(kind: number, a: number): boolean {
    for (let i = 0; i < this.size; i++)
      if (this.data[4 * i] === kind && this.data[4 * i + 1] === a) return true;
    return false;
  }

  private sink(last: number): void {
    const time = this.times[last]!;
    const rank = this.ranks[last]!;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= last) break;
      if (child + 1 < last && this.before(child + 1, this.times[child]!, this.ranks[child]!)) child++;
      if (!this.before(child, time, rank)) break;
      this.move(child, i);
      i = child;
    }
    if (i !== last) this.move(last, i);
  }

  private before(i: number, time: number, rank: number): boolean {
    return this.times[i]! < time || (this.times[i]! === time && this.ranks[i]! < rank);
  }

  private move(from: number, to: number): void {
    this.times[to] = this.times[from]!;
    this.ranks[to] = this.ranks[from]!;
    for (let k = 0; k < 4; k++) this.data[4 * to + k] = this.data[4 * from + k]!;
  }

  private grow(): void {
    const times = new Float64Array(2 * this.times.length);
    times.set(this.times);
    this.times = times;
    const ranks = new Int32Array(2 * this.ranks.length);
    ranks.set(this.ranks);
    this.ranks = ranks;
    const data = new Int32Array(2 * this.data.length);
    data.set(this.data);
    this.data = data;
  }
}
