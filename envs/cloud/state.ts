import { COLUMNS } from './columns.js';
import { EventQueue, fromBase64, type PackedQueue, toBase64 } from './queue.js';
import { type PackedScalars, StateScalars } from './state-scalars.js';

/** Phases of a pod slot. A slot below the desired count is always wanted; the others are absent. */
export const PHASE = {
  /** Not wanted. */
  absent: 0,
  /** Wanted, but admission refuses to create it. */
  blocked: 1,
  /** Created, but no node takes it. */
  pending: 2,
  /** On a node; becomes ready, or shows that it cannot, when its time comes. */
  starting: 3,
  /** Crashed; started again when its back-off is over. */
  backoff: 4,
  /** On a node, cannot be started (image, configuration); tried again when its back-off is over. */
  stuck: 5,
  /** Running and, unless the probe is bad, ready. */
  ready: 6,
  /** On a node that does not report any more: nobody knows whether it runs, and it gets no requests. */
  lost: 7,
} as const;

export const MAX_NODES = 10;
/** Numbers a service that the arrays of work that waits and of caches take, by element type. */
const WORK_FLOATS = 20;
const WORK_INTS = 3;
const WORK_BYTES = 5;

/** Sizes that fix the layout of a state. */
export interface Layout {
  readonly services: number;
  readonly pods: number;
  readonly edges: number;
  readonly attributes: number;
  readonly rules: number;
}

/**
 * The hidden state of one incident: flat arrays over one buffer, so that a copy is one copy. Names without a unit are
 * counts or ratios; `At`, `Since` and `Until` are simulated seconds since onset; NaN means never.
 */
export class CloudState extends StateScalars {
  /** The whole buffer. */
  private readonly all: Uint8Array;
  readonly floats: Float64Array<ArrayBuffer>;
  readonly ints: Int32Array;
  readonly bytes: Uint8Array;

  // Services × attributes.
  readonly active: Uint8Array;
  readonly severity: Float64Array;

  /** Number of active attributes of each service: most have none, and loops over attributes are skipped for them. */
  readonly activeCount: Uint8Array;
  /** 1 when any pod of the service has ever leaked. */
  readonly leaked: Uint8Array;

  // Pods.
  readonly podNextAt: Float64Array;
  readonly podStartedAt: Float64Array;
  readonly podLeakFrom: Float64Array;
  readonly podCrashAt: Float64Array;
  readonly podLoad: Int32Array;
  readonly podGeneration: Int32Array;
  readonly podStamp: Int32Array;
  readonly podPhase: Uint8Array;
  readonly podNode: Uint8Array;
  readonly podStage: Uint8Array;
  readonly podBackoff: Uint8Array;
  /** 1 + index of the attribute that keeps the pod from running, 0 when none does. */
  readonly podCause: Uint8Array;
  /** 1 when the process was killed for its memory since the pod was created. */
  readonly podKilled: Uint8Array;
  /** Node slots that the pod holds. */
  readonly podSlots: Uint8Array;

  // Services.
  readonly desired: Int32Array;
  readonly crashes: Int32Array;
  /** Times of the last eight crashes of each service, in turn. */
  readonly crashTimes: Float64Array;
  /** Since when fewer pods than at baseline are ready, NaN when enough are; end and length of the spells that count as one. */
  readonly lowSince: Float64Array;
  readonly lowEnd: Float64Array;
  readonly lowTotal: Float64Array;
  readonly avoid: Int32Array;
  readonly badNodes: Int32Array;
  readonly version: Int32Array;
  readonly slots: Int32Array;
  readonly limited: Uint8Array;
  readonly dirty: Uint8Array;
  readonly leakStretch: Float64Array;
  readonly limitSince: Float64Array;
  readonly limitNeedless: Float64Array;

  // Data of a service and its copies (replication.ts, storage.ts).
  /** Pod that writes; of a service without replicas its first one. */
  readonly primary: Int32Array;
  /** Pod at which clients write while they do not follow the primary. */
  readonly clientsAt: Int32Array;
  /** Pods, by bit of their slot within the service, whose copy of the data is struck. */
  readonly struck: Int32Array;
  /** 1 when the primary is kept from writing until another is promoted. */
  readonly fenced: Uint8Array;
  /** 1 when somebody has verified that the backup can be restored. */
  readonly backupVerified: Uint8Array;
  /** 1 + node to which pods of the service are pinned, 0 when the scheduler is free. */
  readonly pinned: Uint8Array;
  /** Replication lag in seconds at `lagAt` and its change per second from then on. */
  readonly lagValue: Float64Array;
  readonly lagAt: Float64Array;
  readonly lagSlope: Float64Array;
  /** Share of the volume in use at `diskAt`, and its change per second from then on. */
  readonly diskValue: Float64Array;
  readonly diskAt: Float64Array;
  readonly diskSlope: Float64Array;

  // Aggregates of a service over its pods and conditions, kept between changes.
  readonly readyPods: Int32Array;
  readonly goodPods: Int32Array;
  readonly capacity: Float64Array;
  readonly ownError: Float64Array;
  readonly ownLatency: Float64Array;
  readonly ownCpu: Float64Array;
  readonly inFail: Float64Array;
  readonly inMode: Uint8Array;
  readonly outFail: Float64Array;
  readonly outMode: Uint8Array;
  readonly outOne: Uint8Array;
  readonly delayShare: Float64Array;
  readonly delayMs: Float64Array;

  // Flow of requests: rates per second, milliseconds.
  readonly arrivals: Float64Array;
  readonly reached: Float64Array;
  readonly shed: Float64Array;
  readonly served: Float64Array;
  /** Rate that full pools of connections let in, 0 where they take all that comes. */
  readonly pooled: Float64Array;
  readonly failed: Float64Array;
  readonly success: Float64Array;
  readonly meanMs: Float64Array;
  readonly varMs: Float64Array;
  /** Milliseconds of the mean that are spent behind a backlog, at the service or further on. */
  readonly waitMs: Float64Array;
  /** Share of attempts at a service that is refused, lost or shed: what callers try again. */
  readonly netFail: Float64Array;
  /** Share of attempts on an edge that callers try again. */
  readonly edgeFail: Float64Array;
  /** Share of calls on an edge that fail for good. */
  readonly edgeLoss: Float64Array;
  readonly edgeCalls: Float64Array;
  readonly edgeAttempts: Float64Array;

  // What would be scraped now, and what was at the last scrape: services × COLUMNS.
  readonly metrics: Float64Array;
  readonly scraped: Float64Array;

  /** Load that the own time was last computed for, NaN when the service itself has changed since; and that own time. */
  readonly ownLoad: Float64Array;
  readonly ownMeanMs: Float64Array;
  readonly ownVarMs: Float64Array;
  readonly ownWaitMs: Float64Array;
  /** Last round of the solver in which a service's time or success was computed anew, from 1; 0 when it was not. */
  readonly moved: Uint8Array;
  /** Mean and variance that the latency columns were last computed from. */
  readonly measuredMean: Float64Array;
  readonly measuredVar: Float64Array;

  // Work that waits (backlog.ts). Lanes: requests of service s at s, its controller's reconciling at S + s.
  readonly work: Float64Array;
  readonly workSince: Float64Array;
  readonly workRate: Float64Array;
  readonly workNextAt: Float64Array;
  readonly workStamp: Int32Array;
  /** What the lane of requests comes to, as bits (FLAG); since when anything waits. */
  readonly workFlags: Uint8Array;
  readonly workBegan: Float64Array;
  /** Share of what arrives that goes behind the backlog; most that waits; seconds within which it must be done. */
  readonly workShare: Float64Array;
  readonly workLimit: Float64Array;
  readonly deadline: Float64Array;
  /** 1 while nothing behind the backlog's head is done; 1 while the controller is kept from its work. */
  readonly headBlocked: Uint8Array;
  readonly syncHeld: Uint8Array;
  /** Messages a second that come besides requests; rate at which requests join the backlog, negative while it shrinks. */
  readonly inflow: Float64Array;
  readonly queued: Float64Array;
  /** Times that callers try again a critical call to the service. */
  readonly retriesTo: Float64Array;
  /** Share of its capacity that a service keeps through a brief stall, 1 without one. */
  readonly stall: Float64Array;
  /** What a cache holds (cache.ts): its share of answered reads at a time, the level that it goes to, and how fast. */
  readonly hitValue: Float64Array;
  readonly hitAim: Float64Array;
  readonly hitSince: Float64Array;
  readonly hitRate: Float64Array;
  readonly hitStamp: Int32Array;
  /** Calls per request that an edge carries besides its weight, for what a cache did not answer. */
  readonly edgeExtra: Float64Array;
  /** 1: callers do not call the service; 1: its roll-out is paused. */
  readonly broken: Uint8Array;
  readonly paused: Uint8Array;

  // Alerts: services × rules; since when the rule's expression holds, NaN when it does not.
  readonly alertSince: Float64Array;

  // Nodes.
  readonly nodeReady: Uint8Array;
  readonly nodeCordoned: Uint8Array;
  readonly nodeUsed: Int32Array;
  /** 1 + index of the attribute of `node-bad` or `path-blocked` that the node is under, 0 when none, and its severity. */
  readonly nodeFault: Uint8Array;
  readonly nodeSeverity: Float64Array;
  /** Since when the node is as it shows: under its fault, or given up by the control plane. */
  readonly nodeSince: Float64Array;
  /** Number of faults that the node has had; events of an older one are void. */
  readonly nodeStamp: Int32Array;

  // Guard of an execution: ready pods when it began and the least since, services that it touched.
  readonly guardReady: Int32Array;
  readonly guardGood: Int32Array;
  readonly guardLeast: Int32Array;
  readonly touched: Uint8Array;

  readonly queue: EventQueue;

  constructor(
    readonly layout: Layout,
    from?: ArrayBuffer,
    queue = new EventQueue(),
  ) {
    super();
    const { services: S, pods: P, edges: E, attributes: A, rules: R } = layout;
    const floats = S * A + 4 * P + 45 * S + 2 * MAX_NODES + 5 * E + 2 * COLUMNS * S + R * S + WORK_FLOATS * S;
    const ints = 3 * P + 14 * S + 2 * MAX_NODES + WORK_INTS * S;
    const bytes = S * A + 7 * P + 12 * S + 3 * MAX_NODES + WORK_BYTES * S;
    const buffer = from ?? new ArrayBuffer(8 * floats + 4 * ints + bytes);
    this.all = new Uint8Array(buffer);
    this.floats = new Float64Array(buffer, 0, floats);
    this.ints = new Int32Array(buffer, 8 * floats, ints);
    this.bytes = new Uint8Array(buffer, 8 * floats + 4 * ints, bytes);
    const intOffset = 8 * floats;
    const byteOffset = intOffset + 4 * ints;
    let f = 0;
    let i = 0;
    let b = 0;
    const float = (n: number): Float64Array => {
      f += n;
      return new Float64Array(buffer, 8 * (f - n), n);
    };
    const int = (n: number): Int32Array => {
      i += n;
      return new Int32Array(buffer, intOffset + 4 * (i - n), n);
    };
    const byte = (n: number): Uint8Array => {
      b += n;
      return new Uint8Array(buffer, byteOffset + b - n, n);
    };
    this.severity = float(S * A);
    this.podNextAt = float(P);
    this.podStartedAt = float(P);
    this.podLeakFrom = float(P);
    this.podCrashAt = float(P);
    this.leakStretch = float(S);
    this.limitSince = float(S);
    this.limitNeedless = float(S);
    this.capacity = float(S);
    this.ownError = float(S);
    this.ownLatency = float(S);
    this.ownCpu = float(S);
    this.inFail = float(S);
    this.outFail = float(S);
    this.delayShare = float(S);
    this.delayMs = float(S);
    this.arrivals = float(S);
    this.reached = float(S);
    this.shed = float(S);
    this.served = float(S);
    this.pooled = float(S);
    this.failed = float(S);
    this.success = float(S);
    this.meanMs = float(S);
    this.varMs = float(S);
    this.waitMs = float(S);
    this.netFail = float(S);
    this.edgeFail = float(E);
    this.edgeLoss = float(E);
    this.edgeCalls = float(E);
    this.edgeAttempts = float(E);
    this.metrics = float(COLUMNS * S);
    this.scraped = float(COLUMNS * S);
    this.crashTimes = float(8 * S);
    this.ownLoad = float(S);
    this.ownMeanMs = float(S);
    this.ownVarMs = float(S);
    this.ownWaitMs = float(S);
    this.measuredMean = float(S);
    this.measuredVar = float(S);
    this.lowSince = float(S);
    this.lowEnd = float(S);
    this.lowTotal = float(S);
    this.lagValue = float(S);
    this.lagAt = float(S);
    this.lagSlope = float(S);
    this.diskValue = float(S);
    this.diskAt = float(S);
    this.diskSlope = float(S);
    this.nodeSeverity = float(MAX_NODES);
    this.nodeSince = float(MAX_NODES);
    this.alertSince = float(R * S);
    this.work = float(2 * S);
    this.workSince = float(2 * S);
    this.workRate = float(2 * S);
    this.workNextAt = float(2 * S);
    this.hitValue = float(S);
    this.hitAim = float(S);
    this.hitSince = float(S);
    this.hitRate = float(S);
    this.edgeExtra = float(E);
    this.workBegan = float(S);
    this.workShare = float(S);
    this.workLimit = float(S);
    this.deadline = float(S);
    this.inflow = float(S);
    this.queued = float(S);
    this.retriesTo = float(S);
    this.stall = float(S);
    this.podLoad = int(P);
    this.podGeneration = int(P);
    this.podStamp = int(P);
    this.desired = int(S);
    this.crashes = int(S);
    this.avoid = int(S);
    this.badNodes = int(S);
    this.version = int(S);
    this.slots = int(S);
    this.readyPods = int(S);
    this.goodPods = int(S);
    this.guardReady = int(S);
    this.guardGood = int(S);
    this.guardLeast = int(S);
    this.nodeUsed = int(MAX_NODES);
    this.nodeStamp = int(MAX_NODES);
    this.primary = int(S);
    this.clientsAt = int(S);
    this.struck = int(S);
    this.workStamp = int(2 * S);
    this.hitStamp = int(S);
    this.active = byte(S * A);
    this.podPhase = byte(P);
    this.podNode = byte(P);
    this.podStage = byte(P);
    this.podBackoff = byte(P);
    this.podCause = byte(P);
    this.podSlots = byte(P);
    this.podKilled = byte(P);
    this.moved = byte(S);
    this.activeCount = byte(S);
    this.leaked = byte(S);
    this.limited = byte(S);
    this.dirty = byte(S);
    this.inMode = byte(S);
    this.outMode = byte(S);
    this.outOne = byte(S);
    this.touched = byte(S);
    this.workFlags = byte(S);
    this.headBlocked = byte(S);
    this.syncHeld = byte(S);
    this.broken = byte(S);
    this.paused = byte(S);
    this.nodeReady = byte(MAX_NODES);
    this.nodeCordoned = byte(MAX_NODES);
    this.nodeFault = byte(MAX_NODES);
    this.fenced = byte(S);
    this.backupVerified = byte(S);
    this.pinned = byte(S);
    this.queue = queue;
  }

  /** An exact, independent copy. */
  clone(): CloudState {
    const copy = new CloudState(this.layout, this.floats.buffer.slice(0), this.queue.clone());
    copy.setScalars(this);
    return copy;
  }

  /** Makes this state an exact copy of another of the same layout, without allocating its arrays anew. */
  become(other: CloudState): void {
    this.all.set(other.all);
    this.queue.become(other.queue);
    this.setScalars(other);
  }

  /** The state as JSON values. */
  toJSON(): PackedState {
    return {
      bytes: toBase64(new Uint8Array(this.floats.buffer)),
      queue: this.queue.toJSON(),
      ...this.packScalars(),
    };
  }

  /** The state that `toJSON` gave. */
  static fromJSON(layout: Layout, packed: PackedState): CloudState {
    const state = new CloudState(layout, fromBase64(packed.bytes), EventQueue.fromJSON(packed.queue));
    state.unpackScalars(packed);
    return state;
  }
}

/** A state as JSON values: its buffer in base64, numbers that JSON lacks as strings. */
export interface PackedState extends PackedScalars {
  readonly bytes: string;
  readonly queue: PackedQueue;
}
