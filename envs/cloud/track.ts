import { lagNow } from './replication.js';
import type { Sim } from './sim.js';

/** A limit, an open circuit, a paused roll-out, a cordon, a node or zone that is away, or a human is in force: no event ends any of them. */
export function inForce({ state }: Sim): boolean {
  if (state.handedOver || state.shiftedNodes !== 0) return true;
  for (let s = 0; s < state.layout.services; s++) {
    if (state.limited[s] === 1 || state.broken[s] === 1 || state.paused[s] === 1) return true;
  }
  for (let n = 0; n < state.nodes; n++)
    if (state.nodeCordoned[n] === 1 || state.nodeReady[n] === 0) return true;
  return false;
}

/** Nothing provisional is in force, and no replica is far behind. */
function nothingProvisional(sim: Sim): boolean {
  const { model, state } = sim;
  if (inForce(sim)) return false;
  for (let s = 0; s < state.layout.services; s++) {
    if (model.topology.replicated[s] && lagNow(model, state, s) > model.constants.data.lagBound.value)
      return false;
  }
  return true;
}

/** Whether the system is as on a normal day as far as anybody can measure. */
export function allWell(sim: Sim): boolean {
  return sim.state.well && sim.state.lowServices === 0;
}

/**
 * Keeps the start of the present healthy window: the SLO holds, no level that pages is reached, nothing provisional is
 * in force, and (below) every service has its baseline replicas. Trouble of up to `blip` seconds does not end a window;
 * spells of the same trouble less than `merge` apart count as one.
 */
export function track(sim: Sim): void {
  const { model, state } = sim;
  const { blip, merge } = model.constants.slo;
  trackRegression(sim);
  if (state.sloHealthy) state.sloBadSince = Number.NaN;
  else if (Number.isNaN(state.sloBadSince)) state.sloBadSince = state.time;
  const well = state.sloHealthy && state.pagesHold === 0 && nothingProvisional(sim);
  if (well === state.well) return;
  state.well = well;
  if (!well) {
    if (state.time - state.lastBadEnd > merge.value) state.badTotal = 0;
    state.badSince = state.time;
    return;
  }
  state.badTotal += state.time - state.badSince;
  state.lastBadEnd = state.time;
  if (state.badTotal > blip.value) {
    state.windowStart = state.time;
    state.badTotal = 0;
  }
}

/** The same for a service's replicas; each service has its own spells, so that deaths of unrelated pods do not add up. */
export function trackReplicas(sim: Sim, s: number): void {
  const { model, state } = sim;
  const { blip, merge } = model.constants.slo;
  const low = state.readyPods[s]! < model.topology.replicas[s]!;
  if (low === !Number.isNaN(state.lowSince[s]!)) return;
  if (low) {
    state.lowServices++;
    if (state.time - state.lowEnd[s]! > merge.value) state.lowTotal[s] = 0;
    state.lowSince[s] = state.time;
    return;
  }
  state.lowServices--;
  state.lowTotal[s]! += state.time - state.lowSince[s]!;
  state.lowSince[s] = Number.NaN;
  state.lowEnd[s] = state.time;
  if (state.lowTotal[s]! > blip.value) {
    state.windowStart = state.time;
    state.lowTotal[s] = 0;
  }
}

/** Longest present trouble in seconds, with what counts as one with it. */
export function presentTrouble(sim: Sim): number {
  const { state } = sim;
  let longest = state.well ? 0 : state.badTotal + state.time - state.badSince;
  for (let s = 0; s < state.layout.services; s++) {
    const since = state.lowSince[s]!;
    if (!Number.isNaN(since)) longest = Math.max(longest, state.lowTotal[s]! + state.time - since);
  }
  return longest;
}

/** Whether nothing that happens from the next event on can change whether the last operation counts as a regression. */
export function regressionKnown({ model, state }: Sim): boolean {
  const { attribution, regressionSeconds } = model.constants.harm;
  const until = state.referenceAt + attribution.value;
  if (state.regressionCounted || state.queue.nextTime >= until) return true;
  const open = until - state.lastRegressionCheck;
  return state.regressionSeconds + open <= regressionSeconds.value;
}

/** Counts a loss of success of more than a tenth for more than half a minute after an operation, once per operation. */
export function trackRegression(sim: Sim): void {
  const { model, state } = sim;
  const { regression, regressionSeconds, attribution } = model.constants.harm;
  if (state.regressionCounted) return;
  const until = Math.min(state.time, state.referenceAt + attribution.value);
  const from = Math.max(state.lastRegressionCheck, state.referenceAt);
  if (state.regressed && until > from) state.regressionSeconds += until - from;
  state.lastRegressionCheck = state.time;
  state.regressed = state.sloSuccess < state.referenceSuccess - regression.value;
  if (state.regressionSeconds > regressionSeconds.value) {
    state.collateral++;
    state.regressionCounted = true;
  }
}
