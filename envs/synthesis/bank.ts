import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Generator } from 'gymnasium-js';
import { z } from 'zod';
import { ConfigError, check, displayPath } from '../config/index.js';
import { callText } from './feedback.js';
import { parsePlan } from './parse.js';
import type {
  Feedback,
  IncidentView,
  MetaPrompt,
  ParseFailure,
  SynthesisResult,
  Synthesizer,
} from './types.js';

const recordSchema = z.strictObject({
  /** The incident's key, {@link IncidentView.noiseKey}. */
  incident: z.array(z.number()),
  metaPrompt: z.string(),
  /** What was rejected before, or null; see {@link feedbackKey}. */
  feedback: z.string().nullable(),
  /** Steps of the rejected plan as JSON, or null when there was none. */
  rejected: z.string().nullable(),
  /** Plans executed before. */
  executed: z.int().min(0),
  sample: z.int().min(0),
  /** Tells a refusal or a time-out from text. */
  failure: z.enum(['empty', 'not-json', 'schema', 'refusal']).nullable(),
  text: z.string(),
  promptTokens: z.number().min(0),
  completionTokens: z.number().min(0),
  seconds: z.number().min(0),
});

/** One completion of a bank: a line of JSON. */
export type BankRecord = z.infer<typeof recordSchema>;

/** What the planner was told of a rejection: kind, step and call. */
export function feedbackKey(feedback: Feedback | null): string | null {
  if (!feedback) return null;
  const failure = feedback.verdict.failures[0];
  const call = failure?.step == null ? undefined : feedback.plan?.steps[failure.step];
  return [failure?.kind ?? 'rejected', failure?.step ?? 'plan', call ? callText(call) : ''].join(' ').trim();
}

/** A result as it goes into a bank; null for what is no answer of a model (transport, time-out, budget). */
export function bankRecord(
  view: IncidentView,
  metaPrompt: MetaPrompt,
  feedback: Feedback | null,
  sample: number,
  result: SynthesisResult,
): BankRecord | null {
  const kind = result.failure?.kind ?? null;
  if (kind === 'transport' || kind === 'timeout' || kind === 'budget') return null;
  return {
    incident: [...view.noiseKey],
    metaPrompt: metaPrompt.name,
    feedback: feedbackKey(feedback),
    rejected: feedback?.plan ? JSON.stringify(feedback.plan.steps) : null,
    executed: view.executed.length,
    sample,
    failure: kind,
    text: result.raw,
    promptTokens: result.promptTokens,
    completionTokens: result.completionTokens,
    seconds: result.latency,
  };
}

/**
 * All records of a bank, oldest first. A last line that was cut off by a crash is left out.
 * @throws ConfigError for a missing file or a line that is no record
 */
export function readBank(path: string): BankRecord[] {
  const file = resolve(path);
  if (!existsSync(file)) throw new ConfigError(`${displayPath(file)}: no such bank of completions`);
  const text = readFileSync(file, 'utf8');
  const lines = text.split('\n');
  // Every whole line ends with a line break, so what follows the last one is empty or cut off.
  lines.pop();
  return lines.map((line, index) => {
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      throw new ConfigError(
        `${displayPath(file)}:${index + 1}: expected a line of JSON, found "${line.slice(0, 40)}"`,
      );
    }
    return check(`${displayPath(file)}:${index + 1}`, value, recordSchema);
  });
}

/** Passes every question on to another synthesizer and appends its answers to a bank. */
export class Recorder<Mode extends 'sync' | 'async'> implements Synthesizer<Mode> {
  readonly kind = 'record';
  readonly mode: Mode;
  readonly prompted = true;
  private readonly file: string;

  constructor(
    private readonly inner: Synthesizer<Mode>,
    bank: string,
  ) {
    this.mode = inner.mode;
    this.file = resolve(bank);
    mkdirSync(dirname(this.file), { recursive: true });
  }

  synthesize(
    view: IncidentView,
    metaPrompt: MetaPrompt,
    feedback: Feedback | null,
    rng: Generator,
    sample: number,
  ): ReturnType<Synthesizer<Mode>['synthesize']> {
    const keep = (result: SynthesisResult): SynthesisResult => {
      const record = bankRecord(view, metaPrompt, feedback, sample, result);
      if (record) appendFileSync(this.file, `${JSON.stringify(record)}\n`);
      return result;
    };
    const result: SynthesisResult | Promise<SynthesisResult> = this.inner.synthesize(
      view,
      metaPrompt,
      feedback,
      rng,
      sample,
    );
    return (result instanceof Promise ? result.then(keep) : keep(result)) as ReturnType<
      Synthesizer<Mode>['synthesize']
    >;
  }
}

/**
 * Answers from a bank. It looks for the same incident, meta-prompt, rejection and number of executions; then for the same
 * incident and meta-prompt after any rejection (or none, as asked); the sample's ordinal picks among several. Tokens and
 * seconds are the recorded ones. What the bank does not hold is a typed failure.
 */
export class Replay implements Synthesizer<'sync'> {
  readonly kind = 'replay';
  readonly mode = 'sync';
  readonly prompted = true;
  private readonly exact = new Map<string, BankRecord[]>();
  private readonly near = new Map<string, BankRecord[]>();

  constructor(records: readonly BankRecord[]) {
    for (const record of records) {
      push(
        this.exact,
        exactKey(record.incident, record.metaPrompt, record.feedback, record.executed),
        record,
      );
      push(this.near, nearKey(record.incident, record.metaPrompt, record.feedback), record);
    }
  }

  synthesize(
    view: IncidentView,
    metaPrompt: MetaPrompt,
    feedback: Feedback | null,
    _rng: Generator,
    sample: number,
  ): SynthesisResult {
    const key = feedbackKey(feedback);
    const found =
      this.exact.get(exactKey(view.noiseKey, metaPrompt.name, key, view.executed.length)) ??
      this.near.get(nearKey(view.noiseKey, metaPrompt.name, key));
    if (!found) {
      const message = `the bank holds no completion of ${metaPrompt.name} for this incident ${key === null ? 'without' : 'after'} a rejection`;
      return {
        plan: null,
        failure: { kind: 'transport', message },
        raw: '',
        promptTokens: 0,
        completionTokens: 0,
        latency: 0,
        calls: 0,
      };
    }
    const ofSample = found.filter((record) => record.sample === sample);
    const pool = ofSample.length > 0 ? ofSample : found;
    return resultOf(pool[sample % pool.length]!);
  }
}

function resultOf({ failure, text, promptTokens, completionTokens, seconds }: BankRecord): SynthesisResult {
  const refusal: ParseFailure = { kind: 'refusal', message: 'the model declined to answer' };
  const parsed = failure === 'refusal' ? { plan: null, failure: refusal } : parsePlan(text);
  return { ...parsed, raw: text, promptTokens, completionTokens, latency: seconds, calls: 1 };
}

function push(map: Map<string, BankRecord[]>, key: string, record: BankRecord): void {
  const records = map.get(key);
  if (records) records.push(record);
  else map.set(key, [record]);
}

function exactKey(
  incident: readonly number[],
  metaPrompt: string,
  feedback: string | null,
  executed: number,
): string {
  return `${incident.join(',')}|${metaPrompt}|${feedback ?? ''}|${executed}`;
}

function nearKey(incident: readonly number[], metaPrompt: string, feedback: string | null): string {
  return `${incident.join(',')}|${metaPrompt}|${feedback !== null}`;
}
