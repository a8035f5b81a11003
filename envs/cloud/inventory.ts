import { hasPreviousVersion } from './incident.js';
import type { Inventory, InventoryNode, InventoryService } from './interface.js';
import { NO_NODE, type Sim } from './pods.js';
import { PHASE } from './state.js';
import { version } from './wording.js';

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
    broken: false,
    rolloutPaused: false,
    replication: null,
    backup: topology.volumes[s]?.backup ?? 'none',
  }));
  const nodes: InventoryNode[] = Array.from({ length: state.nodes }, (_, n) => ({
    id: `node-${n + 1}`,
    zone: topology.zones[n] ?? topology.zones[n % topology.zones.length]!,
    ready: state.nodeReady[n] === 1,
    cordoned: state.nodeCordoned[n] === 1,
    freeSlots: Math.max(0, model.slotsPerNode - state.nodeUsed[n]!),
    conditions: state.nodeReady[n] === 1 ? [] : ['NotReady'],
  }));
  return {
    time: state.time,
    topology: topology.name,
    entry: topology.ids[topology.entry]!,
    services,
    nodes,
    calls: topology.calls,
    shiftedZones: [],
    quotaLeft: quotaLeft(sim),
  };
}

function placement(sim: Sim, s: number): string[] {
  const { model, state } = sim;
  const nodes: string[] = [];
  for (let p = model.podBase[s]!; p < model.podBase[s + 1]!; p++) {
    if (state.podPhase[p]! < PHASE.pending) continue;
    nodes.push(state.podNode[p] === NO_NODE ? '' : `node-${state.podNode[p]! + 1}`);
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
