import { z } from 'zod';
import { kind, range, share } from './common.js';

/** Schema of `configs/faults/*.yaml`. */

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
