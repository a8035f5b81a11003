import { type HealingInfo, runOracle } from '../../envs/healing/index.js';
import { mostLikelyCondition, type OnIncident, turnLetter } from './evaluate.js';
import type { PlayedIncident } from './recorder.js';
import { type AnyHealingEnv, makeWorld, type World } from './worlds.js';

/*
 * References: they see what no policy can, so they are no policies and no competitors.
 */

/** The kind that sees the true state and simulates plans on a copy of the cloud. */
export const ORACLE = 'oracle';

/** The kind that tries every meta-prompt from the saved state before each decision and keeps the best. */
export const HINDSIGHT = 'hindsight-prompt';

export const REFERENCES: readonly string[] = [ORACLE, HINDSIGHT];

/** Whether a method is a reference. */
export function isReference(kind: unknown): boolean {
  return REFERENCES.includes(String(kind));
}

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

/**
 * Before each decision every meta-prompt is played to the end of the incident from the saved state, as the policy `fixed` plays it:
 * repeated, and the first valid one in its place where it is not valid. The one of the best return is followed for one turn. So it does
 * at least as well as the best fixed meta-prompt of each single incident, whatever that is.
 */
async function playInHindsight(env: AnyHealingEnv, index: number): Promise<PlayedIncident> {
  let [, info] = (await env.reset({ seed: index, options: { index } })) as [Float32Array, HealingInfo];
  const believed = mostLikelyCondition(env.incident.belief);
  const metaPrompts: string[] = [];
  let course = '';
  for (;;) {
    const action = await bestNow(env, info.actionMask);
    [, , , , info] = (await env.step(action)) as unknown as [never, never, never, never, HealingInfo];
    metaPrompts.push(info.turn!.metaPrompt);
    course += turnLetter(info.turn!);
    if (info.result) return { result: info.result, believed, metaPrompts, course };
  }
}

/** The action to take now for the best return, the first of equals. Leaves the environment as it was. */
async function bestNow(env: AnyHealingEnv, mask: Uint8Array): Promise<number> {
  const state = env.getState();
  let best = { action: 0, value: Number.NEGATIVE_INFINITY };
  for (const action of mask.keys()) {
    const value = await playedOut(env, action, mask);
    if (value > best.value) best = { action, value };
    env.setState(state);
  }
  return firstOr(best.action, mask);
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
