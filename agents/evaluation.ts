import { type EnvLike, flattenObservation, layoutOf } from './common/environment.js';
import type { Policy } from './types.js';

export interface EvaluationOptions {
  /** Default 10. */
  readonly episodes?: number;
  /** Episode i is seeded with seed + i; without a seed the environment's stream goes on. */
  readonly seed?: number;
  /** Default true. */
  readonly deterministic?: boolean;
}

export interface EvaluationResult {
  /** Undiscounted returns, one an episode. */
  readonly returns: readonly number[];
  readonly lengths: readonly number[];
  readonly mean: number;
  /** Standard deviation of the returns (of the population). */
  readonly deviation: number;
}

/**
 * Plays whole episodes with a policy; nothing learns, and normalisation statistics stand still.
 * The environment's masks are honoured.
 */
export async function evaluatePolicy(
  policy: Policy<unknown>,
  env: EnvLike,
  { episodes = 10, seed, deterministic = true }: EvaluationOptions = {},
): Promise<EvaluationResult> {
  const { observationSize } = layoutOf(env.observationSpace, env.actionSpace);
  const flat = new Float32Array(observationSize);
  const returns: number[] = [];
  const lengths: number[] = [];
  for (let episode = 0; episode < episodes; episode++) {
    policy.resetEpisode?.();
    let [observation, info] = await env.reset(seed === undefined ? {} : { seed: seed + episode });
    let total = 0;
    for (let length = 1; ; length++) {
      flattenObservation(observation, observationSize, flat, 0);
      const actionMask = info.actionMask as Uint8Array | undefined;
      const step = await env.step(policy.predict(flat, { actionMask, deterministic }));
      [observation, , , , info] = step;
      total += step[1];
      if (!step[2] && !step[3]) continue;
      returns.push(total);
      lengths.push(length);
      break;
    }
  }
  const mean = returns.reduce((sum, value) => sum + value, 0) / episodes;
  const variance = returns.reduce((sum, value) => sum + (value - mean) ** 2, 0) / episodes;
  return { returns, lengths, mean, deviation: Math.sqrt(variance) };
}
