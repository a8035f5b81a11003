import { randomInt } from 'node:crypto';
import OpenAI, { APIConnectionError, APIError, APIUserAbortError } from 'openai';
import type {
  ChatCompletion,
  ChatCompletionCreateParamsNonStreaming,
} from 'openai/resources/chat/completions';
import { z } from 'zod';
import { ConfigError } from '../../config/index.js';
import { tokensOf } from '../text.js';
import {
  type Completion,
  CompletionError,
  type CompletionRequest,
  type CompletionSource,
} from './completion.js';
import { Budget, Gate, TokenRate } from './limits.js';

/** Ways to ask for JSON, from the strictest to none; `auto` starts strict and steps down when the server refuses. */
export const STRUCTURES = ['json-schema', 'json-object', 'text'] as const;
type Structure = (typeof STRUCTURES)[number];

const positive = z.number().positive();

export const openaiSchema = z.strictObject({
  kind: z.literal('openai'),
  model: z.string().min(1),
  /** Any server that speaks chat completions: vLLM, llama.cpp, Ollama, a gateway. Default: the official one. */
  baseURL: z
    .url({ protocol: /^https?$/ })
    .refine((url) => !/^https?:\/\/[^/]*@/.test(url), {
      // Configs are copied into run folders and cache keys, where no secret may be.
      error: 'expected no credentials in the address; name the key with apiKeyVariable',
    })
    .optional(),
  /** Environment variable that holds the API key. A local server needs none. */
  apiKeyVariable: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'expected the name of an environment variable')
    .default('OPENAI_API_KEY'),
  structure: z.enum(['auto', ...STRUCTURES]).default('auto'),
  /** A reasoning model: gets the effort instead of a temperature. */
  reasoning: z.boolean().default(false),
  maxTokens: z.int().min(16).default(2048),
  /** Seconds for one attempt, the whole answer included. */
  timeout: positive.default(60),
  /** Attempts after the first, on 429, 5xx, timeouts and network errors. */
  retries: z.int().min(0).max(20).default(4),
  /** Seconds before the first retry; doubles each time, with jitter, up to `maxBackoff`. */
  backoff: positive.default(1),
  maxBackoff: positive.default(30),
  concurrency: z.int().min(1).default(8),
  tokensPerMinute: z.int().min(1).optional(),
  price: z
    .strictObject({ inputPerMillion: z.number().min(0), outputPerMillion: z.number().min(0) })
    .optional(),
  spendLimit: z.strictObject({ tokens: z.int().min(1).optional(), money: positive.optional() }).default({}),
  /** Folder of remembered completions; null remembers none. */
  cache: z.string().nullable().default('.pase-cache/completions'),
});

export type OpenAIConfig = z.infer<typeof openaiSchema>;

/** Largest answer that is read; a plan has some kilobytes. */
const MAX_BODY = 4_000_000;
const RETRYABLE = new Set([408, 409, 429]);
/** Errors by which a question never reached a server, so nobody can have charged for it. */
const NEVER_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

/** Chat completions of a server by the official client. */
export class OpenAISource implements CompletionSource {
  readonly identity: Readonly<Record<string, unknown>>;
  readonly budget: Budget;
  private readonly client: OpenAI;
  private readonly gate: Gate;
  private readonly rate: TokenRate | null;
  private structure: Structure;
  private readonly secret: string;

  /** @throws ConfigError when the official server is meant and no key is set, or a money limit has no price */
  constructor(
    private readonly config: OpenAIConfig,
    environment: NodeJS.ProcessEnv = process.env,
  ) {
    const key = environment[config.apiKeyVariable] ?? '';
    if (key === '' && config.baseURL === undefined) {
      throw new ConfigError(
        `synthesizer.apiKeyVariable: expected an API key in the environment variable ${config.apiKeyVariable}, found none`,
      );
    }
    if (config.spendLimit.money !== undefined && !config.price) {
      throw new ConfigError(
        'synthesizer.price: expected a price, since spendLimit.money is set, found nothing',
      );
    }
    this.secret = key;
    this.client = new OpenAI({
      apiKey: key || 'none',
      baseURL: config.baseURL ?? null,
      organization: null,
      project: null,
      maxRetries: 0,
      logLevel: 'off',
      fetch: boundedFetch,
    });
    this.gate = new Gate(config.concurrency);
    this.rate = config.tokensPerMinute === undefined ? null : new TokenRate(config.tokensPerMinute);
    this.budget = new Budget(config.spendLimit, config.price ?? null);
    this.structure = config.structure === 'auto' ? 'json-schema' : config.structure;
    const { model, baseURL, reasoning, structure } = config;
    this.identity = { source: 'openai', model, baseURL: baseURL ?? null, reasoning, structure };
  }

  complete(request: CompletionRequest): Promise<Completion> {
    return this.gate.run(() => this.attempts(request));
  }

  private async attempts(request: CompletionRequest): Promise<Completion> {
    const prompt = tokensOf(request.system.length + request.user.length);
    const spent = { prompt: 0, completion: 0 };
    const startedAt = performance.now();
    let queued = 0;
    const seconds = () => (performance.now() - startedAt - queued) / 1000;
    for (let attempt = 0; ; attempt++) {
      const queuedAt = performance.now();
      await this.rate?.admit(prompt + request.maxTokens);
      queued += performance.now() - queuedAt;
      const settle = this.budget.reserve(prompt, request.maxTokens);
      const { structure } = this;
      const outcome = await this.attempt(request, structure);
      if ('completion' in outcome) {
        const { promptTokens, completionTokens } = outcome.completion;
        settle(promptTokens, completionTokens);
        return { ...outcome.completion, seconds: seconds() };
      }
      const used = outcome.billed ? { prompt, completion: request.maxTokens } : { prompt: 0, completion: 0 };
      settle(used.prompt, used.completion);
      spent.prompt += used.prompt;
      spent.completion += used.completion;
      if (outcome.stepDown && this.stepDown(structure)) {
        attempt--;
        continue;
      }
      if (!outcome.retry || attempt >= this.config.retries) {
        throw new CompletionError(outcome.kind, this.clean(outcome.message), seconds(), spent);
      }
      await pause(this.delay(attempt, outcome.retryAfter));
    }
  }

  private async attempt(request: CompletionRequest, structure: Structure): Promise<Outcome> {
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(), this.config.timeout * 1000);
    try {
      const answer = await this.client.chat.completions.create(this.body(request, structure), {
        signal: controller.signal,
      });
      return { completion: this.read(answer, request) };
    } catch (error) {
      return this.explain(error, controller.signal.aborted);
    } finally {
      clearTimeout(timer);
    }
  }

  private body(request: CompletionRequest, structure: Structure): ChatCompletionCreateParamsNonStreaming {
    const { system, user, temperature, effort, schema, maxTokens } = request;
    const { model, reasoning } = this.config;
    return {
      model,
      stream: false,
      messages: [
        { role: 'system', content: system },
        { role: 'user', content: user },
      ],
      ...(reasoning ? { max_completion_tokens: maxTokens } : { max_tokens: maxTokens, temperature }),
      ...(reasoning && effort !== 'none' && { reasoning_effort: effort }),
      ...(schema !== null &&
        structure === 'json-schema' && {
          response_format: {
            type: 'json_schema' as const,
            json_schema: { name: 'recovery_plan', strict: true, schema: { ...schema } },
          },
        }),
      ...(structure === 'json-object' && { response_format: { type: 'json_object' as const } }),
    };
  }

  /** The first choice of an answer. Servers leave fields out, so nothing is taken for granted. */
  private read(answer: ChatCompletion, { system, user }: CompletionRequest): Omit<Completion, 'seconds'> {
    const message = answer?.choices?.[0]?.message;
    const text = typeof message?.content === 'string' ? message.content : '';
    const refusal = typeof message?.refusal === 'string' && message.refusal !== '' ? message.refusal : null;
    const count = (value: unknown, fallback: number) =>
      typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : fallback;
    return {
      text: refusal ?? text,
      refused: refusal !== null,
      promptTokens: count(answer?.usage?.prompt_tokens, tokensOf(system.length + user.length)),
      completionTokens: count(answer?.usage?.completion_tokens, tokensOf(text.length)),
    };
  }

  private explain(error: unknown, timedOut: boolean): Failed {
    const failed = (kind: Failed['kind'], message: string, retry: boolean, billed: boolean): Failed => ({
      kind,
      message,
      retry,
      billed,
      retryAfter: null,
      stepDown: false,
    });
    if (timedOut || error instanceof APIUserAbortError) {
      return failed('timeout', `no answer within ${this.config.timeout} s`, true, true);
    }
    const cause = causeOf(error);
    if (cause instanceof BodyTooLarge) return failed('transport', cause.message, false, true);
    if (error instanceof APIConnectionError) {
      return failed('transport', `no connection: ${nameOf(cause)}`, true, !NEVER_SENT.has(codeOf(cause)));
    }
    if (error instanceof APIError && error.status !== undefined) {
      const { status } = error;
      const refusesStructure = status === 400 || status === 422 || status === 501;
      return {
        kind: 'transport',
        message: `the server answered ${status}: ${error.message}`,
        retry: RETRYABLE.has(status) || status >= 500,
        billed: false,
        retryAfter: retryAfter(error.headers?.get('retry-after') ?? null),
        stepDown:
          refusesStructure &&
          /response_format|json|schema|structured|grammar|unsupported|not supported/i.test(error.message),
      };
    }
    return failed('transport', `the answer cannot be read: ${nameOf(cause)}`, true, true);
  }

  /**
   * To the next looser way of asking for JSON than the one refused; another request may have gone there already.
   * @returns false when a way was configured or none is left
   */
  private stepDown(refused: Structure): boolean {
    const next = STRUCTURES[STRUCTURES.indexOf(refused) + 1];
    if (this.config.structure !== 'auto' || next === undefined) return false;
    if (this.structure === refused) this.structure = next;
    return true;
  }

  /** Milliseconds before the next attempt: what the server asks for, else exponential with full jitter on its upper half. */
  private delay(attempt: number, asked: number | null): number {
    const most = this.config.maxBackoff * 1000;
    if (asked !== null) return Math.min(most, asked * 1000);
    const step = Math.min(most, this.config.backoff * 1000 * 2 ** attempt);
    return step / 2 + (randomInt(1_000_000) / 1_000_000) * (step / 2);
  }

  /** One line without the key, whatever a server echoes. */
  private clean(message: string): string {
    const shown = this.secret === '' ? message : message.replaceAll(this.secret, '[key]');
    return shown.replace(/\s+/g, ' ').slice(0, 300);
  }
}

interface Failed {
  readonly kind: 'transport' | 'timeout';
  readonly message: string;
  readonly retry: boolean;
  /** The server may have charged for it: it got the question and its answer was lost. */
  readonly billed: boolean;
  /** Seconds that the server asked to wait. */
  readonly retryAfter: number | null;
  /** The server may know no such response format. */
  readonly stepDown: boolean;
}

type Outcome = { readonly completion: Omit<Completion, 'seconds'> } | Failed;

class BodyTooLarge extends Error {}

/** `fetch` whose answers end with an error after {@link MAX_BODY} bytes, so that a runaway server fills no memory. */
async function boundedFetch(...[input, init]: Parameters<typeof fetch>): Promise<Response> {
  const response = await fetch(input, init);
  if (!response.body) return response;
  let seen = 0;
  const bounded = response.body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        seen += chunk.byteLength;
        if (seen > MAX_BODY)
          controller.error(new BodyTooLarge(`the answer is larger than ${MAX_BODY} bytes`));
        else controller.enqueue(chunk);
      },
    }),
  );
  return new Response(bounded, {
    status: response.status,
    statusText: response.statusText,
    headers: response.headers,
  });
}

/** The innermost cause of an error, which says more than the outer ones. */
function causeOf(error: unknown): unknown {
  let cause = error;
  while (cause instanceof Error && cause.cause instanceof Error) cause = cause.cause;
  return cause;
}

function codeOf(error: unknown): string {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return typeof code === 'string' ? code : '';
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.message || codeOf(error) || error.name : String(error);
}

/** Seconds of a Retry-After header given as a number; a date or nonsense counts as none. */
function retryAfter(header: string | null): number | null {
  const seconds = header === null || header.trim() === '' ? Number.NaN : Number(header);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds : null;
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((wake) => setTimeout(wake, milliseconds));
}
