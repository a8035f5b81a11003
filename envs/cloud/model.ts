import type { ConditionTable } from './conditions.js';
import type { FaultType } from './faults.js';
import type { Primitive } from './primitives.js';
import type { Scale } from './scale.js';
import type { AlertRuleFile, CloudFile } from './schemas/cloud.js';
import type { TextFile } from './schemas/text.js';
import type { PriorName, Split } from './splits.js';
import type { Layout } from './state.js';
import type { OverlayName, Topology } from './topology.js';

export interface CloudOptions {
  readonly topology: string;
  readonly overlay: OverlayName;
  readonly prior: PriorName;
  /** Constants multiplied by a factor, see `./scale.ts`. */
  readonly scale?: Scale | undefined;
}

/** An alert rule with its metric as an index. */
export interface AlertRule extends AlertRuleFile {
  readonly metricIndex: number;
}

/**
 * All that does not change within an incident: topology, fault catalogue, primitives' true effects, constants and the
 * healthy baseline. Immutable; made once per options.
 */
export interface CloudModel {
  readonly options: CloudOptions;
  readonly topology: Topology;
  readonly table: ConditionTable;
  readonly faults: readonly FaultType[];
  readonly primitives: ReadonlyMap<string, Primitive>;
  readonly splits: ReadonlyMap<string, Split>;
  readonly constants: CloudFile;
  readonly text: TextFile;
  readonly rules: readonly AlertRule[];
  /** Rules on nodes; `metricIndex` is a column of NODE_METRICS. */
  readonly nodeRules: readonly AlertRule[];
  readonly layout: Layout;
  /** Pods of service s are `podBase[s] .. podBase[s + 1] - 1`; the first `replicas[s]` exist on a normal day. */
  readonly podBase: Int32Array;
  readonly podService: Int32Array;
  /** Requests per second that a healthy pod of a service serves. */
  readonly podCapacity: Float64Array;
  /** Share of a service's requests that write. */
  readonly writeShare: Float64Array;
  /** Requests per second at a service on a normal day. */
  readonly baseLoad: Float64Array;
  /** Loss of success at the entry when a service fails wholly. */
  readonly errorReach: Float64Array;
  /** Probability that a request at the entry waits for a service. */
  readonly latencyReach: Float64Array;
  readonly baseEntryMeanMs: number;
  readonly sloLatencyMs: number;
  /** Services × SERVICE_METRICS on a normal day. */
  readonly baseMetrics: Float64Array;
  /** Services × rules: the rule's expression holds above `alertAbove` or below `alertBelow`. */
  readonly alertAbove: Float64Array;
  readonly alertBelow: Float64Array;
  /** Per edge: the cache whose misses it serves, -1 when none, and calls per lost answer (cache.ts); caches with such an edge. */
  readonly missOf: Int32Array;
  readonly missWeight: Float64Array;
  readonly backed: Uint8Array;
  readonly slotsPerNode: number;
  readonly baselinePods: number;
  /** Node of each baseline pod. */
  readonly basePlacement: Uint8Array;
}
