import { isCached } from './cache.js';
import { type Attribute, at } from './conditions.js';
import { controllerOf } from './controllers.js';
import type { FaultCondition } from './faults.js';
import { type Injection, lerp } from './incident.js';
import type { CloudModel } from './model.js';
import { hostedServices, strikeNodes, struckNodes } from './nodes.js';
import { STREAM } from './noise.js';
import { createPod, type Sim, scheduleEnd, scheduleRetries, setDesired, startLeak } from './pods.js';
import { EVENT } from './queue.js';
import type { OnsetFile } from './schema.js';
import { PHASE } from './state.js';
import { beginToFill } from './storage.js';

/** Puts a healthy system into the state: baseline pods ready on their nodes, everything current. */
export function healthy(sim: Sim): void {
  const { model, state } = sim;
  const { topology } = model;
  state.nodes = topology.nodes.length;
  for (let n = 0; n < state.nodes; n++) state.nodeReady[n] = 1;
  state.podNextAt.fill(Number.NaN);
  state.podLeakFrom.fill(Number.NaN);
  state.podCrashAt.fill(Number.NEGATIVE_INFINITY);
  state.podNode.fill(255);
  state.alertSince.fill(Number.NaN);
  state.limitSince.fill(Number.NaN);
  state.lowSince.fill(Number.NaN);
  state.lowEnd.fill(Number.NEGATIVE_INFINITY);
  state.leakStretch.fill(1);
  state.stall.fill(1);
  for (let s = 0; s < topology.ids.length; s++) {
    state.hitValue[s] = isCached(model, s) ? model.constants.caches.hit.value : Number.NaN;
  }
  state.workNextAt.fill(Number.NaN);
  state.slots.fill(1);
  state.success.fill(1);
  state.lagValue.fill(model.constants.data.lagBase.value);
  for (let s = 0; s < topology.ids.length; s++) {
    state.diskValue[s] = topology.volumes[s]?.used ?? Number.NaN;
    state.primary[s] = model.podBase[s]!;
    state.clientsAt[s] = model.podBase[s]!;
    state.desired[s] = topology.replicas[s]!;
    state.dirty[s] = 1;
    for (let r = 0; r < topology.replicas[s]!; r++) {
      const p = model.podBase[s]! + r;
      const node = model.basePlacement[p]!;
      state.podPhase[p] = PHASE.ready;
      state.podNode[p] = node;
      state.podSlots[p] = 1;
      state.podStartedAt[p] = -3600;
      state.nodeUsed[node]!++;
    }
  }
}

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

/** Injects a fault at its target: conditions, loads of running pods, what the trigger did to pods, the actor's timer. */
export function inject(sim: Sim, injection: Injection, ordinal: number): void {
  const { state } = sim;
  const { variant, target } = injection;
  const nodes = nodesOf(sim.model, injection);
  variant.conditions.forEach((condition, i) => {
    if (!condition.attribute) return;
    const severity = injection.severity[i]!;
    if (condition.attribute.carrier === 'node') {
      strikeNodes(sim, nodes, condition.attribute, severity);
      return;
    }
    for (const s of concerned(sim.model, injection, condition)) {
      activate(sim, s, condition.attribute.index, severity);
    }
    if (condition.attribute.carrier === 'nodes' && nodes !== 0) state.badNodes[target] = nodes;
    if (condition.attribute.carrier === 'copies')
      strikeCopies(sim, target, drawCopy(sim, target, condition.attribute));
    if (condition.pods) strikePods(sim, injection, i);
  });
  for (const act of variant.onset) perform(sim, target, act, ordinal);
  if (variant.actor) state.queue.push(injection.actorPeriod, EVENT.actor, ordinal);
}

/** Nodes, by bit, that an injection strikes; 0 when it strikes none. */
export function nodesOf(model: CloudModel, { variant, target }: Injection): number {
  let nodes = 0;
  for (const { attribute } of variant.conditions) {
    if (attribute?.carrier === 'node') nodes |= struckNodes(model, target, attribute);
  }
  return nodes;
}

/** Services at which a condition of an injection holds: the target, or all that a struck node hosts or keeps the primary of. */
export function concerned(model: CloudModel, injection: Injection, condition: FaultCondition): number[] {
  const nodes = nodesOf(model, injection);
  if (nodes === 0) return [injection.target];
  if (condition.attribute?.carrier === 'node') return hostedServices(model, nodes, false);
  return condition.condition === 'primary-down' ? hostedServices(model, nodes, true) : [injection.target];
}

/** The copy of a service's data that an attribute strikes, as a bit; the one already struck when there is one. */
function drawCopy({ model, incident, state }: Sim, s: number, attribute: Attribute): number {
  if (state.struck[s] !== 0) return state.struck[s]!;
  const primary = state.primary[s]! - model.podBase[s]!;
  const replicas = model.topology.replicas[s]!;
  const other = (primary + 1) % replicas;
  if (attribute.strikes === 'primary') return 1 << primary;
  if (attribute.strikes === 'replica') return 1 << other;
  return 1 << incident.noise.index(replicas, STREAM.fault, 30, s);
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

/** Loads an attribute onto a share of the running pods at once and, when the condition says so, onto the others later. */
function strikePods(sim: Sim, injection: Injection, i: number): void {
  const { incident, state } = sim;
  const condition = injection.variant.conditions[i]!;
  const attribute = condition.attribute!;
  const s = injection.target;
  const pods = runningPods(sim, s);
  const share = lerp(condition.pods!, incident.noise.unit(STREAM.taint, s, 50 + i));
  const count = Math.max(1, Math.round(share * pods.length));
  pods.forEach((p, k) => {
    if (k < count) {
      if (attribute.carrier === 'nodes') state.badNodes[s]! |= 1 << state.podNode[p]!;
      else state.podLoad[p]! |= attribute.bit;
    } else if (condition.later) {
      const mean = lerp(condition.later, incident.noise.unit(STREAM.taint, s, 60 + i));
      const delay = incident.noise.exponential(mean, STREAM.taint, 32768 + p, i);
      state.queue.push(state.time + delay, EVENT.taint, p, state.podStamp[p]!, attribute.bit);
    }
  });
  state.dirty[s] = 1;
}

function runningPods(sim: Sim, s: number): number[] {
  const { model, state } = sim;
  const pods: number[] = [];
  for (let p = model.podBase[s]!; p < model.podBase[s + 1]!; p++)
    if (state.podPhase[p] === PHASE.ready) pods.push(p);
  return pods;
}

/** Takes most of a service's capacity away for some seconds. */
function stall(sim: Sim, s: number, act: OnsetFile, round: number): void {
  const { incident, state } = sim;
  state.stall[s] = lerp(act.keeps ?? [0, 0], incident.noise.unit(STREAM.taint, s, 120 + round));
  const seconds = lerp(act.seconds ?? [10, 10], incident.noise.unit(STREAM.taint, s, 140 + round));
  state.queue.push(state.time + seconds, EVENT.stallEnds, s);
  state.dirty[s] = 1;
}

/** Does at a service what a trigger does: restarts a share of its pods, or scales it to zero. */
export function perform(sim: Sim, s: number, act: OnsetFile, round: number): void {
  if (act.act === 'scale-to-zero') {
    setDesired(sim, s, 0);
    return;
  }
  if (act.act === 'stall') {
    stall(sim, s, act, round);
    return;
  }
  // A paused roll-out replaces nothing.
  if (sim.state.paused[s] === 1) return;
  const pods = runningPods(sim, s);
  const share = lerp(act.share ?? [1, 1], sim.incident.noise.unit(STREAM.taint, s, 100 + round));
  const count = Math.min(pods.length, Math.max(1, Math.round(share * pods.length)));
  for (let k = 0; k < count; k++) createPod(sim, pods[act.last ? pods.length - 1 - k : k]!);
}
