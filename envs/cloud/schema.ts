import { z } from 'zod';

/** Zod schemas of every file that describes the cloud. Units: seconds, ratios in [0, 1]. */

const sourcedValue = z.strictObject({ value: z.number(), source: z.string() });
const sourcedTable = z.strictObject({ values: z.record(z.string(), z.number()), source: z.string() });
const logNormal = z.strictObject({
  median: z.number().positive(),
  sigma: z.number().min(0),
  source: z.string(),
});
const range = z.tuple([z.number(), z.number()]);
const share = z.tuple([z.number().min(0).max(1), z.number().min(0).max(1)]);

export type Range = z.infer<typeof range>;
export type LogNormal = z.infer<typeof logNormal>;

export const SERVICE_KINDS = [
  'gateway',
  'service',
  'database',
  'cache',
  'queue',
  'client',
  'external',
] as const;
const kind = z.enum(SERVICE_KINDS);

/** A volume: GiB, share in use on a normal day, and what its backups are worth. */
const volume = z.strictObject({
  gib: z.number().positive(),
  used: z.number().min(0).max(1),
  backup: z.enum(['none', 'unverified', 'verified']),
});
export type VolumeFile = z.infer<typeof volume>;

/** A secret or certificate by name, with the days that it is still good for. */
const credential = z.strictObject({ name: z.string(), days: z.number().positive() });
export type CredentialFile = z.infer<typeof credential>;

const service = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'expected lower-case letters, digits and hyphens'),
  kind,
  stateful: z.boolean(),
  replicas: z.number().int().min(1),
  grace: z.number().min(0).optional(),
  /** Own time of a request in milliseconds; by kind when absent. */
  ownMs: z.number().positive().optional(),
  /** False when the data of a stateful service lives no longer than its pods. */
  durable: z.boolean().optional(),
  /** Of a stateful service whose data is durable; by kind when absent, null for what only keeps copies in memory. */
  volume: volume.nullable().optional(),
  /** Copies follow a primary; true for stateful services when absent. It takes two replicas to show. */
  replicated: z.boolean().optional(),
  /** Tag of the running release and of the one before it; made up from the id when absent. */
  version: z.string().optional(),
  previous: z.string().optional(),
  /** Releases and other changes a week; by statefulness when absent. */
  changesPerWeek: z.number().min(0).optional(),
  /** Connections that a pod's pool holds; by kind when absent. */
  pool: z.number().int().min(1).optional(),
  secrets: z.array(credential).optional(),
  certificates: z.array(credential).optional(),
  /** Name in the source when it differs from the id. */
  name: z.string().optional(),
});

const call = z.strictObject({
  from: z.string(),
  to: z.string(),
  weight: z.number().positive(),
  critical: z.boolean().default(true),
});

const overlay = z.strictObject({
  stateless: z.number().int().min(1),
  stateful: z.number().int().min(1),
  nodes: z.number().int().min(1).max(8, 'expected at most 8 nodes'),
  zones: z.number().int().min(1),
  /** Pods over the baseline that the namespace quota admits, as share of the baseline; from cloud.yaml when absent. */
  quota: z.number().min(0).optional(),
  /** Nodes of a service's baseline pods, one a replica; the scheduler spreads the others. */
  placement: z.record(z.string(), z.array(z.string()).min(1)).default({}),
  addServices: z.array(service).default([]),
  addCalls: z.array(call).default([]),
});

export const topologySchema = z.strictObject({
  name: z.string(),
  source: z.string(),
  entry: z.string(),
  demand: z.strictObject({ rps: z.number().positive(), source: z.string() }),
  services: z.array(service).min(1),
  calls: z.array(call),
  overlays: z.strictObject({ 'as-shipped': overlay, production: overlay }),
});
export type TopologyFile = z.infer<typeof topologySchema>;

const flowMode = z.enum([
  'refused',
  'timeout',
  'nxdomain',
  'unauthorised',
  'handshake',
  'forbidden',
  'aborted',
]);
export type FlowMode = z.infer<typeof flowMode>;

const changeKind = z.enum([
  'deploy',
  'config',
  'flag',
  'secret',
  'certificate',
  'scale',
  'policy',
  'route',
  'node',
  'job',
]);

const logTemplate = z.strictObject({
  level: z.enum(['INFO', 'WARN', 'ERROR']),
  text: z.array(z.string()).min(1),
  kinds: z.array(kind).optional(),
  probability: z.number().min(0).max(1).optional(),
});

const eventTemplate = z.strictObject({
  reason: z.string(),
  text: z.array(z.string()).min(1),
  probability: z.number().min(0).max(1).optional(),
});

const changeTemplate = z.strictObject({
  kind: changeKind,
  text: z.array(z.string()).min(1),
  probability: z.number().min(0).max(1).optional(),
});

const attribute = z.strictObject({
  about: z.string(),
  /**
   * `service` acts while the condition holds; `pods` is loaded by pods that start under it and stays with them;
   * `process` is in running pods only; `nodes` acts on the service's pods that stand on the degraded nodes; `node` acts on
   * every pod that stands on a node under the fault; `copies` acts on the pods whose copy of the data is struck.
   */
  carrier: z.enum(['service', 'pods', 'process', 'nodes', 'node', 'copies']),
  /** Of `copies`: whose copy is struck at onset. */
  strikes: z.enum(['primary', 'replica', 'any']).optional(),
  /** Of `copies`: probability that a struck copy that is read anew strikes the next one. */
  spreads: share.optional(),
  /** Writes fail: always, or where clients do not follow a primary that has moved. */
  writes: z.enum(['fail', 'at-old-primary']).optional(),
  /** Seconds of writes that the replica lacks when this begins. */
  lag: range.optional(),
  /** Seconds in which the volume fills up. */
  fills: range.optional(),
  /**
   * Of `node`: one node or all of the zone; `silent` nodes do not answer at all, `unmanaged` ones run on but the control plane does
   * not hear of them, `evicting` ones turn pods out, `degraded` ones do their work badly.
   */
  reaches: z.enum(['node', 'zone']).optional(),
  state: z.enum(['silent', 'cut', 'unmanaged', 'evicting', 'degraded']).optional(),
  /** Node condition that the control plane shows. */
  nodeCondition: z.string().optional(),
  /** Seconds that the clock of the node is off. */
  clockOffset: range.optional(),
  /** Held by a session of the primary: it ends when that process does. */
  session: z.boolean().optional(),
  /** Pods are pinned to one node by name. */
  pinsNode: z.boolean().optional(),
  start: z.enum(['stuck', 'crash']).optional(),
  ready: z.boolean().optional(),
  errors: share.optional(),
  capacity: share.optional(),
  latency: range.optional(),
  cpu: range.optional(),
  memory: range.optional(),
  inbound: z.strictObject({ mode: flowMode, share }).optional(),
  outbound: z.strictObject({ mode: flowMode, share, to: z.enum(['one', 'all']) }).optional(),
  admission: z.enum(['quota', 'webhook', 'addresses']).optional(),
  placement: z.enum(['deny']).optional(),
  /** Room that a pod asks for, as share of a node. */
  slots: range.optional(),
  /** Factor on the demand at the entry. */
  demand: range.optional(),
  scale: z.enum(['zero']).optional(),
  /** Seconds from the healthy level to the limit; what leaks, and so how it ends: killed for memory, or no more connections. */
  leak: range.optional(),
  leaks: z.enum(['memory', 'connections']).optional(),
  /** Seconds that a pod lives before its liveness probe kills it. */
  lives: range.optional(),
  /** Replicas that an autoscaler sets again and again. */
  pins: z.number().int().min(0).optional(),
  /** Every roll-out takes all pods at once. */
  rollsAtOnce: z.boolean().optional(),
  delayFactor: range.optional(),
  node: z.strictObject({ retransmit_ratio: range }).optional(),
  /** Times that callers try again; seconds within which work must be done; seconds of work that wait instead of being shed. */
  retries: range.optional(),
  deadline: range.optional(),
  queues: range.optional(),
  /** Messages that come besides requests, in units of the service's load on a normal day. */
  inflow: range.optional(),
  /** Share of the work that waits behind a head that is not done. */
  blocks: share.optional(),
  /** The controller is kept from its work: `held` it creates no pods and roll-outs stand still, `undone` it also undoes changes
   * of what it manages, `slow` it only falls behind. */
  controller: z.enum(['held', 'undone', 'slow']).optional(),
  /** Factor on the time of every action and of the controllers. */
  api: range.optional(),
  /** The dynamics switch this attribute by a level of their own: work that waits, reconciling that waits. */
  tracks: z.enum(['work', 'reconciling', 'cache']).optional(),
  /** Share of its usual answers that a cache comes to give. */
  hits: share.optional(),
  after: range.optional(),
  expires: range.optional(),
  /** Attribute of `process-stale` that a pod which starts under this one takes on. */
  loads: z.string().optional(),
  logs: z.array(logTemplate).default([]),
  events: z.array(eventTemplate).default([]),
  change: changeTemplate.optional(),
});
export type AttributeFile = z.infer<typeof attribute>;
export type LogTemplate = z.infer<typeof logTemplate>;
export type EventTemplate = z.infer<typeof eventTemplate>;

export const conditionsSchema = z.strictObject({
  conditions: z.record(z.string(), z.record(z.string(), attribute)),
});

const conditionOfFault = z.strictObject({
  condition: z.string(),
  /** Without one the condition is only a name for what the others do (stale processes). */
  attribute: z.string().optional(),
  severity: share.optional(),
  /** Share of running pods that carry it from onset on. */
  pods: share.optional(),
  /** Mean seconds, drawn from this range, until each of the other pods carries it too. */
  later: range.optional(),
});

const onset = z.strictObject({
  act: z.enum(['restart', 'scale-to-zero', 'stall']),
  share: share.optional(),
  /** Of a stall: its length, and the share of the capacity that is left. */
  seconds: range.optional(),
  keeps: share.optional(),
  /** Of a restart: the last pods first, as a set with ordinals is rolled. */
  last: z.boolean().optional(),
});
export type OnsetFile = z.infer<typeof onset>;

const variant = z.strictObject({
  weight: z.number().positive(),
  conditions: z.array(conditionOfFault).min(1),
  onset: z.array(onset).default([]),
  /** What strikes again after the cap, so that latent faults show themselves. */
  replay: z.array(onset).default([]),
  actor: z
    .strictObject({
      period: range,
      applies: z.array(z.strictObject({ condition: z.string(), attribute: z.string() })).min(1),
      /** What it does to pods each time besides. */
      acts: z.array(onset).default([]),
    })
    .optional(),
});
export type VariantFile = z.infer<typeof variant>;

const fault = z.strictObject({
  row: z.number().int().min(1),
  about: z.string(),
  trigger: z.string(),
  selfHealing: z.boolean().default(false),
  targets: z.strictObject({
    kinds: z.array(kind).min(1),
    needs: z
      .array(z.enum(['previous-version', 'dependency', 'store', 'replica', 'copies', 'volume', 'zones']))
      .default([]),
    /** How the entry must be reachable for the fault to be felt. */
    reach: z.enum(['errors', 'latency']),
    /** Least share of entry requests that a target must concern; 0.03 when absent. */
    leastReach: z.number().min(0).max(1).optional(),
    /** Number of other services that the same fault strikes in the same minute. */
    siblings: z.tuple([z.number().int().min(1), z.number().int().min(1)]).optional(),
  }),
  variants: z.array(variant).min(1),
});
export type FaultFile = z.infer<typeof fault>;

export const faultsSchema = z.strictObject({ family: z.string(), faults: z.record(z.string(), fault) });

const effect = z.union([
  z.strictObject({
    clear: z.string(),
    attributes: z.array(z.string()).optional(),
    anywhere: z.boolean().optional(),
  }),
  z.strictObject({ version: z.enum(['previous', 'known-good']) }),
  z.strictObject({ roll: z.enum(['rolling', 'at-once', 'move']) }),
  z.strictObject({ scale: z.enum(['double', 'down']) }),
  z.strictObject({ resources: z.enum(['raise']) }),
  z.strictObject({ limit: z.enum(['set', 'lift']) }),
  z.strictObject({ circuit: z.enum(['open']) }),
  z.strictObject({ rollout: z.enum(['pause', 'resume']) }),
  z.strictObject({ work: z.enum(['drain']) }),
  z.strictObject({ cache: z.enum(['warm']) }),
  z.strictObject({ wait: z.enum(['rollout']) }),
  z.strictObject({
    node: z.enum(['cordon', 'uncordon', 'drain', 'add', 'replace', 'restart-agent', 'sync-time']),
  }),
  z.strictObject({ zone: z.enum(['shift', 'return']) }),
  z.strictObject({ route: z.enum(['restore']) }),
  /** What it takes besides the operator's time: copying, shipping a log. */
  z.strictObject({
    data: z.enum([
      'fence',
      'promote',
      'repoint',
      'rebuild',
      'verify-backup',
      'restore-backup',
      'reattach',
      'expand',
    ]),
    seconds: logNormal.optional(),
  }),
  z.strictObject({ 'hand-over': z.enum(['human']) }),
]);
export type EffectFile = z.infer<typeof effect>;

const primitive = z.strictObject({
  parameters: z.array(z.enum(['service', 'node', 'zone'])).max(2),
  requires: z.array(z.enum(['previous-version'])).default([]),
  /** The primitive of the same parameters that takes this one back. */
  undo: z.string().optional(),
  duration: logNormal,
  failure: z.number().min(0).max(1),
  effects: z.array(effect),
});
export type PrimitiveFile = z.infer<typeof primitive>;

export const primitivesSchema = z.strictObject({ primitives: z.record(z.string(), primitive) });

export const splitsSchema = z.strictObject({
  partitions: z.array(z.enum(['fit', 'calibrate', 'train', 'select', 'test'])).min(1),
  splits: z.record(
    z.string(),
    z.strictObject({
      types: z.array(z.string()).min(1),
      partitions: z.array(z.enum(['fit', 'calibrate', 'train', 'select', 'test'])).optional(),
      nearest: z.record(z.string(), z.string()).optional(),
      /** Topologies that the split is drawn on; any when absent. */
      topologies: z.array(z.string()).min(1).optional(),
      /** Independent faults of an incident, each at a service of its own. */
      faults: z.number().int().min(1).max(3).default(1),
    }),
  ),
});
export type SplitsFile = z.infer<typeof splitsSchema>;

const alertRule = z.strictObject({
  rule: z.string(),
  scope: z.enum(['entry', 'service', 'node']),
  metric: z.string(),
  above: z.number().optional(),
  below: z.number().optional(),
  aboveRatio: z.number().optional(),
  belowRatio: z.number().optional(),
  for: z.number().min(0),
  severity: z.enum(['page', 'ticket']),
  text: z.string(),
});
export type AlertRuleFile = z.infer<typeof alertRule>;

export const cloudSchema = z.strictObject({
  horizon: z.strictObject({ cap: sourcedValue, tail: sourcedValue, userReport: logNormal }),
  slo: z.strictObject({
    success: sourcedValue,
    latencyFactor: sourcedValue,
    blip: sourcedValue,
    merge: sourcedValue,
  }),
  performance: z.strictObject({
    utilisation: sourcedTable,
    workersPerPod: sourcedValue,
    maxWaitFactor: sourcedValue,
    timeoutSeconds: sourcedValue,
    queueDeadline: sourcedValue,
    queueLimit: sourcedValue,
    retries: sourcedValue,
    refusedMs: sourcedValue,
    baseError: sourcedValue,
    variation: sourcedValue,
    loadSigma: sourcedValue,
    ownMs: sourcedTable,
    cpu: sourcedTable,
    memory: sourcedTable,
  }),
  caches: z.strictObject({
    hit: sourcedValue,
    warm: sourcedValue,
    evict: sourcedValue,
    throughCache: sourcedValue,
    throughDatabase: sourcedValue,
  }),
  pods: z.strictObject({
    start: logNormal,
    ready: logNormal,
    backoffFirst: sourcedValue,
    backoffMax: sourcedValue,
    backoffReset: sourcedValue,
    crashAfter: logNormal,
    controllerRetry: sourcedValue,
    slotsPerNode: sourcedValue,
    deathEvery: sourcedValue,
    rolloutStep: sourcedValue,
    autoscale: sourcedValue,
  }),
  nodes: z.strictObject({
    notReady: sourcedValue,
    eviction: sourcedValue,
    force: sourcedValue,
    evicts: sourcedValue,
  }),
  data: z.strictObject({
    lagBase: sourcedValue,
    lagBound: sourcedValue,
    catchUp: sourcedValue,
    writes: sourcedTable,
    diskMark: sourcedValue,
    badBackup: sourcedValue,
  }),
  /** What a topology says nothing of. */
  estate: z.strictObject({
    volumes: z.strictObject({ values: z.partialRecord(kind, volume), source: z.string() }),
    pools: z.strictObject({ values: z.partialRecord(kind, z.number().int().min(1)), source: z.string() }),
    changesPerWeek: sourcedTable,
    quota: sourcedValue,
    secretDays: sourcedValue,
    certificateDays: sourcedValue,
  }),
  telemetry: z.strictObject({
    scrape: sourcedValue,
    missing: sourcedValue,
    falseAlert: sourcedValue,
    healthyErrors: sourcedValue,
    silent: sourcedValue,
    changeRecorded: sourcedValue,
    decoyChanges: sourcedValue,
    lineKept: sourcedValue,
    noise: sourcedTable,
    price: sourcedTable,
  }),
  alerts: z.array(alertRule).min(1),
  harm: z.strictObject({
    blastServices: sourcedValue,
    regression: sourcedValue,
    regressionSeconds: sourcedValue,
    attribution: sourcedValue,
    limitNeedless: sourcedValue,
  }),
  prior: z.strictObject({
    'incident-statistics': z.strictObject({ source: z.string(), triggers: z.record(z.string(), z.number()) }),
    uniform: z.strictObject({ source: z.string() }),
  }),
});
export type CloudFile = z.infer<typeof cloudSchema>;

const wordings = z.array(z.string()).min(1);

export const textSchema = z.strictObject({
  calls: z.strictObject({
    refused: wordings,
    timeout: wordings,
    nxdomain: wordings,
    unauthorised: wordings,
    handshake: wordings,
    forbidden: wordings,
    aborted: wordings,
    overload: wordings,
    error: wordings,
    slow: wordings,
  }),
  healthyLogs: z.array(logTemplate).min(1),
  healthyErrors: z.array(logTemplate).min(1),
  oom: eventTemplate,
  noRoom: eventTemplate,
  started: eventTemplate,
  healthyEvents: z.array(eventTemplate).min(1),
  healthyChanges: z.array(changeTemplate).min(1),
});
export type TextFile = z.infer<typeof textSchema>;
