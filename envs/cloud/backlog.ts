import type { CloudModel } from './model.js';
import { EVENT } from './queue.js';
import type { Sim } from './sim.js';
import { type CloudState, PHASE } from './state.js';

/**
 * Work that waits, as a fluid with a closed form: between events a lane's backlog grows or shrinks at a constant rate, and an
 * event stands at the next level at which that changes anything. Lane `s` is the requests (of a queue: the messages) that
 * wait at service s; lane `S + s` is what its controller has yet to reconcile, in seconds.
 */
export const FLAG = {
  /** Something waits. */
  waiting: 1,
  /** What arrives now will be done after its deadline, and so in vain. */
  late: 2,
  /** No more fits: what is over capacity is shed. */
  full: 4,
} as const;

/** Seconds of work at which the lag is looked at whatever the deadline; that of the alert on the lag (configs/cloud.yaml). */
export const NOTICED_LAG = 30;
/** The longest lag that anything shows; a lane without an outflow would have no end. */
const LONGEST_LAG = 3600;
/** Seconds of reconciling that a controller can be behind. */
const LONGEST_SYNC = 600;
/** Seconds of reconciling that a controller catches up in a second; assumption. */
const CATCH_UP = 3;
/** Least seconds to a lane's next event: rounding must not hold the clock. */
const SHORTEST = 1e-3;
/** Events of a lane after which it is looked at once a second at most: a backlog that its own lateness keeps at its deadline would flip for ever. */
const RESTLESS = 256;
/** Relative step over a level, so that an event finds itself on the other side of it. */
const OVER = 1e-6;

/** Rate per second at which a lane is worked off; while the head is blocked, that at which work would have been done. */
function pace(model: CloudModel, state: CloudState, s: number): number {
  const share = state.workShare[s]!;
  const rate = state.headBlocked[s]! > 0 ? model.baseLoad[s]! : state.capacity[s]!;
  return share * Math.max(rate, 0.01 * model.baseLoad[s]!);
}

/** Seconds until what arrives at a service now is done: the work before it over its pace. */
export function lagOf(model: CloudModel, state: CloudState, s: number): number {
  const waiting = workAt(state, s);
  return waiting === 0 ? 0 : Math.min(LONGEST_LAG, waiting / pace(model, state, s));
}

/** Seconds of reconciling that the service's controller is behind. */
export function syncLagAt(state: CloudState, s: number): number {
  return workAt(state, state.layout.services + s);
}

/** The longest lag of a service, requests or reconciling; what a queue exporter shows. */
export function shownLag(model: CloudModel, state: CloudState, s: number): number {
  return Math.max(lagOf(model, state, s), syncLagAt(state, s));
}

/** What waits in a lane at the state's time. */
function workAt(state: CloudState, lane: number): number {
  const rate = state.workRate[lane]!;
  const work = state.work[lane]!;
  return rate === 0 ? work : Math.max(0, work + rate * (state.time - state.workSince[lane]!));
}

/** Brings every lane up to now; called before anything that its rate depends on is computed anew. */
export function advanceWork(sim: Sim): void {
  const { state } = sim;
  for (let lane = 0; lane < state.work.length; lane++) {
    if (state.workRate[lane] === 0) continue;
    state.work[lane] = workAt(state, lane);
    state.workSince[lane] = state.time;
  }
}

/** Sets what the lanes' levels come to, once capacities are known. A change of it means that the flow must be solved there. */
export function flagWork(sim: Sim): void {
  const { model, state } = sim;
  for (let s = 0; s < state.layout.services; s++) {
    const work = state.work[s]!;
    let flags = 0;
    if (work > 0) {
      const limit = state.workLimit[s]!;
      flags = FLAG.waiting;
      if (work >= state.deadline[s]! * pace(model, state, s)) flags |= FLAG.late;
      if (work >= limit * (1 - OVER)) flags |= FLAG.full;
    }
    if (flags !== state.workFlags[s]) {
      if (state.workFlags[s] === 0) state.workBegan[s] = state.time;
      state.workFlags[s] = flags;
      state.ownLoad[s] = Number.NaN;
    }
    // A backlog under latency is a latency that changes: it is looked at again whenever anything is.
    if (flags !== 0) state.ownLoad[s] = Number.NaN;
  }
}

/** Schedules the next level that each lane reaches, and keeps the condition that the backlog is. */
export function planWork(sim: Sim): void {
  const { state } = sim;
  const S = state.layout.services;
  for (let s = 0; s < S; s++) {
    if (state.workRate[s] !== 0 || state.workFlags[s] !== 0) planRequests(sim, s);
    planSync(sim, s);
  }
}

function planRequests(sim: Sim, s: number): void {
  const { model, state } = sim;
  const rate = state.workRate[s]!;
  const work = state.work[s]!;
  const perSecond = pace(model, state, s);
  let next = rate < 0 ? work / -rate : Number.POSITIVE_INFINITY;
  if (rate !== 0) {
    next = Math.min(next, until(work, rate, state.deadline[s]! * perSecond));
    next = Math.min(next, until(work, rate, NOTICED_LAG * perSecond));
    if (rate > 0) next = Math.min(next, until(work, rate, state.workLimit[s]!));
  }
  state.workSince[s] = state.time;
  schedule(sim, s, next);
}

/** Seconds until a backlog passes a level at a rate, infinite when it moves away from it. */
function until(work: number, rate: number, level: number): number {
  const beyond = level * (rate > 0 ? 1 + OVER : 1 - OVER);
  const seconds = (beyond - work) / rate;
  return seconds > SHORTEST * OVER ? seconds : Number.POSITIVE_INFINITY;
}

/** The controller's lane: falls behind a second a second while it is kept from its work, and catches up after. */
function planSync(sim: Sim, s: number): void {
  const { state } = sim;
  const lane = state.layout.services + s;
  const work = state.work[lane]!;
  const held = state.syncHeld[s] === 1;
  if (!held && work === 0) {
    state.workRate[lane] = 0;
    return;
  }
  const rate = held ? (work >= LONGEST_SYNC ? 0 : 1) : -CATCH_UP;
  state.workRate[lane] = rate;
  state.workSince[lane] = state.time;
  const level = NOTICED_LAG * (1 + OVER);
  let next = rate > 0 ? LONGEST_SYNC - work : rate < 0 ? work / CATCH_UP : Number.POSITIVE_INFINITY;
  if (rate > 0 && work < level) next = level - work;
  if (rate < 0 && work > level) next = (work - NOTICED_LAG * (1 - OVER)) / CATCH_UP;
  schedule(sim, lane, next);
}

/** Puts the lane's next event into the queue unless the one that stands there is it. */
function schedule(sim: Sim, lane: number, seconds: number): void {
  const { state } = sim;
  const time = state.time + Math.max(state.workStamp[lane]! < RESTLESS ? SHORTEST : 1, seconds);
  if (Math.abs(time - state.workNextAt[lane]!) < 1e-6) return;
  state.workNextAt[lane] = time;
  state.workStamp[lane]!++;
  if (Number.isFinite(time)) state.queue.push(time, EVENT.work, lane, state.workStamp[lane]!);
}

/** A lane reaches a level. */
export function workEvent(sim: Sim, lane: number): void {
  const { state } = sim;
  const S = state.layout.services;
  advanceWork(sim);
  // What is left of a lane that has run empty is rounding.
  if (state.workRate[lane]! < 0 && state.work[lane]! < 1e-6) state.work[lane] = 0;
  state.workNextAt[lane] = Number.NaN;
  state.dirty[lane % S] = 1;
}

/** Takes what waits at a service out of its way: requests are answered with an error, messages are parked for later. */
export function drainWork(sim: Sim, s: number): void {
  const { state } = sim;
  advanceWork(sim);
  state.work[s] = 0;
  state.work[state.layout.services + s] = 0;
  state.dirty[s] = 1;
}

/**
 * A pod of the service is replaced: the requests that wait in it are gone with it, and no backlog is in a pod that started
 * after it had built up. Messages of a queue outlive its pods; and callers that try many times send again what a restart drops.
 */
export function loseWork(sim: Sim, p: number): void {
  const { model, state } = sim;
  const s = model.podService[p]!;
  if (state.work[s] === 0 && state.workRate[s] === 0) return;
  if (model.topology.kinds[s] === 'queue' || state.retriesTo[s]! > model.constants.performance.retries.value)
    return;
  if (state.podStartedAt[p]! >= state.workBegan[s]!) return;
  let holders = 0;
  for (let q = model.podBase[s]!; q < model.podBase[s + 1]!; q++) {
    if (state.podPhase[q] === PHASE.ready && state.podStartedAt[q]! < state.workBegan[s]!) holders++;
  }
  advanceWork(sim);
  state.work[s]! *= holders <= 1 ? 0 : 1 - 1 / holders;
  state.dirty[s] = 1;
}

/** Nothing waits and nothing begins to. */
export function noWork(state: CloudState): boolean {
  for (let lane = 0; lane < state.work.length; lane++) {
    if (state.work[lane] !== 0 || state.workRate[lane] !== 0) return false;
  }
  return true;
}
