/** Wrappers that apply a function to each reward. */
import type { Env } from '../core/env.js';
import type { Mode } from '../core/mode.js';
import { RewardWrapper } from '../core/wrapper.js';
import { InvalidBound } from '../error.js';

/** Applies `func` to each reward. */
export class TransformReward<Obs, Act, M extends Mode = 'sync'> extends RewardWrapper<Obs, Act, M> {
  readonly func: (reward: number) => number;

  constructor(
    env: Env<Obs, Act, M>,
    func: (reward: number) => number,
    savedArgs: Readonly<Record<string, unknown>> | null = null,
  ) {
    super(env, savedArgs);
    this.func = func;
  }

  override reward(reward: number): number {
    return this.func(reward);
  }
}

export interface ClipRewardOptions {
  readonly minReward?: number | null;
  readonly maxReward?: number | null;
}

/** The function that clips rewards. @throws InvalidBound when there is no bound or they are swapped */
export function rewardClipper({
  minReward = null,
  maxReward = null,
}: ClipRewardOptions): (reward: number) => number {
  if (minReward === null && maxReward === null) {
    throw new InvalidBound('Both `minReward` and `maxReward` cannot be null');
  }
  const low = minReward ?? Number.NEGATIVE_INFINITY;
  const high = maxReward ?? Number.POSITIVE_INFINITY;
  if (high < low) {
    throw new InvalidBound(`Min reward (${minReward}) must be smaller than max reward (${maxReward})`);
  }
  return (reward) => Math.min(Math.max(reward, low), high);
}

/** Rewards clipped to an interval. @throws InvalidBound when there is no bound or they are swapped */
export class ClipReward<Obs, Act, M extends Mode = 'sync'> extends TransformReward<Obs, Act, M> {
  constructor(env: Env<Obs, Act, M>, options: ClipRewardOptions) {
    super(env, rewardClipper(options), { ...options });
  }
}
