import { COLUMN, COLUMNS } from './columns.js';
import { lastScrape } from './measure.js';
import type { AlertRule, CloudModel } from './model.js';
import { oncePer } from './once-per.js';
import type { Sim } from './sim.js';
import type { CloudState } from './state.js';

/** Alert rules on services: since when each holds, and when it fires. */

/** The places (service × rule) at which a rule can hold, service by service. */
interface Places {
  /** Places of service s are `from[s] .. from[s + 1] - 1`. */
  readonly from: Int32Array;
  readonly slot: Int32Array;
  readonly metric: Uint8Array;
  /** 1: the rule looks at what the outside probe sees; 1: it pages on a level. */
  readonly probe: Uint8Array;
  readonly pages: Uint8Array;
}

const placesOf = oncePer(findPlaces);

function findPlaces({ rules, alertAbove, alertBelow, topology, layout }: CloudModel): Places {
  const from = new Int32Array(layout.services + 1);
  const found: { slot: number; rule: AlertRule }[] = [];
  for (let s = 0; s < layout.services; s++) {
    rules.forEach((rule, r) => {
      const slot = s * rules.length + r;
      const bounded =
        alertAbove[slot]! < Number.POSITIVE_INFINITY || alertBelow[slot]! > Number.NEGATIVE_INFINITY;
      if (bounded && (rule.scope !== 'entry' || s === topology.entry)) found.push({ slot, rule });
    });
    from[s + 1] = found.length;
  }
  return {
    from,
    slot: Int32Array.from(found, ({ slot }) => slot),
    metric: Uint8Array.from(found, ({ rule }) => rule.metricIndex),
    probe: Uint8Array.from(found, ({ rule }) => (rule.scope === 'entry' ? 1 : 0)),
    pages: Uint8Array.from(found, ({ rule }) => (pagesOnLevel(rule) ? 1 : 0)),
  };
}

/** Keeps since when each rule holds, for the first `count` of some services: those of which anything has changed. */
export function updateAlerts({ model, state }: Sim, services: Int32Array, count: number): void {
  const { alertAbove, alertBelow } = model;
  const { alertSince, metrics } = state;
  const { from, slot: slots, metric, probe, pages } = placesOf(model);
  for (let k = 0; k < count; k++) {
    const s = services[k]!;
    for (let i = from[s]!; i < from[s + 1]!; i++) {
      const slot = slots[i]!;
      const value = probe[i] === 1 ? entryValue(state, metric[i]!, s) : metrics[COLUMNS * s + metric[i]!]!;
      const quiet = Number.isNaN(alertSince[slot]!);
      if (value > alertAbove[slot]! || value < alertBelow[slot]!) {
        if (!quiet) continue;
        state.pagesHold += pages[i]!;
        alertSince[slot] = state.time;
      } else if (!quiet) {
        state.pagesHold -= pages[i]!;
        alertSince[slot] = Number.NaN;
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
