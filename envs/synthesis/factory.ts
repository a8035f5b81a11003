import { resolve } from 'node:path';
import { z } from 'zod';
import type { DomainModel } from '../world-model/index.js';
import { Recorder, Replay, readBank } from './bank.js';
import { DoNothing, HandOver } from './baselines/do-nothing.js';
import { Planner } from './baselines/planner.js';
import { RestartLoop } from './baselines/restart-loop.js';
import { loadRunbook, Runbook } from './baselines/runbook.js';
import { CachedSource } from './models/cache.js';
import type { CompletionSource } from './models/completion.js';
import { LlamaSource, llamaSchema } from './models/llama.js';
import { OpenAISource, openaiSchema } from './models/openai.js';
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
  llamaSchema,
  z.strictObject({
    kind: z.literal('record'),
    /** File of the bank, one JSON line a completion; appended to. */
    bank: z.string().min(1),
    /** Who answers. */
    of: z.discriminatedUnion('kind', [surrogateSchema, openaiSchema, llamaSchema]),
  }),
  z.strictObject({ kind: z.literal('replay'), bank: z.string().min(1) }),
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
      return remembering('openai', new OpenAISource(config), config, new PromptBuilder(vocabulary));
    case 'llama':
      return remembering('llama', new LlamaSource(config), config, new PromptBuilder(vocabulary));
    case 'record':
      return new Recorder(createSynthesizer(config.of, domain ? { domain } : {}), config.bank);
    case 'replay':
      return new Replay(readBank(config.bank));
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

/** A real model whose answers are remembered on disk, unless the config says not to. */
function remembering(
  kind: string,
  source: CompletionSource,
  { cache, maxTokens }: { cache: string | null; maxTokens: number },
  builder: PromptBuilder,
): ModelSynthesizer {
  const kept = cache === null ? source : new CachedSource(source, resolve(cache));
  return new ModelSynthesizer(kind, kept, builder, maxTokens);
}
