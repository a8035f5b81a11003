import { activate, strikeCopies } from './activation.js';
import type { Attribute } from './conditions.js';
import type { FaultCondition } from './faults.js';
import { type Injection, lerp } from './incident.js';
import type { CloudModel } from './model.js';
import { hostedServices, struckNodes } from './node-facts.js';
import { strikeNodes } from './nodes.js';
import { STREAM } from './noise.js';
import { createPod, setDesired } from './pods.js';
import { EVENT } from './queue.js';
import type { OnsetFile } from './schemas/faults.js';
import type { Sim } from './sim.js';
import { PHASE } from './state.js';

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
