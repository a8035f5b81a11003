import { z } from 'zod';
import { kind, logNormal, sourcedTable, sourcedValue } from './common.js';
import { volume } from './topology.js';

/** Schema of `configs/cloud.yaml`. */

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
