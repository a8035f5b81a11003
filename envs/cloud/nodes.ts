import { activate } from './activation.js';
import type { Attribute } from './conditions.js';
import { faultState, hostedServices, scheduleEviction, stopsReporting } from './node-facts.js';
import { createPod } from './pods.js';
import { EVENT } from './queue.js';
import type { Sim } from './sim.js';
import { PHASE } from './state.js';

/**
 * Nodes and zones. A fault of a node is one attribute of a condition carried by `node`; what it does to the pods there is applied
 * to every pod that stands on the node, of whatever service, when the service is aggregated.
 */

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

/** The agent of a node turns a pod out, if it still does such things. */
export function evict(sim: Sim, p: number): void {
  const { model, state } = sim;
  if (state.podPhase[p] !== PHASE.ready) return;
  if (faultState(model, state, state.podNode[p]!) === 'evicting') createPod(sim, p);
}
