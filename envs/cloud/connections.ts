import { podLeak } from './leaks.js';
import type { CloudModel } from './model.js';
import type { Sim } from './sim.js';
import { type CloudState, PHASE } from './state.js';

/**
 * Share of a service's connections in use, NaN for an external service: requests in it by Little's law (rate times time, seconds) over the pools of its
 * ready pods. Slow answers of a callee hold connections of its callers, so pools fill where the trouble is not.
 */
export function connectionsInUse(model: CloudModel, state: CloudState, s: number): number {
  if (model.topology.kinds[s] === 'external') return Number.NaN;
  const pools = model.topology.pools[s]! * state.readyPods[s]!;
  return pools === 0 ? 0 : Math.min(1, (state.served[s]! * state.meanMs[s]!) / 1000 / pools);
}

/** What an exporter of connections shows: a leak holds connections whether they are used or not. */
export function connectionsRatio(sim: Sim, s: number): number {
  const { model, state } = sim;
  const used = connectionsInUse(model, state, s);
  if (state.leaked[s] === 0 || Number.isNaN(used)) return used;
  let most = used;
  for (let p = model.podBase[s]!; p < model.podBase[s + 1]!; p++) {
    if (state.podPhase[p] === PHASE.ready) most = Math.max(most, podLeak(sim, p, 'connections'));
  }
  return Math.min(1, most);
}
