import { z } from 'zod';
import { kind } from './common.js';

/** Schema of `configs/topologies/*.yaml`. */

/** A volume: GiB, share in use on a normal day, and what its backups are worth. */
export const volume = z.strictObject({
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
