import { type Attribute, at } from './conditions.js';
import type { CloudModel } from './model.js';
import { STREAM } from './noise.js';
import { EVENT } from './queue.js';
import { NO_NODE, type Sim } from './sim.js';
import { type CloudState, PHASE } from './state.js';

/** What stands on which node, and what becomes of it under the node's fault. Reads and schedules; changes nothing by itself. */

/** Zone number of a node. */
export function zoneOf(model: CloudModel, n: number): number {
  const { zones, zoneNames } = model.topology;
  return zoneNames.indexOf(zones[n % zones.length]!);
}

/** Nodes, by bit, that a fault with this attribute at a service strikes: that of its first pod, or all of that node's zone. */
export function struckNodes(model: CloudModel, s: number, attribute: Attribute): number {
  const node = model.basePlacement[model.podBase[s]!]!;
  if (attribute.reaches === 'node') return 1 << node;
  const zone = zoneOf(model, node);
  let nodes = 0;
  for (let n = 0; n < model.topology.nodes.length; n++) if (zoneOf(model, n) === zone) nodes |= 1 << n;
  return nodes;
}

/** Services with a baseline pod on one of these nodes. */
export function hostedServices(model: CloudModel, nodes: number, primariesOnly: boolean): number[] {
  const { topology, podBase, basePlacement } = model;
  const hosted: number[] = [];
  for (let s = 0; s < topology.ids.length; s++) {
    const pods = primariesOnly ? (topology.replicated[s] ? 1 : 0) : topology.replicas[s]!;
    for (let r = 0; r < pods; r++) {
      if (((nodes >> basePlacement[podBase[s]! + r]!) & 1) === 0) continue;
      hosted.push(s);
      break;
    }
  }
  return hosted;
}

/** What becomes of a node under its fault, null when it is under none. */
export function faultState(model: CloudModel, state: CloudState, n: number): Attribute['state'] {
  const fault = state.nodeFault[n]!;
  return fault === 0 ? null : model.table.attributes[fault - 1]!.state;
}

/** What becomes of a pod's node under its fault, null when it stands on none or its node is under none. */
export function nodeStateOf(model: CloudModel, state: CloudState, p: number): Attribute['state'] {
  if (state.nodeFaults === 0 || state.podNode[p] === NO_NODE) return null;
  const fault = state.nodeFault[state.podNode[p]!]!;
  return fault === 0 ? null : model.table.attributes[fault - 1]!.state;
}

/** Whether requests reach a pod and are answered there. */
export function answers(model: CloudModel, state: CloudState, p: number): boolean {
  if (state.podPhase[p] !== PHASE.ready) return false;
  const node = nodeStateOf(model, state, p);
  return node !== 'silent' && node !== 'cut';
}

/** Seconds that a node's clock is off. */
export function clockOffset(model: CloudModel, state: CloudState, n: number): number {
  const fault = state.nodeFault[n]!;
  const range = fault === 0 ? null : model.table.attributes[fault - 1]!.clockOffset;
  return range ? at(range, state.nodeSeverity[n]!) : 0;
}

export function stopsReporting({ state }: Attribute): boolean {
  return state === 'silent' || state === 'cut' || state === 'unmanaged';
}

/** The agent of a pod's node turns pods out at each of its looks; the next one takes this pod, if it has not just come. */
export function scheduleEviction(sim: Sim, p: number): void {
  const { model, incident, state } = sim;
  const period = model.constants.nodes.evicts.value;
  const phase = incident.noise.unit(STREAM.taint, 131072 + state.podNode[p]!, 0);
  const look = Math.floor(state.time / period - phase) + 1 + phase;
  state.queue.push(
    (look + (look * period - state.time < period / 3 ? 1 : 0)) * period,
    EVENT.evict,
    p,
    state.podStamp[p]!,
  );
}
