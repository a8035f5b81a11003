import { shownLag, syncLagAt } from './backlog.js';
import { COLUMN, COLUMNS, NODE_COLUMNS, ZONE_COLUMNS } from './columns.js';
import { at } from './conditions.js';
import { connectionsRatio } from './connections.js';
import { type MetricTable, NODE_METRICS, SERVICE_METRICS, ZONE_METRICS } from './interface.js';
import { keepScrape, lastScrape, memoryOf } from './measure.js';
import type { CloudModel } from './model.js';
import { clockOffset, nodeStateOf, zoneOf } from './node-facts.js';
import { oncePer } from './once-per.js';
import { recentCrashes } from './pods.js';
import { lagNow } from './replication.js';
import type { Sim } from './sim.js';
import { floats } from './slab.js';
import { MAX_NODES, PHASE } from './state.js';
import { diskNow } from './storage.js';

/**
 * What a scrape holds: services, nodes and zones, with log-normal noise on measured values, exact counts, and series that are
 * missing now and then. A table that was not asked for is NaN throughout.
 */

/** Columns of SERVICE_METRICS that cannot exceed 1. */
const RATIOS = Uint8Array.of(
  COLUMN.error_ratio,
  COLUMN.cpu_ratio,
  COLUMN.memory_ratio,
  COLUMN.ready_ratio,
  COLUMN.connections_ratio,
  COLUMN.cache_hit_ratio,
  COLUMN.disk_ratio,
);

/** Disk in use and distance from true time in seconds of a node on a normal day, retransmitted share of its packets; assumption. */
const NODE_DISK = 0.45;
const NODE_CLOCK = 0.002;
const NODE_RETRANSMITS = 0.001;

/** What does not change between looks at a model: names and baselines of nodes and zones. */
interface Frame {
  /** Of the first nodes, by their number. */
  readonly nodes: readonly NodeFrame[];
  /** Zone of each node. */
  readonly nodeZone: Uint8Array;
  readonly zoneBaseline: Float64Array;
  /** What tables of services and zones hold that were not asked for; nobody writes to it. */
  readonly nothing: Float64Array;
  readonly nothingOfZones: Float64Array;
}

interface NodeFrame {
  readonly names: readonly string[];
  readonly baseline: Float64Array;
  readonly nothing: Float64Array;
}

const unasked = (size: number): Float64Array => new Float64Array(size).fill(Number.NaN);

const frameOf = oncePer((model: CloudModel): Frame => {
  return {
    nodes: nodesByNumber(nodeBaseline(model)),
    nodeZone: Uint8Array.from({ length: MAX_NODES }, (_, n) => zoneOf(model, n)),
    zoneBaseline: zoneBaseline(model),
    nothing: unasked(COLUMNS * model.topology.ids.length),
    nothingOfZones: unasked(ZONE_COLUMNS * model.topology.zoneNames.length),
  };
});

function nodesByNumber(baseline: Float64Array): NodeFrame[] {
  const names = Array.from({ length: MAX_NODES }, (_, n) => `node-${n + 1}`);
  return Array.from({ length: MAX_NODES + 1 }, (_, count) => ({
    names: names.slice(0, count),
    baseline: baseline.subarray(0, NODE_COLUMNS * count),
    nothing: unasked(NODE_COLUMNS * count),
  }));
}

/** CPU and memory of a node by the share of its slots in use; assumption: what stands there asks for what it uses. */
const nodeCpu = (fill: number): number => 0.1 + 0.4 * fill;
const nodeMemory = (fill: number): number => 0.2 + 0.5 * fill;

/** Rows of all nodes that can be, those added later like an average one. */
function nodeBaseline({
  topology,
  podBase,
  basePlacement,
  slotsPerNode,
  baselinePods,
}: CloudModel): Float64Array {
  const pods = new Float64Array(MAX_NODES).fill(baselinePods / topology.nodes.length);
  pods.fill(0, 0, topology.nodes.length);
  for (let s = 0; s < topology.ids.length; s++) {
    for (let r = 0; r < topology.replicas[s]!; r++) pods[basePlacement[podBase[s]! + r]!]!++;
  }
  const baseline = new Float64Array(NODE_COLUMNS * MAX_NODES);
  pods.forEach((count, n) => {
    const fill = count / slotsPerNode;
    baseline.set(
      [1, nodeCpu(fill), nodeMemory(fill), NODE_RETRANSMITS, NODE_DISK, NODE_CLOCK],
      NODE_COLUMNS * n,
    );
  });
  return baseline;
}

function zoneBaseline(model: CloudModel): Float64Array {
  const { topology, podBase, basePlacement, baseLoad, podCapacity, constants } = model;
  const zones = topology.zoneNames.length;
  const load = new Float64Array(zones);
  const pods = new Float64Array(zones);
  for (let s = 0; s < topology.ids.length; s++) {
    for (let r = 0; r < topology.replicas[s]!; r++) {
      const zone = zoneOf(model, basePlacement[podBase[s]! + r]!);
      load[zone]! += baseLoad[s]! / (podCapacity[s]! * topology.replicas[s]!);
      pods[zone]!++;
    }
  }
  const baseline = new Float64Array(ZONE_COLUMNS * zones);
  for (let z = 0; z < zones; z++) {
    const error = constants.performance.baseError.value;
    baseline.set([1, pods[z] === 0 ? 0 : load[z]! / pods[z]!, error], ZONE_COLUMNS * z);
  }
  return baseline;
}

/** One scrape of the services. */
export function serviceTable(sim: Sim, asked: boolean, turn: number): MetricTable {
  const { model } = sim;
  return {
    components: model.topology.ids,
    metrics: SERVICE_METRICS,
    scrapedAt: lastScrape(sim, sim.state.time),
    values: asked ? measuredServices(sim, turn) : frameOf(model).nothing,
    baseline: model.baseMetrics,
  };
}

/** Truth of the last scrape times noise. */
function measuredServices(sim: Sim, turn: number): Float64Array {
  const { incident, state } = sim;
  keepScrape(sim);
  const { scrapes } = incident;
  scrapes.draw(turn, state.nodes);
  const { factors } = scrapes;
  const { scraped } = state;
  const values = floats(scraped.length);
  for (let cell = 0; cell < values.length; cell++) values[cell] = scraped[cell]! * factors[cell]!;
  for (let s = 0; s < state.layout.services; s++) {
    const row = COLUMNS * s;
    readLive(sim, s, row, values, factors);
    for (let i = 0; i < RATIOS.length; i++) if (values[row + RATIOS[i]!]! > 1) values[row + RATIOS[i]!] = 1;
  }
  return values;
}

/** Counts and levels that run on between changes are read as they are now. */
function readLive(sim: Sim, s: number, row: number, values: Float64Array, factors: Float64Array): void {
  const { model, state } = sim;
  const set = (column: number, value: number): void => {
    values[row + column] = value * factors[row + column]!;
  };
  set(COLUMN.memory_ratio, memoryOf(sim, s));
  set(COLUMN.restarts, recentCrashes(sim, s));
  if (state.leaked[s] === 1) set(COLUMN.connections_ratio, connectionsRatio(sim, s));
  if (state.workFlags[s] !== 0 || syncLagAt(state, s) !== 0)
    set(COLUMN.queue_lag_s, model.baseMetrics[row + COLUMN.queue_lag_s]! + shownLag(model, state, s));
  if (model.topology.replicated[s]) set(COLUMN.replication_lag_s, lagNow(model, state, s));
  if (model.topology.volumes[s]) set(COLUMN.disk_ratio, diskNow(state, s));
}

/** One scrape of the nodes. A node that does not answer has no series of its own; that it is ready is the control plane's word. */
export function nodeTable(sim: Sim, asked: boolean, turn: number): MetricTable {
  const { model, incident, state } = sim;
  const N = state.nodes;
  const { names, baseline, nothing } = frameOf(model).nodes[N]!;
  const values = asked ? floats(NODE_COLUMNS * N) : nothing;
  const { scrapes } = incident;
  if (asked) scrapes.draw(turn, N);
  for (let n = 0; asked && n < N; n++) {
    const row = NODE_COLUMNS * n;
    values[row] = state.nodeReady[n]!;
    if (unreachable(sim, n)) {
      values.fill(Number.NaN, row + 1, row + NODE_COLUMNS);
      continue;
    }
    const fill = state.nodeUsed[n]! / model.slotsPerNode;
    values[row + 1] = nodeCpu(fill);
    values[row + 2] = nodeMemory(fill);
    values[row + 3] = NODE_RETRANSMITS * retransmits(sim, n);
    values[row + 4] = NODE_DISK;
    values[row + 5] = NODE_CLOCK + clockOffset(model, state, n);
    noisy(values, row, NODE_COLUMNS, scrapes.factors, scrapes.nodesAt + row);
  }
  return {
    components: names,
    metrics: NODE_METRICS,
    scrapedAt: lastScrape(sim, state.time),
    values,
    baseline,
  };
}

/** Puts noise on the row of a node or zone that begins at `row`, factors of which begin at `from`. */
function noisy(
  values: Float64Array,
  row: number,
  columns: number,
  factors: Float64Array,
  from: number,
): void {
  for (let m = 1; m < columns; m++) values[row + m]! *= factors[from + m]!;
}

/** Nobody hears of the node: its exporter cannot be scraped. */
function unreachable({ model, state }: Sim, n: number): boolean {
  const fault = state.nodeFault[n]!;
  if (fault === 0) return false;
  const kind = model.table.attributes[fault - 1]!.state;
  return kind === 'silent' || kind === 'cut';
}

/** Factor on a node's retransmitted packets: the worst of the degraded paths that it carries. */
function retransmits(sim: Sim, n: number): number {
  const { model, state } = sim;
  const { attributes } = model.table;
  let factor = 1;
  const own = state.nodeFault[n] === 0 ? null : attributes[state.nodeFault[n]! - 1]!.retransmit;
  if (own) factor = at(own, state.nodeSeverity[n]!);
  for (let s = 0; s < state.layout.services; s++) {
    if (((state.badNodes[s]! >> n) & 1) === 0) continue;
    for (let a = 0; a < attributes.length; a++) {
      const { retransmit } = attributes[a]!;
      if (!retransmit || state.active[s * attributes.length + a] === 0) continue;
      factor = Math.max(factor, at(retransmit, state.severity[s * attributes.length + a]!));
    }
  }
  return factor;
}

/**
 * One scrape of the zones: ready nodes; how full the pods that get requests are; share of requests to its pods that fail. Pods of a
 * node that is cut off count as failing while they are still in rotation.
 */
export function zoneTable(sim: Sim, asked: boolean, turn: number): MetricTable {
  const { model, incident, state } = sim;
  const { zoneNames } = model.topology;
  const Z = zoneNames.length;
  const { zoneBaseline: baseline, nothingOfZones } = frameOf(model);
  const values = asked ? floats(ZONE_COLUMNS * Z) : nothingOfZones;
  if (asked) {
    readZones(sim, values);
    const { scrapes } = incident;
    scrapes.draw(turn, state.nodes);
    for (let z = 0; z < Z; z++) {
      const row = ZONE_COLUMNS * z;
      noisy(values, row, ZONE_COLUMNS, scrapes.factors, scrapes.zonesAt + row);
      for (let m = 1; m < ZONE_COLUMNS; m++) if (values[row + m]! > 1) values[row + m] = 1;
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

/** Sums of one look at the zones, over nodes and pods: overwritten by the next. */
const zoneSums = new Float64Array(5 * MAX_NODES);

function readZones(sim: Sim, values: Float64Array): void {
  const { model, state } = sim;
  const { nodeZone } = frameOf(model);
  zoneSums.fill(0);
  for (let n = 0; n < state.nodes; n++) {
    const sum = 5 * nodeZone[n]!;
    zoneSums[sum]!++;
    zoneSums[sum + 1]! += state.nodeReady[n]!;
  }
  for (let s = 0; s < state.layout.services; s++) readZonesOf(sim, s, nodeZone);
  for (let z = 0; z < model.topology.zoneNames.length; z++) {
    const sum = 5 * z;
    const pods = zoneSums[sum + 2]!;
    values[ZONE_COLUMNS * z] = zoneSums[sum] === 0 ? 1 : zoneSums[sum + 1]! / zoneSums[sum]!;
    values[ZONE_COLUMNS * z + 1] = pods === 0 ? 0 : zoneSums[sum + 3]! / pods;
    values[ZONE_COLUMNS * z + 2] = pods === 0 ? 0 : zoneSums[sum + 4]! / pods;
  }
}

/** Adds the ready pods of a service to the sums of their zones. */
function readZonesOf({ model, state }: Sim, s: number, nodeZone: Uint8Array): void {
  const used = state.capacity[s]! > 0 ? Math.min(1, state.served[s]! / state.capacity[s]!) : 0;
  const reached = state.reached[s]!;
  const errors = reached > 0 ? Math.min(1, (state.shed[s]! + state.failed[s]!) / reached) : 0;
  const background = model.constants.performance.baseError.value;
  for (let p = model.podBase[s]!; p < model.podBase[s + 1]!; p++) {
    if (state.podPhase[p] !== PHASE.ready) continue;
    const n = state.podNode[p]!;
    if ((state.shiftedNodes >> n) & 1 && !model.topology.stateful[s]) continue;
    const kind = nodeStateOf(model, state, p);
    const sum = 5 * nodeZone[n]!;
    zoneSums[sum + 2]!++;
    zoneSums[sum + 3]! += used;
    zoneSums[sum + 4]! += kind === 'silent' || kind === 'cut' ? 1 : Math.min(1, errors + background);
  }
}
