import type { HealingInfo, TurnRecord } from '../../envs/healing/index.js';
import type { Belief } from '../../envs/world-model/index.js';
import type { AnyPolicy } from './policies.js';
import type { PlayedIncident } from './recorder.js';
import { type AnyHealingEnv, makeWorld, type World } from './worlds.js';

/** Called after every incident with the number played. */
export type OnIncident = (played: number) => void;

/** Plays incidents 0 to n − 1 of a world, choosing greedily. */
export async function playIncidents(
  policy: AnyPolicy,
  world: World,
  n: number,
  onIncident: OnIncident = () => {},
): Promise<PlayedIncident[]> {
  const env = makeWorld(world);
  const played: PlayedIncident[] = [];
  for (let index = 0; index < n; index++) {
    played.push(await playIncident(env, policy, index));
    onIncident(index + 1);
  }
  return played;
}

async function playIncident(env: AnyHealingEnv, policy: AnyPolicy, index: number): Promise<PlayedIncident> {
  policy.resetEpisode?.();
  let [observation, info] = (await env.reset({ seed: index, options: { index } })) as [
    Float32Array,
    HealingInfo,
  ];
  const believed = mostLikelyCondition(env.incident.belief);
  const turns: TurnRecord[] = [];
  for (;;) {
    const action = policy.predict(observation, { actionMask: info.actionMask, deterministic: true });
    const step = await env.step(action);
    observation = step[0];
    info = step[4] as HealingInfo;
    turns.push(info.turn!);
    if (!step[2] && !step[3]) continue;
    if (!info.result) throw new Error(`incident ${index} ended without a result`);
    const metaPrompts = turns.map((turn) => turn.metaPrompt);
    return { result: info.result, believed, metaPrompts, course: turns.map(turnLetter).join('') };
  }
}

/** What a turn came to, see `EvaluationRecord.course`. */
export function turnLetter({ executed, plan, verdict }: TurnRecord): string {
  if (executed) return 'E';
  if (!plan) return 'U';
  // Accepted and not executed: it hands over, or the cap came first.
  return verdict.accepted ? 'H' : 'R';
}

/** Name of the condition that the belief holds most likely anywhere; the first of equals. */
export function mostLikelyCondition({ probability, conditions }: Belief): string {
  let best = 0;
  for (let i = 1; i < probability.length; i++) if (probability[i]! > probability[best]!) best = i;
  return conditions[best % conditions.length] ?? '';
}
