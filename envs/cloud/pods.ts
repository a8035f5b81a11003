import { loseWork } from './backlog.js';
import { coolDown } from './cache.js';
import { type Attribute, at, START_CRASH, START_STUCK } from './conditions.js';
import { controllerOf } from './controllers.js';
import { lerp } from './incident.js';
import { LEAK_KILLED, leakSpan, leaksMemory, scheduleLeak, startLeak } from './leaks.js';
import { faultState, scheduleEviction } from './node-facts.js';
import { STREAM } from './noise.js';
import { EVENT } from './queue.js';
import { deactivate, primaryIsBack } from './release.js';
import { NO_NODE, type Sim } from './sim.js';
import { MAX_NODES, PHASE } from './state.js';

/** Creates a pod that is wanted: admission, a node, then the start. Loads and counters of the slot's last pod are gone. */
export function createPod(sim: Sim, p: number): void {
  const { model, state } = sim;
  const s = model.podService[p]!;
  releaseNode(sim, p);
  if (state.podPhase[p] === PHASE.ready) {
    loseWork(sim, p);
    coolDown(sim, p);
  }
  if (state.activeCount[s]! > 0 && p === state.primary[s]) endSessions(sim, s);
  state.podGeneration[p]!++;
  state.podStamp[p]!++;
  state.podLoad[p] = 0;
  state.podStage[p] = 0;
  state.podBackoff[p] = 0;
  state.podCause[p] = 0;
  state.podKilled[p] = 0;
  state.podCrashAt[p] = Number.NEGATIVE_INFINITY;
  state.podNextAt[p] = Number.NaN;
  state.dirty[s] = 1;
  if (refused(sim, s)) {
    state.podPhase[p] = PHASE.blocked;
    return;
  }
  placePod(sim, p);
}

/** Whether pods of the service cannot be created: admission of the namespace, no address left, no controller to do it. */
function refused(sim: Sim, s: number): boolean {
  const { state } = sim;
  return (
    state.quotaBlocks > 0 ||
    state.webhookBlocks > 0 ||
    state.addressBlocks > 0 ||
    controllerOf(sim, s) !== 'working'
  );
}

/** The sessions of the primary end with its process, and with them what they held. */
function endSessions(sim: Sim, s: number): void {
  for (const { index } of sim.model.table.does.session) deactivate(sim, s, index);
}

/** Tries to find a node for a created pod and starts it there. */
export function placePod(sim: Sim, p: number): void {
  const { model, state } = sim;
  const s = model.podService[p]!;
  const deny = placementDenied(sim, s);
  const node = deny === 0 ? chooseNode(sim, s) : -1;
  if (node < 0) {
    state.podPhase[p] = PHASE.pending;
    state.podCause[p] = deny;
    return;
  }
  state.podNode[p] = node;
  state.podSlots[p] = state.slots[s]!;
  state.nodeUsed[node]! += state.slots[s]!;
  state.podCause[p] = 0;
  beginStart(sim, p);
}

/** 1 + index of an active attribute that keeps the service's pods from being placed, 0 when none does. */
function placementDenied(sim: Sim, s: number): number {
  if (sim.state.activeCount[s] === 0) return 0;
  const base = s * sim.state.layout.attributes;
  for (const { index } of sim.model.table.does.denyPlacement) {
    if (sim.state.active[base + index] === 1) return index + 1;
  }
  return 0;
}

/** Pods of the service last placed on each node. */
const siblings = new Int32Array(MAX_NODES);

/** The ready node with room that holds the fewest pods of the service, then the emptiest; -1 when none has room. */
function chooseNode(sim: Sim, s: number): number {
  const { model, state } = sim;
  // A pod that names its node goes there past the scheduler.
  if (state.pinned[s]! > 0) return state.nodeReady[state.pinned[s]! - 1] === 1 ? state.pinned[s]! - 1 : -1;
  siblings.fill(0, 0, state.nodes);
  for (let p = model.podBase[s]!; p < model.podBase[s + 1]!; p++) {
    if (state.podPhase[p]! >= PHASE.starting && state.podNode[p] !== NO_NODE) siblings[state.podNode[p]!]!++;
  }
  let best = -1;
  let bestKey = Number.POSITIVE_INFINITY;
  const closed = state.avoid[s]! | state.shiftedNodes;
  for (let n = 0; n < state.nodes; n++) {
    if (state.nodeReady[n] === 0 || state.nodeCordoned[n] === 1 || (closed >> n) & 1) continue;
    if (state.nodeFault[n] !== 0 && repels(sim, n)) continue;
    if (model.slotsPerNode - state.nodeUsed[n]! < state.slots[s]!) continue;
    const key = siblings[n]! * 1000 + state.nodeUsed[n]!;
    if (key < bestKey) {
      best = n;
      bestKey = key;
    }
  }
  return best;
}

/** The scheduler keeps pods off nodes that do not answer and off those whose agent turns pods out (they are tainted). */
function repels(sim: Sim, n: number): boolean {
  const fault = faultState(sim.model, sim.state, n);
  return fault !== null && fault !== 'degraded';
}

function releaseNode(sim: Sim, p: number): void {
  const { state } = sim;
  if (state.podPhase[p]! >= PHASE.starting && state.podNode[p] !== NO_NODE) {
    state.nodeUsed[state.podNode[p]!]! -= state.podSlots[p]!;
  }
  state.podNode[p] = NO_NODE;
}

/** Schedules the end of a pod's start. */
function beginStart(sim: Sim, p: number): void {
  const { model, incident, state } = sim;
  const generation = state.podGeneration[p]!;
  const { start, ready } = model.constants.pods;
  const seconds =
    state.apiFactor * incident.noise.logNormal(start, STREAM.pod, p, 4 * generation) +
    incident.noise.logNormal(ready, STREAM.pod, p, 4 * generation + 1);
  state.podPhase[p] = PHASE.starting;
  schedulePod(sim, p, state.time + seconds);
}

function schedulePod(sim: Sim, p: number, time: number): void {
  sim.state.podNextAt[p] = time;
  sim.state.queue.push(time, EVENT.pod, p, sim.state.podStamp[p]!);
}

/** The start, back-off or retry of a pod is over. */
export function podEvent(sim: Sim, p: number): void {
  const { model, state } = sim;
  const s = model.podService[p]!;
  const blocker = startBlocker(sim, s, p);
  if (blocker) {
    state.podCause[p] = blocker.index + 1;
    if (blocker.start === START_STUCK) waitAndRetry(sim, p, PHASE.stuck);
    else if (blocker.start === START_CRASH) crash(sim, p);
    return;
  }
  state.podCause[p] = 0;
  if (state.podPhase[p] === PHASE.stuck) {
    beginStart(sim, p);
    return;
  }
  becomeReady(sim, p, s);
}

/** The attribute that keeps a starting pod of the service from running, or null. */
function startBlocker(sim: Sim, s: number, p: number): Attribute | null {
  if (sim.state.activeCount[s] === 0) return null;
  const base = s * sim.state.layout.attributes;
  const struck = (sim.state.struck[s]! >> (p - sim.model.podBase[s]!)) & 1;
  for (const attribute of sim.model.table.does.start) {
    if (sim.state.active[base + attribute.index] === 0) continue;
    if (struck === 1 || attribute.carrier !== 'copies') return attribute;
  }
  return null;
}

/** A pod of service `s` runs and is ready. */
export function becomeReady(sim: Sim, p: number, s: number): void {
  const { model, incident, state } = sim;
  const { attributes } = model.table;
  state.podPhase[p] = PHASE.ready;
  state.podNextAt[p] = Number.NaN;
  state.podStartedAt[p] = state.time;
  state.podStage[p] = 0;
  state.dirty[s] = 1;
  let load = 0;
  for (let a = 0; a < attributes.length && state.activeCount[s]! > 0; a++) {
    if (state.active[s * attributes.length + a] === 0) continue;
    const attribute = attributes[a]!;
    load |= attribute.loadsBit;
    if (attribute.carrier === 'pods' && attribute.bit !== 0) {
      if (attribute.after) {
        const u = incident.noise.unit(STREAM.taint, p, state.podGeneration[p]! * 64 + a);
        state.queue.push(
          state.time + lerp(attribute.after, u),
          EVENT.taint,
          p,
          state.podStamp[p]!,
          attribute.bit,
        );
      } else load |= attribute.bit;
    }
    if (attribute.leak) startLeak(sim, p, state.time);
    if (attribute.lives) scheduleEnd(sim, p, attribute);
  }
  state.podLoad[p] = load;
  if (
    state.nodeFault[state.podNode[p]!] !== 0 &&
    faultState(model, state, state.podNode[p]!) === 'evicting'
  ) {
    scheduleEviction(sim, p);
  }
  if (state.activeCount[s]! > 0) {
    if (p === state.primary[s]) primaryIsBack(sim, s);
    if (state.struck[s] !== 0) spreadStrike(sim, p, s);
  }
}

/** A struck copy that is read anew may strike the next one: its bad blocks are taken for good ones. */
function spreadStrike(sim: Sim, p: number, s: number): void {
  const { model, incident, state } = sim;
  const slot = p - model.podBase[s]!;
  if (((state.struck[s]! >> slot) & 1) === 0) return;
  for (const { spreads, index } of model.table.copies) {
    if (!spreads || state.active[s * model.layout.attributes + index] === 0) continue;
    const u = incident.noise.unit(STREAM.taint, 196608 + p, state.podGeneration[p]!);
    if (u < at(spreads, state.severity[s * model.layout.attributes + index]!)) {
      state.struck[s]! |= 1 << ((slot + 1) % model.topology.replicas[s]!);
    }
  }
}

/** Schedules the end of a pod's life by its liveness probe. */
export function scheduleEnd(sim: Sim, p: number, attribute: Attribute): void {
  const { incident, state } = sim;
  const u = incident.noise.unit(STREAM.taint, 65536 + p, state.podGeneration[p]! * 16 + state.podBackoff[p]!);
  state.queue.push(
    state.time + lerp(attribute.lives!, u),
    EVENT.lifeEnds,
    p,
    state.podStamp[p]!,
    attribute.index,
  );
}

/** The liveness probe kills a pod, unless the probe has been put right. */
export function lifeEnds(sim: Sim, p: number, attribute: number): void {
  const { model, state } = sim;
  const A = model.table.attributes.length;
  if (state.podPhase[p] !== PHASE.ready || state.active[model.podService[p]! * A + attribute] === 0) return;
  crash(sim, p);
  state.podCause[p] = attribute + 1;
}

/** The process died: back-off from 10 s, doubling to 300 s, forgotten after ten minutes without a crash. */
export function crash(sim: Sim, p: number): void {
  const { model, state } = sim;
  const s = model.podService[p]!;
  state.crashTimes[8 * s + (state.crashes[s]! & 7)] = state.time;
  state.crashes[s]!++;
  state.dirty[s] = 1;
  if (state.time - state.podCrashAt[p]! > model.constants.pods.backoffReset.value) state.podBackoff[p] = 0;
  state.podCrashAt[p] = state.time;
  state.podLoad[p] = 0;
  state.podStage[p] = 0;
  waitAndRetry(sim, p, PHASE.backoff);
}

function waitAndRetry(sim: Sim, p: number, phase: number): void {
  const { model, incident, state } = sim;
  const { backoffFirst, backoffMax, start, crashAfter } = model.constants.pods;
  const wait = Math.min(backoffMax.value, backoffFirst.value * 2 ** state.podBackoff[p]!);
  if (state.podBackoff[p]! < 10) state.podBackoff[p]!++;
  state.podPhase[p] = phase;
  state.podStamp[p]!++;
  const k = 1024 + state.podGeneration[p]! * 32 + state.podBackoff[p]!;
  const again =
    phase === PHASE.backoff
      ? incident.noise.logNormal(start, STREAM.pod, p, 2 * k) +
        incident.noise.logNormal(crashAfter, STREAM.pod, p, 2 * k + 1)
      : 0;
  schedulePod(sim, p, state.time + wait + again);
}

/** A leaking pod reaches a stage; at the last one it is killed for its memory. */
export function leakEvent(sim: Sim, p: number, stage: number): void {
  const { model, state } = sim;
  const s = model.podService[p]!;
  if (state.podPhase[p] !== PHASE.ready || !Number.isFinite(leakSpan(sim, p).seconds)) return;
  if (stage >= LEAK_KILLED && leaksMemory(sim, s)) {
    state.podKilled[p] = 1;
    crash(sim, p);
    return;
  }
  state.podStage[p] = stage;
  state.dirty[s] = 1;
  if (stage < LEAK_KILLED) scheduleLeak(sim, p, stage);
}

/** Crashes of a service within the last ten minutes, up to eight. */
export function recentCrashes(sim: Sim, s: number): number {
  const { state } = sim;
  if (state.crashes[s] === 0) return 0;
  const known = Math.min(8, state.crashes[s]!);
  let count = 0;
  for (let k = 0; k < known; k++) if (state.crashTimes[8 * s + k]! > state.time - 600) count++;
  return count;
}

/** Removes a pod for good. */
export function removePod(sim: Sim, p: number): void {
  const { model, state } = sim;
  releaseNode(sim, p);
  state.podPhase[p] = PHASE.absent;
  state.podStamp[p]!++;
  state.podLoad[p] = 0;
  state.podStage[p] = 0;
  state.podCause[p] = 0;
  state.podNextAt[p] = Number.NaN;
  state.dirty[model.podService[p]!] = 1;
}

/** Sets the wanted number of pods, creating or removing from the end. */
export function setDesired(sim: Sim, s: number, wanted: number): void {
  const { model, state } = sim;
  const from = model.podBase[s]!;
  const most = model.podBase[s + 1]! - from;
  const target = Math.max(0, Math.min(most, wanted));
  state.desired[s] = target;
  for (let i = 0; i < most; i++) {
    const p = from + i;
    if (i < target && state.podPhase[p] === PHASE.absent) createPod(sim, p);
    else if (i >= target && state.podPhase[p] !== PHASE.absent) removePod(sim, p);
  }
  state.dirty[s] = 1;
}

/** Controllers try again: refused pods are created, unplaced ones placed. */
export function retryService(sim: Sim, s: number): void {
  const { model, state } = sim;
  for (let p = model.podBase[s]!; p < model.podBase[s + 1]!; p++) {
    if (state.podPhase[p] === PHASE.blocked) createPod(sim, p);
    else if (state.podPhase[p] === PHASE.pending) placePod(sim, p);
  }
}

/** Replaces a pod that dies by itself: its successor takes over the memory of a single cache (a warm restart; assumption). */
export function replaceWarm(sim: Sim, p: number): void {
  const { model, state } = sim;
  const s = model.podService[p]!;
  const value = state.hitValue[s]!;
  const rate = state.hitRate[s]!;
  const since = state.hitSince[s]!;
  createPod(sim, p);
  state.hitValue[s] = value;
  state.hitRate[s] = rate;
  state.hitSince[s] = since;
}
