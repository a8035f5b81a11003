import { shownLag } from './backlog.js';
import { hitRatio } from './cache.js';
import { COLUMN, COLUMNS } from './columns.js';
import { at } from './conditions.js';
import { connectionsRatio } from './connections.js';
import { podMemory } from './leaks.js';
import { recentCrashes } from './pods.js';
import { lagNow } from './replication.js';
import type { Sim } from './sim.js';
import { type CloudState, PHASE } from './state.js';
import { diskNow } from './storage.js';

/** What can be measured of services: true values after every change, kept as the last scrape saw them. */

/** Phase of the scrape timer of an incident, in [0, period). */
export function scrapePhase(sim: Sim): number {
  return sim.incident.scrapePhase * sim.model.constants.telemetry.scrape.value;
}

/** Time of the last scrape at or before a time. */
export function lastScrape(sim: Sim, time: number): number {
  const period = sim.model.constants.telemetry.scrape.value;
  const phase = scrapePhase(sim);
  return Math.floor((time - phase) / period) * period + phase;
}

/** Keeps what the last scrape saw when one fell between the last change and now. */
export function keepScrape(sim: Sim): void {
  const { state } = sim;
  if (lastScrape(sim, state.time) >= state.changedAt) {
    state.scraped.set(state.metrics);
  }
}

/** Nothing that a scrape of the service shows can have changed: the solver left it alone, and no count or level runs. */
function unchanged(state: CloudState, s: number): boolean {
  return (
    state.moved[s] === 0 &&
    state.leaked[s] === 0 &&
    state.crashes[s] === 0 &&
    state.hitStamp[s] === 0 &&
    state.workStamp[s] === 0 &&
    state.workStamp[state.layout.services + s] === 0 &&
    state.diskSlope[s] === 0 &&
    state.lagSlope[s] === 0
  );
}

/** Services that the last `measure` looked at: overwritten by the next. */
let changed = new Int32Array(64);

/**
 * Fills the true values of the service metrics where they may have changed. Returns how many services those are, and leaves them in
 * `changedServices()`.
 */
export function measure(sim: Sim): number {
  const { model, state } = sim;
  const S = state.layout.services;
  const base = model.baseMetrics;
  if (changed.length < S) changed = new Int32Array(2 * S);
  let count = 0;
  for (let s = 0; s < S; s++) {
    if (unchanged(state, s)) continue;
    changed[count++] = s;
    const row = COLUMNS * s;
    const reached = state.reached[s]!;
    state.metrics[row] = reached;
    if (reached > 1e-9) {
      state.metrics[row + 1] = Math.max(0, 1 - state.success[s]! / (1 - state.inFail[s]!));
      measureLatency(state, s);
    } else {
      state.metrics[row + 1] = Number.NaN;
      state.metrics[row + 2] = Number.NaN;
      state.metrics[row + 3] = Number.NaN;
    }
    const ready = state.readyPods[s]!;
    const perPod =
      ready === 0 ? 0 : (state.served[s]! * model.topology.replicas[s]!) / (model.baseLoad[s]! * ready);
    // A third of the CPU is spent whatever the load; assumption.
    state.metrics[row + 4] =
      ready === 0 ? 0 : Math.min(1, base[row + 4]! * (0.33 + 0.67 * perPod) * state.ownCpu[s]!);
    state.metrics[row + 5] = memoryOf(sim, s);
    state.metrics[row + 6] = recentCrashes(sim, s);
    state.metrics[row + 7] = Math.min(1, ready / model.topology.replicas[s]!);
    state.metrics[row + COLUMN.connections_ratio] = connectionsRatio(sim, s);
    state.metrics[row + COLUMN.cache_hit_ratio] = hitRatio(state, s);
    state.metrics[row + COLUMN.disk_ratio] = diskNow(state, s);
    state.metrics[row + COLUMN.replication_lag_s] = model.topology.replicated[s]
      ? lagNow(model, state, s)
      : Number.NaN;
    state.metrics[row + COLUMN.queue_lag_s] = base[row + COLUMN.queue_lag_s]! + shownLag(model, state, s);
  }
  return count;
}

/** Services that the last `measure` looked at, as many as it returned. */
export function changedServices(): Int32Array {
  return changed;
}

/** Median and 99th percentile of the log-normal with the service's mean and variance; kept when neither has changed. */
function measureLatency(state: CloudState, s: number): void {
  const mean = state.meanMs[s]!;
  const variance = state.varMs[s]!;
  if (
    state.measuredMean[s] === mean &&
    state.measuredVar[s] === variance &&
    state.metrics[COLUMNS * s + 2]! > 0
  )
    return;
  state.measuredMean[s] = mean;
  state.measuredVar[s] = variance;
  const sigma2 = Math.log(1 + variance / (mean * mean));
  const median = mean * Math.exp(-sigma2 / 2);
  state.metrics[COLUMNS * s + 2] = median;
  state.metrics[COLUMNS * s + 3] = median * Math.exp(2.3263478740408408 * Math.sqrt(sigma2));
}

/** Largest memory share among a service's pods. */
export function memoryOf(sim: Sim, s: number): number {
  const { model, state } = sim;
  const base = model.baseMetrics[COLUMNS * s + 5]!;
  if (state.leaked[s] === 0) {
    // Without a ready pod what is left of the series is that of processes that start.
    return state.readyPods[s] === 0 ? base * 0.2 : Math.min(1, base * memoryFactor(sim, s));
  }
  let most = 0;
  for (let p = model.podBase[s]!; p < model.podBase[s + 1]!; p++) {
    if (state.podPhase[p] === PHASE.ready) most = Math.max(most, podMemory(sim, p));
  }
  return most === 0 ? base * 0.2 : Math.min(1, most * memoryFactor(sim, s));
}

/** What active attributes of the service as a whole make of its memory. */
function memoryFactor(sim: Sim, s: number): number {
  if (sim.state.activeCount[s] === 0) return 1;
  const base = s * sim.state.layout.attributes;
  let factor = 1;
  for (const { memory, index } of sim.model.table.does.memory) {
    if (sim.state.active[base + index] === 1) factor *= at(memory!, sim.state.severity[base + index]!);
  }
  return factor;
}
