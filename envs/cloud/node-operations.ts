import type { Attribute } from './conditions.js';
import { loseData } from './data-operations.js';
import { runUntil } from './dynamics.js';
import { clockOffset, faultState, zoneOf } from './node-facts.js';
import { becomeReady, createPod } from './pods.js';
import { deactivate, scheduleRetries } from './release.js';
import type { Sim } from './sim.js';
import { PHASE } from './state.js';

/** What operators do to nodes and zones. */

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
