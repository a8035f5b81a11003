import {
  NODE_METRICS,
  type NodeMetric,
  SERVICE_METRICS,
  type ServiceKind,
  type ServiceMetric,
  ZONE_METRICS,
  type ZoneMetric,
} from '../../cloud/interface.js';

/** What the columns of a feature row are, where they stand, and how a reading becomes a number. */

export const KINDS: readonly ServiceKind[] = ['gateway', 'service', 'database', 'cache', 'queue', 'external'];

/** Symptoms that a component shares with its neighbours and the whole, in this order. */
export const SYMPTOMS = ['errors', 'latency-p50', 'latency-p99', 'short', 'restarts', 'rps'] as const;

/** Conditions of nodes that are read by name; what else a node problem detector shows counts as `other`. */
export const NODE_CONDITIONS = [
  'NotReady',
  'DiskPressure',
  'MemoryPressure',
  'ClockUnsynchronised',
  'AgentUnhealthy',
  'other',
] as const;

/**
 * How a reading and its healthy value become a feature that is 0 on a healthy day. Plain data rather than functions: a look reads
 * two hundred of them, and calls that may go anywhere take longer than the sums in them.
 *
 * - `ratio`: log2(value / baseline) with a floor that keeps idle services from exploding, clipped to what a fault can do
 * - `errors`: share of errors beyond the usual, on a scale where 1 % already shows: log10(1 + 1000 x) / 3 is 0 at 0 and 1 at 1
 * - `excess`: counts and seconds beyond the usual, as log(1 + x)
 * - `rise`, `fall`: beyond and below the usual
 */
interface Scale {
  readonly kind: 'ratio' | 'errors' | 'excess' | 'rise' | 'fall';
  readonly floor: number;
}

const ratio = (floor: number): Scale => ({ kind: 'ratio', floor });
const errors: Scale = { kind: 'errors', floor: 0 };
const excess: Scale = { kind: 'excess', floor: 0 };
const rise: Scale = { kind: 'rise', floor: 0 };
const fall: Scale = { kind: 'fall', floor: 0 };

/** Service metrics that perception reads, by name: the weights depend on the list and its order. */
const OWN_METRICS = {
  rps: ratio(0.5),
  error_ratio: errors,
  latency_p50_ms: ratio(1),
  latency_p99_ms: ratio(1),
  cpu_ratio: ratio(0.02),
  memory_ratio: ratio(0.02),
  restarts: excess,
  ready_ratio: fall,
  connections_ratio: ratio(0.02),
  queue_lag_s: excess,
  replication_lag_s: excess,
  cache_hit_ratio: fall,
  disk_ratio: rise,
} as const satisfies Readonly<Record<ServiceMetric, Scale>>;

/** Metrics whose plain value tells something beside the change: how near it is to its limit. */
const LEVEL_METRICS = ['cpu_ratio', 'memory_ratio', 'connections_ratio', 'disk_ratio'] as const;

/** Metrics of the nodes and zones that host a component; the worst of them counts. */
const HOST_METRICS = {
  ready: fall,
  cpu_ratio: ratio(0.01),
  memory_ratio: ratio(0.01),
  retransmit_ratio: ratio(0.01),
  disk_ratio: ratio(0.01),
  clock_offset_s: excess,
} as const satisfies Readonly<Record<NodeMetric, Scale>>;
const HOST_ZONE_METRICS = {
  ready_ratio: fall,
  load_ratio: rise,
  error_ratio: errors,
} as const satisfies Readonly<Record<ZoneMetric, Scale>>;

/** A metric with its column in a scrape. */
export interface ScaledMetric extends Scale {
  readonly column: number;
}

function scaled(table: Readonly<Record<string, Scale>>, metrics: readonly string[]): ScaledMetric[] {
  return Object.entries(table).map(([name, scale]) => ({ column: metrics.indexOf(name), ...scale }));
}

/** The feature of a reading. */
export function featureOf({ kind, floor }: Scale, value: number, baseline: number): number {
  if (value === baseline) return 0;
  if (kind === 'ratio') return Math.min(8, Math.max(-6, Math.log2((value + floor) / (baseline + floor))));
  const more = value - baseline;
  if (kind === 'fall') return Math.max(0, -more);
  if (more <= 0) return 0;
  if (kind === 'excess') return Math.log1p(more);
  return kind === 'rise' ? more : Math.log10(1 + 1000 * more) / 3;
}

export const SEEN_METRICS = Object.keys(OWN_METRICS);
export const SERVICE_SCALES = scaled(OWN_METRICS, SERVICE_METRICS);
export const NODE_SCALES = scaled(HOST_METRICS, NODE_METRICS);
export const ZONE_SCALES = scaled(HOST_ZONE_METRICS, ZONE_METRICS);
export const LEVEL_COLUMNS = LEVEL_METRICS.map((name) => SERVICE_METRICS.indexOf(name));

/** What the inventory tells of a service, in column order. */
const INVENTORY_COLUMNS = [
  'short of ready',
  'below baseline',
  'above baseline',
  'unplaced',
  'none ready',
  'quota exhausted',
  'limited',
  'on bad node',
  'no rollback',
  'circuit open',
  'paused',
  'replicated',
  'primary not ready',
  'no replica ready',
  'replica lag',
  'fenced',
  'zone shifted',
] as const;

/** Names of the dense features, in column order; tokens of the vocabulary follow them. */
export const DENSE_FEATURES: readonly string[] = [
  'bias-of-presence',
  ...SEEN_METRICS.map((metric) => `own ${metric}`),
  ...LEVEL_METRICS.map((metric) => `own ${metric} level`),
  'missing metrics',
  ...INVENTORY_COLUMNS.map((column) => `inventory ${column}`),
  'stateful',
  'entry',
  ...KINDS.map((kind) => `kind ${kind}`),
  ...Object.keys(HOST_METRICS).map((metric) => `host ${metric}`),
  ...Object.keys(HOST_ZONE_METRICS).map((metric) => `zone ${metric}`),
  ...NODE_CONDITIONS.map((condition) => `host condition ${condition}`),
  ...SYMPTOMS.map((symptom) => `callers max ${symptom}`),
  ...SYMPTOMS.map((symptom) => `callees max ${symptom}`),
  ...SYMPTOMS.map((symptom) => `others max ${symptom}`),
  ...SYMPTOMS.map((symptom) => `own over others ${symptom}`),
  'slo failed',
  'slo latency',
  'alerts anywhere',
];

const at = (name: string): number => DENSE_FEATURES.indexOf(name);

/** First columns of the groups. */
export const OWN = at(`own ${SEEN_METRICS[0]}`);
export const LEVELS = at(`own ${LEVEL_METRICS[0]} level`);
export const MISSING = at('missing metrics');
export const STATEFUL = at('stateful');
export const ENTRY = at('entry');
export const KIND = at(`kind ${KINDS[0]}`);
export const HOST = at('host ready');
export const HOST_CONDITION = at(`host condition ${NODE_CONDITIONS[0]}`);
export const CALLERS = at(`callers max ${SYMPTOMS[0]}`);
export const CALLEES = at(`callees max ${SYMPTOMS[0]}`);
export const OTHERS = at(`others max ${SYMPTOMS[0]}`);
export const RELATIVE = at(`own over others ${SYMPTOMS[0]}`);
export const SLO = at('slo failed');

/** Columns of the inventory by name. */
export const INVENTORY = Object.fromEntries(
  INVENTORY_COLUMNS.map((name) => [name, at(`inventory ${name}`)]),
) as Readonly<Record<(typeof INVENTORY_COLUMNS)[number], number>>;

/** Columns of a component's own metrics that are its symptoms, in the order of SYMPTOMS. */
export const OWN_SYMPTOMS = [
  'error_ratio',
  'latency_p50_ms',
  'latency_p99_ms',
  'ready_ratio',
  'restarts',
  'rps',
].map((metric) => at(`own ${metric}`));

/** Columns that are the difference of two others: a network's first layer can do without them. */
export const DIFFERENCES: readonly {
  readonly column: number;
  readonly of: number;
  readonly minus: number;
}[] = SYMPTOMS.map((_, s) => ({ column: RELATIVE + s, of: OWN_SYMPTOMS[s]!, minus: OTHERS + s }));

/** Columns that are the same for every component of a look. */
export const SHARED: readonly number[] = [0, SLO, SLO + 1, SLO + 2];
