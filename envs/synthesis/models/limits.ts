import { CompletionError } from './completion.js';

/** Runs at most `limit` tasks at once; the others wait their turn in order. */
export class Gate {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly limit: number) {}

  async run<T>(task: () => Promise<T>): Promise<T> {
    if (this.running >= this.limit) await new Promise<void>((go) => this.waiting.push(go));
    else this.running++;
    try {
      return await task();
    } finally {
      // The place is handed on, so that nobody overtakes who waits.
      const next = this.waiting.shift();
      if (next) next();
      else this.running--;
    }
  }
}

/** Milliseconds of the window that a tokens-per-minute limit speaks of. */
const WINDOW = 60_000;

/** Keeps the tokens sent in any minute within a limit by waiting. A single request above the limit goes alone. */
export class TokenRate {
  private readonly sent: { at: number; tokens: number }[] = [];
  private queue: Promise<void> = Promise.resolve();

  /** @param now milliseconds; a clock that only runs forward */
  constructor(
    private readonly tokensPerMinute: number,
    private readonly now: () => number = () => performance.now(),
    private readonly sleep: (milliseconds: number) => Promise<void> = (milliseconds) =>
      new Promise((wake) => setTimeout(wake, milliseconds)),
  ) {}

  /** Waits until `tokens` more may be sent. */
  admit(tokens: number): Promise<void> {
    const admitted = this.queue.then(() => this.wait(tokens));
    this.queue = admitted;
    return admitted;
  }

  private async wait(tokens: number): Promise<void> {
    for (;;) {
      const now = this.now();
      while (this.sent.length > 0 && this.sent[0]!.at <= now - WINDOW) this.sent.shift();
      const used = this.sent.reduce((sum, one) => sum + one.tokens, 0);
      if (used === 0 || used + tokens <= this.tokensPerMinute) {
        this.sent.push({ at: now, tokens });
        return;
      }
      await this.sleep(Math.max(1, this.sent[0]!.at + WINDOW - now));
    }
  }
}

/** Price of a model, in any currency. */
export interface Price {
  readonly inputPerMillion: number;
  readonly outputPerMillion: number;
}

export interface SpendLimit {
  readonly tokens?: number | undefined;
  /** In the currency of the price. */
  readonly money?: number | undefined;
}

/** What a model has used so far. */
export interface Usage {
  readonly requests: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Null without a price. */
  readonly money: number | null;
}

/**
 * Counts tokens and money and stops before a limit is passed: every request first reserves the most that it can use, so
 * that many at once cannot pass it together.
 */
export class Budget {
  private requests = 0;
  private promptTokens = 0;
  private completionTokens = 0;
  private reservedPrompt = 0;
  private reservedCompletion = 0;
  private warned = false;

  constructor(
    private readonly limit: SpendLimit = {},
    private readonly price: Price | null = null,
  ) {}

  get usage(): Usage {
    const { requests, promptTokens, completionTokens } = this;
    return {
      requests,
      promptTokens,
      completionTokens,
      money: this.price ? this.cost(promptTokens, completionTokens) : null,
    };
  }

  /**
   * Sets aside what a request may use at most.
   * @returns what to call with the tokens that it did use, once
   * @throws CompletionError of kind `budget` when the limit could be passed
   */
  reserve(prompt: number, completion: number): (prompt: number, completion: number) => void {
    const tokens =
      this.promptTokens +
      this.reservedPrompt +
      prompt +
      this.completionTokens +
      this.reservedCompletion +
      completion;
    const money = this.cost(
      this.promptTokens + this.reservedPrompt + prompt,
      this.completionTokens + this.reservedCompletion + completion,
    );
    const { limit } = this;
    if (limit.tokens !== undefined && tokens > limit.tokens) {
      this.stop(`${limit.tokens} tokens`, String(this.promptTokens + this.completionTokens));
    }
    if (limit.money !== undefined && money > limit.money) {
      this.stop(String(limit.money), this.cost(this.promptTokens, this.completionTokens).toFixed(4));
    }
    this.reservedPrompt += prompt;
    this.reservedCompletion += completion;
    return (usedPrompt, usedCompletion) => {
      this.reservedPrompt -= prompt;
      this.reservedCompletion -= completion;
      this.requests++;
      this.promptTokens += usedPrompt;
      this.completionTokens += usedCompletion;
    };
  }

  /** Refuses a request; the first time people are told, since a run without its model is not what they meant. */
  private stop(limit: string, used: string): never {
    const message = `spend limit of ${limit}: the next request could pass it (${used} used)`;
    if (!this.warned) process.emitWarning(message, 'SpendLimit');
    this.warned = true;
    throw new CompletionError('budget', message);
  }

  private cost(prompt: number, completion: number): number {
    return this.price
      ? (prompt * this.price.inputPerMillion + completion * this.price.outputPerMillion) / 1e6
      : 0;
  }
}
