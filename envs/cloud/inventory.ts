import { hasPreviousVersion } from './incident.js';
import type { Inventory, InventoryNode, InventoryService, Replication } from './interface.js';
import { answers, zoneOf } from './node-facts.js';
import { lagNow } from './replication.js';
import { NO_NODE, type Sim } from './sim.js';
import { PHASE } from './state.js';
import { backupOf } from './storage.js';
import { nodeName, version } from './wording.js';

/** What the control plane shows for free. */
export function inventoryOf(sim: Sim): Inventory {
  const { model, state } = sim;
  const { topology } = model;
  const services: InventoryService[] = topology.ids.map((id, s) => ({
    id,
    kind: topology.kinds[s]!,
    stateful: topology.stateful[s]!,
    baselineReplicas: topology.replicas[s]!,
    desiredReplicas: state.desired[s]!,
    readyReplicas: state.readyPods[s]!,
    placement: placement(sim, s),
    version: version(topology, s, state.version[s]!),
    previousVersion: hasPreviousVersion(model, s) && state.version[s] === 0 ? version(topology, s, 1) : null,
    limited: state.limited[s] === 1,
    broken: state.broken[s] === 1,
    rolloutPaused: state.paused[s] === 1,
    replication: replicationOf(sim, s),
    backup: backupOf(model, state, s),
  }));
  const nodes: InventoryNode[] = [];
  for (let n = 0; n < state.nodes; n++)
    nodes.push({
      id: nodeName(n),
      zone: topology.zones[n] ?? topology.zones[n % topology.zones.length]!,
      ready: state.nodeReady[n] === 1,
      cordoned: state.nodeCordoned[n] === 1,
      freeSlots: Math.max(0, model.slotsPerNode - state.nodeUsed[n]!),
      conditions: nodeConditions(sim, n),
    });
  return {
    time: state.time,
    topology: topology.name,
    entry: topology.ids[topology.entry]!,
    services,
    nodes,
    calls: topology.calls,
    shiftedZones: topology.zoneNames.filter((_, zone) => isShifted(sim, zone)),
    quotaLeft: quotaLeft(sim),
  };
}

/** What the operator of a database shows of its copies. */
function replicationOf({ model, state }: Sim, s: number): Replication | null {
  if (!model.topology.replicated[s]) return null;
  const primary = state.primary[s]!;
  let ready = 0;
  for (let p = model.podBase[s]!; p < model.podBase[s + 1]!; p++) {
    if (p !== primary && answers(model, state, p)) ready++;
  }
  return {
    primaryReady: answers(model, state, primary),
    readyReplicas: ready,
    lagSeconds: lagNow(model, state, s),
    fenced: state.fenced[s] === 1,
  };
}

function nodeConditions({ model, state }: Sim, n: number): string[] {
  if (state.nodeReady[n] === 0) return ['NotReady'];
  const fault = state.nodeFault[n]!;
  const shown = fault === 0 ? null : model.table.attributes[fault - 1]!.nodeCondition;
  return shown ? [shown] : [];
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
    if (state.podPhase[p]! < PHASE.pending) continue;
    nodes.push(state.podNode[p] === NO_NODE ? '' : nodeName(state.podNode[p]!));
  }
  return nodes;
}

function quotaLeft(sim: Sim): number {
  const { model, state } = sim;
  if (state.quotaBlocks > 0) return 0;
  let pods = 0;
  for (let p = 0; p < state.layout.pods; p++) if (state.podPhase[p]! >= PHASE.pending) pods++;
  return Math.max(0, Math.ceil((1 + model.topology.quota) * model.baselinePods) - pods);
}
