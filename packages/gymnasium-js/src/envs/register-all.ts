/** Registers the environments of this package; imported for its effect. */

import type { AnyEnv, Metadata } from '../core/env.js';
import { CartPoleEnv } from './classic-control/cartpole.js';
import { register } from './registration/registry.js';
import type { EntryPoint, Kwargs } from './registration/spec.js';

interface EnvClass<Options> {
  new (options?: Options): unknown;
  readonly metadata: Metadata;
}

/** An entry point that constructs a class with the keyword arguments and carries its metadata. */
export function entry<Options>(EnvType: EnvClass<Options>): EntryPoint {
  const create = (kwargs: Kwargs): AnyEnv => new EnvType(kwargs as Options) as AnyEnv;
  return Object.assign(create, { metadata: EnvType.metadata });
}

register({ id: 'CartPole-v0', entryPoint: entry(CartPoleEnv), maxEpisodeSteps: 200, rewardThreshold: 195 });
register({ id: 'CartPole-v1', entryPoint: entry(CartPoleEnv), maxEpisodeSteps: 500, rewardThreshold: 475 });
