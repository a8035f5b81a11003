/**
 * The values that cross the wall between the cloud and everybody else. This is the only file of `envs/cloud` that
 * other rooms than `healing` import, so nothing in it may tell hidden state: no fault type, no condition, no true
 * effect. Times are simulated seconds since fault onset (negative before it); ratios are in [0, 1].
 */

/** Kinds of node of a topology, as the public manifests name them. */
export type ServiceKind = 'gateway' | 'service' | 'database' | 'cache' | 'queue' | 'client' | 'external';

/** One step of a plan: a primitive (an action of the PDDL domain) and its objects, lower case. */
export interface PrimitiveCall {
  readonly name: string;
  readonly args: readonly string[];
}

/** What happened when a call was executed on the cloud. */
export interface Outcome {
  readonly call: PrimitiveCall;
  readonly startedAt: number;
  readonly endedAt: number;
  /** `done` says that the operation completed, not that it helped; `refused` that the control plane said no at once. */
  readonly status: 'done' | 'refused' | 'failed' | 'timed-out';
  /** One line, as a control plane would print it. */
  readonly message: string;
}

/** Price list of evidence: what a meta-prompt may ask for. `alerts` and `topology` are free. */
export const EVIDENCE_KINDS = ['alerts', 'topology', 'metrics', 'events', 'logs', 'changes'] as const;
export type EvidenceKind = (typeof EVIDENCE_KINDS)[number];

/** A rule that has fired (after its `for` window), or the user report that opens an incident without an alert. */
export interface Alert {
  readonly firedAt: number;
  readonly component: string;
  /** Name of the rule, e.g. `HighErrorRate`, `PodNotReady`, `UserReport`. */
  readonly rule: string;
  readonly severity: 'page' | 'ticket';
  readonly value: number;
  readonly text: string;
}

/**
 * Metrics of a service, one column each, in the order of {@link SERVICE_METRICS}. The last five exist only where the
 * component has what they measure, else they are NaN, baseline included: connections in use as share of the pool (all
 * but external services), seconds of work that waits (queues and what works through a backlog), seconds that the replica
 * is behind its primary, share of reads that a cache answers, share of the volume in use.
 */
export const SERVICE_METRICS = [
  'rps',
  'error_ratio',
  'latency_p50_ms',
  'latency_p99_ms',
  'cpu_ratio',
  'memory_ratio',
  'restarts',
  'ready_ratio',
  'connections_ratio',
  'queue_lag_s',
  'replication_lag_s',
  'cache_hit_ratio',
  'disk_ratio',
] as const;
export type ServiceMetric = (typeof SERVICE_METRICS)[number];

/** Metrics of a node; `clock_offset_s` is the distance from the time servers, without its sign. */
export const NODE_METRICS = [
  'ready',
  'cpu_ratio',
  'memory_ratio',
  'retransmit_ratio',
  'disk_ratio',
  'clock_offset_s',
] as const;
export type NodeMetric = (typeof NODE_METRICS)[number];

/** Metrics of a zone: share of its nodes that are ready, its pods' load over their capacity, share of their answers that are errors. */
export const ZONE_METRICS = ['ready_ratio', 'load_ratio', 'error_ratio'] as const;
export type ZoneMetric = (typeof ZONE_METRICS)[number];

/**
 * One scrape of all components of one kind: row-major `components × metrics`, NaN where the series is missing.
 * `baseline` holds the value that each metric has on a healthy day, for ratios. Tables share arrays: read them only.
 */
export interface MetricTable {
  readonly components: readonly string[];
  readonly metrics: readonly string[];
  readonly scrapedAt: number;
  readonly values: Float64Array;
  readonly baseline: Float64Array;
}

/** A Kubernetes-style event. */
export interface EventRecord {
  readonly time: number;
  readonly component: string;
  readonly reason: string;
  readonly message: string;
  readonly count: number;
}

/** A log line. `template` identifies the line without its variable parts (as a log parser would). */
export interface LogLine {
  readonly time: number;
  readonly component: string;
  readonly level: 'INFO' | 'WARN' | 'ERROR';
  readonly template: string;
  readonly message: string;
}

/** An entry of the change history; most changes have nothing to do with the incident. */
export interface ChangeRecord {
  readonly time: number;
  readonly component: string;
  readonly kind:
    | 'deploy'
    | 'config'
    | 'flag'
    | 'secret'
    | 'certificate'
    | 'scale'
    | 'policy'
    | 'route'
    | 'node'
    | 'job';
  readonly summary: string;
}

/** End-to-end service level at the entry point, as an outside probe measures it. */
export interface SloReading {
  readonly time: number;
  /** Successful share of *offered* requests; what is shed counts as failed. */
  readonly success: number;
  readonly latencyP99Ms: number;
  /** True when both are within their objectives. */
  readonly healthy: boolean;
}

/** What can be observed at a time: noisy, delayed, incomplete, with decoys. */
export interface Telemetry {
  readonly time: number;
  readonly slo: SloReading;
  readonly alerts: readonly Alert[];
  readonly services: MetricTable;
  readonly nodes: MetricTable;
  readonly zones: MetricTable;
  readonly events: readonly EventRecord[];
  readonly logs: readonly LogLine[];
  readonly changes: readonly ChangeRecord[];
}

/** A service as the inventory knows it: no look at its health beyond what the control plane shows for free. */
export interface InventoryService {
  readonly id: string;
  readonly kind: ServiceKind;
  readonly stateful: boolean;
  /** Replicas of a normal day. */
  readonly baselineReplicas: number;
  readonly desiredReplicas: number;
  readonly readyReplicas: number;
  /** Node of each existing pod; `''` for a pod that is not placed. */
  readonly placement: readonly string[];
  readonly version: string;
  /** Version that can be rolled back to, or null when there is none. */
  readonly previousVersion: string | null;
  /** A rate limit is in force on the way into this service. */
  readonly limited: boolean;
  /** The circuit to this service is open: callers do not call it. */
  readonly broken: boolean;
  /** A roll-out of this service is paused. */
  readonly rolloutPaused: boolean;
  /** State of replication as the database's operator shows it; null for what has no replicas of its data. */
  readonly replication: Replication | null;
  /** Whether the service's data has a backup, and whether somebody has verified that it can be restored. */
  readonly backup: 'none' | 'unverified' | 'verified';
}

export interface Replication {
  readonly primaryReady: boolean;
  /** Ready replicas besides the primary. */
  readonly readyReplicas: number;
  readonly lagSeconds: number;
  /** The old primary is kept from writing. */
  readonly fenced: boolean;
}

export interface InventoryNode {
  readonly id: string;
  readonly zone: string;
  readonly ready: boolean;
  readonly cordoned: boolean;
  /** Pods that still fit. */
  readonly freeSlots: number;
  /**
   * Node conditions that are off their norm, as a control plane with a node problem detector shows them (`NotReady`,
   * `DiskPressure`, `MemoryPressure`, `ClockUnsynchronised`, `AgentUnhealthy`, …). A grey hardware fault shows none.
   */
  readonly conditions: readonly string[];
}

/** A call edge of the topology. */
export interface CallEdge {
  readonly caller: string;
  readonly callee: string;
  /** Calls to the callee per request at the caller. */
  readonly weight: number;
  /** The caller's request fails when this call fails. */
  readonly critical: boolean;
}

/** What is known without looking: topology, replicas, placement, versions, quota. Change history is evidence. */
export interface Inventory {
  readonly time: number;
  readonly topology: string;
  readonly entry: string;
  readonly services: readonly InventoryService[];
  readonly nodes: readonly InventoryNode[];
  readonly calls: readonly CallEdge[];
  /** Zones that traffic is kept off. */
  readonly shiftedZones: readonly string[];
  /** Pods that the namespace quota still admits, as the quota object shows it. */
  readonly quotaLeft: number;
}
