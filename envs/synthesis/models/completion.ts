import type { MetaPrompt, ParseFailure } from '../types.js';

/** One question to a language model. Everything that changes the answer is in it, so that it can be a cache key. */
export interface CompletionRequest {
  readonly system: string;
  readonly user: string;
  readonly temperature: number;
  readonly effort: MetaPrompt['effort'];
  /** JSON schema of the answer, or null where the prompt's form is all there is. */
  readonly schema: object | null;
  readonly maxTokens: number;
  /** Ordinal of the sample: the same question asked again is another completion. */
  readonly sample: number;
}

/** What came back. `seconds` is wall-clock time, retries and waiting between them included. */
export interface Completion {
  readonly text: string;
  /** The model declined. */
  readonly refused: boolean;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly seconds: number;
}

/** A completion that did not come about, typed for the loop. Its message is one line and never holds a key. */
export class CompletionError extends Error {
  override readonly name = 'CompletionError';
  constructor(
    readonly kind: Extract<ParseFailure['kind'], 'transport' | 'timeout' | 'budget'>,
    message: string,
    /** Seconds that the attempts took. */
    readonly seconds = 0,
    /** Tokens that failed attempts used, as far as the server said. */
    readonly tokens = { prompt: 0, completion: 0 },
  ) {
    super(message);
  }
}

/** Something that answers questions: a server, a local model, a bank of recorded answers. */
export interface CompletionSource {
  /** Identity of model and server for cache keys; never a secret. */
  readonly identity: Readonly<Record<string, unknown>>;
  /** @throws CompletionError and nothing else */
  complete(request: CompletionRequest): Promise<Completion>;
}
