import {
  type Inventory,
  type InventoryService,
  SERVICE_METRICS,
  type Telemetry,
} from '../../cloud/interface.js';
import {
  CALLEES,
  CALLERS,
  DENSE_FEATURES,
  ENTRY,
  featureOf,
  INVENTORY,
  KIND,
  KINDS,
  LEVEL_COLUMNS,
  LEVELS,
  MISSING,
  OTHERS,
  OWN,
  OWN_SYMPTOMS,
  RELATIVE,
  SERVICE_SCALES,
  SLO,
  STATEFUL,
  SYMPTOMS,
} from './feature-columns.js';
import { Hosts } from './hosts.js';
import { RowLookup, type TopologyView, topologyView } from './topology-view.js';
import type { Vocabulary } from './vocabulary.js';

/** What perception may look at, each including the ones before it; alerts and inventory are free, so all arms see them. */
export const PERCEPTION_ARMS = ['metrics', 'events', 'logs'] as const;
export type PerceptionArm = (typeof PERCEPTION_ARMS)[number];

/** Scopes of the vocabulary for tokens of one source, by where the token stands. */
type Scopes = Readonly<Record<'own' | 'ofCaller' | 'ofCallee' | 'ofHost' | 'elsewhere', string>>;

const scopesOf = (source: string): Scopes => ({
  own: `${source} own`,
  ofCaller: `${source} of caller`,
  ofCallee: `${source} of callee`,
  ofHost: `${source} of host`,
  elsewhere: `${source} elsewhere`,
});
const SCOPES = { alert: scopesOf('alert'), event: scopesOf('event'), log: scopesOf('log') };

/**
 * Turns telemetry and inventory into one row of numbers a component, without allocating: the rows are overwritten by the
 * next call. Every row speaks of the component and its neighbourhood only, so that one network serves any topology.
 */
export class FeatureExtractor {
  readonly width: number;
  private rows: Float32Array = new Float32Array(0);
  private symptoms = new Float32Array(0);
  private readonly serviceRows = new RowLookup();
  private readonly hosts = new Hosts();

  constructor(
    readonly arm: PerceptionArm,
    private readonly vocabulary: Vocabulary,
  ) {
    this.width = DENSE_FEATURES.length + vocabulary.capacity;
  }

  /** Row-major `components × width`; component order is that of `topologyView(inventory).components`. */
  extract(telemetry: Telemetry, inventory: Inventory): Float32Array {
    const size = topologyView(inventory).components.length * this.width;
    const rows = this.rows.length === size ? this.rows : new Float32Array(size);
    this.extractInto(rows, telemetry, inventory);
    return rows;
  }

  /** {@link extract} into `rows`, which must be of that size. */
  extractInto(rows: Float32Array, telemetry: Telemetry, inventory: Inventory): void {
    const view = topologyView(inventory);
    const n = view.components.length;
    this.rows = rows;
    rows.fill(0);
    if (this.symptoms.length !== n * SYMPTOMS.length) this.symptoms = new Float32Array(n * SYMPTOMS.length);
    this.writeMetrics(telemetry, view);
    this.writeInventory(telemetry, inventory, view);
    this.writeNeighbours(telemetry, view);
    this.writeTokens(telemetry, inventory, view);
  }

  private writeMetrics(telemetry: Telemetry, view: TopologyView): void {
    const { rows, width, symptoms } = this;
    const table = telemetry.services;
    const lookup = this.serviceRows.of(table, view.components);
    const metrics = SERVICE_SCALES.length;
    const stride = SERVICE_METRICS.length;
    for (let i = 0; i < view.components.length; i++) {
      const at = i * width;
      const row = lookup[i]!;
      let missing = row < 0 ? metrics : 0;
      rows[at] = 1;
      if (row >= 0) {
        for (let m = 0; m < metrics; m++) {
          const scale = SERVICE_SCALES[m]!;
          const value = table.values[row * stride + scale.column]!;
          const baseline = table.baseline[row * stride + scale.column]!;
          // What a component does not have has no baseline either. A missing series reads as a healthy one; the count beside it
          // says that nothing was seen.
          if (Number.isNaN(baseline)) continue;
          if (Number.isNaN(value)) missing++;
          else rows[at + OWN + m] = featureOf(scale, value, baseline);
        }
        for (let l = 0; l < LEVEL_COLUMNS.length; l++) {
          const value = table.values[row * stride + LEVEL_COLUMNS[l]!]!;
          if (value > 0) rows[at + LEVELS + l] = value;
        }
      }
      rows[at + MISSING] = missing / metrics;
      const s = i * SYMPTOMS.length;
      for (let j = 0; j < SYMPTOMS.length; j++) symptoms[s + j] = rows[at + OWN_SYMPTOMS[j]!]!;
    }
  }

  private writeInventory(telemetry: Telemetry, inventory: Inventory, view: TopologyView): void {
    const { rows, width } = this;
    this.hosts.read(telemetry, inventory, view);
    for (let i = 0; i < view.components.length; i++) {
      const service = inventory.services[view.inventoryIndex[i]!]!;
      const at = i * width;
      this.writeService(inventory, service, at);
      if (i === view.entry) rows[at + ENTRY] = 1;
      this.hosts.write(rows, at, service.placement, inventory, view);
    }
  }

  private writeService(inventory: Inventory, service: InventoryService, at: number): void {
    const { rows } = this;
    const { desiredReplicas: desired, readyReplicas: ready, baselineReplicas: baseline } = service;
    rows[at + INVENTORY['short of ready']] = desired > 0 ? Math.max(0, desired - ready) / desired : 0;
    rows[at + INVENTORY['below baseline']] = baseline > 0 ? Math.max(0, baseline - desired) / baseline : 0;
    rows[at + INVENTORY['above baseline']] = baseline > 0 ? Math.max(0, desired - baseline) / baseline : 0;
    if (ready === 0) rows[at + INVENTORY['none ready']] = 1;
    if (inventory.quotaLeft < 1) rows[at + INVENTORY['quota exhausted']] = 1;
    if (service.limited) rows[at + INVENTORY.limited] = 1;
    if (service.previousVersion === null) rows[at + INVENTORY['no rollback']] = 1;
    if (service.broken) rows[at + INVENTORY['circuit open']] = 1;
    if (service.rolloutPaused) rows[at + INVENTORY.paused] = 1;
    if (service.stateful) rows[at + STATEFUL] = 1;
    rows[at + KIND + KINDS.indexOf(service.kind)] = 1;
    const { replication } = service;
    if (replication === null) return;
    rows[at + INVENTORY.replicated] = 1;
    if (!replication.primaryReady) rows[at + INVENTORY['primary not ready']] = 1;
    if (replication.readyReplicas === 0) rows[at + INVENTORY['no replica ready']] = 1;
    if (replication.lagSeconds > 0) rows[at + INVENTORY['replica lag']] = Math.log1p(replication.lagSeconds);
    if (replication.fenced) rows[at + INVENTORY.fenced] = 1;
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
      this.writeToken(SCOPES.alert, alert.rule, alert.component, inventory, view);
    if (this.arm === 'metrics') return;
    for (const event of telemetry.events)
      this.writeToken(SCOPES.event, event.reason, event.component, inventory, view);
    if (this.arm !== 'logs') return;
    for (const line of telemetry.logs) {
      if (line.level !== 'INFO') this.writeToken(SCOPES.log, line.template, line.component, inventory, view);
    }
  }

  /** Marks a token on its component and, as a neighbour's, on those it calls and those that call it. */
  private writeToken(
    scopes: Scopes,
    name: string,
    component: string,
    inventory: Inventory,
    view: TopologyView,
  ): void {
    const { rows, width, vocabulary } = this;
    const base = DENSE_FEATURES.length;
    const own = view.indexOf.get(component);
    if (own !== undefined) {
      mark(rows, own * width + base, vocabulary.id(scopes.own, name));
      const caller = vocabulary.id(scopes.ofCaller, name);
      for (const callee of view.callees[own]!) mark(rows, callee * width + base, caller);
      const callee = vocabulary.id(scopes.ofCallee, name);
      for (const callerIndex of view.callers[own]!) mark(rows, callerIndex * width + base, callee);
      return;
    }
    if (view.nodeIndexOf.has(component)) {
      const host = vocabulary.id(scopes.ofHost, name);
      for (let i = 0; i < view.components.length; i++) {
        const service = inventory.services[view.inventoryIndex[i]!]!;
        if (service.placement.includes(component)) mark(rows, i * width + base, host);
      }
      return;
    }
    const anywhere = vocabulary.id(scopes.elsewhere, name);
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
