import { hasPreviousVersion } from './incident.js';
import type { Inventory, InventoryNode, InventoryService, Replication } from './interface.js';
import type { CloudModel } from './model.js';
import { answers, zoneOf } from './node-facts.js';
import { oncePer } from './once-per.js';
import { lagNow } from './replication.js';
import { NO_NODE, type Sim } from './sim.js';
import { type CloudState, PHASE } from './state.js';
import { backupOf } from './storage.js';
import { nodeName, type Versions, versionsOf } from './wording.js';

/** Rows of services and nodes as last shown by any cloud of a model: most look the same again, and are shown again. */
interface Shown {
  services: readonly InventoryService[];
  nodes: readonly InventoryNode[];
}

const shownOf = oncePer((_: CloudModel): Shown => ({ services: [], nodes: [] }));

const NONE: readonly string[] = [];

/** What the control plane shows for free. */
export function inventoryOf(sim: Sim): Inventory {
  const { model, state } = sim;
  const { topology } = model;
  const shown = shownOf(model);
  shown.services = servicesOf(sim, shown.services);
  shown.nodes = nodesOf(sim, shown.nodes);
  return {
    time: state.time,
    topology: topology.name,
    entry: topology.ids[topology.entry]!,
    services: shown.services,
    nodes: shown.nodes,
    calls: topology.calls,
    shiftedZones:
      state.shiftedNodes === 0 ? NONE : topology.zoneNames.filter((_, zone) => isShifted(sim, zone)),
    quotaLeft: quotaLeft(sim),
  };
}

/** The rows of all services: the array shown before when none has changed. */
function servicesOf(sim: Sim, shown: readonly InventoryService[]): readonly InventoryService[] {
  const versions = versionsOf(sim.model.topology);
  let rows: InventoryService[] | null = null;
  for (let s = 0; s < sim.state.layout.services; s++) {
    const row = shown[s];
    if (row && isService(sim, s, row, versions[s]!)) continue;
    rows ??= shown.slice();
    rows[s] = serviceOf(sim, s, versions[s]!);
  }
  return rows ?? shown;
}

/** Whether a row shows what the service is now; what never changes of it is not looked at. */
function isService(sim: Sim, s: number, row: InventoryService, versions: Versions): boolean {
  const { model, state } = sim;
  return (
    row.desiredReplicas === state.desired[s] &&
    row.readyReplicas === state.readyPods[s] &&
    row.limited === (state.limited[s] === 1) &&
    row.broken === (state.broken[s] === 1) &&
    row.rolloutPaused === (state.paused[s] === 1) &&
    row.version === versions[state.version[s]!] &&
    row.previousVersion === previousVersion(sim, s, versions) &&
    row.backup === backupOf(model, state, s) &&
    isPlacement(sim, s, row.placement) &&
    isReplication(sim, s, row.replication)
  );
}

function serviceOf(sim: Sim, s: number, versions: Versions): InventoryService {
  const { model, state } = sim;
  const { topology } = model;
  return {
    id: topology.ids[s]!,
    kind: topology.kinds[s]!,
    stateful: topology.stateful[s]!,
    baselineReplicas: topology.replicas[s]!,
    desiredReplicas: state.desired[s]!,
    readyReplicas: state.readyPods[s]!,
    placement: placement(sim, s),
    version: versions[state.version[s]!]!,
    previousVersion: previousVersion(sim, s, versions),
    limited: state.limited[s] === 1,
    broken: state.broken[s] === 1,
    rolloutPaused: state.paused[s] === 1,
    replication: replicationOf(sim, s),
    backup: backupOf(model, state, s),
  };
}

/** Version that a service can be rolled back to, null when there is none. */
function previousVersion({ model, state }: Sim, s: number, versions: Versions): string | null {
  return state.version[s] === 0 && hasPreviousVersion(model, s) ? versions[1] : null;
}

/** The rows of all nodes: the array shown before when none has changed. */
function nodesOf(sim: Sim, shown: readonly InventoryNode[]): readonly InventoryNode[] {
  const { nodes } = sim.state;
  let rows = shown.length === nodes ? null : shown.slice(0, nodes);
  for (let n = 0; n < nodes; n++) {
    const row = shown[n];
    if (row && isNode(sim, n, row)) continue;
    rows ??= shown.slice();
    rows[n] = nodeOf(sim, n);
  }
  return rows ?? shown;
}

function isNode(sim: Sim, n: number, row: InventoryNode): boolean {
  const { state } = sim;
  return (
    row.ready === (state.nodeReady[n] === 1) &&
    row.cordoned === (state.nodeCordoned[n] === 1) &&
    row.freeSlots === freeSlots(sim, n) &&
    (row.conditions[0] ?? null) === nodeCondition(sim, n)
  );
}

function nodeOf(sim: Sim, n: number): InventoryNode {
  const { model, state } = sim;
  const { zones } = model.topology;
  const condition = nodeCondition(sim, n);
  return {
    id: nodeName(n),
    zone: zones[n] ?? zones[n % zones.length]!,
    ready: state.nodeReady[n] === 1,
    cordoned: state.nodeCordoned[n] === 1,
    freeSlots: freeSlots(sim, n),
    conditions: condition === null ? [] : [condition],
  };
}

function freeSlots({ model, state }: Sim, n: number): number {
  return Math.max(0, model.slotsPerNode - state.nodeUsed[n]!);
}

/** What the operator of a database shows of its copies. */
function replicationOf(sim: Sim, s: number): Replication | null {
  const { model, state } = sim;
  if (!model.topology.replicated[s]) return null;
  return {
    primaryReady: answers(model, state, state.primary[s]!),
    readyReplicas: readyCopies(sim, s),
    lagSeconds: lagNow(model, state, s),
    fenced: state.fenced[s] === 1,
  };
}

/** Whether it shows this; what never changes of a service is whether it has copies. */
function isReplication(sim: Sim, s: number, shown: Replication | null): boolean {
  if (shown === null) return true;
  const { model, state } = sim;
  return (
    shown.lagSeconds === lagNow(model, state, s) &&
    shown.fenced === (state.fenced[s] === 1) &&
    shown.primaryReady === answers(model, state, state.primary[s]!) &&
    shown.readyReplicas === readyCopies(sim, s)
  );
}

/** Pods besides the primary whose copy of the data can be read. */
function readyCopies({ model, state }: Sim, s: number): number {
  const primary = state.primary[s]!;
  let ready = 0;
  for (let p = model.podBase[s]!; p < model.podBase[s + 1]!; p++) {
    if (p !== primary && answers(model, state, p)) ready++;
  }
  return ready;
}

/** The condition of a node that is off its norm, null when none is. */
function nodeCondition({ model, state }: Sim, n: number): string | null {
  if (state.nodeReady[n] === 0) return 'NotReady';
  const fault = state.nodeFault[n]!;
  return fault === 0 ? null : model.table.attributes[fault - 1]!.nodeCondition || null;
}

function isShifted({ model, state }: Sim, zone: number): boolean {
  for (let n = 0; n < state.nodes; n++) {
    if ((state.shiftedNodes >> n) & 1 && zoneOf(model, n) === zone) return true;
  }
  return false;
}

function placement(sim: Sim, s: number): string[] {
  const { model, state } = sim;
  const nodes: string[] = [];
  for (let p = model.podBase[s]!; p < model.podBase[s + 1]!; p++) {
    if (state.podPhase[p]! >= PHASE.pending) nodes.push(placeOf(state, p));
  }
  return nodes;
}

function isPlacement({ model, state }: Sim, s: number, shown: readonly string[]): boolean {
  let count = 0;
  for (let p = model.podBase[s]!; p < model.podBase[s + 1]!; p++) {
    if (state.podPhase[p]! >= PHASE.pending && shown[count++] !== placeOf(state, p)) return false;
  }
  return count === shown.length;
}

/** Name of the node on which a pod stands, empty when it stands on none. */
function placeOf(state: CloudState, p: number): string {
  const n = state.podNode[p]!;
  return n === NO_NODE ? '' : nodeName(n);
}

function quotaLeft(sim: Sim): number {
  const { model, state } = sim;
  if (state.quotaBlocks > 0) return 0;
  let pods = 0;
  for (let p = 0; p < state.layout.pods; p++) if (state.podPhase[p]! >= PHASE.pending) pods++;
  return Math.max(0, Math.ceil((1 + model.topology.quota) * model.baselinePods) - pods);
}
