import { at } from './conditions.js';
import type { CloudModel } from './model.js';
import { EVENT } from './queue.js';
import type { Sim } from './sim.js';
import { type CloudState, PHASE } from './state.js';

/**
 * What caches hold. The share of reads that a cache answers goes to its level of a normal day as a charging capacitor does,
 * at a rate that follows the traffic into it and the answers of the store behind it: `h(t) = a + (h - a) exp(-t / T)`. What it
 * does not answer its callers ask their database; a cache without one at its callers, and the buffers of a database,
 * read through to their own disk, at a cost in capacity.
 */

/** Longest seconds between two looks at a cache that warms up: traffic may have changed meanwhile. */
const LONGEST_STEP = 10;

/** Least share of the usual traffic that is reckoned with, so that a cache without traffic has a next look. */
const LEAST_TRAFFIC = 0.02;

/** Distance from its level at which a cache is as warm as it gets. */
const WARM = 0.02;

export function isCached({ topology }: CloudModel, s: number): boolean {
  return topology.kinds[s] === 'cache' || topology.kinds[s] === 'database';
}

/** Share of reads that a cache answers at the state's time; NaN for what has none. */
export function hitRatio(state: CloudState, s: number): number {
  const rate = state.hitRate[s]!;
  const value = state.hitValue[s]!;
  if (rate === 0) return value;
  const aim = state.hitAim[s]!;
  return aim + (value - aim) * Math.exp(-rate * (state.time - state.hitSince[s]!));
}

/** Factor on the capacity of a service that reads through to its own disk. */
export function readThrough(model: CloudModel, state: CloudState, s: number): number {
  if (!isCached(model, s) || model.backed[s] === 1) return 1;
  const { hit, throughCache, throughDatabase } = model.constants.caches;
  const cost = model.topology.kinds[s] === 'cache' ? throughCache.value : throughDatabase.value;
  return 1 / (1 + cost * Math.max(0, hit.value - hitRatio(state, s)));
}

/** The level that a cache goes to under what is active at it. */
function levelOf(sim: Sim, s: number): number {
  const { model, state } = sim;
  let level = model.constants.caches.hit.value;
  if (state.activeCount[s] === 0) return level;
  const base = s * state.layout.attributes;
  for (const { hits, index } of model.table.does.hits) {
    if (state.active[base + index] === 1) level *= at(hits!, 1 - state.severity[base + index]!);
  }
  return level;
}

/** Looks at a cache again: what it holds now, where it goes, what its callers ask elsewhere. Nothing to do where all is as usual. */
export function followCache(sim: Sim, s: number): void {
  const { model, state } = sim;
  if (!isCached(model, s)) return;
  const level = levelOf(sim, s);
  const now = hitRatio(state, s);
  if (state.hitRate[s] === 0 && now === level) return;
  state.levels = true;
  state.hitSince[s] = state.time;
  state.hitAim[s] = level;
  state.hitValue[s] = now;
  if (Math.abs(now - level) < WARM * model.constants.caches.hit.value) {
    state.hitValue[s] = level;
    state.hitRate[s] = 0;
  } else {
    const rate = now > level ? 1 / model.constants.caches.evict.value : warming(model, state, s);
    state.hitRate[s] = rate;
    state.hitStamp[s]!++;
    const step = Math.min(LONGEST_STEP, Math.LN2 / rate);
    state.queue.push(state.time + step, EVENT.cache, s, state.hitStamp[s]!);
  }
  askElsewhere(model, state, s);
}

/** Rate at which a cache fills: by what its callers put into it, which is what the store behind it answered. */
function warming(model: CloudModel, state: CloudState, s: number): number {
  const traffic = state.served[s]! / model.baseLoad[s]!;
  const store = model.backed[s] === 1 ? storeSuccess(model, state, s) : 1;
  return Math.max(LEAST_TRAFFIC, Math.min(2, traffic) * store) / model.constants.caches.warm.value;
}

function storeSuccess({ topology, missOf }: CloudModel, state: CloudState, s: number): number {
  for (let e = 0; e < missOf.length; e++) if (missOf[e] === s) return state.success[topology.edgeTo[e]!]!;
  return 1;
}

/** Calls for which callers of a cache go to their database instead. */
function askElsewhere(
  { topology, missOf, missWeight, constants }: CloudModel,
  state: CloudState,
  s: number,
): void {
  const missing = Math.max(0, constants.caches.hit.value - state.hitValue[s]!);
  for (let e = 0; e < missOf.length; e++) {
    if (missOf[e] !== s) continue;
    state.edgeExtra[e] = missWeight[e]! * missing;
    state.ownLoad[topology.edgeFrom[e]!] = Number.NaN;
  }
}

/** A cache whose last pod goes is empty when the next one starts; beside a warm one it would be filled before it gets requests. */
export function coolDown(sim: Sim, p: number): void {
  const { model, state } = sim;
  const s = model.podService[p]!;
  if (!isCached(model, s) || state.podPhase[p] !== PHASE.ready) return;
  for (let q = model.podBase[s]!; q < model.podBase[s + 1]!; q++) {
    if (q !== p && state.podPhase[q] === PHASE.ready) return;
  }
  empty(sim, s);
}

function empty(sim: Sim, s: number): void {
  const { state } = sim;
  state.hitValue[s] = 0;
  state.hitSince[s] = state.time;
  // A rate that is not 0 says that the level is not reached; the next look finds the true one.
  state.hitRate[s] = Number.MIN_VALUE;
  state.dirty[s] = 1;
}

/** Fills a cache from a copy or by replaying reads, up to the level that it can keep. */
export function warmUp(sim: Sim, s: number): void {
  const { state } = sim;
  state.hitValue[s] = levelOf(sim, s);
  state.hitSince[s] = state.time;
  state.hitRate[s] = Number.MIN_VALUE;
  state.dirty[s] = 1;
}

/** Every cache is as warm as on a normal day. */
export function allWarm(state: CloudState): boolean {
  return state.hitRate.every((rate) => rate === 0);
}

/**
 * Which database call of a service answers what its caches do not: its first cache's misses go to its first database, and so
 * on. Weights are calls per request and lost answer.
 */
export function missEdges({ topology }: Pick<CloudModel, 'topology'>): {
  missOf: Int32Array;
  missWeight: Float64Array;
  backed: Uint8Array;
} {
  const { edgeStart, edgeTo, edgeWeight, kinds, ids } = topology;
  const missOf = new Int32Array(edgeTo.length).fill(-1);
  const missWeight = new Float64Array(edgeTo.length);
  const backed = new Uint8Array(ids.length);
  for (let s = 0; s < ids.length; s++) {
    const edges = Array.from({ length: edgeStart[s + 1]! - edgeStart[s]! }, (_, i) => edgeStart[s]! + i);
    const caches = edges.filter((e) => kinds[edgeTo[e]!] === 'cache');
    const stores = edges.filter((e) => kinds[edgeTo[e]!] === 'database');
    for (let k = 0; k < Math.min(caches.length, stores.length); k++) {
      missOf[stores[k]!] = edgeTo[caches[k]!]!;
      missWeight[stores[k]!] = edgeWeight[caches[k]!]!;
      backed[edgeTo[caches[k]!]!] = 1;
    }
  }
  return { missOf, missWeight, backed };
}
