import { displayPath, findConfig, loadYaml, unknownName } from '../config/index.js';
import { plainWork } from './aggregate.js';
import { isCached, missEdges } from './cache.js';
import { COLUMNS } from './columns.js';
import { loadConditions } from './conditions.js';
import { connectionsInUse } from './connections.js';
import { loadFaults } from './faults.js';
import { callsSucceed, computeFlow, quantile99 } from './flow.js';
import { NODE_METRICS, SERVICE_METRICS } from './interface.js';
import type { AlertRule, CloudModel, CloudOptions } from './model.js';
import { loadPrimitives } from './primitives.js';
import { scaleConstants, scalePrimitives } from './scale.js';
import { type CloudFile, cloudSchema } from './schemas/cloud.js';
import { textSchema } from './schemas/text.js';
import { loadSplits, PRIORS } from './splits.js';
import { CloudState, type Layout } from './state.js';
import { loadTopology, OVERLAYS, type Topology } from './topology.js';

const cache = new Map<string, CloudModel>();

/**
 * The model of a topology with an overlay and a prior over fault types, read from configs/.
 * @throws ConfigError for an unknown name or a mistake in a file.
 */
export function loadCloudModel(options: CloudOptions): CloudModel {
  const { scale = {} } = options;
  const key = `${options.topology} ${options.overlay} ${options.prior} ${JSON.stringify(scale)}`;
  let model = cache.get(key);
  if (!model) {
    check('overlay', options.overlay, OVERLAYS);
    check('prior', options.prior, PRIORS);
    const constants = scaleConstants(loadYaml(findConfig('cloud.yaml'), cloudSchema), scale);
    model = buildModel(options, loadTopology(options.topology, options.overlay, constants), constants);
    cache.set(key, model);
  }
  return model;
}

function check(what: string, value: string, known: readonly string[]): void {
  if (!known.includes(value)) throw unknownName(what, `a known ${what}`, value, known);
}

/** Builds the model of a compiled topology (generators of large topologies call this directly). */
export function buildModel(options: CloudOptions, topology: Topology, constants: CloudFile): CloudModel {
  const table = loadConditions();
  const faults = loadFaults(table);
  const S = topology.ids.length;
  const podBase = new Int32Array(S + 1);
  for (let s = 0; s < S; s++) podBase[s + 1] = podBase[s]! + 3 * topology.replicas[s]!;
  const pods = podBase[S]!;
  const podService = new Int32Array(pods);
  for (let s = 0; s < S; s++) podService.fill(s, podBase[s]!, podBase[s + 1]!);
  const allRules = compileRules(constants);
  const rules = allRules.filter(({ scope }) => scope !== 'node');
  const layout: Layout = {
    services: S,
    pods,
    edges: topology.edgeTo.length,
    attributes: table.attributes.length,
    rules: rules.length,
  };
  const baseLoad = baselineLoad(topology);
  const podCapacity = Float64Array.from(
    baseLoad,
    (load, s) => load / (topology.replicas[s]! * utilisation(constants, topology.replicas[s]!)),
  );
  const placement = placeBaseline(topology, podBase, constants.pods.slotsPerNode.value);
  const partial = {
    options,
    topology,
    table,
    faults,
    primitives: scalePrimitives(loadPrimitives(table), options.scale ?? {}),
    splits: loadSplits(faults),
    constants,
    text: loadYaml(findConfig('cloud-text.yaml'), textSchema),
    rules,
    nodeRules: allRules.filter(({ scope }) => scope === 'node'),
    layout,
    podBase,
    podService,
    podCapacity,
    writeShare: Float64Array.from(topology.kinds, (kind) => constants.data.writes.values[kind] ?? 0.5),
    baseLoad,
    errorReach: reach(topology, true),
    latencyReach: reach(topology, false),
    ...missEdges({ topology }),
    slotsPerNode: placement.slotsPerNode,
    baselinePods: topology.replicas.reduce((sum, n) => sum + n, 0),
    basePlacement: placement.nodes,
  };
  return { ...partial, ...baseline(partial as unknown as CloudModel) };
}

function compileRules(constants: CloudFile): AlertRule[] {
  return constants.alerts.map((rule, i) => {
    const metrics: readonly string[] = rule.scope === 'node' ? NODE_METRICS : SERVICE_METRICS;
    const metricIndex = metrics.indexOf(rule.metric);
    if (metricIndex < 0) {
      throw unknownName(
        `${displayPath(findConfig('cloud.yaml'))}: alerts[${i}].metric`,
        'a metric',
        rule.metric,
        metrics,
      );
    }
    return { ...rule, metricIndex };
  });
}

/** Utilisation of a healthy service by its number of replicas (the nearest lower entry of the table). */
function utilisation(constants: CloudFile, replicas: number): number {
  const { values } = constants.performance.utilisation;
  for (let n = replicas; n >= 1; n--) {
    const value = values[String(n)];
    if (value !== undefined) return value;
  }
  return 0.5;
}

function baselineLoad(topology: Topology): Float64Array {
  const load = new Float64Array(topology.ids.length);
  load[topology.entry] = topology.demand;
  for (const s of topology.order) {
    for (let e = topology.edgeStart[s]!; e < topology.edgeStart[s + 1]!; e++) {
      load[topology.edgeTo[e]!]! += load[s]! * topology.edgeWeight[e]!;
    }
  }
  // A service that nothing calls still has a process with some capacity.
  return load.map((value) => (value === 0 ? 1 : value));
}

/** Probability that a request at the entry comes by each service, over critical edges only or over all. */
function reach(topology: Topology, criticalOnly: boolean): Float64Array {
  const result = new Float64Array(topology.ids.length);
  const miss = new Float64Array(topology.ids.length);
  for (let target = 0; target < result.length; target++) {
    for (let k = topology.order.length - 1; k >= 0; k--) {
      const s = topology.order[k]!;
      let missed = s === target ? 0 : 1;
      for (let e = topology.edgeStart[s]!; missed > 0 && e < topology.edgeStart[s + 1]!; e++) {
        if (criticalOnly && topology.edgeCritical[e] === 0) continue;
        const weight = topology.edgeWeight[e]!;
        missed *= callsSucceed(weight, 1 - miss[topology.edgeTo[e]!]!);
      }
      miss[s] = missed;
    }
    result[target] = 1 - miss[topology.entry]!;
  }
  return result;
}

/** Spreads a service's baseline pods over the zones, then over the nodes, emptiest first; makes nodes larger when the topology needs it. */
function placeBaseline(
  topology: Topology,
  podBase: Int32Array,
  slots: number,
): { nodes: Uint8Array; slotsPerNode: number } {
  const nodes = new Uint8Array(podBase[podBase.length - 1]!);
  const used = new Int32Array(topology.nodes.length);
  const zones = topology.zones.map((zone) => topology.zoneNames.indexOf(zone));
  const total = topology.replicas.reduce((sum, n) => sum + n, 0);
  const slotsPerNode = Math.max(slots, Math.ceil((1.5 * total) / topology.nodes.length));
  for (let s = 0; s < topology.ids.length; s++) {
    let taken = 0;
    let takenZones = 0;
    for (let r = 0; r < topology.replicas[s]!; r++) {
      const pinned = topology.placement.get(s)?.[r];
      let best = pinned ?? -1;
      let bestKey = Number.POSITIVE_INFINITY;
      for (let n = 0; pinned === undefined && n < used.length; n++) {
        const key = ((takenZones >> zones[n]!) & 1) * 1e6 + ((taken >> n) & 1) * 1e3 + used[n]!;
        if (key < bestKey) {
          best = n;
          bestKey = key;
        }
      }
      nodes[podBase[s]! + r] = best;
      used[best]!++;
      taken |= 1 << best;
      takenZones |= 1 << zones[best]!;
    }
  }
  return { nodes, slotsPerNode };
}

/** Solves the flow of a normal day; the rest of the model must be complete. */
function baseline(
  model: CloudModel,
): Pick<CloudModel, 'baseEntryMeanMs' | 'sloLatencyMs' | 'baseMetrics' | 'alertAbove' | 'alertBelow'> {
  const { topology, constants } = model;
  const S = topology.ids.length;
  const state = new CloudState(model.layout);
  state.ownLoad.fill(Number.NaN);
  for (let s = 0; s < S; s++) {
    state.capacity[s] = model.podCapacity[s]! * topology.replicas[s]!;
    state.ownLatency[s] = 1;
    plainWork(model, state, s);
    state.readyPods[s] = topology.replicas[s]!;
  }
  computeFlow(model, state);
  const metrics = new Float64Array(S * COLUMNS);
  for (let s = 0; s < S; s++) {
    const kind = topology.kinds[s]!;
    metrics.set(
      [
        state.reached[s]!,
        1 - state.success[s]!,
        state.meanMs[s]! / Math.sqrt(1 + state.varMs[s]! / state.meanMs[s]! ** 2),
        quantile99(state.meanMs[s]!, state.varMs[s]!),
        constants.performance.cpu.values[kind] ?? 0.05,
        constants.performance.memory.values[kind] ?? 0.4,
        0,
        1,
        connectionsInUse(model, state, s),
        HEALTHY_LAG,
        topology.replicated[s] ? constants.data.lagBase.value : Number.NaN,
        isCached(model, s) ? constants.caches.hit.value : Number.NaN,
        topology.volumes[s]?.used ?? Number.NaN,
      ],
      COLUMNS * s,
    );
  }
  return {
    baseEntryMeanMs: state.meanMs[topology.entry]!,
    sloLatencyMs: state.sloP99 * constants.slo.latencyFactor.value,
    baseMetrics: metrics,
    ...alertBounds(model.rules, metrics),
  };
}

/** Seconds that work waits on a normal day, so that ratios to it mean something; assumption. */
const HEALTHY_LAG = 0.05;

/** Absolute bounds of every rule at every service; infinite where a rule does not apply. */
function alertBounds(
  rules: readonly AlertRule[],
  base: Float64Array,
): { alertAbove: Float64Array; alertBelow: Float64Array } {
  const S = base.length / COLUMNS;
  const alertAbove = new Float64Array(S * rules.length);
  const alertBelow = new Float64Array(S * rules.length);
  for (let s = 0; s < S; s++) {
    rules.forEach((rule, r) => {
      const normal = base[COLUMNS * s + rule.metricIndex]!;
      alertAbove[s * rules.length + r] = Math.min(
        rule.above ?? Number.POSITIVE_INFINITY,
        rule.aboveRatio === undefined ? Number.POSITIVE_INFINITY : rule.aboveRatio * normal,
      );
      alertBelow[s * rules.length + r] = Math.max(
        rule.below ?? Number.NEGATIVE_INFINITY,
        rule.belowRatio === undefined ? Number.NEGATIVE_INFINITY : rule.belowRatio * normal,
      );
    });
  }
  return { alertAbove, alertBelow };
}
