import { FLAG, NOTICED_LAG, shownLag, syncLagAt } from './backlog.js';
import { hitRatio } from './cache.js';
import type { Sim } from './sim.js';

/** Longest lag that a severity tells apart, in seconds; assumption. */
const WORST_LAG = 600;

/**
 * Conditions that are levels: an attribute that `tracks` one holds from the level at which the backlog does harm until it is
 * gone. Nothing else switches it, and it does nothing by itself.
 */
export function trackLevels(sim: Sim): void {
  const { model, state } = sim;
  const S = state.layout.services;
  const { work, reconciling } = model.table.tracked;
  for (let s = 0; s < S; s++) {
    if (state.hitStamp[s] !== 0 && model.topology.kinds[s] === 'cache') trackCache(sim, s);
    if (state.workStamp[s] === 0 && state.workStamp[S + s] === 0) continue;
    const flags = state.workFlags[s]!;
    const lag = shownLag(model, state, s);
    if ((flags & (FLAG.late | FLAG.full)) !== 0) hold(sim, s, work, lag);
    else if (flags === 0) release(sim, s, work);
    if (syncLagAt(state, s) >= NOTICED_LAG) hold(sim, s, reconciling, lag);
    else if (syncLagAt(state, s) === 0) release(sim, s, reconciling);
  }
}

/** A cache is cold from the loss of a quarter of its answers until it is as warm as on a normal day. */
function trackCache(sim: Sim, s: number): void {
  const { model, state } = sim;
  const usual = model.constants.caches.hit.value;
  const answers = hitRatio(state, s);
  if (answers < COLD_SHARE * usual)
    hold(sim, s, model.table.tracked.cache, WORST_LAG * (1 - answers / usual));
  else if (state.hitRate[s] === 0 && answers === usual) release(sim, s, model.table.tracked.cache);
}

/** Share of its usual answers below which a cache is cold; assumption. */
const COLD_SHARE = 0.75;

function hold(sim: Sim, s: number, attribute: number, lag: number): void {
  if (attribute < 0) return;
  const { state } = sim;
  const slot = s * state.layout.attributes + attribute;
  state.severity[slot] = Math.min(1, lag / WORST_LAG);
  if (state.active[slot] === 1) return;
  state.active[slot] = 1;
  state.activeCount[s]!++;
}

function release(sim: Sim, s: number, attribute: number): void {
  if (attribute < 0) return;
  const { state } = sim;
  const slot = s * state.layout.attributes + attribute;
  if (state.active[slot] === 0) return;
  state.active[slot] = 0;
  state.activeCount[s]!--;
}
