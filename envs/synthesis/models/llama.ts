import { createHash } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { ConfigError, displayPath } from '../../config/index.js';
import { completionKey } from './cache.js';
import {
  type Completion,
  CompletionError,
  type CompletionRequest,
  type CompletionSource,
} from './completion.js';
import { Gate } from './limits.js';

export const llamaSchema = z.strictObject({
  kind: z.literal('llama'),
  /** A model in GGUF format. */
  model: z.string().min(1),
  /** Tokens of context; a full prompt has about 7,000. */
  context: z.int().min(512).default(12_288),
  maxTokens: z.int().min(16).default(512),
  /** Seconds for one answer. */
  timeout: z.number().positive().default(300),
  /** Threads, by default one less than there are cores: its threads spin, and on a busy machine one too many halts all. */
  threads: z.int().min(1).optional(),
  /** Folder of remembered completions; null remembers none. */
  cache: z.string().nullable().default('.pase-cache/completions'),
});

export type LlamaConfig = z.infer<typeof llamaSchema>;

/** Most diagnoses and steps that the grammar admits: a small model would otherwise list on until its tokens end. */
const MOST_ITEMS = { diagnosis: 4, steps: 12 } as const;

// The part of node-llama-cpp (version 3) that is used. It weighs over 700 MB installed, so it is in no dependency list and
// no types of it can be imported.
interface LlamaModule {
  getLlama(options: { build: 'never'; gpu: false; logLevel: 'disabled'; maxThreads: number }): Promise<Llama>;
  LlamaChatSession: new (options: { contextSequence: unknown; systemPrompt: string }) => ChatSession;
}
interface Llama {
  loadModel(options: { modelPath: string }): Promise<Model>;
  createGrammarForJsonSchema(schema: object): Promise<unknown>;
}
interface Model {
  createContext(options: { contextSize: number; sequences: 1 }): Promise<Context>;
  tokenize(text: string): readonly unknown[];
}
interface Context {
  getSequence(): Sequence;
}
interface Sequence {
  clearHistory(): Promise<void>;
}
interface ChatSession {
  prompt(
    text: string,
    options: { temperature: number; seed: number; maxTokens: number; grammar?: unknown; signal: AbortSignal },
  ): Promise<string>;
  dispose(options?: { disposeSequence: boolean }): void;
}

/** A local model through node-llama-cpp: one answer at a time, its JSON held to the plan's schema by a grammar. */
export class LlamaSource implements CompletionSource {
  readonly identity: Readonly<Record<string, unknown>>;
  private readonly gate = new Gate(1);
  private loaded: Promise<{ module: LlamaModule; llama: Llama; model: Model; sequence: Sequence }> | null =
    null;
  private readonly grammars = new Map<string, Promise<unknown>>();
  private readonly file: string;

  /** @throws ConfigError when there is no such model */
  constructor(private readonly config: LlamaConfig) {
    this.file = resolve(config.model);
    if (!existsSync(this.file))
      throw new ConfigError(
        `synthesizer.model: expected a GGUF file, found none at ${displayPath(this.file)}`,
      );
    // The size tells a replaced model from the old one without reading gigabytes.
    this.identity = {
      source: 'llama',
      model: config.model,
      bytes: statSync(this.file).size,
      context: config.context,
    };
  }

  complete(request: CompletionRequest): Promise<Completion> {
    return this.gate.run(() => this.answer(request));
  }

  private async answer(request: CompletionRequest): Promise<Completion> {
    const { module, llama, model, sequence } = await this.load();
    const { system, user, temperature, maxTokens } = request;
    const promptTokens = model.tokenize(system).length + model.tokenize(user).length;
    if (promptTokens + maxTokens > this.config.context) {
      throw new CompletionError(
        'transport',
        `the prompt has ${promptTokens} tokens, with ${maxTokens} for the answer more than the context of ${this.config.context}`,
      );
    }
    const grammar = request.schema === null ? undefined : await this.grammar(llama, request.schema);
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(), this.config.timeout * 1000);
    const startedAt = performance.now();
    const seconds = () => (performance.now() - startedAt) / 1000;
    try {
      await sequence.clearHistory();
      const session = new module.LlamaChatSession({ contextSequence: sequence, systemPrompt: system });
      const seed = Number.parseInt(completionKey(this.identity, request).slice(0, 7), 16);
      const text = await session.prompt(user, {
        temperature,
        seed,
        maxTokens,
        signal: controller.signal,
        ...(grammar !== undefined && { grammar }),
      });
      session.dispose({ disposeSequence: false });
      return {
        text,
        refused: false,
        promptTokens,
        completionTokens: model.tokenize(text).length,
        seconds: seconds(),
      };
    } catch (error) {
      if (controller.signal.aborted)
        throw new CompletionError('timeout', `no answer within ${this.config.timeout} s`, seconds(), {
          prompt: promptTokens,
          completion: 0,
        });
      throw new CompletionError(
        'transport',
        error instanceof Error ? error.message : String(error),
        seconds(),
        { prompt: promptTokens, completion: 0 },
      );
    } finally {
      clearTimeout(timer);
    }
  }

  private load() {
    this.loaded ??= this.start();
    return this.loaded;
  }

  private async start() {
    const module = await importLlama();
    const { threads, context } = this.config;
    try {
      const llama = await module.getLlama({
        build: 'never',
        gpu: false,
        logLevel: 'disabled',
        maxThreads: threads ?? Math.max(1, availableParallelism() - 1),
      });
      const model = await llama.loadModel({ modelPath: this.file });
      const sequence = (await model.createContext({ contextSize: context, sequences: 1 })).getSequence();
      return { module, llama, model, sequence };
    } catch (error) {
      throw new CompletionError(
        'transport',
        `${displayPath(this.file)} cannot be loaded: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }

  private grammar(llama: Llama, schema: object): Promise<unknown> {
    const key = createHash('sha256').update(JSON.stringify(schema)).digest('hex');
    let grammar = this.grammars.get(key);
    if (!grammar) {
      grammar = llama.createGrammarForJsonSchema(grammarSchema(schema) as object);
      this.grammars.set(key, grammar);
    }
    return grammar;
  }
}

/** The schema in the words of the grammar compiler: `oneOf` for `anyOf`, bare enumerations, bounded lists. */
function grammarSchema(schema: unknown, name = ''): unknown {
  if (Array.isArray(schema)) return schema.map((item) => grammarSchema(item));
  if (typeof schema !== 'object' || schema === null) return schema;
  const { enum: values, anyOf, required: _, properties, items, ...rest } = schema as Record<string, unknown>;
  if (values !== undefined) return { enum: values };
  if (anyOf !== undefined) return { oneOf: grammarSchema(anyOf) };
  return {
    ...rest,
    ...(properties !== undefined && {
      properties: Object.fromEntries(
        Object.entries(properties as object).map(([key, value]) => [key, grammarSchema(value, key)]),
      ),
    }),
    ...(items !== undefined && { items: grammarSchema(items) }),
    ...(name in MOST_ITEMS && { maxItems: MOST_ITEMS[name as keyof typeof MOST_ITEMS] }),
  };
}

/**
 * node-llama-cpp of the project, of the user's working folder, or as scripts/synthesis/setup-llama.mjs puts it there.
 * @throws CompletionError that says how to install it
 */
async function importLlama(): Promise<LlamaModule> {
  // Held in variables, so that neither compiler nor bundler looks for a package that is not a dependency.
  const name = 'node-llama-cpp';
  const below = (...folder: string[]) =>
    pathToFileURL(join(process.cwd(), ...folder, 'node_modules', name, 'dist', 'index.js')).href;
  for (const specifier of [name, below(), below('.pase-cache', 'llama')]) {
    try {
      return (await import(specifier)) as LlamaModule;
    } catch (error) {
      // Not there: the next place may have it. Anything else is a broken installation, which the user must hear of.
      if ((error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND') continue;
      const reason = error instanceof Error ? error.message : String(error);
      throw new CompletionError('transport', `node-llama-cpp cannot be loaded: ${reason.split('\n')[0]}`);
    }
  }
  throw new CompletionError(
    'transport',
    'node-llama-cpp is not installed: run npm i node-llama-cpp@3 in your project (about 725 MB)',
  );
}
