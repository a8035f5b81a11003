import { aggregate } from './aggregate.js';
import { advanceWork, flagWork, planWork, shownLag, workEvent } from './backlog.js';
import { followCache, hitRatio, replaceWarm } from './cache.js';
import { COLUMN, COLUMNS } from './columns.js';
import { at } from './conditions.js';
import { connectionsRatio } from './connections.js';
import { computeFlow } from './flow.js';
import { trackLevels } from './levels.js';
import type { AlertRule } from './model.js';
import { evict, nodeEvicts, nodeNotReady } from './nodes.js';
import { STREAM } from './noise.js';
import { activate, autoscale, perform } from './onset.js';
import {
  createPod,
  leakEvent,
  lifeEnds,
  podEvent,
  podMemory,
  recentCrashes,
  replacePod,
  retryService,
  type Sim,
  setDesired,
} from './pods.js';
import { EVENT } from './queue.js';
import { followLag, lagNow } from './replication.js';
import { type CloudState, PHASE } from './state.js';
import { diskNow } from './storage.js';
import { track, trackReplicas } from './track.js';

const event = new Int32Array(4);

/** Runs the simulation up to a time: every event due, and what follows from it, in order. */
export function runUntil(sim: Sim, time: number): void {
  const { state } = sim;
  while (state.queue.nextTime <= time) runNext(sim);
  if (time > state.time) state.time = time;
}

/** Processes the events of the next instant. */
export function runNext(sim: Sim): void {
  const { state } = sim;
  const instant = state.queue.nextTime;
  do {
    const at = state.queue.pop(event);
    if (at > state.time) state.time = at;
    handle(sim, event[0]!, event[1]!, event[2]!, event[3]!);
  } while (state.queue.nextTime === instant);
  settle(sim);
}

function handle(sim: Sim, kind: number, a: number, b: number, c: number): void {
  const { state } = sim;
  switch (kind) {
    case EVENT.pod:
      if (state.podStamp[a] === b) podEvent(sim, a);
      break;
    case EVENT.taint:
      if (state.podStamp[a] === b) setLoad(sim, a, state.podLoad[a]! | c);
      break;
    case EVENT.expire:
      if (state.podStamp[a] === b) setLoad(sim, a, state.podLoad[a]! & ~c);
      break;
    case EVENT.leak:
      if (state.podStamp[a] === b) leakEvent(sim, a, c);
      break;
    case EVENT.actor:
      actorStrikes(sim, a);
      break;
    case EVENT.death:
      podDies(sim);
      break;
    case EVENT.retry:
      retryService(sim, a);
      break;
    case EVENT.replay:
      for (const act of sim.incident.injections[a]!.variant.replay) {
        perform(sim, sim.incident.injections[a]!.target, act, 7);
      }
      break;
    case EVENT.lifeEnds:
      if (state.podStamp[a] === b) lifeEnds(sim, a, c);
      break;
    case EVENT.autoscale:
      autoscale(sim, a);
      break;
    case EVENT.downscale:
      downscale(sim, a);
      break;
    case EVENT.nodeNotReady:
      nodeNotReady(sim, a, b);
      break;
    case EVENT.nodeEvicts:
      nodeEvicts(sim, a, b);
      break;
    case EVENT.evict:
      if (state.podStamp[a] === b) evict(sim, a);
      break;
    case EVENT.level:
      state.dirty[a] = 1;
      break;
    case EVENT.drill:
      if (state.podPhase[a] === PHASE.ready) replaceWarm(sim, a);
      break;
    case EVENT.work:
      if (state.workStamp[a] === b) workEvent(sim, a);
      break;
    case EVENT.cache:
      if (state.hitStamp[a] === b) state.dirty[a] = 1;
      break;
    case EVENT.stallEnds:
      state.stall[a] = 1;
      state.dirty[a] = 1;
      break;
  }
}

/** The autoscaler takes extra replicas away when the baseline carries the load at no more than 85 % of its capacity. */
function downscale(sim: Sim, s: number): void {
  const { model, state } = sim;
  const baseline = model.topology.replicas[s]!;
  if (state.desired[s]! <= baseline || state.readyPods[s] === 0) return;
  const capacity = (state.capacity[s]! * baseline) / state.readyPods[s]!;
  if (state.reached[s]! <= 0.85 * capacity) setDesired(sim, s, baseline);
}

function setLoad(sim: Sim, p: number, load: number): void {
  const { model, state } = sim;
  if (state.podPhase[p] !== PHASE.ready || state.podLoad[p] === load) return;
  state.podLoad[p] = load;
  state.dirty[model.podService[p]!] = 1;
}

/** The scheduled job runs: if nobody suspended it, its setting is applied again. */
function actorStrikes(sim: Sim, ordinal: number): void {
  const { model, incident, state } = sim;
  const injection = incident.injections[ordinal]!;
  const A = model.table.attributes.length;
  const alive = injection.variant.conditions.some(
    (condition) =>
      condition.condition === 'actor-active' &&
      condition.attribute &&
      state.active[injection.target * A + condition.attribute.index] === 1,
  );
  if (!alive) return;
  for (const attribute of injection.variant.actor!.applies) {
    const severity = state.severity[injection.target * A + attribute.index]!;
    activate(sim, injection.target, attribute.index, severity);
  }
  for (const act of injection.variant.actor!.acts) perform(sim, injection.target, act, 9);
  state.queue.push(state.time + injection.actorPeriod, EVENT.actor, ordinal);
}

/** Schedules the next death of a pod by itself. */
export function scheduleDeath(sim: Sim): void {
  const { model, incident, state } = sim;
  // A slot is drawn, absent ones too: the rate is one pod of the baseline, and scaling out does not change it.
  const mean = (model.constants.pods.deathEvery.value * model.baselinePods) / state.layout.pods;
  const gap = incident.noise.exponential(mean, STREAM.death, state.deaths, 0);
  state.queue.push(state.time + gap, EVENT.death);
}

function podDies(sim: Sim): void {
  const { incident, state } = sim;
  const p = incident.noise.index(state.layout.pods, STREAM.death, state.deaths, 1);
  state.deaths++;
  if (state.podPhase[p] === PHASE.ready) replaceWarm(sim, p);
  scheduleDeath(sim);
}

/** After a change: aggregates of the services concerned, flow, what is measured, alerts, and the record of health. */
export function settle(sim: Sim): void {
  const { model, incident, state } = sim;
  const S = state.layout.services;
  let any = false;
  if (state.levels) advanceWork(sim);
  for (let s = 0; s < S; s++) {
    if (state.dirty[s] === 0) continue;
    state.dirty[s] = 0;
    any = true;
    followCache(sim, s);
    aggregate(model, incident, state, s);
    trackReplicas(sim, s);
    if (model.topology.replicated[s]) followLag(sim, s);
    if (state.guard && state.readyPods[s]! < state.guardLeast[s]!) state.guardLeast[s] = state.readyPods[s]!;
  }
  if (!any) return;
  keepScrape(sim);
  if (state.levels) flagWork(sim);
  computeFlow(model, state);
  if (state.levels) {
    planWork(sim);
    trackLevels(sim);
  }
  measure(sim);
  updateAlerts(sim);
  track(sim);
  state.changedAt = state.time;
}

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

/** Fills the true values of the service metrics where they have changed. */
function measure(sim: Sim): void {
  const { model, state } = sim;
  const S = state.layout.services;
  const base = model.baseMetrics;
  for (let s = 0; s < S; s++) {
    if (unchanged(state, s)) continue;
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
  const { attributes } = sim.model.table;
  let factor = 1;
  for (let a = 0; a < attributes.length; a++) {
    const { memory } = attributes[a]!;
    const slot = s * attributes.length + a;
    if (memory && sim.state.active[slot] === 1) factor *= at(memory, sim.state.severity[slot]!);
  }
  return factor;
}

function updateAlerts(sim: Sim): void {
  const { model, state } = sim;
  const { rules, alertAbove, alertBelow } = model;
  const R = rules.length;
  const { entry } = model.topology;
  for (let s = 0; s < state.layout.services; s++) {
    if (unchanged(state, s)) continue;
    for (let r = 0; r < R; r++) {
      const rule = rules[r]!;
      if (rule.scope === 'entry' && s !== entry) continue;
      const slot = s * R + r;
      const value =
        rule.scope === 'entry'
          ? entryValue(state, rule.metricIndex, s)
          : state.metrics[COLUMNS * s + rule.metricIndex]!;
      if (!(value > alertAbove[slot]! || value < alertBelow[slot]!)) {
        if (!Number.isNaN(state.alertSince[slot]!) && pagesOnLevel(rule)) state.pagesHold--;
        state.alertSince[slot] = Number.NaN;
      } else if (Number.isNaN(state.alertSince[slot]!)) {
        if (pagesOnLevel(rule)) state.pagesHold++;
        state.alertSince[slot] = state.time;
      }
    }
  }
}

/**
 * First column of SERVICE_METRICS that is no level: restarts fall only as time passes, so no change tells when; ready
 * pods are looked at service by service (track.ts).
 */
const RESTARTS = 6;

function pagesOnLevel(rule: AlertRule): boolean {
  return rule.severity === 'page' && rule.metricIndex !== RESTARTS && rule.metricIndex !== COLUMN.ready_ratio;
}

/** Rules on the entry look at what the outside probe sees. */
function entryValue(state: CloudState, metric: number, entry: number): number {
  if (metric === 1) return 1 - state.sloSuccess;
  return metric === 3 ? state.sloP99 : state.metrics[COLUMNS * entry + metric]!;
}

/** Time at which an alert with this rule and since-time fires: its `for` window and the scrape that notices it. */
export function firesAt(sim: Sim, rule: AlertRule, since: number): number {
  const period = sim.model.constants.telemetry.scrape.value;
  const noticed = lastScrape(sim, since) + period;
  return noticed + rule.for;
}

/** First time from now on at which a page fires if nothing else happens. */
export function nextPage(sim: Sim): number {
  const { model, state } = sim;
  let first = Number.POSITIVE_INFINITY;
  for (let slot = 0; slot < state.alertSince.length; slot++) {
    const since = state.alertSince[slot]!;
    if (Number.isNaN(since)) continue;
    const rule = model.rules[slot % model.rules.length]!;
    if (rule.severity === 'page') first = Math.min(first, firesAt(sim, rule, since));
  }
  return first;
}
