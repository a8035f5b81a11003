import { z } from 'zod';
import { PARTITIONS, SPLITS } from '../cloud/index.js';
import { check } from '../config/index.js';
import { synthesizerSchema } from '../synthesis/index.js';
import { VERIFIER_MODES } from '../world-model/index.js';
import { factorsSchema } from './factors.js';
import { DEFAULT_LIMITS } from './loop.js';

const verifierSchema = z.strictObject({
  mode: z.enum(VERIFIER_MODES).default('symbolic'),
  k: z.int().min(1).max(64).default(8),
  alpha: z.number().gt(0).lt(1).default(0.1),
  /** Mode `corrupted` only. */
  corruption: z.number().min(0).max(1).optional(),
  /** Undo an executed plan, as far as its steps have an inverse, when fewer requests succeed after the watch than before it. */
  undo: z.boolean().default(true),
  /** Least loss of success that counts as worse: more than the scatter of one pod in a crowd (assumption). */
  undoMargin: z.number().min(0).max(1).default(0.02),
});

const limitsSchema = z.strictObject({
  executions: z.int().min(1).default(DEFAULT_LIMITS.executions),
  tokens: z.int().min(1).default(DEFAULT_LIMITS.tokens),
  watch: z.number().min(0).default(DEFAULT_LIMITS.watch),
});

/** Options of the healing environments; every key has a default, so `make('pase/CloudHealing-v0')` works as it is. */
export const healingSchema = z.strictObject({
  topology: z.string().default('online-boutique'),
  overlay: z.enum(['production', 'as-shipped']).default('production'),
  prior: z.enum(['incident-statistics', 'uniform']).default('incident-statistics'),
  /** Constants of the cloud multiplied by a factor: dotted paths of `configs/cloud.yaml`, `alerts.for`, `primitives.duration`. */
  scale: z.record(z.string(), z.number().positive()).optional(),
  split: z.enum(SPLITS).default('seen'),
  partition: z.enum(PARTITIONS).default('train'),
  synthesizer: synthesizerSchema.default({ kind: 'surrogate', profile: 'mid' }),
  verifier: verifierSchema.prefault({}),
  /** Name of `configs/rewards.yaml` or a mathjs expression. */
  reward: z.string().default('feasibility-and-mttr'),
  /** File of `configs/meta-prompts/` without its ending, whose meta-prompts are the actions. */
  catalogue: z.string().default('default'),
  /** Names of the meta-prompts that are the actions, in order; the whole catalogue when left out. */
  metaPrompts: z.array(z.string()).min(1).optional(),
  /** `CloudHealingFactored` only: the choices of a factor, instead of those of `configs/meta-prompts/factors.yaml`. */
  factors: factorsSchema.partial().optional(),
  limits: limitsSchema.prefault({}),
  judgePlans: z.boolean().default(false),
  /** Observations are zeros: what is left of a policy that cannot see. Masks and rewards stay. */
  blind: z.boolean().default(false),
  /** What `render` gives: a screen of text or an SVG document; nothing by default. */
  renderMode: z.enum(['ansi', 'svg']).optional(),
});

export type HealingOptions = z.infer<typeof healingSchema>;
export type HealingInput = Omit<z.input<typeof healingSchema>, 'renderMode'> & {
  readonly renderMode?: 'ansi' | 'svg';
};

/** Options with defaults filled in. @throws ConfigError, one line, for the first mistake */
export function healingOptions(input: HealingInput = {}): HealingOptions {
  return check('CloudHealing options', input, healingSchema);
}
