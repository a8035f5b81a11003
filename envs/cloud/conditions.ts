import { ConfigError, displayPath, findConfig, loadYaml } from '../config/index.js';
import type { Range } from './schemas/common.js';
import { type AttributeFile, conditionsSchema, type FlowMode, flowMode } from './schemas/conditions.js';
import type { EventTemplate, LogTemplate } from './schemas/text.js';

/** Ways in which calls fail, by index. `overload` and `error` come from the flow itself. */
export const FLOW_MODES = [...flowMode.options, 'overload', 'error'] as const;
export const MODE_REFUSED = 0;
export const MODE_TIMEOUT = 1;
export const MODE_OVERLOAD = 7;
export const MODE_ERROR = 8;

export const START_OK = 0;
export const START_STUCK = 1;
export const START_CRASH = 2;

/** One way in which a condition shows: what it does to pods, flow and control plane, and what can be observed of it. */
export interface Attribute {
  readonly index: number;
  readonly condition: string;
  readonly name: string;
  readonly carrier: AttributeFile['carrier'];
  /** Bit of a pod's load word, 0 when pods do not carry it. */
  readonly bit: number;
  readonly start: 0 | 1 | 2;
  readonly unready: boolean;
  readonly errors: Range | null;
  readonly capacity: Range | null;
  readonly latency: Range | null;
  readonly cpu: Range | null;
  readonly memory: Range | null;
  readonly inbound: { readonly mode: number; readonly share: Range } | null;
  readonly outbound: { readonly mode: number; readonly share: Range; readonly one: boolean } | null;
  readonly admission: 'quota' | 'webhook' | 'addresses' | null;
  readonly denyPlacement: boolean;
  readonly slots: Range | null;
  readonly demand: Range | null;
  readonly scaleZero: boolean;
  readonly leak: Range | null;
  /** What leaks is memory; otherwise connections. */
  readonly leaksMemory: boolean;
  readonly lives: Range | null;
  /** Replicas that an autoscaler sets, -1 when it sets none. */
  readonly pins: number;
  readonly rollsAtOnce: boolean;
  readonly delayFactor: Range | null;
  readonly retransmit: Range | null;
  readonly retries: Range | null;
  readonly deadline: Range | null;
  readonly queues: Range | null;
  readonly inflow: Range | null;
  readonly blocks: Range | null;
  readonly controller: AttributeFile['controller'] | null;
  readonly api: Range | null;
  readonly tracks: AttributeFile['tracks'] | null;
  readonly hits: Range | null;
  readonly after: Range | null;
  readonly expires: Range | null;
  /** Bit that a pod which starts under this attribute takes on besides. */
  readonly loadsBit: number;
  readonly strikes: AttributeFile['strikes'] | null;
  readonly spreads: Range | null;
  readonly writes: AttributeFile['writes'] | null;
  readonly lag: Range | null;
  readonly fills: Range | null;
  readonly reaches: 'node' | 'zone';
  /** What becomes of a node under it, null when it does not concern nodes. */
  readonly state: AttributeFile['state'] | null;
  readonly nodeCondition: string | null;
  readonly clockOffset: Range | null;
  readonly pinsNode: boolean;
  readonly session: boolean;
  readonly logs: readonly LogTemplate[];
  readonly events: readonly EventTemplate[];
  readonly change: AttributeFile['change'] | null;
}

export interface ConditionTable {
  readonly conditions: readonly string[];
  readonly attributes: readonly Attribute[];
  readonly byName: ReadonlyMap<string, Attribute>;
  /** Attributes whose `bit` is set, by bit position. */
  readonly byBit: readonly Attribute[];
  /** Index of the attribute that tracks a level, -1 when none does. */
  readonly tracked: Readonly<Record<'work' | 'reconciling' | 'cache', number>>;
  /** Attributes of struck copies of data. */
  readonly copies: readonly Attribute[];
  /** Attributes by what they do, in order, so that hot paths look at these only. */
  readonly does: Readonly<
    Record<
      'memory' | 'leak' | 'hits' | 'controller' | 'denyPlacement' | 'start' | 'session',
      readonly Attribute[]
    >
  >;
}

export const conditionsFile = 'cloud-conditions.yaml';

/** @throws ConfigError for a mistake in configs/cloud-conditions.yaml. */
export function loadConditions(): ConditionTable {
  const path = findConfig(conditionsFile);
  const file = loadYaml(path, conditionsSchema);
  const flat: { condition: string; name: string; spec: AttributeFile }[] = [];
  for (const [condition, attributes] of Object.entries(file.conditions)) {
    for (const [name, spec] of Object.entries(attributes)) flat.push({ condition, name, spec });
  }
  const carried = flat.filter(({ spec }) => spec.carrier === 'pods' || spec.carrier === 'process');
  if (carried.length > 31) {
    throw new ConfigError(`${displayPath(path)}: conditions: expected at most 31 attributes carried by pods`);
  }
  const bits = new Map(carried.map(({ condition, name }, index) => [`${condition}.${name}`, 1 << index]));
  const attributes = flat.map(({ condition, name, spec }, index): Attribute => {
    const full = `${condition}.${name}`;
    const loadsBit = spec.loads === undefined ? 0 : bits.get(spec.loads);
    if (loadsBit === undefined) {
      throw new ConfigError(
        `${displayPath(path)}: conditions.${full}.loads: expected an attribute carried by pods, found "${spec.loads}"`,
      );
    }
    return compileAttribute(index, condition, name, spec, bits.get(full) ?? 0, loadsBit);
  });
  return {
    conditions: Object.keys(file.conditions),
    attributes,
    byName: new Map(attributes.map((a) => [`${a.condition}.${a.name}`, a])),
    byBit: attributes.filter((a) => a.bit !== 0),
    tracked: {
      work: tracking(attributes, 'work'),
      reconciling: tracking(attributes, 'reconciling'),
      cache: tracking(attributes, 'cache'),
    },
    copies: attributes.filter((a) => a.carrier === 'copies'),
    does: {
      memory: attributes.filter((a) => a.memory),
      leak: attributes.filter((a) => a.leak),
      hits: attributes.filter((a) => a.hits),
      controller: attributes.filter((a) => a.controller && a.controller !== 'slow'),
      denyPlacement: attributes.filter((a) => a.denyPlacement),
      start: attributes.filter((a) => a.start !== START_OK),
      session: attributes.filter((a) => a.session),
    },
  };
}

function tracking(attributes: readonly Attribute[], level: Attribute['tracks']): number {
  return attributes.findIndex(({ tracks }) => tracks === level);
}

function compileAttribute(
  index: number,
  condition: string,
  name: string,
  spec: AttributeFile,
  bit: number,
  loadsBit: number,
): Attribute {
  return {
    index,
    condition,
    name,
    carrier: spec.carrier,
    bit,
    start: spec.start === 'stuck' ? START_STUCK : spec.start === 'crash' ? START_CRASH : START_OK,
    unready: spec.ready === false,
    errors: spec.errors ?? null,
    capacity: spec.capacity ?? null,
    latency: spec.latency ?? null,
    cpu: spec.cpu ?? null,
    memory: spec.memory ?? null,
    inbound: spec.inbound ? { mode: modeIndex(spec.inbound.mode), share: spec.inbound.share } : null,
    outbound: spec.outbound
      ? { mode: modeIndex(spec.outbound.mode), share: spec.outbound.share, one: spec.outbound.to === 'one' }
      : null,
    admission: spec.admission ?? null,
    denyPlacement: spec.placement === 'deny',
    slots: spec.slots ?? null,
    demand: spec.demand ?? null,
    scaleZero: spec.scale === 'zero',
    leak: spec.leak ?? null,
    leaksMemory: spec.leaks !== 'connections',
    lives: spec.lives ?? null,
    pins: spec.pins ?? -1,
    rollsAtOnce: spec.rollsAtOnce ?? false,
    delayFactor: spec.delayFactor ?? null,
    retransmit: spec.node?.retransmit_ratio ?? null,
    retries: spec.retries ?? null,
    deadline: spec.deadline ?? null,
    queues: spec.queues ?? null,
    inflow: spec.inflow ?? null,
    blocks: spec.blocks ?? null,
    controller: spec.controller ?? null,
    api: spec.api ?? null,
    tracks: spec.tracks ?? null,
    hits: spec.hits ?? null,
    after: spec.after ?? null,
    expires: spec.expires ?? null,
    loadsBit,
    strikes: spec.strikes ?? null,
    spreads: spec.spreads ?? null,
    writes: spec.writes ?? null,
    lag: spec.lag ?? null,
    fills: spec.fills ?? null,
    reaches: spec.reaches ?? 'node',
    state: spec.state ?? null,
    nodeCondition: spec.nodeCondition ?? null,
    clockOffset: spec.clockOffset ?? null,
    pinsNode: spec.pinsNode ?? false,
    session: spec.session ?? false,
    logs: spec.logs,
    events: spec.events,
    change: spec.change ?? null,
  };
}

function modeIndex(mode: FlowMode): number {
  return FLOW_MODES.indexOf(mode);
}

/** Value of a range at a severity in [0, 1]: log-linear when both ends are positive. */
export function at(range: Range, severity: number): number {
  const low = range[0];
  const high = range[1];
  return low > 0 && high > 0 ? low * (high / low) ** severity : low + (high - low) * severity;
}
