import { z } from 'zod';
import { range, share } from './common.js';
import { changeTemplate, eventTemplate, logTemplate } from './text.js';

/** Schema of `configs/cloud-conditions.yaml`. */

/** Ways in which a condition makes calls fail. */
export const flowMode = z.enum([
  'refused',
  'timeout',
  'nxdomain',
  'unauthorised',
  'handshake',
  'forbidden',
  'aborted',
]);
export type FlowMode = z.infer<typeof flowMode>;

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

export const conditionsSchema = z.strictObject({
  conditions: z.record(z.string(), z.record(z.string(), attribute)),
});
