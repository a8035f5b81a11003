import type { Variant } from '../config/variants.js';
import { playIncidents } from './evaluate.js';
import { isAgent, makePolicy } from './policies.js';
import { isReference, playReference } from './references.js';
import { makeWorld, testWorlds } from './worlds.js';

/** Incidents played to see what one costs. */
const PROBES = 5;

/** What one seed-run of a variant probably costs. */
export interface Cost {
  readonly trainingCalls: number;
  /** Training and testing. */
  readonly llmCalls: number;
  /** Of computing. */
  readonly seconds: number;
}

/** Plays a few test-like incidents of the `select` partition with the untrained policy and scales up. */
export async function estimate({ config }: Variant): Promise<Cost> {
  const world = testWorlds(config, 'select')[0]!;
  const kind = String(config.policy.kind);
  const policy = isReference(kind) ? null : await makePolicy(config, () => makeWorld(world), 0);
  const startedAt = performance.now();
  const played = policy
    ? await playIncidents(policy, world, PROBES)
    : await playReference(kind, world, PROBES);
  const secondsEach = (performance.now() - startedAt) / 1000 / PROBES;
  const callsEach = played.reduce((sum, { result }) => sum + result.llmCalls, 0) / PROBES;
  const incidents = config.evaluate.incidents * testWorlds(config).length;
  const trainingCalls = policy && isAgent(policy) ? config.train.llmCalls : 0;
  const trainingIncidents = trainingCalls / Math.max(1, callsEach);
  return {
    trainingCalls,
    llmCalls: trainingCalls + incidents * callsEach,
    seconds: (incidents + trainingIncidents) * secondsEach,
  };
}
