import { type HealingInfo, runOracle, type TurnRecord } from '../../envs/healing/index.js';
import { mostLikelyCondition, type OnIncident, playedIncident } from './evaluate.js';
import type { PlayedIncident } from './recorder.js';
import { HINDSIGHT } from './reference-kinds.js';
import { type AnyHealingEnv, makeWorld, type World } from './worlds.js';

/** Plays incidents 0 to n − 1 of a world as a reference. */
export async function playReference(
  kind: string,
  world: World,
  n: number,
  onIncident: OnIncident = () => {},
): Promise<PlayedIncident[]> {
  const env = kind === HINDSIGHT ? makeWorld(world) : null;
  const played: PlayedIncident[] = [];
  for (let index = 0; index < n; index++) {
    played.push(env ? await playInHindsight(env, index) : oracle(world, index));
    onIncident(index + 1);
  }
  return played;
}

function oracle(world: World, index: number): PlayedIncident {
  return { result: runOracle(world.options, index), believed: '', metaPrompts: [], course: 'E' };
}

/** Decisions of an incident that are tried out; after them the best is kept to. Most of the choice lies in the first. */
const DECISIONS = 2;

/**
 * Before each of the first decisions every meta-prompt is played to the end of the incident from the saved state, as the policy `fixed` plays it:
 * repeated, and the first valid one in its place where it is not valid. The one of the best return is followed. So it does
 * at least as well as the best fixed meta-prompt of each single incident, whatever that is.
 */
async function playInHindsight(env: AnyHealingEnv, index: number): Promise<PlayedIncident> {
  let [, info] = (await env.reset({ seed: index, options: { index } })) as [Float32Array, HealingInfo];
  const believed = mostLikelyCondition(env.incident.belief);
  const turns: TurnRecord[] = [];
  let kept = 0;
  for (let turn = 0; ; turn++) {
    if (turn < DECISIONS) kept = await bestNow(env, info.actionMask);
    [, , , , info] = (await env.step(firstOr(kept, info.actionMask))) as unknown as [
      never,
      never,
      never,
      never,
      HealingInfo,
    ];
    turns.push(info.turn!);
    if (info.result) return playedIncident(info.result, believed, turns);
  }
}

/** The meta-prompt of the best return when kept to, the first of equals. Leaves the environment as it was. */
async function bestNow(env: AnyHealingEnv, mask: Uint8Array): Promise<number> {
  const state = env.getState();
  let best = { action: 0, value: Number.NEGATIVE_INFINITY };
  for (const action of mask.keys()) {
    const value = await playedOut(env, action, mask);
    if (value > best.value) best = { action, value };
    env.setState(state);
  }
  return best.action;
}

/** Return of an incident when one meta-prompt is kept to. */
async function playedOut(env: AnyHealingEnv, action: number, mask: Uint8Array): Promise<number> {
  let next = firstOr(action, mask);
  for (;;) {
    const [, , , , info] = (await env.step(next)) as unknown as [never, never, never, never, HealingInfo];
    if (info.result) return info.result.episodeReturn;
    next = firstOr(action, info.actionMask);
  }
}

/** The action if it is valid, else the first that is. */
function firstOr(action: number, mask: Uint8Array): number {
  return mask[action] === 0 ? mask.indexOf(1) : action;
}
