import { resolve } from 'node:path';
import { z } from 'zod';
import type { DomainModel } from '../world-model/index.js';
import { DoNothing, HandOver } from './baselines/do-nothing.js';
import { Planner } from './baselines/planner.js';
import { RestartLoop } from './baselines/restart-loop.js';
import { loadRunbook, Runbook } from './baselines/runbook.js';
import { CachedSource } from './models/cache.js';
import { type OpenAIConfig, OpenAISource, openaiSchema } from './models/openai.js';
import { ModelSynthesizer } from './models/synthesizer.js';
import { PromptBuilder } from './prompt.js';
import { SurrogateSynthesizer } from './surrogate/index.js';
import type { Synthesizer } from './types.js';
import { vocabularyOf } from './vocabulary.js';

const surrogateSchema = z.strictObject({
  kind: z.literal('surrogate'),
  /** A file of `configs/llm-profiles/` without its ending. */
  profile: z.string().default('mid'),
});

/** What writes the plans, as an experiment config says it. */
export const synthesizerSchema = z.discriminatedUnion('kind', [
  surrogateSchema,
  openaiSchema,
  z.strictObject({ kind: z.literal('runbook') }),
  z.strictObject({ kind: z.literal('restart-loop') }),
  z.strictObject({ kind: z.literal('planner') }),
  z.strictObject({ kind: z.literal('do-nothing') }),
  z.strictObject({ kind: z.literal('hand-over') }),
]);

export type SynthesizerConfig = z.infer<typeof synthesizerSchema>;
export type SynthesizerInput = z.input<typeof synthesizerSchema>;

export interface SynthesisContext {
  /** Default: the shipped recovery domain. */
  readonly domain?: DomainModel;
}

/** The synthesizer of a config. @throws ConfigError for a profile, file or setting that does not exist */
export function createSynthesizer(config: SynthesizerConfig, { domain }: SynthesisContext = {}): Synthesizer {
  const vocabulary = vocabularyOf(domain);
  switch (config.kind) {
    case 'surrogate':
      return new SurrogateSynthesizer({ profile: config.profile, builder: new PromptBuilder(vocabulary) });
    case 'openai':
      return createOpenAI(config, new PromptBuilder(vocabulary));
    case 'runbook':
      return new Runbook(loadRunbook(vocabulary));
    case 'restart-loop':
      return new RestartLoop();
    case 'planner':
      return new Planner(domain);
    case 'do-nothing':
      return new DoNothing();
    case 'hand-over':
      return new HandOver();
  }
}

function createOpenAI(config: OpenAIConfig, builder: PromptBuilder): ModelSynthesizer {
  const source = new OpenAISource(config);
  const cached = config.cache === null ? source : new CachedSource(source, resolve(config.cache));
  return new ModelSynthesizer('openai', cached, builder, config.maxTokens);
}
