import type { Variant } from '../config/variants.js';
import { playIncidents } from './evaluate.js';
import { isAgent, makePolicy } from './policies.js';
import { isReference } from './reference-kinds.js';
import { playReference } from './references.js';
import { makeWorld, streamOf, testWorlds } from './worlds.js';

/** Incidents played to see what one costs, after some that only warm the process up: the first ones cost ten times as much. */
const PROBES = 20;
const WARM_UP = 20;

/** Price of a model, as `synthesizer.price` gives it. */
interface Price {
  readonly inputPerMillion: number;
  readonly outputPerMillion: number;
}

/** What one seed-run of a variant probably costs. */
export interface Cost {
  readonly trainingCalls: number;
  /** Training and testing. */
  readonly llmCalls: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** In the currency of the config's price; null where no price is given or nothing is paid. */
  readonly money: number | null;
  /** Of computing, without waiting for a real model. */
  readonly seconds: number;
}

/**
 * Plays a few test-like incidents of the `select` partition with the untrained policy and scales up. A real model is never asked: the
 * surrogate stands in for it, whose prompts have the same length and whose completions are about as long.
 */
export async function estimate({ config }: Variant): Promise<Cost> {
  const world = testWorlds({ ...config, synthesizer: standIn(config.synthesizer) }, 'select')[0]!;
  const kind = String(config.policy.kind);
  const policy = isReference(kind) ? null : await makePolicy(config, () => makeWorld(world), 0);
  const play = (n: number) => (policy ? playIncidents(policy, world, n) : playReference(kind, world, n));
  await play(WARM_UP);
  const startedAt = performance.now();
  const played = await play(PROBES);
  const secondsEach = (performance.now() - startedAt) / 1000 / PROBES;
  const each = (value: (one: (typeof played)[number]) => number): number =>
    played.reduce((sum, one) => sum + value(one), 0) / PROBES;
  const callsEach = each(({ result }) => result.llmCalls);
  const writtenEach = each(({ completionTokens = 0 }) => completionTokens);
  const readEach = each(({ result }) => result.tokens) - writtenEach;
  const incidents = testIncidents(config);
  const trains = policy && isAgent(policy) && config.stream !== 'from-scratch';
  const trainingCalls = trains ? config.train.llmCalls : 0;
  const all = incidents + trainingCalls / Math.max(1, callsEach);
  const tokens = { promptTokens: all * readEach, completionTokens: all * writtenEach };
  return {
    trainingCalls,
    llmCalls: trainingCalls + incidents * callsEach,
    ...tokens,
    money: moneyOf(config.synthesizer, tokens),
    seconds: all * secondsEach,
  };
}

function testIncidents(config: Variant['config']): number {
  const stream = streamOf(config);
  if (stream) return stream.reduce((sum, { incidents }) => sum + incidents, 0);
  return config.evaluate.incidents * testWorlds(config).length;
}

type Synthesizer = Variant['config']['synthesizer'];

/** Kinds that ask a real model. */
const REAL = ['openai', 'llama', 'record'];

/** The synthesizer with the surrogate in a real model's place. */
function standIn(synthesizer: Synthesizer): Synthesizer {
  if (REAL.includes(String(synthesizer.kind))) return { kind: 'surrogate', profile: 'mid' };
  return synthesizer.of ? { ...synthesizer, of: standIn(synthesizer.of as Synthesizer) } : synthesizer;
}

function moneyOf(
  synthesizer: Synthesizer,
  { promptTokens, completionTokens }: Pick<Cost, 'promptTokens' | 'completionTokens'>,
): number | null {
  const model = (synthesizer.of ?? synthesizer) as Synthesizer;
  const price = model.price as Price | undefined;
  if (!price) return null;
  return (promptTokens * price.inputPerMillion + completionTokens * price.outputPerMillion) / 1e6;
}
