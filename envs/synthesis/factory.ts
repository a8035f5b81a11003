import { resolve } from 'node:path';
import { z } from 'zod';
import type { DomainModel } from '../world-model/index.js';
import { Recorder, Replay, readBank } from './bank.js';
import { DiagnosedPlanner } from './baselines/diagnosed-planner.js';
import { DoNothing, HandOver } from './baselines/do-nothing.js';
import { Planner } from './baselines/planner.js';
import { RestartLoop } from './baselines/restart-loop.js';
import { loadRunbook, Runbook } from './baselines/runbook.js';
import { CachedSource } from './models/cache.js';
import type { CompletionSource } from './models/completion.js';
import { type LlamaConfig, LlamaSource, llamaSchema } from './models/llama.js';
import { type OpenAIConfig, OpenAISource, openaiSchema } from './models/openai.js';
import { ModelSynthesizer } from './models/synthesizer.js';
import { PromptBuilder } from './prompt.js';
import { SurrogateSynthesizer } from './surrogate/index.js';
import type { Synthesizer } from './types.js';
import { type Vocabulary, vocabularyOf } from './vocabulary.js';

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
    /** Answer from the bank what it held at the start, so that an interrupted recording goes on. */
    resume: z.boolean().default(false),
    /** Who answers. */
    of: z.discriminatedUnion('kind', [surrogateSchema, openaiSchema, llamaSchema]),
  }),
  z.strictObject({ kind: z.literal('replay'), bank: z.string().min(1) }),
  z.strictObject({
    kind: z.literal('diagnosis-planner'),
    /** Who diagnoses. */
    of: z.discriminatedUnion('kind', [surrogateSchema, openaiSchema, llamaSchema]),
  }),
  z.strictObject({ kind: z.literal('runbook') }),
  z.strictObject({ kind: z.literal('restart-loop') }),
  z.strictObject({ kind: z.literal('planner') }),
  z.strictObject({ kind: z.literal('do-nothing') }),
  z.strictObject({ kind: z.literal('hand-over') }),
]);

export type SynthesizerConfig = z.infer<typeof synthesizerSchema>;
export type SynthesizerInput = z.input<typeof synthesizerSchema>;

/** Sources of completions by their config, see {@link SynthesisContext.sources}. */
export type SharedSources = Map<string, CompletionSource>;

export interface SynthesisContext {
  /** Default: the shipped recovery domain. */
  readonly domain?: DomainModel;
  /**
   * Models that are shared: synthesizers of equal config in one process use one source, so that its concurrency, its token
   * rate and its spend limit hold for all environments together, and a local model is loaded once. Default: one map for the
   * process.
   */
  readonly sources?: SharedSources;
}

const processSources: SharedSources = new Map();
const builders = new WeakMap<Vocabulary, PromptBuilder>();

/** The synthesizer of a config. @throws ConfigError for a profile, file or setting that does not exist */
export function createSynthesizer(config: SynthesizerConfig, context: SynthesisContext = {}): Synthesizer {
  const { domain, sources = processSources } = context;
  const vocabulary = vocabularyOf(domain);
  switch (config.kind) {
    case 'surrogate':
      return new SurrogateSynthesizer({ profile: config.profile, builder: builderOf(vocabulary) });
    case 'openai':
      return asModel(config, () => new OpenAISource(config), builderOf(vocabulary), sources);
    case 'llama':
      return asModel(config, () => new LlamaSource(config), builderOf(vocabulary), sources);
    case 'record':
      return new Recorder(createSynthesizer(config.of, context), config.bank, config);
    case 'replay':
      return new Replay(readBank(config.bank).records);
    case 'diagnosis-planner':
      return new DiagnosedPlanner(createSynthesizer(config.of, context), domain);
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

/** Prompts are the same for all synthesizers of a domain. */
function builderOf(vocabulary: Vocabulary): PromptBuilder {
  let builder = builders.get(vocabulary);
  if (!builder) {
    builder = new PromptBuilder(vocabulary);
    builders.set(vocabulary, builder);
  }
  return builder;
}

/** A real model whose answers are remembered on disk, unless the config says not to. */
function asModel(
  config: OpenAIConfig | LlamaConfig,
  create: () => CompletionSource,
  builder: PromptBuilder,
  sources: SharedSources,
): ModelSynthesizer {
  const key = JSON.stringify(config);
  let source = sources.get(key);
  if (!source) {
    const fresh = create();
    source = config.cache === null ? fresh : new CachedSource(fresh, resolve(config.cache));
    sources.set(key, source);
  }
  return new ModelSynthesizer(config.kind, source, builder, config.maxTokens);
}
