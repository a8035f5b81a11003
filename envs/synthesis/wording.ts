import { z } from 'zod';
import { findConfig, loadYaml } from '../config/index.js';

const text = z.string();

const wordingSchema = z.strictObject({
  system: text,
  strategy: z.strictObject({
    direct: text,
    'diagnose-first': text,
    'contain-first': text,
    'rollback-first': text,
    'least-risk': text,
  }),
  effort: z.strictObject({ none: text, low: text, medium: text, high: text }),
  answer: text,
  headings: z.strictObject({
    situation: text,
    objects: text,
    conditions: text,
    primitives: text,
    invariants: text,
    exemplars: text,
    counterexample: text,
    executed: text,
    feedback: text,
    alerts: text,
    topology: text,
    metrics: text,
    events: text,
    logs: text,
    changes: text,
  }),
});

/** The words of prompts: everything that is neither evidence, domain nor feedback. */
export type Wording = z.infer<typeof wordingSchema>;

/** Wording of `configs/meta-prompts/wording/<name>.yaml`. @throws ConfigError */
export function loadWording(name = 'default'): Wording {
  return loadYaml(findConfig(`meta-prompts/wording/${name}.yaml`), wordingSchema);
}
