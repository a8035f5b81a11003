import {
  type Inventory,
  NODE_METRICS,
  type NodeMetric,
  SERVICE_METRICS,
  type ServiceKind,
  type ServiceMetric,
  type Telemetry,
} from '../../cloud/interface.js';
import { RowLookup, type TopologyView, topologyView } from './topology-view.js';
import type { Vocabulary } from './vocabulary.js';

/** What perception may look at, each including the ones before it; alerts and inventory are free, so all arms see them. */
export const PERCEPTION_ARMS = ['metrics', 'events', 'logs'] as const;
export type PerceptionArm = (typeof PERCEPTION_ARMS)[number];

const KINDS: readonly ServiceKind[] = ['gateway', 'service', 'database', 'cache', 'queue', 'external'];

/** Symptoms that a component shares with its neighbours and the whole, in this order. */
const SYMPTOMS = ['errors', 'latency-p50', 'latency-p99', 'short', 'restarts', 'rps'] as const;

/** Service metrics that perception reads, by name: the weights depend on the list and its order. */
export const SEEN_METRICS = [
  'rps',
  'error_ratio',
  'latency_p50_ms',
  'latency_p99_ms',
  'cpu_ratio',
  'memory_ratio',
  'restarts',
  'ready_ratio',
] as const satisfies readonly ServiceMetric[];
/** Node metrics that perception reads. */
const SEEN_NODE_METRICS = [
  'ready',
  'cpu_ratio',
  'memory_ratio',
  'retransmit_ratio',
] as const satisfies readonly NodeMetric[];
const SERVICE_COLUMN = SEEN_METRICS.map((metric) => SERVICE_METRICS.indexOf(metric));
const NODE_COLUMN = SEEN_NODE_METRICS.map((metric) => NODE_METRICS.indexOf(metric));
const CPU = SERVICE_METRICS.indexOf('cpu_ratio');
const MEMORY = SERVICE_METRICS.indexOf('memory_ratio');

/** Names of the dense features, in column order; tokens of the vocabulary follow them. */
export const DENSE_FEATURES: readonly string[] = [
  'bias-of-presence',
  ...SEEN_METRICS.map((metric) => `own ${metric}`),
  'own cpu level',
  'own memory level',
  'missing metrics',
  'inventory short of ready',
  'inventory below baseline',
  'inventory above baseline',
  'inventory unplaced',
  'inventory none ready',
  'inventory quota exhausted',
  'inventory limited',
  'inventory on bad node',
  'inventory no rollback',
  'stateful',
  'entry',
  ...KINDS.map((kind) => `kind ${kind}`),
  ...SEEN_NODE_METRICS.map((metric) => `host ${metric}`),
  ...SYMPTOMS.map((symptom) => `callers max ${symptom}`),
  ...SYMPTOMS.map((symptom) => `callees max ${symptom}`),
  ...SYMPTOMS.map((symptom) => `others max ${symptom}`),
  ...SYMPTOMS.map((symptom) => `own over others ${symptom}`),
  'slo failed',
  'slo latency',
  'alerts anywhere',
];

const OWN = 1;
const LEVELS = OWN + SEEN_METRICS.length;
const INVENTORY = LEVELS + 3;
const KIND = INVENTORY + 11;
const HOST = KIND + KINDS.length;
const CALLERS = HOST + SEEN_NODE_METRICS.length;
const CALLEES = CALLERS + SYMPTOMS.length;
const OTHERS = CALLEES + SYMPTOMS.length;
const RELATIVE = OTHERS + SYMPTOMS.length;
const SLO = RELATIVE + SYMPTOMS.length;

/** Columns of a component's own metrics that are its symptoms, in the order of SYMPTOMS. */
const OWN_SYMPTOMS = [OWN + 1, OWN + 2, OWN + 3, OWN + 7, OWN + 6, OWN] as const;

/** Columns that are the difference of two others: a network's first layer can do without them. */
export const DIFFERENCES: readonly {
  readonly column: number;
  readonly of: number;
  readonly minus: number;
}[] = SYMPTOMS.map((_, s) => ({ column: RELATIVE + s, of: OWN_SYMPTOMS[s]!, minus: OTHERS + s }));

/** Columns that are the same for every component of a look. */
export const SHARED: readonly number[] = [0, SLO, SLO + 1, SLO + 2];

/** log2(value / baseline) with a floor that keeps idle services from exploding, clipped to what a fault can do. */
function logRatio(value: number, baseline: number, floor: number): number {
  return Math.min(8, Math.max(-6, Math.log2((value + floor) / (baseline + floor))));
}

/** Share of errors beyond the usual, on a scale where 1 % already shows: log10(1 + 1000 x) / 3 is 0 at 0 and 1 at 1. */
function errorLevel(value: number, baseline: number): number {
  const excess = value - baseline;
  return excess <= 0 ? 0 : Math.log10(1 + 1000 * excess) / 3;
}

/** Per metric of SEEN_METRICS: how its value and baseline become a feature that is 0 on a healthy day. */
const OWN_METRIC: readonly ((value: number, baseline: number) => number)[] = [
  (value, baseline) => logRatio(value, baseline, 0.5),
  errorLevel,
  (value, baseline) => logRatio(value, baseline, 1),
  (value, baseline) => logRatio(value, baseline, 1),
  (value, baseline) => logRatio(value, baseline, 0.02),
  (value, baseline) => logRatio(value, baseline, 0.02),
  (value, baseline) => Math.log1p(Math.max(0, value - baseline)),
  (value, baseline) => Math.max(0, baseline - value),
];

/**
 * Turns telemetry and inventory into one row of numbers a component, without allocating: the rows are overwritten by the
 * next call. Every row speaks of the component and its neighbourhood only, so that one network serves any topology.
 */
export class FeatureExtractor {
  readonly width: number;
  private rows = new Float32Array(0);
  private symptoms = new Float32Array(0);
  private readonly serviceRows = new RowLookup();
  private readonly nodeRows = new RowLookup();
  private nodeIds: readonly string[] = [];
  private nodeFeatures = new Float32Array(0);

  constructor(
    readonly arm: PerceptionArm,
    private readonly vocabulary: Vocabulary,
  ) {
    this.width = DENSE_FEATURES.length + vocabulary.capacity;
  }

  /** Row-major `components × width`; component order is that of `topologyView(inventory).components`. */
  extract(telemetry: Telemetry, inventory: Inventory): Float32Array {
    const view = topologyView(inventory);
    const n = view.components.length;
    if (this.rows.length !== n * this.width) {
      this.rows = new Float32Array(n * this.width);
      this.symptoms = new Float32Array(n * SYMPTOMS.length);
    } else {
      this.rows.fill(0);
    }
    this.writeMetrics(telemetry, view);
    this.writeInventory(telemetry, inventory, view);
    this.writeNeighbours(telemetry, view);
    this.writeTokens(telemetry, inventory, view);
    return this.rows;
  }

  private writeMetrics(telemetry: Telemetry, view: TopologyView): void {
    const { rows, width, symptoms } = this;
    const table = telemetry.services;
    const lookup = this.serviceRows.of(table, view.components);
    const metrics = SEEN_METRICS.length;
    const stride = SERVICE_METRICS.length;
    for (let i = 0; i < view.components.length; i++) {
      const at = i * width;
      const row = lookup[i]!;
      let missing = row < 0 ? metrics : 0;
      rows[at] = 1;
      if (row >= 0) {
        for (let m = 0; m < metrics; m++) {
          const cell = row * stride + SERVICE_COLUMN[m]!;
          const value = table.values[cell]!;
          // A missing series reads as a healthy one; the count beside it says that nothing was seen.
          if (Number.isNaN(value)) missing++;
          else rows[at + OWN + m] = OWN_METRIC[m]!(value, table.baseline[cell]!);
        }
        const cpu = table.values[row * stride + CPU]!;
        const memory = table.values[row * stride + MEMORY]!;
        if (cpu > 0) rows[at + LEVELS] = cpu;
        if (memory > 0) rows[at + LEVELS + 1] = memory;
      }
      rows[at + LEVELS + 2] = missing / metrics;
      const s = i * SYMPTOMS.length;
      for (let j = 0; j < SYMPTOMS.length; j++) symptoms[s + j] = rows[at + OWN_SYMPTOMS[j]!]!;
    }
  }

  private writeInventory(telemetry: Telemetry, inventory: Inventory, view: TopologyView): void {
    const { rows, width } = this;
    if (this.nodeIds.length !== view.nodeIndexOf.size || !view.nodeIndexOf.has(this.nodeIds[0] ?? '')) {
      this.nodeIds = [...view.nodeIndexOf.keys()];
    }
    this.readNodes(telemetry);
    for (let i = 0; i < view.components.length; i++) {
      const service = inventory.services[view.inventoryIndex[i]!]!;
      const at = i * width + INVENTORY;
      const { desiredReplicas: desired, readyReplicas: ready, baselineReplicas: baseline } = service;
      rows[at] = desired > 0 ? Math.max(0, desired - ready) / desired : 0;
      rows[at + 1] = baseline > 0 ? Math.max(0, baseline - desired) / baseline : 0;
      rows[at + 2] = baseline > 0 ? Math.max(0, desired - baseline) / baseline : 0;
      if (ready === 0) rows[at + 4] = 1;
      if (inventory.quotaLeft < 1) rows[at + 5] = 1;
      if (service.limited) rows[at + 6] = 1;
      if (service.previousVersion === null) rows[at + 8] = 1;
      if (service.stateful) rows[at + 9] = 1;
      if (i === view.entry) rows[at + 10] = 1;
      rows[i * width + KIND + KINDS.indexOf(service.kind)] = 1;
      this.writeHosts(inventory, view, i, service.placement);
    }
  }

  /** Readings of every node as features, once for all the pods that it hosts. */
  private readNodes(telemetry: Telemetry): void {
    const table = telemetry.nodes;
    const metrics = SEEN_NODE_METRICS.length;
    const stride = NODE_METRICS.length;
    const lookup = this.nodeRows.of(table, this.nodeIds);
    if (this.nodeFeatures.length !== lookup.length * metrics) {
      this.nodeFeatures = new Float32Array(lookup.length * metrics);
    } else this.nodeFeatures.fill(0);
    for (let n = 0; n < lookup.length; n++) {
      const row = lookup[n]!;
      if (row < 0) continue;
      for (let m = 0; m < metrics; m++) {
        const cell = row * stride + NODE_COLUMN[m]!;
        const value = table.values[cell]!;
        if (Number.isNaN(value)) continue;
        const baseline = table.baseline[cell]!;
        this.nodeFeatures[n * metrics + m] =
          m === 0 ? Math.max(0, baseline - value) : logRatio(value, baseline, 0.01);
      }
    }
  }

  /** Worst reading over the nodes that host a component. */
  private writeHosts(
    inventory: Inventory,
    view: TopologyView,
    i: number,
    placement: readonly string[],
  ): void {
    const { rows, width, nodeFeatures } = this;
    const metrics = SEEN_NODE_METRICS.length;
    let unplaced = 0;
    let badNode = 0;
    for (const node of placement) {
      if (node === '') {
        unplaced++;
        continue;
      }
      const index = view.nodeIndexOf.get(node);
      if (index === undefined) continue;
      const { ready, cordoned } = inventory.nodes[index]!;
      if (!ready || cordoned) badNode++;
      for (let m = 0; m < metrics; m++) {
        const at = i * width + HOST + m;
        if (nodeFeatures[index * metrics + m]! > rows[at]!) rows[at] = nodeFeatures[index * metrics + m]!;
      }
    }
    if (placement.length === 0) return;
    rows[i * width + INVENTORY + 3] = unplaced / placement.length;
    rows[i * width + INVENTORY + 7] = badNode / placement.length;
  }

  private writeNeighbours(telemetry: Telemetry, view: TopologyView): void {
    const { rows, width, symptoms } = this;
    const n = view.components.length;
    const k = SYMPTOMS.length;
    const failed = 1 - telemetry.slo.success;
    const latency = Math.log1p(telemetry.slo.latencyP99Ms / 100);
    const alerts = Math.log1p(telemetry.alerts.length);
    for (let s = 0; s < k; s++) {
      // The two largest tell every component the largest among the others.
      let first = 0;
      let second = 0;
      let holder = -1;
      for (let i = 0; i < n; i++) {
        const value = symptoms[i * k + s]!;
        if (value > first) {
          second = first;
          first = value;
          holder = i;
        } else if (value > second) second = value;
      }
      for (let i = 0; i < n; i++) {
        const at = i * width;
        const others = i === holder ? second : first;
        rows[at + OTHERS + s] = others;
        rows[at + RELATIVE + s] = symptoms[i * k + s]! - others;
        rows[at + CALLERS + s] = largest(symptoms, view.callers[i]!, k, s);
        rows[at + CALLEES + s] = largest(symptoms, view.callees[i]!, k, s);
      }
    }
    for (let i = 0; i < n; i++) {
      const at = i * width + SLO;
      rows[at] = failed;
      rows[at + 1] = latency;
      rows[at + 2] = alerts;
    }
  }

  private writeTokens(telemetry: Telemetry, inventory: Inventory, view: TopologyView): void {
    for (const alert of telemetry.alerts)
      this.writeToken('alert', alert.rule, alert.component, inventory, view);
    if (this.arm === 'metrics') return;
    for (const event of telemetry.events)
      this.writeToken('event', event.reason, event.component, inventory, view);
    if (this.arm !== 'logs') return;
    for (const line of telemetry.logs) {
      if (line.level !== 'INFO') this.writeToken('log', line.template, line.component, inventory, view);
    }
  }

  /** Marks a token on its component and, as a neighbour's, on those it calls and those that call it. */
  private writeToken(
    source: 'alert' | 'event' | 'log',
    name: string,
    component: string,
    inventory: Inventory,
    view: TopologyView,
  ): void {
    const { rows, width, vocabulary } = this;
    const base = DENSE_FEATURES.length;
    const own = view.indexOf.get(component);
    if (own !== undefined) {
      mark(rows, own * width + base, vocabulary.id(`${source} own`, name));
      const caller = vocabulary.id(`${source} of caller`, name);
      for (const callee of view.callees[own]!) mark(rows, callee * width + base, caller);
      const callee = vocabulary.id(`${source} of callee`, name);
      for (const callerIndex of view.callers[own]!) mark(rows, callerIndex * width + base, callee);
      return;
    }
    if (view.nodeIndexOf.has(component)) {
      const host = vocabulary.id(`${source} of host`, name);
      for (let i = 0; i < view.components.length; i++) {
        const service = inventory.services[view.inventoryIndex[i]!]!;
        if (service.placement.includes(component)) mark(rows, i * width + base, host);
      }
      return;
    }
    const anywhere = vocabulary.id(`${source} elsewhere`, name);
    for (let i = 0; i < view.components.length; i++) mark(rows, i * width + base, anywhere);
  }
}

function mark(rows: Float32Array, base: number, id: number): void {
  if (id >= 0) rows[base + id] = 1;
}

function largest(symptoms: Float32Array, indices: Uint16Array, stride: number, offset: number): number {
  let max = 0;
  for (let i = 0; i < indices.length; i++) {
    const value = symptoms[indices[i]! * stride + offset]!;
    if (value > max) max = value;
  }
  return max;
}
