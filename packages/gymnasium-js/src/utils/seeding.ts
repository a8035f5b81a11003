import { GymnasiumError } from '../error.js';
import { defaultRng, freshEntropy, type Generator } from '../random/index.js';

/**
 * A generator and the seed that made it: Gymnasium's `seeding.np_random`.
 *
 * @throws GymnasiumError when the seed is negative or no safe integer
 */
export function npRandom(seed?: number | bigint | null): [generator: Generator, seed: number | bigint] {
  if (seed === undefined || seed === null) {
    const entropy = freshEntropy();
    return [defaultRng(entropy), entropy];
  }
  if (typeof seed !== 'bigint' && !Number.isSafeInteger(seed)) {
    throw new GymnasiumError(`Seed must be a safe integer or a bigint, actual value: ${String(seed)}`);
  }
  if (seed < 0) throw new GymnasiumError(`Seed must be greater or equal to zero, actual value: ${seed}`);
  return [defaultRng(seed), seed];
}
