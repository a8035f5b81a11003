import type { Attribute } from './conditions.js';
import { inOrder } from './in-order.js';
import type { ChangeRecord, EventRecord, EvidenceKind, LogLine, SloReading, Telemetry } from './interface.js';
import { STREAM } from './noise.js';
import { oncePer } from './once-per.js';
import type { EventTemplate, LogTemplate } from './schemas/text.js';
import { aliveAttributes, edgeLines, firingAlerts } from './signs.js';
import type { Sim } from './sim.js';
import { PHASE } from './state.js';
import { nodeTable, serviceTable, zoneTable } from './tables.js';
import { fill, pickWording, skeleton } from './wording.js';

/** What can be observed now. Sections not asked for are empty arrays or tables of NaN; alerts and the SLO are always there. */
export function observe(
  sim: Sim,
  kinds: readonly EvidenceKind[],
  turn: number,
  reportedAt: number | null,
): Telemetry {
  const { state } = sim;
  const asked = kinds.includes('events') || kinds.includes('logs');
  const traces = asked ? tracesOf(sim) : [];
  return {
    time: state.time,
    slo: readSlo(sim),
    alerts: firingAlerts(sim, reportedAt),
    services: serviceTable(sim, kinds.includes('metrics'), turn),
    nodes: nodeTable(sim, kinds.includes('metrics'), turn),
    zones: zoneTable(sim, kinds.includes('metrics'), turn),
    events: kinds.includes('events') ? events(sim, turn, traces) : [],
    logs: kinds.includes('logs') ? logs(sim, turn, traces) : [],
    changes: kinds.includes('changes') ? changes(sim) : [],
  };
}

export function readSlo(sim: Sim): SloReading {
  const { state } = sim;
  return {
    time: state.time,
    success: state.sloSuccess,
    latencyP99Ms: state.sloP99,
    healthy: state.sloHealthy,
  };
}

/** An attribute that shows at a service now, and the number of pods that show it. */
interface Trace {
  readonly s: number;
  readonly attribute: Attribute;
  readonly pods: number;
}

function tracesOf(sim: Sim): Trace[] {
  const traces: Trace[] = [];
  aliveAttributes(sim, (s, attribute, pods) => {
    traces.push({ s, attribute, pods });
  });
  return traces;
}

function events(sim: Sim, turn: number, traces: readonly Trace[]): EventRecord[] {
  const { model, incident, state } = sim;
  const { noise } = incident;
  const records: EventRecord[] = [];
  const add = (s: number, template: EventTemplate, count: number, salt: number): void => {
    if (noise.unit(STREAM.events, s, salt) >= (template.probability ?? 1)) return;
    const wording = pickWording(sim, template.text, s, salt);
    const age = 45 * noise.unit(STREAM.events, turn * 64 + salt, s);
    records.push({
      time: state.time - age,
      component: model.topology.ids[s]!,
      reason: template.reason,
      message: fill(sim, wording, s, salt),
      count,
    });
  };
  for (const { s, attribute, pods } of traces) {
    for (let i = 0; i < attribute.events.length; i++)
      add(s, attribute.events[i]!, pods, 8 * attribute.index + i);
  }
  for (let s = 0; s < state.layout.services; s++) lifecycle(sim, s, add);
  const quiet = 1 + noise.index(3, STREAM.events, 1024 + turn, 0);
  for (let k = 0; k < quiet; k++) {
    const s = noise.index(state.layout.services, STREAM.events, 1025 + turn, k);
    const template =
      model.text.healthyEvents[noise.index(model.text.healthyEvents.length, STREAM.events, 1026 + turn, k)]!;
    add(s, template, 1, 900 + k);
  }
  return inOrder(records, timeOf);
}

const timeOf = ({ time }: { readonly time: number }): number => time;

/** What pods' lives leave behind whatever the reason: kills for memory, no room, starts. */
function lifecycle(
  sim: Sim,
  s: number,
  add: (s: number, template: EventTemplate, count: number, salt: number) => void,
): void {
  const { model, state } = sim;
  let killed = 0;
  let homeless = 0;
  let started = 0;
  for (let p = model.podBase[s]!; p < model.podBase[s + 1]!; p++) {
    killed += state.podKilled[p]!;
    if (state.podPhase[p] === PHASE.pending && state.podCause[p] === 0) homeless++;
    if (
      state.podPhase[p] === PHASE.ready &&
      state.podStartedAt[p]! > state.time - 600 &&
      state.podGeneration[p]! > 0
    )
      started++;
  }
  if (killed > 0) add(s, model.text.oom, Math.max(killed, state.crashes[s]!), 700);
  if (homeless > 0 && !hasActiveSize(sim, s)) add(s, model.text.noRoom, homeless, 701);
  if (started > 0) add(s, model.text.started, started, 702);
}

function hasActiveSize(sim: Sim, s: number): boolean {
  const { attributes } = sim.model.table;
  return attributes.some(
    (a, i) => a.condition === 'unplaceable' && sim.state.active[s * attributes.length + i] === 1,
  );
}

function logs(sim: Sim, turn: number, traces: readonly Trace[]): LogLine[] {
  const { model, incident, state } = sim;
  const { noise } = incident;
  const { silent, lineKept, healthyErrors } = model.constants.telemetry;
  const lines: LogLine[] = [];
  const isSilent = noise.unit(STREAM.logs, 0, 0) < silent.value;
  const add = (s: number, template: LogTemplate, salt: number, callee: number): void => {
    const wording = pickWording(sim, template.text, s, salt);
    lines.push({
      time: state.time - 60 * noise.unit(STREAM.logs, 3 * turn + 1, salt * 131 + s),
      component: model.topology.ids[s]!,
      level: template.level,
      template: skeleton(wording),
      message: fill(sim, wording, s, salt + turn, callee),
    });
  };
  for (const { s, attribute } of traces) {
    attribute.logs.forEach((template, i) => {
      const salt = 8 * attribute.index + i;
      const kept = lineKept.value * (template.probability ?? 1);
      if (template.kinds && !template.kinds.includes(model.topology.kinds[s]!)) return;
      if ((isSilent && template.level === 'ERROR') || noise.unit(STREAM.logs, 3 * turn + 2, salt) >= kept)
        return;
      add(s, template, salt, -1);
    });
  }
  edgeLines(sim, (caller, callee, mode) => {
    const template: LogTemplate = { level: mode === 'slow' ? 'WARN' : 'ERROR', text: model.text.calls[mode] };
    if (noise.unit(STREAM.logs, 3 * turn + 3, caller * 64 + callee) < lineKept.value)
      add(caller, template, 500 + callee, callee);
  });
  const S = state.layout.services;
  for (let k = 0; k < 3; k++) {
    const template =
      model.text.healthyLogs[noise.index(model.text.healthyLogs.length, STREAM.logs, 300 + turn, 2 * k)]!;
    add(noise.index(S, STREAM.logs, 300 + turn, 2 * k + 1), template, 800 + k, -1);
  }
  if (noise.unit(STREAM.logs, 1, 0) < healthyErrors.value) {
    const count = 1 + noise.index(2, STREAM.logs, 1, 1);
    for (let k = 0; k < count; k++) {
      const template =
        model.text.healthyErrors[noise.index(model.text.healthyErrors.length, STREAM.logs, 2, 2 * k)]!;
      add(noise.index(S, STREAM.logs, 2, 2 * k + 1), template, 810 + k, -1);
    }
  }
  return inOrder(lines, timeOf);
}

const totalOf = oncePer((weights: Float64Array): number => weights.reduce((sum, weight) => sum + weight, 0));

/** An index drawn in proportion to the weights. */
function weighted(weights: Float64Array, unit: number): number {
  let left = unit * totalOf(weights);
  for (let i = 0; i < weights.length; i++) {
    left -= weights[i]!;
    if (left < 0) return i;
  }
  return weights.length - 1;
}

/** The change history of the last six hours: most causing changes, and others that have nothing to do with it. */
function changes(sim: Sim): ChangeRecord[] {
  const { model, incident } = sim;
  const { noise } = incident;
  const { changeRecorded, decoyChanges } = model.constants.telemetry;
  const records: ChangeRecord[] = [];
  incident.injections.forEach((injection, ordinal) => {
    injection.variant.conditions.forEach((condition, i) => {
      const change = condition.attribute?.change;
      if (!change) return;
      if (noise.unit(STREAM.changes, 10 + ordinal, 2 * i) >= changeRecorded.value * (change.probability ?? 1))
        return;
      const wording = pickWording(sim, change.text, injection.target, 600 + i);
      records.push({
        time: -5 - 240 * noise.unit(STREAM.changes, 10 + ordinal, 2 * i + 1),
        component: model.topology.ids[injection.target]!,
        kind: change.kind,
        summary: fill(sim, wording, injection.target, 600 + i),
      });
    });
  });
  let time = 0;
  for (let k = 0; k < 12; k++) {
    time -= noise.exponential(21600 / decoyChanges.value, STREAM.changes, 0, k);
    if (time < -21600) break;
    const s = weighted(model.topology.changesPerWeek, noise.unit(STREAM.changes, 1, k));
    const change =
      model.text.healthyChanges[noise.index(model.text.healthyChanges.length, STREAM.changes, 2, k)]!;
    records.push({
      time,
      component: model.topology.ids[s]!,
      kind: change.kind,
      summary: fill(sim, pickWording(sim, change.text, s, 620 + k), s, 620 + k),
    });
  }
  return inOrder(records, timeOf);
}
