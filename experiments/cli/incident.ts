import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  CloudHealingEnv,
  type EpisodeResult,
  type HealingInfo,
  type HealingInput,
  type TurnRecord,
} from '../../envs/healing/index.js';
import { type AnyPolicy, checkPolicy, loadTrained, makePolicy } from '../runner/policies.js';
import type { AnyHealingEnv } from '../runner/worlds.js';
import { alertLines, beliefLines, endLines, turnLines } from './incident-text.js';
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
  readonly policy: string;
  readonly json?: boolean;
}

/** `pase incident`: one incident from detection to recovery, told as it happens. */
export async function incidentCommand(options: IncidentOptions): Promise<void> {
  const index = wholeNumber('seed', options.seed);
  const env = new CloudHealingEnv(healingInput(options));
  const policy = await policyOf(options.policy, env as unknown as AnyHealingEnv, index);
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
    tell(turnLines(turns.length, latest.turn!, env.metaPrompts[action]));
    if (!latest.result) tell(['', ...beliefLines(incident.belief)]);
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
    judgeFirstPlan: true,
  };
  return input as HealingInput;
}

function resetOptions(index: number, { fault, component }: IncidentOptions): Record<string, unknown> {
  return { index, ...(fault !== undefined && { fault }), ...(component !== undefined && { component }) };
}

/** A policy kind, or the folder of a seed-run with a checkpoint. */
async function policyOf(policy: string, env: AnyHealingEnv, seed: number): Promise<AnyPolicy> {
  if (existsSync(join(policy, 'checkpoint'))) return loadTrained(policy, env);
  const config = { kind: policy };
  checkPolicy(config, env, '--policy');
  return makePolicy({ policy: config, engine: 'wasm' }, () => env, seed);
}
