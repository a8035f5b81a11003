import type { Generator } from 'gymnasium-js';
import { parsePlan } from '../parse.js';
import { planJsonSchema } from '../plan-schema.js';
import type { PromptBuilder } from '../prompt.js';
import type {
  Feedback,
  IncidentView,
  MetaPrompt,
  ParseFailure,
  SynthesisResult,
  Synthesizer,
} from '../types.js';
import {
  type Completion,
  CompletionError,
  type CompletionRequest,
  type CompletionSource,
} from './completion.js';

/** Longest text of a completion without a plan that is kept for people to look at; one with a plan is kept whole. */
const MAX_RAW = 20_000;

/**
 * A real language model as a synthesizer: renders the prompt, asks a source, parses the answer. Whatever the model or
 * the server does is a typed failure of the result, never an exception.
 */
export class ModelSynthesizer implements Synthesizer<'async'> {
  readonly mode = 'async';
  readonly prompted = true;

  constructor(
    readonly kind: string,
    readonly source: CompletionSource,
    private readonly builder: PromptBuilder,
    private readonly maxTokens: number,
  ) {}

  async synthesize(
    view: IncidentView,
    metaPrompt: MetaPrompt,
    feedback: Feedback | null,
    _rng: Generator,
    sample: number,
  ): Promise<SynthesisResult> {
    const request = this.request(view, metaPrompt, feedback, sample);
    try {
      return resultOf(await this.source.complete(request));
    } catch (error) {
      const failure =
        error instanceof CompletionError
          ? error
          : new CompletionError('transport', error instanceof Error ? error.message : String(error));
      return failedResult(failure);
    }
  }

  /** The question that a turn asks; recorded banks are keyed by it. */
  request(
    view: IncidentView,
    metaPrompt: MetaPrompt,
    feedback: Feedback | null,
    sample: number,
  ): CompletionRequest {
    const { system, user } = this.builder.render(view, metaPrompt, feedback);
    return {
      system,
      user,
      temperature: metaPrompt.temperature,
      effort: metaPrompt.effort,
      schema: planJsonSchema(this.builder.vocabulary, view.inventory, {
        names: metaPrompt.schema !== 'none',
      }),
      maxTokens: this.maxTokens,
      sample,
    };
  }
}

/** A completion as the loop gets it. */
export function resultOf({
  text,
  refused,
  promptTokens,
  completionTokens,
  seconds,
}: Completion): SynthesisResult {
  const refusal: ParseFailure = { kind: 'refusal', message: 'the model declined to answer' };
  const { plan, failure } = refused ? { plan: null, failure: refusal } : parsePlan(text);
  return {
    plan,
    failure,
    raw: plan ? text : text.slice(0, MAX_RAW),
    promptTokens,
    completionTokens,
    latency: seconds,
    calls: 1,
  };
}

function failedResult({ kind, message, seconds, tokens }: CompletionError): SynthesisResult {
  return {
    plan: null,
    failure: { kind, message },
    raw: '',
    promptTokens: tokens.prompt,
    completionTokens: tokens.completion,
    latency: seconds,
    // A refused reservation asked no model.
    calls: kind === 'budget' ? 0 : 1,
  };
}
