import { z } from 'zod';
import { metaPromptSchema } from '../synthesis/index.js';

const shape = metaPromptSchema.shape;
const several = <T extends z.ZodType>(value: T) => z.array(value).min(1);

/** The choices of every factor of a meta-prompt; each priced kind of evidence is a factor of its own. */
export const factorsSchema = z.strictObject({
  strategy: several(shape.strategy),
  metrics: several(z.boolean()),
  events: several(z.boolean()),
  logs: several(z.boolean()),
  changes: several(z.boolean()),
  schema: several(shape.schema),
  exemplars: several(shape.exemplars),
  feedback: several(shape.feedback),
  samples: several(shape.samples),
  temperature: several(shape.temperature),
  effort: several(shape.effort),
});
export type Factors = z.infer<typeof factorsSchema>;
