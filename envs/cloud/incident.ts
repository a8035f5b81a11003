import { ConfigError, unknownName } from '../config/index.js';
import type { FaultCondition, FaultType, FaultVariant } from './faults.js';
import type { IncidentKey } from './keys.js';
import type { CloudModel } from './model.js';
import { KeyedNoise, STREAM } from './noise.js';
import { ScrapeNoise } from './scrape-noise.js';
import { priorWeights, splitOf } from './splits.js';

/** Least share of entry requests that a target must concern; assumption: well above the error budget of the SLO. */
const LEAST_REACH = 0.03;

/** A fault at a component: what is drawn once, at onset. */
export interface Injection {
  readonly fault: FaultType;
  readonly variant: FaultVariant;
  readonly target: number;
  /** Severity of each condition of the variant, in [0, 1]. */
  readonly severity: readonly number[];
  readonly actorPeriod: number;
}

/** Everything about an incident that does not change while it runs. */
export class Incident {
  readonly noise: KeyedNoise;
  readonly scrapes: ScrapeNoise;
  readonly injections: readonly Injection[];
  /** Phase of the scrape timer, in periods. */
  readonly scrapePhase: number;
  /** Factor on the entry's demand. */
  readonly load: number;

  constructor(
    model: CloudModel,
    readonly key: IncidentKey,
    overrides: { readonly fault?: string; readonly component?: string } = {},
  ) {
    if (!Number.isSafeInteger(key.index) || key.index < 0) {
      throw new ConfigError(`incident index: expected a whole number of at least 0, found ${key.index}`);
    }
    this.noise = KeyedNoise.of(key);
    this.scrapes = new ScrapeNoise(model, this.noise);
    const split = splitOf(model.splits, key.split, key.partition, model.topology.name);
    const injections: Injection[] = [];
    for (let ordinal = 0; ordinal < split.faults; ordinal++) {
      const taken = injections.map((injection) => injection.target);
      const injection = drawInjection(
        model,
        split.types,
        this.noise,
        ordinal === 0 ? overrides : {},
        ordinal,
        taken,
      );
      injections.push(injection, ...siblings(model, this.noise, injection, taken, ordinal));
    }
    this.injections = injections;
    this.scrapePhase = this.noise.unit(STREAM.metrics, 0, 0);
    this.load = Math.exp(model.constants.performance.loadSigma.value * this.noise.normal(STREAM.load, 0, 0));
  }

  /** Nothing: an incident is drawn again from its key. */
  toJSON(): null {
    return null;
  }

  /** Number, among its edges, of the dependency that a fault of service s concerns: a critical one, of the kind that it needs. */
  dependency(model: CloudModel, s: number): number {
    const { edgeStart } = model.topology;
    const from = edgeStart[s]!;
    const to = edgeStart[s + 1]!;
    const store = this.injections.some(
      ({ fault, target }) => target === s && fault.targets.needs.includes('store'),
    );
    let fitting = 0;
    for (let e = from; e < to; e++) if (isDependency(model, e, store)) fitting++;
    const pick = this.noise.index(fitting > 0 ? fitting : to - from, STREAM.fault, 7, s);
    if (fitting === 0) return pick;
    let seen = 0;
    for (let e = from; e < to; e++) if (isDependency(model, e, store) && seen++ === pick) return e - from;
    return 0;
  }
}

/** Whether an edge is critical and, if asked for, leads to where data is kept. */
function isDependency(model: CloudModel, e: number, store: boolean): boolean {
  const { edgeCritical, edgeTo, kinds } = model.topology;
  const kind = kinds[edgeTo[e]!]!;
  return edgeCritical[e] === 1 && (!store || kind === 'database' || kind === 'cache');
}

/** Fault types that a topology can host, for a split of it. */
export function applicableTypes(model: CloudModel, types: readonly string[]): FaultType[] {
  return model.faults.filter((fault) => types.includes(fault.id) && eligibleTargets(model, fault).length > 0);
}

/** Components that a fault type can strike so that it is felt at the entry. */
export function eligibleTargets(model: CloudModel, fault: FaultType): number[] {
  const { topology } = model;
  const result: number[] = [];
  for (let s = 0; s < topology.ids.length; s++) {
    if (fits(model, fault, s)) result.push(s);
  }
  return result;
}

function fits(model: CloudModel, fault: FaultType, s: number): boolean {
  const { topology } = model;
  const { kinds, needs, reach, leastReach } = fault.targets;
  if (!kinds.includes(topology.kinds[s]!)) return false;
  const felt = reach === 'errors' ? model.errorReach[s]! : model.latencyReach[s]!;
  if (felt < (leastReach ?? LEAST_REACH)) return false;
  for (const need of needs) {
    if (need === 'previous-version' && !hasPreviousVersion(model, s)) return false;
    if (need === 'dependency' && !hasDependency(model, s, false)) return false;
    if (need === 'store' && !hasDependency(model, s, true)) return false;
    if (need === 'copies' && !topology.replicated[s]) return false;
    if (need === 'volume' && !topology.volumes[s]) return false;
    if (need === 'zones' && topology.zoneNames.length < 2) return false;
    if (need === 'replica' && topology.replicas[s]! < 2) return false;
  }
  return true;
}

/** Stateless services and gateways are released often, so that there is a version to go back to. */
export function hasPreviousVersion(model: CloudModel, s: number): boolean {
  return !model.topology.stateful[s] && model.topology.kinds[s] !== 'external';
}

function hasDependency(model: CloudModel, s: number, store: boolean): boolean {
  const { edgeStart } = model.topology;
  for (let e = edgeStart[s]!; e < edgeStart[s + 1]!; e++) if (isDependency(model, e, store)) return true;
  return false;
}

function drawInjection(
  model: CloudModel,
  types: readonly string[],
  noise: KeyedNoise,
  overrides: { readonly fault?: string; readonly component?: string },
  ordinal: number,
  taken: readonly number[],
): Injection {
  const fault =
    overrides.fault === undefined
      ? drawType(model, types, noise, ordinal)
      : namedType(model, overrides.fault);
  const target = drawTarget(model, fault, noise, overrides.component, ordinal, taken);
  const hosted = fault.variants.filter((candidate) => hosts(model, candidate, target));
  const variant = pick(
    hosted.length > 0 ? hosted : fault.variants,
    (v) => v.weight,
    noise.unit(STREAM.fault, 2, ordinal),
  );
  return {
    fault,
    variant,
    target,
    severity: variant.conditions.map((condition, i) =>
      drawSeverity(condition, noise.unit(STREAM.fault, 3 + ordinal, i)),
    ),
    actorPeriod: variant.actor ? lerp(variant.actor.period, noise.unit(STREAM.actor, ordinal, 0)) : 0,
  };
}

/** Only what has a volume can fill it. */
function hosts(model: CloudModel, variant: FaultVariant, target: number): boolean {
  return (
    model.topology.volumes[target] !== null || variant.conditions.every(({ attribute }) => !attribute?.fills)
  );
}

/** The same fault at other services, for a type that strikes several at once. */
function siblings(
  model: CloudModel,
  noise: KeyedNoise,
  first: Injection,
  taken: readonly number[],
  ordinal: number,
): Injection[] {
  const range = first.fault.targets.siblings;
  if (!range) return [];
  const free = eligibleTargets(model, first.fault).filter((s) => s !== first.target && !taken.includes(s));
  const wanted = range[0] + noise.index(range[1] - range[0] + 1, STREAM.fault, 20 + ordinal, 0);
  const result: Injection[] = [];
  for (let k = 0; k < wanted && free.length > 0; k++) {
    const [target] = free.splice(noise.index(free.length, STREAM.fault, 20 + ordinal, 1 + k), 1);
    result.push({ ...first, target: target! });
  }
  return result;
}

function namedType(model: CloudModel, id: string): FaultType {
  const fault = model.faults.find((candidate) => candidate.id === id);
  if (!fault)
    throw unknownName(
      'fault',
      'a fault type',
      id,
      model.faults.map((candidate) => candidate.id),
    );
  return fault;
}

const typeCache = new WeakMap<
  CloudModel,
  Map<readonly string[], { types: FaultType[]; weights: number[] }>
>();

function drawType(
  model: CloudModel,
  names: readonly string[],
  noise: KeyedNoise,
  ordinal: number,
): FaultType {
  let bySplit = typeCache.get(model);
  if (!bySplit) {
    bySplit = new Map();
    typeCache.set(model, bySplit);
  }
  let entry = bySplit.get(names);
  if (!entry) {
    const types = applicableTypes(model, names);
    entry = { types, weights: priorWeights(model.options.prior, types, model.constants) };
    bySplit.set(names, entry);
  }
  if (entry.types.length === 0) {
    throw new ConfigError(
      `topology ${model.topology.name}: expected a fault type that it can host, found none in the split`,
    );
  }
  const { types, weights } = entry;
  return pick(types, (_, i) => weights[i]!, noise.unit(STREAM.fault, 0, ordinal));
}

const targetCache = new WeakMap<FaultType, number[]>();

function drawTarget(
  model: CloudModel,
  fault: FaultType,
  noise: KeyedNoise,
  component: string | undefined,
  ordinal: number,
  taken: readonly number[],
): number {
  let targets = targetCache.get(fault);
  if (!targets) {
    targets = eligibleTargets(model, fault);
    targetCache.set(fault, targets);
  }
  if (component !== undefined) {
    const s = model.topology.indexOf.get(component);
    if (s === undefined) throw unknownName('component', 'a service', component, model.topology.ids);
    if (!targets.includes(s)) {
      const names = targets.map((index) => model.topology.ids[index]!);
      throw unknownName(`fault ${fault.id}: component`, 'a service that it can strike', component, names);
    }
    return s;
  }
  if (targets.length === 0) {
    throw new ConfigError(
      `fault ${fault.id}: not applicable to topology ${model.topology.name}: no service that it can strike`,
    );
  }
  const free = taken.length === 0 ? targets : targets.filter((s) => !taken.includes(s));
  const choice = free.length > 0 ? free : targets;
  return choice[noise.index(choice.length, STREAM.fault, 1, ordinal)]!;
}

function drawSeverity(condition: FaultCondition, unit: number): number {
  return lerp(condition.severity, unit);
}

/** Point of an interval at a share of its length. */
export function lerp(interval: readonly [number, number], unit: number): number {
  return interval[0] + (interval[1] - interval[0]) * unit;
}

function pick<T>(items: readonly T[], weight: (item: T, index: number) => number, unit: number): T {
  let total = 0;
  items.forEach((item, i) => {
    total += weight(item, i);
  });
  let left = unit * total;
  for (let i = 0; i < items.length; i++) {
    left -= weight(items[i]!, i);
    if (left < 0) return items[i]!;
  }
  return items[items.length - 1]!;
}
