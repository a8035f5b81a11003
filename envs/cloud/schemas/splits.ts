import { z } from 'zod';

/** Schema of `configs/splits.yaml`. */

export const splitsSchema = z.strictObject({
  partitions: z.array(z.enum(['fit', 'calibrate', 'train', 'select', 'test'])).min(1),
  splits: z.record(
    z.string(),
    z.strictObject({
      types: z.array(z.string()).min(1),
      partitions: z.array(z.enum(['fit', 'calibrate', 'train', 'select', 'test'])).optional(),
      nearest: z.record(z.string(), z.string()).optional(),
      /** Topologies that the split is drawn on; any when absent. */
      topologies: z.array(z.string()).min(1).optional(),
      /** Independent faults of an incident, each at a service of its own. */
      faults: z.number().int().min(1).max(3).default(1),
    }),
  ),
});
export type SplitsFile = z.infer<typeof splitsSchema>;
