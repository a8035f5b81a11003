import { z } from 'zod';
import { findConfig, listConfigs, loadYaml, unknownName } from '../config/index.js';

const share = z.number().min(0).max(1);
const positive = z.number().positive();
const byEffort = (value: z.ZodNumber) =>
  z.strictObject({ none: value, low: value, medium: value, high: value });

export const profileSchema = z.strictObject({
  name: z.string(),
  slip: z.strictObject({
    hazard: share,
    goalMiss: share,
    kinds: z
      .strictObject({ wrongOperation: share, badStructure: share, malformed: share })
      .refine(
        ({ wrongOperation, badStructure, malformed }) =>
          Math.abs(wrongOperation + badStructure + malformed - 1) < 1e-9,
        'expected shares that sum to 1',
      ),
    schema: z.strictObject({
      none: positive,
      names: positive,
      preconditions: positive,
      invariants: positive,
    }),
    inventedWithSchema: share,
    exemplarPoints: z.number().min(-100).max(100),
    effort: byEffort(positive),
  }),
  longer: z.strictObject({ share, ratio: z.number().min(1) }),
  knowHow: z.strictObject({ common: share, uncommon: share, rare: share, cap: z.record(z.string(), share) }),
  diagnosis: z.strictObject({
    confusion: z.number().min(0),
    diagnoseFirst: positive,
    effort: byEffort(positive),
    learnsFromFailure: share,
  }),
  context: z.strictObject({ lossPerThousand: z.number().min(0) }),
  persistence: z.strictObject({ cold: share, warm: share }),
  repair: z.strictObject({ oddsRatio: z.number().min(0), repeats: share }),
  answer: z.strictObject({
    unparseable: share,
    thinking: byEffort(z.number().min(0)),
    diagnoseFirst: z.number().min(0),
  }),
  latency: z.strictObject({
    ttftMedian: positive,
    ttftSigma: z.number().min(0),
    prefillPerSecond: positive,
    outputPerSecond: positive,
  }),
});

/** How well and how fast a language model plans, as the surrogate plays it; units and sources stand in the YAML. */
export type LlmProfile = z.infer<typeof profileSchema>;

/** Names of the profiles in `configs/llm-profiles/`. */
export function profileNames(): string[] {
  return listConfigs('llm-profiles', '.yaml').map((file) => file.replace(/\.yaml$/, ''));
}

/** Profile of `configs/llm-profiles/<name>.yaml`. @throws ConfigError for an unknown name or a malformed file */
export function loadProfile(name: string): LlmProfile {
  const names = profileNames();
  if (!names.includes(name))
    throw unknownName('synthesizer.profile', 'a language-model profile', name, names);
  return loadYaml(findConfig(`llm-profiles/${name}.yaml`), profileSchema);
}
