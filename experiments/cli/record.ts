import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { ConfigError, check, displayPath } from '../../envs/config/index.js';
import { CloudHealingEnv, healingSchema } from '../../envs/healing/index.js';
import {
  type BankHeader,
  type BankRecord,
  readBank,
  type SynthesisResult,
  type SynthesizerConfig,
} from '../../envs/synthesis/index.js';
import { loadExperiment } from '../config/index.js';
import { ProgressBar } from '../runner/progress.js';
import { makeWorld, type World, worldOf } from '../runner/worlds.js';
import { print, printJson, wholeNumber } from './options.js';
import { sharedVariant } from './shared-variant.js';
import { writeAtomically } from './write.js';

export interface RecordOptions {
  readonly out: string;
  readonly incidents: string;
  readonly split: string;
  readonly partition: string;
  readonly repairs: string;
  readonly set: readonly string[];
  readonly json?: boolean;
}

type Recorded = Extract<SynthesizerConfig, { kind: 'surrogate' | 'openai' | 'llama' }>;

/** Answers in a row that did not come about before recording stops: by then the model is gone, not slow. */
const MOST_FAILURES = 5;

/**
 * `pase record`: plays each incident once with each meta-prompt that may open it, and after a rejection with those that use
 * feedback, and keeps every answer of the model. What the bank holds already is not asked again, so the same command goes
 * on where an interrupted one stopped, and a larger `--incidents` adds to it.
 */
export async function recordCommand(config: string, options: RecordOptions): Promise<void> {
  const incidents = wholeNumber('incidents', options.incidents, 1);
  const repairs = wholeNumber('repairs', options.repairs);
  const { split, partition } = check(
    'record',
    { split: options.split, partition: options.partition },
    healingSchema.pick({ split: true, partition: true }),
  );
  const loaded = loadExperiment(config, { set: options.set });
  const { config: shared } = await sharedVariant(loaded, 'record');
  const of = recordable(shared.synthesizer, displayPath(loaded.file));
  const plain = worldOf(shared, split, partition);
  if (!(makeWorld(plain) instanceof CloudHealingEnv))
    throw new ConfigError(
      `${displayPath(loaded.file)}: env.id: expected pase/CloudHealing-v0, found "${plain.id}"`,
    );
  const bank = resolve(options.out);
  const { topology, overlay, prior } = shared.env;
  const before = startBank(bank, { bank: 1, model: modelOf(of), topology, overlay, prior });
  const world = {
    ...plain,
    options: { ...plain.options, synthesizer: { kind: 'record', bank, of, resume: true } },
  };
  const progress = new ProgressBar('record');
  try {
    await playAll(
      world as World,
      { incidents, repairs, copies: of.kind === 'openai' ? of.concurrency : 1 },
      (done) => progress.update(done / incidents, `${done} of ${incidents} incidents`),
    );
  } finally {
    progress.clear();
  }
  report(bank, readBank(bank).records, before, options.json ?? false);
}

function recordable(synthesizer: unknown, where: string): Recorded {
  const { synthesizer: schema } = healingSchema.shape;
  const config = check(`${where}: synthesizer`, synthesizer, schema);
  if (config.kind === 'surrogate' || config.kind === 'openai' || config.kind === 'llama') return config;
  throw new ConfigError(
    `${where}: synthesizer.kind: expected a model that answers, one of surrogate, openai, llama, found "${config.kind}"`,
  );
}

function modelOf(of: Recorded): string {
  return `${of.kind} ${of.kind === 'surrogate' ? of.profile : of.model}`;
}

/**
 * Writes the first line of a new bank, or sees that an old one is of the same model and cloud.
 * @returns how many answers it holds
 */
function startBank(file: string, header: BankHeader): number {
  if (!existsSync(file) || statSync(file).size === 0) {
    writeAtomically(file, `${JSON.stringify(header)}\n`);
    return 0;
  }
  const found = readBank(file);
  if (JSON.stringify(found.header) !== JSON.stringify(header)) {
    const say = ({ model, topology, overlay, prior }: BankHeader) =>
      `${model} on ${topology} (${overlay}, ${prior})`;
    throw new ConfigError(
      `${displayPath(file)}: expected a bank of ${say(header)}, found ${found.header ? say(found.header) : 'one that does not say'}; name another --out`,
    );
  }
  return found.records.length;
}

interface Scale {
  readonly incidents: number;
  readonly repairs: number;
  /** Incidents played at once. */
  readonly copies: number;
}

async function playAll(
  world: World,
  { incidents, repairs, copies }: Scale,
  tell: (done: number) => void,
): Promise<void> {
  const watch = new Watch();
  let next = 0;
  let done = 0;
  const play = async (): Promise<void> => {
    const env = makeWorld(world);
    for (let index = next++; index < incidents; index = next++) {
      await playIncident(env as unknown as CloudHealingEnv<'async'>, index, repairs, watch);
      tell(++done);
    }
  };
  await Promise.all(Array.from({ length: Math.min(copies, incidents) }, play));
}

async function playIncident(
  env: CloudHealingEnv<'async'>,
  index: number,
  repairs: number,
  watch: Watch,
): Promise<void> {
  const actions = [...env.metaPrompts.keys()];
  const repairing = actions.filter((action) => env.metaPrompts[action]!.feedback !== 'none');
  for (const opening of actions.filter((action) => !repairing.includes(action))) {
    await env.reset({ seed: index, options: { index } });
    let action = opening;
    for (let repair = 0; ; repair++) {
      const [, , over, , info] = await env.step(action);
      watch.look(info.turn!.samples);
      if (over || repair >= repairs || repairing.length === 0) break;
      action = repairing[(index + repair) % repairing.length]!;
      if (!info.actionMask[action]) break;
    }
  }
}

/** Ends a recording whose model does not answer any more. */
class Watch {
  private answers = 0;
  private failures = 0;

  /** @throws Error when the spend limit is reached, or nothing came back too often */
  look(samples: readonly SynthesisResult[]): void {
    for (const { failure } of samples) {
      const absent = failure !== null && ['transport', 'timeout', 'budget'].includes(failure.kind);
      if (!absent) {
        this.answers++;
        this.failures = 0;
        continue;
      }
      this.failures++;
      const hopeless = this.answers === 0 && failure.kind === 'transport';
      if (failure.kind === 'budget' || hopeless || this.failures >= MOST_FAILURES)
        throw new Error(`${failure.message}; the same command goes on from what is recorded`);
    }
  }
}

function report(file: string, records: readonly BankRecord[], before: number, json: boolean): void {
  const sum = (value: (record: BankRecord) => number) =>
    records.reduce((total, record) => total + value(record), 0);
  const found = {
    file: displayPath(file),
    answers: records.length,
    added: records.length - before,
    incidents: new Set(records.map(({ incident }) => incident.join(','))).size,
    failures: records.filter(({ failure }) => failure !== null).length,
    promptTokens: sum(({ promptTokens }) => promptTokens),
    completionTokens: sum(({ completionTokens }) => completionTokens),
    seconds: sum(({ seconds }) => seconds),
  };
  if (json) {
    printJson(found);
    return;
  }
  print(
    `${found.file}: ${found.answers} answers to ${found.incidents} incidents, ${found.added} of them new`,
  );
  print(
    `${found.failures} are no plan; ${found.promptTokens} prompt and ${found.completionTokens} completion tokens, ${found.seconds.toFixed(0)} s of the model`,
  );
}
