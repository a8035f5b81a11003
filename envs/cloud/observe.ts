import { COLUMN, COLUMNS, NODE_COLUMNS, ZONE_COLUMNS } from './columns.js';
import { at } from './conditions.js';
import { keepScrape, lastScrape, memoryOf } from './dynamics.js';
import type {
  ChangeRecord,
  EventRecord,
  EvidenceKind,
  LogLine,
  MetricTable,
  SloReading,
  Telemetry,
} from './interface.js';
import { NODE_METRICS, SERVICE_METRICS, ZONE_METRICS } from './interface.js';
import { STREAM } from './noise.js';
import { recentCrashes, type Sim } from './pods.js';
import type { EventTemplate, LogTemplate } from './schema.js';
import { aliveAttributes, edgeLines, firingAlerts } from './signs.js';
import { PHASE } from './state.js';
import { fill, pickWording, skeleton } from './wording.js';

/** What can be observed now. Sections not asked for are empty arrays or tables of NaN; alerts and the SLO are always there. */
export function observe(
  sim: Sim,
  kinds: readonly EvidenceKind[],
  turn: number,
  reportedAt: number | null,
): Telemetry {
  const { state } = sim;
  return {
    time: state.time,
    slo: readSlo(sim),
    alerts: firingAlerts(sim, reportedAt),
    services: serviceTable(sim, kinds.includes('metrics'), turn),
    nodes: nodeTable(sim, kinds.includes('metrics'), turn),
    zones: zoneTable(sim, kinds.includes('metrics'), turn),
    events: kinds.includes('events') ? events(sim, turn) : [],
    logs: kinds.includes('logs') ? logs(sim, turn) : [],
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

/** One scrape of the services: log-normal noise, counts exact, series missing now and then. */
function serviceTable(sim: Sim, asked: boolean, turn: number): MetricTable {
  const { model, incident, state } = sim;
  const S = state.layout.services;
  const values = new Float64Array(COLUMNS * S);
  const table = {
    components: model.topology.ids,
    metrics: SERVICE_METRICS,
    scrapedAt: lastScrape(sim, state.time),
    values,
    baseline: model.baseMetrics,
  };
  if (!asked) {
    values.fill(Number.NaN);
    return table;
  }
  keepScrape(sim);
  const sigma = noiseSigmas(sim);
  const { missing } = model.constants.telemetry;
  for (let s = 0; s < S; s++) {
    const row = COLUMNS * s;
    for (let m = 0; m < COLUMNS; m += 2) {
      const slot = row + m;
      const pair = gaussPair(sim, turn, 16 * s + m);
      values[slot] = state.scraped[slot]! * Math.exp(sigma[m]! * pair[0]!);
      if (m + 1 < COLUMNS) values[slot + 1] = state.scraped[slot + 1]! * Math.exp(sigma[m + 1]! * pair[1]!);
    }
    values[row + 6] = recentCrashes(sim, s);
    values[row + 5] = memoryOf(sim, s) * (values[row + 5]! / Math.max(1e-9, state.scraped[row + 5]!));
    for (let m = 0; m < COLUMNS; m++) {
      if (incident.noise.unit(STREAM.metrics, 2 * turn + 2, 32768 + 16 * s + m) < missing.value)
        values[row + m] = Number.NaN;
    }
    for (const m of RATIOS) values[row + m] = Math.min(1, values[row + m]!);
  }
  return table;
}

/** Columns of SERVICE_METRICS that cannot exceed 1. */
const RATIOS = [
  COLUMN.error_ratio,
  COLUMN.cpu_ratio,
  COLUMN.memory_ratio,
  COLUMN.ready_ratio,
  COLUMN.connections_ratio,
  COLUMN.cache_hit_ratio,
  COLUMN.disk_ratio,
] as const;
const gauss = new Float64Array(2);

function gaussPair(sim: Sim, turn: number, slot: number): Float64Array {
  const { noise } = sim.incident;
  const radius = Math.sqrt(-2 * Math.log(1 - noise.unit(STREAM.metrics, 2 * turn + 1, slot)));
  const angle = 2 * Math.PI * noise.unit(STREAM.metrics, 2 * turn + 1, slot + 1);
  gauss[0] = radius * Math.cos(angle);
  gauss[1] = radius * Math.sin(angle);
  return gauss;
}

function noiseSigmas(sim: Sim): readonly number[] {
  const { values } = sim.model.constants.telemetry.noise;
  return [
    values.rps!,
    values.error_ratio!,
    values.latency_p50_ms!,
    values.latency_p99_ms!,
    values.cpu_ratio!,
    values.memory_ratio!,
    0,
    0,
    values.connections_ratio!,
    values.queue_lag_s!,
    values.replication_lag_s!,
    values.cache_hit_ratio!,
    values.disk_ratio!,
  ];
}

/** Baseline of the node metrics: ready, CPU, memory, retransmitted share of packets, disk in use, seconds off the true time; assumption. */
const NODE_BASE = [1, 0.35, 0.5, 0.001, 0.45, 0.002] as const;

function nodeTable(sim: Sim, asked: boolean, turn: number): MetricTable {
  const { model, incident, state } = sim;
  const N = state.nodes;
  const values = new Float64Array(NODE_COLUMNS * N).fill(Number.NaN);
  const baseline = new Float64Array(NODE_COLUMNS * N);
  for (let n = 0; n < N; n++) baseline.set(NODE_BASE, NODE_COLUMNS * n);
  if (asked) {
    const sigma = model.constants.telemetry.noise.values.node!;
    for (let n = 0; n < N; n++) {
      const fill = state.nodeUsed[n]! / model.slotsPerNode;
      const truth = [
        state.nodeReady[n]!,
        0.1 + 0.4 * fill,
        0.2 + 0.5 * fill,
        NODE_BASE[3] * retransmits(sim, n),
        NODE_BASE[4],
        NODE_BASE[5],
      ];
      for (let m = 0; m < NODE_COLUMNS; m++) {
        const gaussian = incident.noise.normal(STREAM.nodes, turn, NODE_COLUMNS * n + m);
        values[NODE_COLUMNS * n + m] = m === 0 ? truth[m]! : truth[m]! * Math.exp(sigma * gaussian);
      }
    }
  }
  return {
    components: Array.from({ length: N }, (_, n) => `node-${n + 1}`),
    metrics: NODE_METRICS,
    scrapedAt: lastScrape(sim, state.time),
    values,
    baseline,
  };
}

/** One scrape of the zones: what their nodes and the pods on them come to. */
function zoneTable(sim: Sim, asked: boolean, turn: number): MetricTable {
  const { model, incident, state } = sim;
  const { zoneNames } = model.topology;
  const Z = zoneNames.length;
  const values = new Float64Array(ZONE_COLUMNS * Z).fill(Number.NaN);
  const baseline = new Float64Array(ZONE_COLUMNS * Z);
  for (let z = 0; z < Z; z++) baseline.set(ZONE_BASE, ZONE_COLUMNS * z);
  if (asked) {
    const sigma = model.constants.telemetry.noise.values.node!;
    for (let z = 0; z < Z; z++) {
      const row = ZONE_COLUMNS * z;
      values[row] = readyNodes(sim, z);
      for (let m = 1; m < ZONE_COLUMNS; m++) {
        const gaussian = incident.noise.normal(STREAM.nodes, turn, 4096 + row + m);
        values[row + m] = Math.min(1, ZONE_BASE[m]! * Math.exp(sigma * gaussian));
      }
    }
  }
  return {
    components: zoneNames,
    metrics: ZONE_METRICS,
    scrapedAt: lastScrape(sim, state.time),
    values,
    baseline,
  };
}

/** Baseline of the zone metrics: nodes ready, load over capacity, errors; assumption. */
const ZONE_BASE = [1, 0.5, 0.002] as const;

function readyNodes(sim: Sim, zone: number): number {
  const { model, state } = sim;
  const { zones, zoneNames } = model.topology;
  let ready = 0;
  let all = 0;
  for (let n = 0; n < state.nodes; n++) {
    if (zones[n % zones.length] !== zoneNames[zone]) continue;
    all++;
    ready += state.nodeReady[n]!;
  }
  return all === 0 ? 1 : ready / all;
}

/** Factor on a node's retransmitted packets: the worst of the degraded paths that it carries. */
function retransmits(sim: Sim, n: number): number {
  const { model, state } = sim;
  const { attributes } = model.table;
  let factor = 1;
  for (let s = 0; s < state.layout.services; s++) {
    if (((state.badNodes[s]! >> n) & 1) === 0) continue;
    attributes.forEach((attribute, a) => {
      if (attribute.retransmit && state.active[s * attributes.length + a] === 1) {
        factor = Math.max(factor, at(attribute.retransmit, state.severity[s * attributes.length + a]!));
      }
    });
  }
  return factor;
}

function events(sim: Sim, turn: number): EventRecord[] {
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
  aliveAttributes(sim, (s, attribute, pods) => {
    for (let i = 0; i < attribute.events.length; i++)
      add(s, attribute.events[i]!, pods, 8 * attribute.index + i);
  });
  for (let s = 0; s < state.layout.services; s++) lifecycle(sim, s, add);
  const quiet = 1 + noise.index(3, STREAM.events, 1024 + turn, 0);
  for (let k = 0; k < quiet; k++) {
    const s = noise.index(state.layout.services, STREAM.events, 1025 + turn, k);
    const template =
      model.text.healthyEvents[noise.index(model.text.healthyEvents.length, STREAM.events, 1026 + turn, k)]!;
    add(s, template, 1, 900 + k);
  }
  return records.sort((a, b) => a.time - b.time);
}

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

function logs(sim: Sim, turn: number): LogLine[] {
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
  aliveAttributes(sim, (s, attribute) => {
    attribute.logs.forEach((template, i) => {
      const salt = 8 * attribute.index + i;
      const kept = lineKept.value * (template.probability ?? 1);
      if (template.kinds && !template.kinds.includes(model.topology.kinds[s]!)) return;
      if ((isSilent && template.level === 'ERROR') || noise.unit(STREAM.logs, 3 * turn + 2, salt) >= kept)
        return;
      add(s, template, salt, -1);
    });
  });
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
  return lines.sort((a, b) => a.time - b.time);
}

/** An index drawn in proportion to the weights. */
function weighted(weights: Float64Array, unit: number): number {
  let left = unit * weights.reduce((sum, weight) => sum + weight, 0);
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
  return records.sort((a, b) => a.time - b.time);
}
