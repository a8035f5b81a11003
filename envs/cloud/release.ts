import { at } from './conditions.js';
import { lerp } from './incident.js';
import { STREAM } from './noise.js';
import { EVENT } from './queue.js';
import type { Sim } from './sim.js';
import { PHASE } from './state.js';

/** The end of conditions at a service, and the looks at it that are scheduled then. */

/** Ends an attribute at a service. Pods that carry it keep it; what depends on it at the control plane goes on. */
export function deactivate(sim: Sim, s: number, attributeIndex: number): boolean {
  const { model, state } = sim;
  const A = model.table.attributes.length;
  const slot = s * A + attributeIndex;
  if (state.active[slot] === 0) return false;
  const attribute = model.table.attributes[attributeIndex]!;
  state.active[slot] = 0;
  state.activeCount[s]!--;
  state.dirty[s] = 1;
  if (attribute.admission === 'quota') state.quotaBlocks--;
  if (attribute.admission === 'webhook') state.webhookBlocks--;
  if (attribute.admission === 'addresses') state.addressBlocks--;
  if (attribute.api) state.apiFactor /= at(attribute.api, state.severity[slot]!);
  if (attribute.slots) state.slots[s] = 1;
  if (attribute.demand) state.load /= at(attribute.demand, state.severity[slot]!);
  if (attribute.carrier === 'nodes') state.badNodes[s] = 0;
  if (attribute.pinsNode) state.pinned[s] = 0;
  if (attribute.pins >= 0) scheduleAutoscale(sim, s);
  if (attribute.admission || attribute.controller || attribute.denyPlacement || attribute.slots)
    scheduleRetries(sim);
  if (attribute.loadsBit !== 0) expireLoads(sim, s, attribute.loadsBit);
  return true;
}

/** The autoscaler's next look at a service: 15 s, with the phase of the incident. */
export function scheduleAutoscale(sim: Sim, s: number): void {
  const u = sim.incident.noise.unit(STREAM.pod, 65536 + s, 0);
  const period = sim.model.constants.pods.autoscale.value;
  sim.state.queue.push((Math.floor(sim.state.time / period - u) + 1 + u) * period, EVENT.autoscale, s);
}

/** What pods took over from a source that is right again wears off, each in its own time. */
function expireLoads(sim: Sim, s: number, bit: number): void {
  const { model, incident, state } = sim;
  const attribute = model.table.byBit.find((candidate) => candidate.bit === bit);
  if (!attribute?.expires) return;
  for (let p = model.podBase[s]!; p < model.podBase[s + 1]!; p++) {
    if ((state.podLoad[p]! & bit) === 0) continue;
    const u = incident.noise.unit(STREAM.taint, 16384 + p, state.podGeneration[p]!);
    state.queue.push(state.time + lerp(attribute.expires, u), EVENT.expire, p, state.podStamp[p]!, bit);
  }
}

/** Schedules a controller's next try for every service with refused or unplaced pods. */
export function scheduleRetries(sim: Sim): void {
  const { model, incident, state } = sim;
  for (let s = 0; s < state.layout.services; s++) {
    for (let p = model.podBase[s]!; p < model.podBase[s + 1]!; p++) {
      if (state.podPhase[p] !== PHASE.blocked && state.podPhase[p] !== PHASE.pending) continue;
      const u = incident.noise.unit(STREAM.pod, 8192 + s, state.executions);
      const wait = state.apiFactor * u * model.constants.pods.controllerRetry.value;
      state.queue.push(state.time + 1 + wait, EVENT.retry, s);
      break;
    }
  }
}

/** Whether a condition holds at a service by any of its attributes. */
export function holdsCondition({ model, state }: Sim, s: number, condition: string): boolean {
  if (state.activeCount[s] === 0) return false;
  const base = s * model.layout.attributes;
  return model.table.attributes.some(
    (attribute) => attribute.condition === condition && state.active[base + attribute.index] === 1,
  );
}

/** Ends every attribute of a condition at a service. */
export function clearCondition(sim: Sim, s: number, condition: string): void {
  for (const attribute of sim.model.table.attributes) {
    if (attribute.condition === condition) deactivate(sim, s, attribute.index);
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
