import { z } from 'zod';
import { logNormal } from './common.js';

/** Schema of `configs/primitives/*.yaml`. */

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
