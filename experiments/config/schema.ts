import { z } from 'zod';

/*
 * The experiment file. Objects are strict, so that a misspelt key is an error and not a default. What the other rooms
 * own (synthesizer, verifier, policy, reward) is checked by them for each method, see ./variants.ts; here it is only a
 * mapping. The JSON schema for editors comes from this same source (./json-schema.ts).
 */

const name = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._+-]*$/, 'expected a name of letters, digits, ".", "_", "+" and "-"');

const scalar = z.union([z.string(), z.number(), z.boolean()]);

/** The environment and its cloud; the names in it are checked when the environment is made. */
export const envSchema = z.strictObject({
  id: z.string().describe('registered environment').default('pase/CloudHealing-v0'),
  topology: z.string().describe('a file of configs/topologies').default('online-boutique'),
  overlay: z
    .enum(['production', 'as-shipped'])
    .describe('replicas as in production, or as the manifests ship')
    .default('production'),
  prior: z
    .enum(['incident-statistics', 'uniform'])
    .describe('how often each fault type is drawn')
    .default('incident-statistics'),
  scale: z
    .record(z.string(), z.number().positive())
    .optional()
    .describe('constants of the cloud multiplied by a factor, by dotted path of configs/cloud.yaml'),
  catalogue: z.string().optional().describe('a file of configs/meta-prompts'),
  factors: z
    .record(z.string(), z.array(scalar).min(1))
    .optional()
    .describe('CloudHealingFactored: the choices of a factor, instead of those of factors.yaml'),
  metaPrompts: z
    .array(z.string())
    .min(1)
    .optional()
    .describe('the meta-prompts offered to the policy; the whole catalogue if absent'),
  limits: z
    .strictObject({ executions: z.int().min(1), tokens: z.int().min(1), watch: z.number().min(0) })
    .partial()
    .optional()
    .describe('bounds of an incident: plans executed, tokens, seconds watched after an execution'),
  blind: z.boolean().optional().describe('observations are zeros: what is left of a policy that cannot see'),
});

/**
 * What may be laid over an environment's fields: any of them, and nothing that was not said. `partial()` alone would fill in defaults, which
 * would then undo what the file says of the environment.
 */
const envOverrides = z
  .strictObject({
    ...envSchema.shape,
    id: envSchema.shape.id.unwrap(),
    topology: envSchema.shape.topology.unwrap(),
    overlay: envSchema.shape.overlay.unwrap(),
    prior: envSchema.shape.prior.unwrap(),
  })
  .partial();

export const trainSchema = z.strictObject({
  split: z.string().default('seen'),
  llmCalls: z
    .int()
    .positive()
    .default(20_000)
    .describe('training budget; the same for every method that learns'),
});

/** Another world to be tested in than the one trained in: overrides for the evaluation only. */
export const scenarioSchema = z.strictObject({
  partition: z.enum(['select', 'test']).optional(),
  env: envOverrides.optional(),
  synthesizer: z.looseObject({}).optional(),
  verifier: z.looseObject({}).optional(),
});

export const evaluateSchema = z.strictObject({
  splits: z.array(z.string()).min(1).default(['seen', 'unseen-type']),
  partition: z
    .enum(['select', 'test'])
    .default('test')
    .describe('select: to choose hyperparameters and baselines; test: final evaluation'),
  incidents: z.int().positive().default(400).describe('test incidents of each split: indices 0 to n − 1'),
  stream: z
    .array(z.strictObject({ split: z.string(), incidents: z.int().positive() }))
    .min(1)
    .optional()
    .describe(
      'instead of splits: a stream of incidents that is played once, in order; rows of the split "<split>@phase-<i>"',
    ),
  scenarios: z
    .record(name, scenarioSchema)
    .optional()
    .describe('other worlds to test the same policies in; rows of the split "<split>@<scenario>"'),
});

/** How a method meets a stream: as trained, learning on, or learning from nothing. */
const streamSchema = z.enum(['frozen', 'learning', 'from-scratch']);

const gridSchema = z
  .record(z.string(), z.union([z.array(scalar).min(1), z.record(name, z.unknown())]))
  .describe('dotted path → list of values, or mapping of labels to values; every combination is a variant');

export const methodSchema = z.strictObject({
  description: z.string().optional(),
  env: envOverrides.optional(),
  synthesizer: z.looseObject({}).optional(),
  verifier: z.looseObject({}).optional(),
  policy: z.looseObject({}).optional(),
  reward: z.string().optional(),
  engine: z.enum(['wasm', 'tensorflow']).optional(),
  stream: streamSchema.optional().describe('how it meets `evaluate.stream`; frozen if absent'),
  grid: gridSchema.optional(),
});

const fields = {
  name: name.describe('run folder below runs/; the file’s name if absent'),
  description: z.string().optional(),
  env: envSchema.prefault({}),
  synthesizer: z.looseObject({}).default({ kind: 'surrogate', profile: 'mid' }),
  verifier: z.looseObject({}).default({ mode: 'symbolic', k: 8, alpha: 0.1 }),
  reward: z.string().default('feasibility-and-mttr').describe('a shipped reward, or a mathjs expression'),
  engine: z.enum(['wasm', 'tensorflow']).default('wasm'),
  train: trainSchema.prefault({}),
  evaluate: evaluateSchema.prefault({}),
  seeds: z.int().positive().max(1000).default(5).describe('number of training seeds: 0 to n − 1'),
  methods: z.record(name, methodSchema),
  grid: gridSchema.optional(),
  imports: z
    .array(z.string())
    .default([])
    .describe('modules of your own to load first, relative to this file'),
};

export const experimentSchema = z
  .strictObject({
    ...fields,
    extends: z.string().optional().describe('another experiment file that this one is laid over'),
    quick: z.looseObject({}).optional().describe('what `--quick` lays over this file'),
  })
  .refine((experiment) => Object.keys(experiment.methods).length > 0, {
    message: 'expected at least one method',
    path: ['methods'],
  });

export type Experiment = z.infer<typeof experimentSchema>;
export type Scenario = z.infer<typeof scenarioSchema>;

/** What one method is once its overrides are laid over the experiment: everything that a job needs to know. */
export const variantSchema = z.strictObject({
  env: envSchema,
  synthesizer: z.looseObject({}),
  verifier: z.looseObject({}),
  policy: z.looseObject({}),
  reward: z.string(),
  engine: z.enum(['wasm', 'tensorflow']),
  train: trainSchema,
  evaluate: evaluateSchema,
  stream: streamSchema.default('frozen'),
});
