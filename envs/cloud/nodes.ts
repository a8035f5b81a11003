import { type Attribute, at } from './conditions.js';
import { runUntil } from './dynamics.js';
import type { CloudModel } from './model.js';
import { STREAM } from './noise.js';
import { activate, deactivate } from './onset.js';
import { becomeReady, createPod, type Sim, scheduleRetries } from './pods.js';
import { EVENT } from './queue.js';
import { loseData } from './replication.js';
import { type CloudState, PHASE } from './state.js';

/**
 * Nodes and zones. A fault of a node is one attribute of a condition carried by `node`; what it does to the pods there is applied
 * to every pod that stands on the node, of whatever service, when the service is aggregated.
 */

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

/** Puts nodes under a fault and marks the services that they host. */
export function strikeNodes(sim: Sim, nodes: number, attribute: Attribute, severity: number): void {
  const { model, state } = sim;
  for (const s of hostedServices(model, nodes, false)) activate(sim, s, attribute.index, severity);
  const { notReady } = model.constants.nodes;
  for (let n = 0; n < state.nodes; n++) {
    if (((nodes >> n) & 1) === 0) continue;
    if (state.nodeFault[n] === 0) state.nodeFaults++;
    state.nodeFault[n] = attribute.index + 1;
    state.nodeSeverity[n] = severity;
    state.nodeSince[n] = state.time;
    state.nodeStamp[n]!++;
    if (stopsReporting(attribute)) {
      state.queue.push(state.time + notReady.value, EVENT.nodeNotReady, n, state.nodeStamp[n]!);
    }
    for (let p = 0; p < state.layout.pods; p++) {
      if (state.podPhase[p]! < PHASE.starting || state.podNode[p] !== n) continue;
      state.dirty[model.podService[p]!] = 1;
      if (attribute.state === 'evicting') scheduleEviction(sim, p);
    }
  }
}

function stopsReporting({ state }: Attribute): boolean {
  return state === 'silent' || state === 'cut' || state === 'unmanaged';
}

/** The control plane gives a node up: its pods are out of rotation, and their eviction is due later. */
export function nodeNotReady(sim: Sim, n: number, stamp: number): void {
  const { model, state } = sim;
  if (state.nodeStamp[n] !== stamp || state.nodeFault[n] === 0) return;
  state.nodeReady[n] = 0;
  state.nodeSince[n] = state.time;
  state.dirty[model.topology.entry] = 1;
  for (let p = 0; p < state.layout.pods; p++) {
    if (state.podPhase[p]! < PHASE.starting || state.podNode[p] !== n) continue;
    state.podPhase[p] = PHASE.lost;
    state.podStamp[p]!++;
    state.podNextAt[p] = Number.NaN;
    state.dirty[model.podService[p]!] = 1;
  }
  state.queue.push(state.time + model.constants.nodes.eviction.value, EVENT.nodeEvicts, n, stamp);
}

/** Pods of a node that has not come back are created elsewhere; those with a state of their own wait for their node. */
export function nodeEvicts(sim: Sim, n: number, stamp: number): void {
  const { model, state } = sim;
  if (state.nodeStamp[n] !== stamp || state.nodeReady[n] === 1) return;
  for (let p = 0; p < state.layout.pods; p++) {
    if (state.podPhase[p] !== PHASE.lost || state.podNode[p] !== n) continue;
    if (!model.topology.stateful[model.podService[p]!]) createPod(sim, p);
  }
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

/** The agent of a node turns a pod out, if it still does such things. */
export function evict(sim: Sim, p: number): void {
  const { model, state } = sim;
  if (state.podPhase[p] !== PHASE.ready) return;
  if (faultState(model, state, state.podNode[p]!) === 'evicting') createPod(sim, p);
}

/** What becomes of a node under its fault, null when it is under none. */
export function faultState(model: CloudModel, state: CloudState, n: number): Attribute['state'] {
  const fault = state.nodeFault[n]!;
  return fault === 0 ? null : model.table.attributes[fault - 1]!.state;
}

/** Ends a node's fault. What ran on it where nobody saw it is in rotation again; what died is started again. */
export function healNode(sim: Sim, n: number): void {
  const { model, state } = sim;
  const fault = state.nodeFault[n]!;
  if (fault === 0) return;
  const attribute = model.table.attributes[fault - 1]!;
  state.nodeFault[n] = 0;
  state.nodeFaults--;
  state.nodeStamp[n]!++;
  state.nodeReady[n] = 1;
  state.dirty[model.topology.entry] = 1;
  for (let p = 0; p < state.layout.pods; p++) {
    if (state.podPhase[p]! < PHASE.starting || state.podNode[p] !== n) continue;
    state.dirty[model.podService[p]!] = 1;
    if (state.podPhase[p] !== PHASE.lost) continue;
    if (attribute.state === 'silent') createPod(sim, p);
    else comeBack(sim, p);
  }
  unmark(sim, attribute);
  scheduleRetries(sim);
}

/** A pod that went on running is in rotation again, unless its copy of the data cannot be used any more. */
function comeBack(sim: Sim, p: number): void {
  const { model, state } = sim;
  const s = model.podService[p]!;
  if ((state.struck[s]! >> (p - model.podBase[s]!)) & 1 || state.podStartedAt[p]! < state.podCrashAt[p]!) {
    createPod(sim, p);
    return;
  }
  becomeReady(sim, p, s);
}

/** No node is under the attribute any more: the services that its nodes hosted are not marked with it either. */
function unmark(sim: Sim, attribute: Attribute): void {
  const { state } = sim;
  for (let n = 0; n < state.nodes; n++) if (state.nodeFault[n] === attribute.index + 1) return;
  for (let s = 0; s < state.layout.services; s++) deactivate(sim, s, attribute.index);
}

/** A new machine in the node's place: pods on it are killed and created anew. Returns why it failed, or null. */
export function replaceNode(sim: Sim, n: number): string | null {
  const { model, state } = sim;
  if (faultState(model, state, n) === 'cut')
    return `error: new machine for "node-${n + 1}" cannot reach the cluster`;
  healNode(sim, n);
  state.nodeReady[n] = 1;
  state.nodeCordoned[n] = 0;
  state.dirty[model.topology.entry] = 1;
  for (let s = 0; s < state.layout.services; s++) leaveBadNode(sim, s, n);
  for (let p = 0; p < state.layout.pods; p++) {
    if (state.podPhase[p]! < PHASE.starting || state.podNode[p] !== n) continue;
    const s = model.podService[p]!;
    // What came back with the node has not served yet; the rest is taken from its service.
    if (state.podPhase[p] === PHASE.ready) state.touched[s] = 1;
    createPod(sim, p);
  }
  scheduleRetries(sim);
  return null;
}

/** A degraded path through a node is gone with the machine. */
function leaveBadNode({ model, state, incident }: Sim, s: number, n: number): void {
  if (((state.badNodes[s]! >> n) & 1) === 0) return;
  state.badNodes[s]! &= ~(1 << n);
  state.dirty[s] = 1;
  if (state.badNodes[s] !== 0) return;
  for (const attribute of model.table.attributes) {
    if (attribute.carrier === 'nodes') deactivate({ model, state, incident }, s, attribute.index);
  }
}

/** Repairs and restarts the node's agent. Returns why it failed, or null. */
export function restartAgent(sim: Sim, n: number): string | null {
  const kind = faultState(sim.model, sim.state, n);
  if (kind === 'silent' || kind === 'cut')
    return `error: ssh: connect to host node-${n + 1}: no route to host`;
  if (kind === 'unmanaged' || kind === 'evicting') healNode(sim, n);
  return null;
}

/** Starts the node's time synchronisation and steps its clock. Returns why it failed, or null. */
export function syncTime(sim: Sim, n: number): string | null {
  const { model, state } = sim;
  const kind = faultState(model, state, n);
  if (kind === 'silent' || kind === 'cut')
    return `error: ssh: connect to host node-${n + 1}: no route to host`;
  if (clockOffset(model, state, n) > 0) healNode(sim, n);
  return null;
}

/** Routes between zones are as they were. */
export function restoreRoute(sim: Sim): void {
  const { model, state } = sim;
  for (let n = 0; n < state.nodes; n++) if (faultState(model, state, n) === 'cut') healNode(sim, n);
}

/** Seconds that a node's clock is off. */
export function clockOffset(model: CloudModel, state: CloudState, n: number): number {
  const fault = state.nodeFault[n]!;
  const range = fault === 0 ? null : model.table.attributes[fault - 1]!.clockOffset;
  return range ? at(range, state.nodeSeverity[n]!) : 0;
}

/**
 * Before a drain of a node that does not report: after a while it is forced. A primary that may still run there would go on writing
 * beside its successor.
 */
export function forceDrain(sim: Sim, n: number): void {
  const { model, state } = sim;
  if (state.nodeReady[n] === 1) return;
  runUntil(sim, state.time + model.constants.nodes.force.value);
  const kind = faultState(model, state, n);
  if (kind !== 'cut' && kind !== 'unmanaged') return;
  for (let s = 0; s < state.layout.services; s++) {
    const p = state.primary[s]!;
    if (!model.topology.replicated[s] || state.fenced[s] === 1) continue;
    if (state.podPhase[p] === PHASE.lost && state.podNode[p] === n) loseData(sim, 'two-writers');
  }
}

/** Keeps traffic and placement off a zone, or no longer. Stateless pods on nodes there that do not report are created elsewhere. */
export function shiftZone(sim: Sim, zone: number, shifted: boolean): void {
  const { model, state } = sim;
  for (let n = 0; n < state.nodes; n++) {
    if (zoneOf(model, n) !== zone) continue;
    if (shifted) state.shiftedNodes |= 1 << n;
    else state.shiftedNodes &= ~(1 << n);
  }
  state.dirty.fill(1);
  if (!shifted) {
    scheduleRetries(sim);
    return;
  }
  for (let p = 0; p < state.layout.pods; p++) {
    if (state.podPhase[p]! < PHASE.starting || ((state.shiftedNodes >> state.podNode[p]!) & 1) === 0)
      continue;
    if (model.topology.stateful[model.podService[p]!]) continue;
    const kind = faultState(model, state, state.podNode[p]!);
    if (kind === 'silent' || kind === 'cut' || state.podPhase[p] === PHASE.lost) createPod(sim, p);
  }
}

/** A primary that serves again is not down: the mark that its node or zone was away goes. */
export function primaryIsBack(sim: Sim, s: number): void {
  for (const attribute of sim.model.table.attributes) {
    if (attribute.condition === 'primary-down' && attribute.carrier === 'service' && !attribute.writes) {
      deactivate(sim, s, attribute.index);
    }
  }
}
