import { z } from 'zod';

/** What the schemas of the cloud's files share. Units: seconds, ratios in [0, 1]. */

export const sourcedValue = z.strictObject({ value: z.number(), source: z.string() });
export const sourcedTable = z.strictObject({ values: z.record(z.string(), z.number()), source: z.string() });
export const logNormal = z.strictObject({
  median: z.number().positive(),
  sigma: z.number().min(0),
  source: z.string(),
});
export const range = z.tuple([z.number(), z.number()]);
export const share = z.tuple([z.number().min(0).max(1), z.number().min(0).max(1)]);

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
export const kind = z.enum(SERVICE_KINDS);
