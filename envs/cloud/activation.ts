import { at } from './conditions.js';
import { controllerOf } from './controllers.js';
import { startLeak } from './leaks.js';
import { createPod, scheduleEnd, setDesired } from './pods.js';
import { scheduleAutoscale } from './release.js';
import type { Sim } from './sim.js';
import { PHASE } from './state.js';
import { beginToFill } from './storage.js';

/** Conditions begin to hold at a service: what that does at once to pods and the control plane. */

/** Activates an attribute at a service, with its effects on the control plane. */
export function activate(sim: Sim, s: number, attributeIndex: number, severity: number): void {
  const { model, state } = sim;
  const A = model.table.attributes.length;
  const attribute = model.table.attributes[attributeIndex]!;
  const slot = s * A + attributeIndex;
  state.severity[slot] = severity;
  // What lives in processes only is never a state of the service: pods carry it, and nothing loads it at start.
  if (attribute.carrier === 'process' || state.active[slot] === 1) return;
  state.active[slot] = 1;
  state.activeCount[s]!++;
  state.dirty[s] = 1;
  if (attribute.admission === 'quota') state.quotaBlocks++;
  if (attribute.admission === 'webhook') state.webhookBlocks++;
  if (attribute.admission === 'addresses') state.addressBlocks++;
  if (attribute.api) state.apiFactor *= at(attribute.api, severity);
  if (attribute.slots) {
    state.slots[s] = Math.ceil(at(attribute.slots, severity) * model.slotsPerNode);
  }
  if (attribute.demand) state.load *= at(attribute.demand, severity);
  if (attribute.lag) state.lagValue[s] = at(attribute.lag, severity);
  if (attribute.fills) beginToFill(sim, s, at(attribute.fills, 1 - severity));
  if (attribute.pinsNode) pinToNode(sim, s);
  if (attribute.pins >= 0) {
    setDesired(sim, s, attribute.pins);
    scheduleAutoscale(sim, s);
  }
  if (attribute.lives) {
    for (let p = model.podBase[s]!; p < model.podBase[s + 1]!; p++) {
      if (state.podPhase[p] === PHASE.ready) scheduleEnd(sim, p, attribute);
    }
  }
  if (attribute.leak) {
    for (let p = model.podBase[s]!; p < model.podBase[s + 1]!; p++) {
      if (state.podPhase[p] === PHASE.ready) startLeak(sim, p, state.time);
    }
  }
}

/** The autoscaler sets what a broken one pins; a repaired one brings the baseline back. */
export function autoscale(sim: Sim, s: number): void {
  const { model, state } = sim;
  const { attributes } = model.table;
  for (let a = 0; a < attributes.length; a++) {
    const { pins } = attributes[a]!;
    if (pins < 0 || state.active[s * attributes.length + a] === 0) continue;
    if (state.desired[s] !== pins) setDesired(sim, s, pins);
    scheduleAutoscale(sim, s);
    return;
  }
  const baseline = model.topology.replicas[s]!;
  const undo = controllerOf(sim, s) === 'undone' && state.desired[s] !== baseline;
  if (undo || state.desired[s]! < baseline) setDesired(sim, s, baseline);
}

/** All pods of a service stand on the node of its first one, and are made there from then on. */
function pinToNode({ model, state }: Sim, s: number): void {
  const from = model.podBase[s]!;
  const node = model.basePlacement[from]!;
  state.pinned[s] = 1 + node;
  for (let p = from; p < model.podBase[s + 1]!; p++) {
    if (state.podPhase[p] !== PHASE.ready) continue;
    state.nodeUsed[state.podNode[p]!]! -= state.podSlots[p]!;
    state.nodeUsed[node]! += state.podSlots[p]!;
    state.podNode[p] = node;
  }
}

/** Strikes copies of a service's data, by bit of the pod's slot; pods that cannot run with such a copy die. */
export function strikeCopies(sim: Sim, s: number, slots: number): void {
  const { model, state } = sim;
  state.struck[s]! |= slots;
  state.dirty[s] = 1;
  const fatal = model.table.copies.some(
    ({ start, index }) => start !== 0 && state.active[s * model.layout.attributes + index] === 1,
  );
  if (!fatal) return;
  for (let p = model.podBase[s]!; p < model.podBase[s + 1]!; p++) {
    if ((slots >> (p - model.podBase[s]!)) & 1 && state.podPhase[p] === PHASE.ready) createPod(sim, p);
  }
}
