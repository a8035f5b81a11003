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

/** Whether some count or level of the service runs on between changes. */
function levelsRun(state: CloudState, s: number): boolean {
  return (
    state.leaked[s] !== 0 ||
    state.crashes[s] !== 0 ||
    state.hitStamp[s] !== 0 ||
    state.workStamp[s] !== 0 ||
    state.workStamp[state.layout.services + s] !== 0 ||
    state.diskSlope[s] !== 0 ||
    state.lagSlope[s] !== 0
  );
}

/** Services that a look at all found changed, of one settling: overwritten by the next. */
export interface Changed {
  count: number;
  services: Int32Array;
  /** 1 where pods, counts or levels of the service may have changed too, 0 where only its requests have. */
  whole: Uint8Array;
}

const changed: Changed = { count: 0, services: new Int32Array(64), whole: new Uint8Array(64) };

/**
 * Fills the true values of the service metrics where they may have changed: where the solver has passed, or a level runs.
 * @param looked 1 where the service itself was looked at anew
 */
export function measure(sim: Sim, looked: Uint8Array): Changed {
  const { state } = sim;
  const S = state.layout.services;
  if (changed.services.length < S) {
    changed.services = new Int32Array(2 * S);
    changed.whole = new Uint8Array(2 * S);
  }
  let count = 0;
  for (let s = 0; s < S; s++) {
    const whole = looked[s] === 1 || levelsRun(state, s);
    if (!whole && state.moved[s] === 0) continue;
    changed.services[count] = s;
    changed.whole[count++] = whole ? 1 : 0;
    measureRequests(sim, s);
    if (whole) measureLevels(sim, s);
  }
  changed.count = count;
  return changed;
}

/** What depends on the requests of a service. */
function measureRequests(sim: Sim, s: number): void {
  const { model, state } = sim;
  const { metrics } = state;
  const row = COLUMNS * s;
  const reached = state.reached[s]!;
  metrics[row] = reached;
  if (reached > 1e-9) {
    metrics[row + 1] = Math.max(0, 1 - state.success[s]! / (1 - state.inFail[s]!));
    measureLatency(state, s);
  } else {
    metrics[row + 1] = Number.NaN;
    metrics[row + 2] = Number.NaN;
    metrics[row + 3] = Number.NaN;
  }
  const ready = state.readyPods[s]!;
  const perPod =
    ready === 0 ? 0 : (state.served[s]! * model.topology.replicas[s]!) / (model.baseLoad[s]! * ready);
  // A third of the CPU is spent whatever the load; assumption.
  metrics[row + 4] =
    ready === 0 ? 0 : Math.min(1, model.baseMetrics[row + 4]! * (0.33 + 0.67 * perPod) * state.ownCpu[s]!);
  metrics[row + COLUMN.connections_ratio] = connectionsRatio(sim, s);
}

/** What depends on the pods of a service, and on counts and levels that run on by themselves. */
function measureLevels(sim: Sim, s: number): void {
  const { model, state } = sim;
  const { metrics } = state;
  const row = COLUMNS * s;
  metrics[row + 5] = memoryOf(sim, s);
  metrics[row + 6] = recentCrashes(sim, s);
  metrics[row + 7] = Math.min(1, state.readyPods[s]! / model.topology.replicas[s]!);
  metrics[row + COLUMN.cache_hit_ratio] = hitRatio(state, s);
  metrics[row + COLUMN.disk_ratio] = diskNow(state, s);
  metrics[row + COLUMN.replication_lag_s] = model.topology.replicated[s]
    ? lagNow(model, state, s)
    : Number.NaN;
  metrics[row + COLUMN.queue_lag_s] =
    model.baseMetrics[row + COLUMN.queue_lag_s]! + shownLag(model, state, s);
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
