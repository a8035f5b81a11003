import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { unknownName } from '../../envs/config/index.js';
import {
  CloudHealingEnv,
  canHost,
  type HealingInfo,
  type HealingInput,
  type IncidentOf,
  incidentTrajectory,
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
import { print, wholeNumber } from './options.js';

export interface IncidentOptions {
  readonly seed: string;
  readonly split: string;
  readonly partition: string;
  readonly fault?: string;
  readonly component?: string;
  readonly topology: string;
  readonly overlay: string;
  readonly synthesizer: string;
  readonly profile: string;
  readonly verifier: string;
  readonly prompt: string;
  readonly repair: string;
  readonly policy?: string;
  readonly json?: boolean;
}

/**
 * `pase incident`: one incident from detection to recovery, told as it happens; with `--json` the whole trajectory as JSON
 * lines, the same bytes for the same options. A fault that the cloud cannot host is no error: one line says so.
 */
export async function incidentCommand(options: IncidentOptions): Promise<void> {
  const index = wholeNumber('seed', options.seed);
  const env = new CloudHealingEnv(healingInput(options));
  const incidentOf = incidentOfOptions(index, env, options);
  const { fault, cloud } = incidentOf;
  if (fault !== undefined && !canHost(cloud, fault)) {
    if (options.json) printTrajectory(incidentTrajectory(incidentOf, [], null));
    else
      print(`not applicable: ${cloud.topology} (${cloud.overlay}) has no service that ${fault} can strike`);
    return;
  }
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
  if (options.json) printTrajectory(incidentTrajectory(incidentOf, turns, latest.result));
}

function incidentOfOptions(
  index: number,
  { options: { topology, overlay, prior, split, partition } }: CloudHealingEnv,
  { fault, component }: IncidentOptions,
): IncidentOf {
  return {
    cloud: { topology, overlay, prior },
    key: { split, partition, index },
    ...(fault !== undefined && { fault }),
    ...(component !== undefined && { component }),
  };
}

function printTrajectory(lines: Iterable<unknown>): void {
  for (const line of lines) print(JSON.stringify(line));
}

function healingInput({
  split,
  partition,
  topology,
  overlay,
  synthesizer,
  profile,
  verifier,
}: IncidentOptions): HealingInput {
  const written = synthesizer === 'surrogate' ? { kind: synthesizer, profile } : { kind: synthesizer };
  const input = {
    split,
    partition,
    topology,
    overlay,
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
