import { COLUMN, COLUMNS } from './columns.js';
import { lastScrape, unchanged } from './measure.js';
import type { AlertRule } from './model.js';
import type { Sim } from './sim.js';
import type { CloudState } from './state.js';

/** Alert rules on services: since when each holds, and when it fires. */

export function updateAlerts(sim: Sim): void {
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
