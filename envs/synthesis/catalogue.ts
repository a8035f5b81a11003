import { z } from 'zod';
import { EVIDENCE_KINDS } from '../cloud/interface.js';
import { ConfigError, displayPath, findConfig, loadYaml, unknownName } from '../config/index.js';
import type { MetaPrompt } from './types.js';

export const STRATEGIES = [
  'direct',
  'diagnose-first',
  'contain-first',
  'rollback-first',
  'least-risk',
] as const;
export const SCHEMA_LEVELS = ['none', 'names', 'preconditions', 'invariants'] as const;
export const EXEMPLAR_KINDS = ['none', 'nearest', 'counterexample'] as const;
export const FEEDBACK_STYLES = ['none', 'step', 'advice', 'advice-and-plan'] as const;
export const EFFORTS = ['none', 'low', 'medium', 'high'] as const;

/** Most completions that one meta-prompt may draw: a bound on cost, far above the shipped ones. */
const MAX_SAMPLES = 32;

export const metaPromptSchema = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]*$/, 'expected a lower-case name of letters, digits and hyphens'),
  strategy: z.enum(STRATEGIES),
  evidence: z
    .array(z.enum(EVIDENCE_KINDS))
    .refine((kinds) => new Set(kinds).size === kinds.length, 'expected each kind once'),
  schema: z.enum(SCHEMA_LEVELS),
  exemplars: z.enum(EXEMPLAR_KINDS),
  feedback: z.enum(FEEDBACK_STYLES),
  samples: z.int().min(1).max(MAX_SAMPLES),
  temperature: z.number().min(0).max(2),
  effort: z.enum(EFFORTS),
});

const catalogueSchema = z.strictObject({ name: z.string(), metaPrompts: z.array(metaPromptSchema).min(1) });

/** All meta-prompts of `configs/meta-prompts/<name>.yaml` in the order of the file, which is the order of actions. */
function loadCatalogue(name: string): MetaPrompt[] {
  const file = findConfig(`meta-prompts/${name}.yaml`);
  const { metaPrompts } = loadYaml(file, catalogueSchema);
  const seen = new Set<string>();
  for (const [index, metaPrompt] of metaPrompts.entries()) {
    if (seen.has(metaPrompt.name)) {
      throw new ConfigError(
        `${displayPath(file)}: metaPrompts[${index}].name: expected a name used once, found "${metaPrompt.name}" again`,
      );
    }
    seen.add(metaPrompt.name);
  }
  return metaPrompts;
}

/**
 * Meta-prompts in the order of the catalogue or, when `names` is given, those in that order.
 * @param catalogue file of `configs/meta-prompts/` without its ending
 * @throws ConfigError for a missing or malformed file, or a name that is not in it
 */
export function loadMetaPrompts(names?: readonly string[], catalogue = 'default'): MetaPrompt[] {
  const all = loadCatalogue(catalogue);
  if (!names) return all;
  return names.map((name, index) => {
    const found = all.find((metaPrompt) => metaPrompt.name === name);
    if (found) return found;
    throw unknownName(
      `metaPrompts[${index}]`,
      'a meta-prompt',
      name,
      all.map((metaPrompt) => metaPrompt.name),
    );
  });
}

/**
 * Which meta-prompts may be chosen: those that speak of a rejected plan only when there is one.
 * @returns one byte per meta-prompt, 1 where it is valid. All zero when a catalogue of feedback meta-prompts only meets
 * no feedback; callers treat that as an error.
 */
export function maskFor(metaPrompts: readonly MetaPrompt[], hasFeedback: boolean): Uint8Array {
  const mask = new Uint8Array(metaPrompts.length);
  for (let i = 0; i < mask.length; i++) mask[i] = hasFeedback || metaPrompts[i]!.feedback === 'none' ? 1 : 0;
  return mask;
}
