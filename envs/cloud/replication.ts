import type { CloudModel } from './model.js';
import { answers } from './node-facts.js';
import { EVENT } from './queue.js';
import type { Sim } from './sim.js';
import type { CloudState } from './state.js';

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
