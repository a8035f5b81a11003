import { z } from 'zod';
import { kind } from './common.js';

/** Schema of `configs/cloud-text.yaml`, and of wordings wherever they stand. */

const changeKind = z.enum([
  'deploy',
  'config',
  'flag',
  'secret',
  'certificate',
  'scale',
  'policy',
  'route',
  'node',
  'job',
]);

export const logTemplate = z.strictObject({
  level: z.enum(['INFO', 'WARN', 'ERROR']),
  text: z.array(z.string()).min(1),
  kinds: z.array(kind).optional(),
  probability: z.number().min(0).max(1).optional(),
});

export const eventTemplate = z.strictObject({
  reason: z.string(),
  text: z.array(z.string()).min(1),
  probability: z.number().min(0).max(1).optional(),
});

export const changeTemplate = z.strictObject({
  kind: changeKind,
  text: z.array(z.string()).min(1),
  probability: z.number().min(0).max(1).optional(),
});
export type LogTemplate = z.infer<typeof logTemplate>;
export type EventTemplate = z.infer<typeof eventTemplate>;

const wordings = z.array(z.string()).min(1);

export const textSchema = z.strictObject({
  calls: z.strictObject({
    refused: wordings,
    timeout: wordings,
    nxdomain: wordings,
    unauthorised: wordings,
    handshake: wordings,
    forbidden: wordings,
    aborted: wordings,
    overload: wordings,
    error: wordings,
    slow: wordings,
  }),
  healthyLogs: z.array(logTemplate).min(1),
  healthyErrors: z.array(logTemplate).min(1),
  oom: eventTemplate,
  noRoom: eventTemplate,
  started: eventTemplate,
  healthyEvents: z.array(eventTemplate).min(1),
  healthyChanges: z.array(changeTemplate).min(1),
});
export type TextFile = z.infer<typeof textSchema>;
