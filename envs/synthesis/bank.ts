import { appendFileSync, existsSync, mkdirSync, readFileSync, truncateSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Generator } from 'gymnasium-js';
import { z } from 'zod';
import { ConfigError, check, displayPath } from '../config/index.js';
import { callText } from './feedback.js';
import { type ParseResult, parsePlan } from './parse.js';
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

const headerSchema = z.strictObject({
  /** Version of the format. */
  bank: z.literal(1),
  /** Who answered: kind of synthesizer, and model or profile. */
  model: z.string(),
  topology: z.string(),
  overlay: z.enum(['production', 'as-shipped']),
  prior: z.enum(['incident-statistics', 'uniform']),
});

/** First line of a bank that `pase record` wrote: who answered, and of which cloud the incidents are. */
export type BankHeader = z.infer<typeof headerSchema>;

/** A bank as read: what it says of itself, if anything, and its completions, oldest first. */
export interface Bank {
  readonly header: BankHeader | null;
  readonly records: readonly BankRecord[];
}

/** What the planner was told of a rejection: kind, step and call. */
export function feedbackKey(feedback: Feedback | null): string | null {
  if (!feedback) return null;
  const failure = feedback.verdict.failures[0];
  const call = failure?.step == null ? undefined : feedback.plan?.steps[failure.step];
  return [failure?.kind ?? 'rejected', failure?.step ?? 'plan', call ? callText(call) : ''].join(' ').trim();
}

/** What a bank knows a question by. */
type Question = Pick<BankRecord, 'incident' | 'metaPrompt' | 'feedback' | 'rejected' | 'executed' | 'sample'>;

function questionOf(
  view: IncidentView,
  metaPrompt: MetaPrompt,
  feedback: Feedback | null,
  sample: number,
): Question {
  return {
    incident: [...view.noiseKey],
    metaPrompt: metaPrompt.name,
    feedback: feedbackKey(feedback),
    rejected: feedback?.plan ? JSON.stringify(feedback.plan.steps) : null,
    executed: view.executed.length,
    sample,
  };
}

function questionKey({ incident, metaPrompt, feedback, rejected, executed, sample }: Question): string {
  return JSON.stringify([incident, metaPrompt, feedback, rejected, executed, sample]);
}

/** A result as it goes into a bank; null for what is no answer of a model (transport, time-out, budget). */
function bankRecord(question: Question, result: SynthesisResult): BankRecord | null {
  const kind = result.failure?.kind ?? null;
  if (kind === 'transport' || kind === 'timeout' || kind === 'budget') return null;
  return {
    ...question,
    failure: kind,
    text: result.raw,
    promptTokens: result.promptTokens,
    completionTokens: result.completionTokens,
    seconds: result.latency,
  };
}

/**
 * Reads a bank. A last line that was cut off by a crash is left out.
 * @throws ConfigError for a missing file or a line that is no record
 */
export function readBank(path: string): Bank {
  const file = resolve(path);
  if (!existsSync(file)) throw new ConfigError(`${displayPath(file)}: no such bank of completions`);
  const lines = readFileSync(file, 'utf8').split('\n');
  const at = (index: number) => `${displayPath(file)}:${index + 1}`;
  const noJson = (line: string, index: number) =>
    new ConfigError(`${at(index)}: expected a line of JSON, found "${line.slice(0, 40)}"`);
  // Every whole line ends with a line break, so what follows the last one is empty or cut off.
  const tail = lines.pop()!;
  if (tail !== '' && !tail.startsWith('{')) throw noJson(tail, lines.length);
  const values = lines.map((line, index) => {
    try {
      return JSON.parse(line) as unknown;
    } catch {
      throw noJson(line, index);
    }
  });
  const [first] = values;
  const headed = typeof first === 'object' && first !== null && 'bank' in first;
  const records = values.slice(headed ? 1 : 0);
  return {
    header: headed ? check(at(0), first, headerSchema) : null,
    records: records.map((value, index) => check(at(index + (headed ? 1 : 0)), value, recordSchema)),
  };
}

/** Cuts off what a crash left of a last line, so that the next one starts on its own. */
function mendTail(file: string): void {
  const bytes = readFileSync(file);
  const whole = bytes.lastIndexOf('\n') + 1;
  if (whole < bytes.length) truncateSync(file, whole);
}

/**
 * Passes every question on to another synthesizer and appends its answers to a bank.
 *
 * With `resume`, a question that the bank held when recording began is answered from it, each record once: a run that was
 * interrupted and is started again takes the same course, without a second call, up to where it stopped.
 */
export class Recorder<Mode extends 'sync' | 'async'> implements Synthesizer<Mode> {
  readonly kind = 'record';
  readonly mode: Mode;
  readonly prompted = true;
  private readonly file: string;
  private readonly held = new Map<string, BankRecord[]>();

  /** @throws ConfigError when the file is there and no bank */
  constructor(
    private readonly inner: Synthesizer<Mode>,
    bank: string,
    { resume = false }: { readonly resume?: boolean } = {},
  ) {
    this.mode = inner.mode;
    this.file = resolve(bank);
    mkdirSync(dirname(this.file), { recursive: true });
    if (!existsSync(this.file)) return;
    const { records } = readBank(this.file);
    mendTail(this.file);
    if (resume) for (const record of records) push(this.held, questionKey(record), record);
  }

  synthesize(
    view: IncidentView,
    metaPrompt: MetaPrompt,
    feedback: Feedback | null,
    rng: Generator,
    sample: number,
  ): ReturnType<Synthesizer<Mode>['synthesize']> {
    type Answer = ReturnType<Synthesizer<Mode>['synthesize']>;
    const question = questionOf(view, metaPrompt, feedback, sample);
    const held = this.held.get(questionKey(question))?.shift();
    if (held) {
      const known = resultOf(held);
      return (this.mode === 'async' ? Promise.resolve(known) : known) as Answer;
    }
    const keep = (result: SynthesisResult): SynthesisResult => {
      const record = bankRecord(question, result);
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
    return (result instanceof Promise ? result.then(keep) : keep(result)) as Answer;
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

/** A recorded answer as it was given. */
function resultOf(record: BankRecord): SynthesisResult {
  const { text, promptTokens, completionTokens, seconds } = record;
  return {
    ...planOf(record),
    raw: text,
    promptTokens,
    completionTokens,
    latency: seconds,
    calls: 1,
  };
}

/** The plan of a recorded answer, or why it is none. */
export function planOf({ failure, text }: Pick<BankRecord, 'failure' | 'text'>): ParseResult {
  const refusal: ParseFailure = { kind: 'refusal', message: 'the model declined to answer' };
  return failure === 'refusal' ? { plan: null, failure: refusal } : parsePlan(text);
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
