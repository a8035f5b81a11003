import { COLUMN, COLUMNS } from './columns.js';
import { type Changed, lastScrape } from './measure.js';
import type { AlertRule, CloudModel } from './model.js';
import { oncePer } from './once-per.js';
import type { Sim } from './sim.js';
import type { CloudState } from './state.js';

/** Alert rules on services: since when each holds, and when it fires. */

/** The places (service × rule) at which a rule can hold, service by service. */
interface Places {
  /** Places of service s are `from[s] .. from[s + 1] - 1`; those before `levels[s]` look at its requests alone. */
  readonly from: Int32Array;
  readonly levels: Int32Array;
  readonly slot: Int32Array;
  /** Where the rule's value stands in the metrics of all services, or what the outside probe sees: SUCCESS, LATENCY. */
  readonly at: Int32Array;
  /** The rule holds above the one and below the other. */
  readonly above: Float64Array;
  readonly below: Float64Array;
  /** 1: the rule pages on a level. */
  readonly pages: Uint8Array;
  /** Slots of the rules that page. */
  readonly paging: Int32Array;
}

/** Columns of SERVICE_METRICS that depend on the requests of a service alone (measure.ts). */
const OF_REQUESTS: ReadonlySet<number> = new Set([
  COLUMN.rps,
  COLUMN.error_ratio,
  COLUMN.latency_p50_ms,
  COLUMN.latency_p99_ms,
  COLUMN.cpu_ratio,
  COLUMN.connections_ratio,
]);

/** Rules on the entry look at what the outside probe sees. */
const SUCCESS = -1;
const LATENCY = -2;

const placesOf = oncePer(findPlaces);

function findPlaces({ rules, alertAbove, alertBelow, topology, layout }: CloudModel): Places {
  const from = new Int32Array(layout.services + 1);
  const levels = new Int32Array(layout.services);
  const found: { s: number; slot: number; rule: AlertRule }[] = [];
  for (let s = 0; s < layout.services; s++) {
    const places = rules.flatMap((rule, r) => {
      const slot = s * rules.length + r;
      const bounded =
        alertAbove[slot]! < Number.POSITIVE_INFINITY || alertBelow[slot]! > Number.NEGATIVE_INFINITY;
      return bounded && (rule.scope !== 'entry' || s === topology.entry) ? [{ s, slot, rule }] : [];
    });
    found.push(...places.filter(({ rule }) => OF_REQUESTS.has(rule.metricIndex)));
    levels[s] = found.length;
    found.push(...places.filter(({ rule }) => !OF_REQUESTS.has(rule.metricIndex)));
    from[s + 1] = found.length;
  }
  return {
    from,
    levels,
    slot: Int32Array.from(found, ({ slot }) => slot),
    at: Int32Array.from(found, ({ s, rule }) => sourceOf(s, rule)),
    above: Float64Array.from(found, ({ slot }) => alertAbove[slot]!),
    below: Float64Array.from(found, ({ slot }) => alertBelow[slot]!),
    pages: Uint8Array.from(found, ({ rule }) => (pagesOnLevel(rule) ? 1 : 0)),
    paging: Int32Array.from(found.filter(({ rule }) => rule.severity === 'page').map(({ slot }) => slot)),
  };
}

function sourceOf(s: number, { scope, metricIndex }: AlertRule): number {
  if (scope === 'entry' && metricIndex === COLUMN.error_ratio) return SUCCESS;
  if (scope === 'entry' && metricIndex === COLUMN.latency_p99_ms) return LATENCY;
  return COLUMNS * s + metricIndex;
}

/** Keeps since when each rule holds, for the services of which anything has changed. */
export function updateAlerts({ model, state }: Sim, { count, services, whole }: Changed): void {
  const { alertSince, metrics } = state;
  const { from, levels, slot: slots, at, above, below, pages } = placesOf(model);
  for (let k = 0; k < count; k++) {
    const s = services[k]!;
    const to = whole[k] === 1 ? from[s + 1]! : levels[s]!;
    for (let i = from[s]!; i < to; i++) {
      const source = at[i]!;
      const value = source >= 0 ? metrics[source]! : probed(state, source);
      const slot = slots[i]!;
      const quiet = Number.isNaN(alertSince[slot]!);
      if (value > above[i]! || value < below[i]!) {
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

function probed(state: CloudState, source: number): number {
  return source === SUCCESS ? 1 - state.sloSuccess : state.sloP99;
}

/**
 * First column of SERVICE_METRICS that is no level: restarts fall only as time passes, so no change tells when; ready
 * pods are looked at service by service (track.ts).
 */
const RESTARTS = 6;

function pagesOnLevel(rule: AlertRule): boolean {
  return rule.severity === 'page' && rule.metricIndex !== RESTARTS && rule.metricIndex !== COLUMN.ready_ratio;
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
  const { alertSince } = state;
  const { paging } = placesOf(model);
  let first = Number.POSITIVE_INFINITY;
  for (let i = 0; i < paging.length; i++) {
    const since = alertSince[paging[i]!]!;
    if (Number.isNaN(since)) continue;
    first = Math.min(first, firesAt(sim, model.rules[paging[i]! % model.rules.length]!, since));
  }
  return first;
}
