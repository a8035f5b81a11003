import { z } from 'zod';
import { type ExampleRange, labelledExamples } from '../../envs/healing/examples.js';
import type { LabelledExample } from '../../envs/world-model/index.js';

const overlay = z.enum(['production', 'as-shipped']);
const prior = z.enum(['incident-statistics', 'uniform']);

/** `configs/world-model/perception.yaml`. */
export const perceptionConfigSchema = z.strictObject({
  topology: z.string(),
  overlay,
  /** Incidents are divided evenly among these priors over fault types. */
  priors: z.array(prior).min(1),
  incidents: z.int().min(10),
  holdOut: z.number().gt(0).max(0.5),
  hidden: z.int().min(1).max(1024),
  epochs: z.int().min(1),
  batch: z.int().min(1),
  learningRate: z.number().gt(0),
  seed: z.int().min(0),
  prior: z.record(z.string(), z.number().min(0).max(1)),
  /** Perceptions that never met an incident's fault type: how many folds of types, and incidents to train each on. */
  unfamiliar: z.strictObject({ folds: z.int().min(2), incidents: z.int().min(10) }),
});

export type PerceptionConfig = z.infer<typeof perceptionConfigSchema>;

/** Split and partition that perception may learn from; nothing else is ever read here. */
export const FIT = { split: 'seen', partition: 'fit' } as const;

/** Looks at the incidents of every prior in turn; incident numbers differ between them. */
export function* fitExamples(
  settings: PerceptionConfig,
  incidents: number,
  chosen: Pick<ExampleRange, 'only' | 'types'> = {},
): Generator<LabelledExample> {
  const { topology, overlay, priors } = settings;
  const each = Math.floor(incidents / priors.length);
  for (const [part, prior] of priors.entries()) {
    yield* labelledExamples({ ...FIT, topology, overlay, prior, from: part * each, count: each, ...chosen });
  }
}
