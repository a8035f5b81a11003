import type { Attribute } from './conditions.js';
import { runUntil } from './dynamics.js';
import { countViolation } from './harm.js';
import type { CloudModel } from './model.js';
import { activate, deactivate, strikeCopies } from './onset.js';
import { createPod, NO_NODE, type Sim } from './pods.js';
import { EVENT } from './queue.js';
import { type CloudState, PHASE } from './state.js';

/**
 * Copies of a service's data. One pod writes (the primary), the others follow it. The lag of the best follower is a level in
 * closed form: it stands while nothing is written, grows by a second a second while no follower takes part, and falls by
 * `catchUp - 1` seconds a second while one does.
 */

/** Lag of the best replica now, in seconds. */
export function lagNow(model: CloudModel, state: CloudState, s: number): number {
  const lag = state.lagValue[s]! + state.lagSlope[s]! * (state.time - state.lagAt[s]!);
  return Math.max(model.constants.data.lagBase.value, lag);
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

/** Whether a pod that does not answer may still run and write where nobody sees it. */
function writesUnseen(model: CloudModel, state: CloudState, p: number): boolean {
  const node = nodeStateOf(model, state, p);
  if (node === 'cut') return state.podPhase[p] === PHASE.lost || state.podPhase[p] === PHASE.ready;
  return node === 'unmanaged' && state.podPhase[p] === PHASE.lost;
}

/** Whether the pod that writes does its work. */
export function primaryServes(model: CloudModel, state: CloudState, s: number): boolean {
  return state.fenced[s] === 0 && answers(model, state, state.primary[s]!);
}

/** A replica that answers, one whose copy is sound first; -1 when there is none. */
export function bestReplica(model: CloudModel, state: CloudState, s: number): number {
  const from = model.podBase[s]!;
  let best = -1;
  for (let p = from; p < from + state.desired[s]!; p++) {
    if (p === state.primary[s] || !answers(model, state, p)) continue;
    if (((state.struck[s]! >> (p - from)) & 1) === 0) return p;
    if (best < 0) best = p;
  }
  return best;
}

/** After a change of a service: the lag goes on from its present level with the slope that now holds. */
export function followLag(sim: Sim, s: number): void {
  const { model, state } = sim;
  const { lagBound, lagBase, catchUp } = model.constants.data;
  const lag = lagNow(model, state, s);
  let slope = 0;
  if (primaryServes(model, state, s)) {
    if (bestReplica(model, state, s) < 0) slope = 1;
    else if (lag > lagBase.value) slope = 1 - catchUp.value;
  }
  state.lagValue[s] = lag;
  state.lagAt[s] = state.time;
  if (slope === state.lagSlope[s]) return;
  state.lagSlope[s] = slope;
  if (slope < 0 && lag > lagBound.value) {
    state.queue.push(state.time + (lag - lagBound.value) / -slope + 1e-6, EVENT.level, s);
  }
  if (slope < 0) state.queue.push(state.time + (lag - lagBase.value) / -slope + 1e-6, EVENT.level, s);
}

/** Keeps the primary from writing and ships to the replica what it lacks. */
export function fence(sim: Sim, s: number): void {
  const { model, state } = sim;
  state.fenced[s] = 1;
  state.dirty[s] = 1;
  const { lagBase, catchUp } = model.constants.data;
  const lag = lagNow(model, state, s);
  if (bestReplica(model, state, s) < 0) return;
  runUntil(sim, state.time + lag / catchUp.value);
  state.lagValue[s] = lagBase.value;
  state.lagAt[s] = state.time;
  state.lagSlope[s] = 0;
}

/**
 * Makes the best replica the writer. What it lacks of an old primary that nobody fenced is lost, and one that still runs where nobody
 * sees it goes on writing: two writers. An old primary that could not step down in order has to be rebuilt.
 * Returns why it was refused, or null.
 */
export function promote(sim: Sim, s: number): string | null {
  const { model, state } = sim;
  const next = bestReplica(model, state, s);
  if (next < 0) return `error: no replica of "${model.topology.ids[s]!}" can be promoted`;
  const old = state.primary[s]!;
  const inOrder = answers(model, state, old);
  if (state.fenced[s] === 0) {
    if (writesUnseen(model, state, old)) loseData(sim, 'two-writers');
    else if (!inOrder && lagNow(model, state, s) > model.constants.data.lagBound.value)
      loseData(sim, 'lost-writes');
  }
  state.primary[s] = next;
  state.fenced[s] = 0;
  state.lagValue[s] = model.constants.data.lagBase.value;
  state.lagAt[s] = state.time;
  clearCondition(sim, s, 'primary-down');
  if (!inOrder) {
    activate(sim, s, model.table.byName.get('state-residue.diverged')!.index, 1);
    strikeCopies(sim, s, 1 << (old - model.podBase[s]!));
  }
  state.dirty[s] = 1;
  return null;
}

/** Points clients at the present primary; they follow it from then on when it serves. */
export function repoint(sim: Sim, s: number): void {
  const { model, state } = sim;
  state.clientsAt[s] = state.primary[s]!;
  state.dirty[s] = 1;
  if (!primaryServes(model, state, s) || holdsCondition(sim, s, 'primary-down')) return;
  for (const attribute of model.table.attributes) {
    if (attribute.writes === 'at-old-primary') deactivate(sim, s, attribute.index);
  }
}

/**
 * Copies the primary's data anew to every replica whose copy is struck and starts them. @param seconds of copying, which events
 * may overtake. Returns why it failed, or null.
 */
export function rebuild(sim: Sim, s: number, seconds: number): string | null {
  const { model, state } = sim;
  const from = model.podBase[s]!;
  const source = state.primary[s]!;
  if (!soundSource(sim, s, source)) return 'error: no primary with a sound copy to rebuild from';
  const generation = state.podGeneration[source];
  runUntil(sim, state.time + seconds);
  if (
    state.primary[s] !== source ||
    state.podGeneration[source] !== generation ||
    !soundSource(sim, s, source)
  )
    return 'error: the primary went away while it was copied';
  const struck = state.struck[s]!;
  endStrike(sim, s);
  for (let p = from; p < from + state.desired[s]!; p++) {
    if (p === source) continue;
    if (
      (struck >> (p - from)) & 1 ||
      (state.podPhase[p] !== PHASE.ready && state.podPhase[p] !== PHASE.lost)
    ) {
      createPod(sim, p);
    }
  }
  return null;
}

function soundSource({ model, state }: Sim, s: number, p: number): boolean {
  return answers(model, state, p) && ((state.struck[s]! >> (p - model.podBase[s]!)) & 1) === 0;
}

/** No copy of the service's data is struck any more. */
export function endStrike(sim: Sim, s: number): void {
  for (const attribute of sim.model.table.copies) deactivate(sim, s, attribute.index);
  sim.state.struck[s] = 0;
  sim.state.dirty[s] = 1;
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

/** Writes that had been confirmed are gone. */
export function loseData(sim: Sim, how: string): void {
  sim.state.dataLost = true;
  countViolation(sim, how);
}
