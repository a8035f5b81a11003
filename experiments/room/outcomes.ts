import type { HealingInfo } from '../../envs/healing/index.js';
import { loadMetaPrompts, type MetaPrompt } from '../../envs/synthesis/index.js';
import { mostLikelyCondition } from '../runner/evaluate.js';
import { type AnyHealingEnv, makeWorld, type World } from '../runner/worlds.js';

/** A rule without learning: one meta-prompt as long as no rejected plan awaits repair, another when one does. */
export interface Rule {
  readonly first: number;
  readonly afterRejection: number;
}

/** What a rule came to on one incident. */
export interface Outcome {
  readonly return: number;
  readonly mttr: number;
  readonly violations: number;
}

/** One incident played with every rule. */
export interface IncidentOutcomes {
  readonly faultType: string;
  /** The condition that the belief held most likely at detection. */
  readonly believed: string;
  /** One a rule, in the order of the rules. */
  readonly outcomes: readonly Outcome[];
}

/**
 * Rules over a catalogue: every meta-prompt that may open an incident, followed after a rejection by itself or by any that
 * uses feedback.
 */
export function rulesOf(metaPrompts: readonly MetaPrompt[]): Rule[] {
  const indices = metaPrompts.map((_, i) => i);
  const repairing = indices.filter((i) => metaPrompts[i]!.feedback !== 'none');
  const opening = indices.filter((i) => metaPrompts[i]!.feedback === 'none');
  return opening.flatMap((first) =>
    [first, ...repairing].map((afterRejection) => ({ first, afterRejection })),
  );
}

/** The catalogue of a world's environment. */
export function catalogueOf({ options }: World): readonly MetaPrompt[] {
  return loadMetaPrompts(options.metaPrompts);
}

/**
 * Plays incidents 0 to n − 1 with every rule. Rules that open alike share the course up to the first rejection, from whose
 * saved state each goes on: same cloud, same noise.
 */
export async function playRules(
  world: World,
  rules: readonly Rule[],
  n: number,
  onIncident: (played: number) => void,
): Promise<IncidentOutcomes[]> {
  const env = makeWorld(world);
  const played: IncidentOutcomes[] = [];
  for (let index = 0; index < n; index++) {
    played.push(await playIncident(env, rules, index));
    onIncident(index + 1);
  }
  return played;
}

async function playIncident(
  env: AnyHealingEnv,
  rules: readonly Rule[],
  index: number,
): Promise<IncidentOutcomes> {
  const outcomes: Outcome[] = new Array(rules.length);
  let believed = '';
  let faultType = '';
  for (const first of new Set(rules.map((rule) => rule.first))) {
    const [, info] = await env.reset({ seed: index, options: { index } });
    believed = mostLikelyCondition(env.incident.belief);
    faultType = (info as HealingInfo).truth.faultType;
    const opened = await playWhile(env, () => !env.incident.hasFeedback, first);
    const state = opened ? null : env.getState();
    for (const [r, rule] of rules.entries()) {
      if (rule.first !== first) continue;
      if (state !== null) env.setState(state);
      outcomes[r] = opened ?? (await playOn(env, rule));
    }
  }
  return { faultType, believed, outcomes };
}

/** Plays one meta-prompt while a condition holds; the outcome if the incident ends before. */
async function playWhile(env: AnyHealingEnv, goOn: () => boolean, action: number): Promise<Outcome | null> {
  while (goOn()) {
    const outcome = await play(env, action);
    if (outcome) return outcome;
  }
  return null;
}

async function playOn(env: AnyHealingEnv, { first, afterRejection }: Rule): Promise<Outcome> {
  for (;;) {
    const outcome = await play(env, env.incident.hasFeedback ? afterRejection : first);
    if (outcome) return outcome;
  }
}

async function play(env: AnyHealingEnv, action: number): Promise<Outcome | null> {
  const [, , , , info] = await env.step(action);
  return outcomeOf(info);
}

/** What an incident came to, null before its end. */
export function outcomeOf({ result }: HealingInfo): Outcome | null {
  return result ? { return: result.episodeReturn, mttr: result.mttr, violations: result.violations } : null;
}
