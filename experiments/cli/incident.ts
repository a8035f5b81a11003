import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { unknownName } from '../../envs/config/index.js';
import {
  CloudHealingEnv,
  type EpisodeResult,
  type HealingInfo,
  type HealingInput,
  type TurnRecord,
} from '../../envs/healing/index.js';
import { type AnyPolicy, checkPolicy, loadTrained, makePolicy } from '../runner/policies.js';
import type { AnyHealingEnv } from '../runner/worlds.js';
import {
  alertLines,
  beliefLines,
  briefTurnLines,
  endLines,
  TURNS_IN_FULL,
  turnLines,
} from './incident-text.js';
import { print, printJson, wholeNumber } from './options.js';

export interface IncidentOptions {
  readonly seed: string;
  readonly split: string;
  readonly partition: string;
  readonly fault?: string;
  readonly component?: string;
  readonly topology: string;
  readonly synthesizer: string;
  readonly profile: string;
  readonly verifier: string;
  readonly prompt: string;
  readonly repair: string;
  readonly policy?: string;
  readonly json?: boolean;
}

/** `pase incident`: one incident from detection to recovery, told as it happens. */
export async function incidentCommand(options: IncidentOptions): Promise<void> {
  const index = wholeNumber('seed', options.seed);
  const env = new CloudHealingEnv(healingInput(options));
  const policy = await policyOf(options, env, index);
  const tell = (lines: readonly string[]): void => {
    if (!options.json) print(lines.join('\n'));
  };
  const [observation, info] = (await env.reset({ seed: index, options: resetOptions(index, options) })) as [
    Float32Array,
    HealingInfo,
  ];
  const { incident } = env;
  tell([`Incident ${index} of ${options.split}/${options.partition} on ${options.topology}`, '']);
  tell([...alertLines(info.time, incident.telemetry), ...beliefLines(incident.belief)]);
  const turns: TurnRecord[] = [];
  let seen = observation;
  let latest = info;
  while (!latest.result) {
    const action = policy.predict(seen, { actionMask: latest.actionMask, deterministic: true }) as number;
    const [next, , , , after] = await env.step(action);
    seen = next;
    latest = after as HealingInfo;
    turns.push(latest.turn!);
    const number = turns.length;
    if (number > TURNS_IN_FULL) {
      tell([...(number === TURNS_IN_FULL + 1 ? [''] : []), ...briefTurnLines(number, latest.turn!)]);
      continue;
    }
    tell(turnLines(number, latest.turn!, env.metaPrompts[action], turns.at(-2)));
    if (latest.turn!.executed && !latest.result)
      tell(['', `${''.padStart(9)}STILL UNHEALTHY`, ...beliefLines(incident.belief)]);
  }
  tell(endLines(latest.result, latest.truth));
  if (options.json) printJson({ truth: latest.truth, turns, result: latest.result satisfies EpisodeResult });
}

function healingInput({
  split,
  partition,
  topology,
  synthesizer,
  profile,
  verifier,
}: IncidentOptions): HealingInput {
  const written = synthesizer === 'surrogate' ? { kind: synthesizer, profile } : { kind: synthesizer };
  const input = {
    split,
    partition,
    topology,
    synthesizer: written,
    verifier: { mode: verifier },
    judgePlans: true,
  };
  return input as HealingInput;
}

function resetOptions(index: number, { fault, component }: IncidentOptions): Record<string, unknown> {
  return { index, ...(fault !== undefined && { fault }), ...(component !== undefined && { component }) };
}

/** The folder of a seed-run, a policy kind, or else the two prompts named. */
async function policyOf(
  { policy, prompt, repair }: IncidentOptions,
  env: CloudHealingEnv,
  seed: number,
): Promise<AnyPolicy> {
  const world = env as unknown as AnyHealingEnv;
  if (policy === undefined)
    return new TwoPrompts(actionOf(env, 'prompt', prompt), actionOf(env, 'repair', repair));
  if (existsSync(join(policy, 'checkpoint'))) return loadTrained(policy);
  const config = { kind: policy };
  checkPolicy(config, world, '--policy');
  return makePolicy({ policy: config, engine: 'wasm' }, () => world, seed);
}

function actionOf({ metaPrompts }: CloudHealingEnv, option: string, name: string): number {
  const action = metaPrompts.findIndex((metaPrompt) => metaPrompt.name === name);
  if (action >= 0) return action;
  throw unknownName(
    `--${option}`,
    'a meta-prompt',
    name,
    metaPrompts.map((metaPrompt) => metaPrompt.name),
  );
}

/** One prompt to open with, another where a rejected plan awaits repair. */
class TwoPrompts implements AnyPolicy {
  constructor(
    private readonly opening: number,
    private readonly repairing: number,
  ) {}

  predict(_observation: Float32Array, { actionMask }: { actionMask?: Uint8Array | undefined } = {}): number {
    return actionMask?.[this.repairing] === 1 ? this.repairing : this.opening;
  }
}
