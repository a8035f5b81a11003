import { firesAt } from './alerts.js';
import { COLUMNS } from './columns.js';
import type { Attribute, ConditionTable } from './conditions.js';
import { FLOW_MODES, MODE_ERROR, MODE_OVERLOAD } from './conditions.js';
import { inOrder } from './in-order.js';
import type { Alert } from './interface.js';
import type { CloudModel } from './model.js';
import { clockOffset } from './node-facts.js';
import { STREAM } from './noise.js';
import { oncePer } from './once-per.js';
import type { TextFile } from './schemas/text.js';
import { NO_NODE, type Sim } from './sim.js';
import { PHASE } from './state.js';
import { diskNow } from './storage.js';

/** Calls back for every attribute that shows at a service now, with the number of pods that show it. */
export function aliveAttributes(
  sim: Sim,
  visit: (s: number, attribute: Attribute, pods: number) => void,
): void {
  const { model, state } = sim;
  const { attributes } = model.table;
  const A = attributes.length;
  const loads = loadsOf(model.table);
  for (let s = 0; s < state.layout.services; s++) {
    if (nothingShows(sim, s)) continue;
    lookAtPods(sim, s);
    for (let a = 0; a < A; a++) {
      const active = state.active[s * A + a] === 1;
      const load = loads[a]!;
      if (!active && load !== OTHERWISE && (seen.loads & load) === 0) continue;
      const attribute = attributes[a]!;
      if (!active && load === OTHERWISE && !podsMayShow(attribute, state.nodeFaults > 0)) continue;
      const pods = showing(sim, s, attribute, active);
      if (pods > 0) visit(s, attribute, pods);
    }
  }
}

/** Most services, most of the time: no active attribute, no load, every pod running. */
function nothingShows(sim: Sim, s: number): boolean {
  const { model, state } = sim;
  if (state.activeCount[s]! > 0 || state.nodeFaults > 0) return false;
  for (let p = model.podBase[s]!; p < model.podBase[s + 1]!; p++) {
    const phase = state.podPhase[p]!;
    if (state.podLoad[p] !== 0 || (phase !== PHASE.absent && phase !== PHASE.ready)) return false;
  }
  return true;
}

/** What pods of the service last looked at carry, and the phases that they are in, by bit. */
const seen = { loads: 0, phases: 0 };

function lookAtPods({ model, state }: Sim, s: number): void {
  seen.loads = 0;
  seen.phases = 0;
  for (let p = model.podBase[s]!; p < model.podBase[s + 1]!; p++) {
    seen.loads |= state.podLoad[p]!;
    seen.phases |= 1 << state.podPhase[p]!;
  }
}

/** Stands for the bit of an attribute that pods show otherwise than by a load. */
const OTHERWISE = -1;

/** Bit of the load by which pods show each attribute. */
const loadsOf = oncePer(({ attributes }: ConditionTable) =>
  Int32Array.from(attributes, ({ admission, carrier, start, bit }) =>
    admission || carrier === 'node' || start !== 0 ? OTHERWISE : bit,
  ),
);

/** Whether an attribute that is not active may show otherwise by pods like those last looked at: most do not. */
function podsMayShow({ admission, carrier }: Attribute, nodes: boolean): boolean {
  if (admission) return (seen.phases & (1 << PHASE.blocked)) !== 0;
  if (carrier === 'node') return nodes;
  return (seen.phases & ((1 << PHASE.stuck) | (1 << PHASE.backoff))) !== 0;
}

/** Number of pods of a service that show an attribute (1 for one that needs no pod), 0 when it does not show. */
function showing(sim: Sim, s: number, attribute: Attribute, active: boolean): number {
  const { state } = sim;
  if (attribute.admission) return admits(sim, attribute) ? 0 : countPods(sim, s, PHASE.blocked, -1);
  if (attribute.carrier === 'node') return countOnNodes(sim, s, attribute);
  if (attribute.carrier === 'copies' && attribute.start === 0) return active ? countStruck(sim, s) : 0;
  if (attribute.start !== 0) {
    return (
      countPods(sim, s, PHASE.stuck, attribute.index + 1) +
      countPods(sim, s, PHASE.backoff, attribute.index + 1)
    );
  }
  if (attribute.bit !== 0) return countLoads(sim, s, attribute.bit);
  if (!active) return 0;
  if (attribute.fills) return diskNow(state, s) > 0.85 ? 1 : 0;
  if (attribute.writes === 'at-old-primary') return state.clientsAt[s] === state.primary[s] ? 0 : 1;
  if (attribute.denyPlacement) return countPods(sim, s, PHASE.pending, attribute.index + 1);
  if (attribute.condition === 'unplaceable') return countPods(sim, s, PHASE.pending, 0);
  if (attribute.leak) return state.metrics[COLUMNS * s + 5]! > 0.7 ? 1 : 0;
  return 1;
}

function admits(sim: Sim, attribute: Attribute): boolean {
  const { quotaBlocks, webhookBlocks, addressBlocks } = sim.state;
  return { quota: quotaBlocks, webhook: webhookBlocks, addresses: addressBlocks }[attribute.admission!] === 0;
}

/** Pods of a service in a phase, with a cause (-1: whatever the cause). */
function countPods(sim: Sim, s: number, phase: number, cause: number): number {
  const { model, state } = sim;
  let count = 0;
  for (let p = model.podBase[s]!; p < model.podBase[s + 1]!; p++) {
    if (state.podPhase[p] === phase && (cause === -1 || state.podCause[p] === cause)) count++;
  }
  return count;
}

/** Pods of a service on nodes under an attribute; of nodes that do not report only once the control plane has given them up. */
function countOnNodes(sim: Sim, s: number, attribute: Attribute): number {
  const { model, state } = sim;
  let count = 0;
  for (let p = model.podBase[s]!; p < model.podBase[s + 1]!; p++) {
    if (state.podPhase[p]! < PHASE.starting || state.podNode[p] === NO_NODE) continue;
    const node = state.podNode[p]!;
    if (state.nodeFault[node] !== attribute.index + 1) continue;
    if (attribute.state === 'degraded' || attribute.state === 'evicting' || state.nodeReady[node] === 0)
      count++;
  }
  return count;
}

/** Ready pods of a service whose copy of the data is struck. */
function countStruck(sim: Sim, s: number): number {
  const { model, state } = sim;
  const from = model.podBase[s]!;
  let count = 0;
  for (let p = from; p < model.podBase[s + 1]!; p++) {
    if (state.podPhase[p] === PHASE.ready && (state.struck[s]! >> (p - from)) & 1) count++;
  }
  return count;
}

function countLoads(sim: Sim, s: number, bit: number): number {
  const { model, state } = sim;
  let count = 0;
  for (let p = model.podBase[s]!; p < model.podBase[s + 1]!; p++) {
    if (state.podPhase[p] === PHASE.ready && (state.podLoad[p]! & bit) !== 0) count++;
  }
  return count;
}

/** Most lines about failing calls that one search returns; assumption. */
const MOST_EDGE_LINES = 12;

/** Calls back for call edges on which callers log something: failing calls by how they fail, else slow ones. */
export function edgeLines(
  sim: Sim,
  visit: (caller: number, callee: number, mode: keyof TextFile['calls']) => void,
): void {
  const { model, state } = sim;
  const { edgeFrom, edgeTo } = model.topology;
  let lines = 0;
  for (let e = 0; e < edgeTo.length && lines < MOST_EDGE_LINES; e++) {
    if (state.edgeCalls[e]! < 0.01) continue;
    const callee = edgeTo[e]!;
    const caller = edgeFrom[e]!;
    if (state.edgeLoss[e]! > 0.02 || state.edgeFail[e]! > 0.02) {
      const mode = failureMode(sim, callee);
      // What fails at the caller already is logged there by its own condition.
      if (mode >= 0) {
        visit(caller, callee, FLOW_MODES[mode]!);
        lines++;
      }
    } else if (isSlow(sim, callee)) {
      visit(caller, callee, 'slow');
      lines++;
    }
  }
}

/** How most failing attempts at a service fail, as its callers see it; -1 when none do. */
function failureMode(sim: Sim, s: number): number {
  const { state } = sim;
  const inFail = state.inFail[s]!;
  const reached = state.reached[s]!;
  const shed = reached > 0 ? state.shed[s]! / reached : 0;
  const error = reached > 0 && state.served[s]! > 0 ? state.failed[s]! / state.served[s]! : 0;
  if (Math.max(inFail, shed, error) <= 0.02) return -1;
  if (inFail >= shed && inFail >= error) return state.inMode[s]!;
  return shed >= error ? MODE_OVERLOAD : MODE_ERROR;
}

/** A callee is slow for its callers when its answers, delay included, take twice as long as on a normal day. */
function isSlow(sim: Sim, s: number): boolean {
  const { model, state } = sim;
  const median = model.baseMetrics[COLUMNS * s + 2]!;
  return state.meanMs[s]! + state.delayShare[s]! * state.delayMs[s]! > 2.5 * median;
}

/** Alerts that fire now, by time of firing: rules whose window has passed, false ones, the report of users. */
export function firingAlerts(sim: Sim, reportedAt: number | null): Alert[] {
  const { model, state } = sim;
  const alerts: Alert[] = [];
  const shown = shownOf(model);
  const R = model.rules.length;
  for (let slot = 0; slot < state.alertSince.length; slot++) {
    const since = state.alertSince[slot]!;
    if (Number.isNaN(since)) continue;
    const firedAt = firesAt(sim, model.rules[slot % R]!, since);
    if (firedAt > state.time) continue;
    alerts.push(alertOf(sim, shown, Math.floor(slot / R), slot % R, firedAt));
  }
  if (state.nodeFaults > 0) nodeAlerts(sim, alerts);
  const spurious = falseAlert(sim);
  if (spurious) alerts.push(spurious);
  if (reportedAt !== null && reportedAt <= state.time) {
    alerts.push({
      firedAt: reportedAt,
      component: model.topology.ids[model.topology.entry]!,
      rule: 'UserReport',
      severity: 'page',
      value: Number.NaN,
      text: 'users report trouble',
    });
  }
  return inOrder(alerts, firedAtOf);
}

const firedAtOf = ({ firedAt }: Alert): number => firedAt;

/** Alerts as last shown at each place (service × rule) of a model: most are the same at the next look. */
const shownOf = oncePer(({ layout }: CloudModel): (Alert | null)[] =>
  new Array<null>(layout.services * layout.rules).fill(null),
);

function alertOf(sim: Sim, shown: (Alert | null)[], s: number, r: number, firedAt: number): Alert {
  const { model, state } = sim;
  const rule = model.rules[r]!;
  const value =
    rule.scope === 'entry' && rule.metricIndex === 1
      ? 1 - state.sloSuccess
      : state.metrics[COLUMNS * s + rule.metricIndex]!;
  const slot = s * model.rules.length + r;
  const known = shown[slot];
  const same = known && Object.is(known.value, value);
  if (same && known.firedAt === firedAt) return known;
  const component = model.topology.ids[s]!;
  const text = same ? known.text : `${component}: ${rule.text} (${rule.metric} ${format(value)})`;
  const alert: Alert = { firedAt, component, rule: rule.rule, severity: rule.severity, value, text };
  shown[slot] = alert;
  return alert;
}

/** Alerts on nodes that show what is wrong with them; a node that does not answer shows no clock. */
function nodeAlerts(sim: Sim, alerts: Alert[]): void {
  const { model, state } = sim;
  for (let n = 0; n < state.nodes; n++) {
    if (state.nodeFault[n] === 0) continue;
    for (const rule of model.nodeRules) {
      const value = rule.metric === 'ready' ? state.nodeReady[n]! : clockOffset(model, state, n);
      if (
        !(
          value > (rule.above ?? Number.POSITIVE_INFINITY) || value < (rule.below ?? Number.NEGATIVE_INFINITY)
        )
      )
        continue;
      const firedAt = firesAt(sim, rule, state.nodeSince[n]!);
      if (firedAt > state.time) continue;
      const component = `node-${n + 1}`;
      const text = `${component}: ${rule.text} (${rule.metric} ${format(value)})`;
      alerts.push({ firedAt, component, rule: rule.rule, severity: rule.severity, value, text });
    }
  }
}

/** Rules by which a ticket can be about each service: those on metrics that it has. */
const ticketsOf = oncePer(({ topology, rules, baseMetrics }: CloudModel): readonly (readonly number[])[] =>
  topology.ids.map((_, s) =>
    rules.flatMap(({ severity, metricIndex }, r) =>
      severity === 'ticket' && !Number.isNaN(baseMetrics[COLUMNS * s + metricIndex]!) ? [r] : [],
    ),
  ),
);

/** A ticket about a service that has nothing to do with the incident, in some incidents. */
function falseAlert(sim: Sim): Alert | null {
  const { model, incident } = sim;
  const { noise } = incident;
  if (noise.unit(STREAM.alerts, 0, 0) >= model.constants.telemetry.falseAlert.value) return null;
  const s = noise.index(model.topology.ids.length, STREAM.alerts, 0, 1);
  const tickets = ticketsOf(model)[s]!;
  if (tickets.length === 0) return null;
  const r = tickets[noise.index(tickets.length, STREAM.alerts, 0, 2)]!;
  return alertOf(sim, shownOf(model), s, r, -600 * noise.unit(STREAM.alerts, 0, 3));
}

function format(value: number): string {
  return Number.isNaN(value) ? 'no data' : value >= 100 ? value.toFixed(0) : value.toPrecision(2);
}
