/** Registers the environments of this package; imported for its effect. */

import type { AnyEnv, Metadata } from '../core/env.js';
import type { AnyVectorEnv } from '../vector/vector-env.js';
import {
  AcrobotEnv,
  AcrobotVectorEnv,
  CartPoleEnv,
  CartPoleVectorEnv,
  ContinuousMountainCarEnv,
  ContinuousMountainCarVectorEnv,
  MountainCarEnv,
  MountainCarVectorEnv,
  PendulumEnv,
  PendulumVectorEnv,
} from './classic-control/index.js';
import { register } from './registration/registry.js';
import type { EntryPoint, Kwargs, VectorEntryPoint } from './registration/spec.js';
import { BlackjackEnv, CliffWalkingEnv, FrozenLakeEnv, TaxiEnv } from './toy-text/index.js';

interface EnvClass<Options> {
  new (options?: Options): unknown;
  readonly metadata: Metadata;
}

/** A vector entry point that constructs a natively batched class. */
function batched<Options>(
  VectorType: new (numEnvs?: number, options?: Options) => unknown,
): VectorEntryPoint {
  return (numEnvs, kwargs) => new VectorType(numEnvs, kwargs as Options) as AnyVectorEnv;
}

/** An entry point that constructs a class with the keyword arguments and carries its metadata. */
export function entry<Options>(EnvType: EnvClass<Options>): EntryPoint {
  const create = (kwargs: Kwargs): AnyEnv => new EnvType(kwargs as Options) as AnyEnv;
  return Object.assign(create, { metadata: EnvType.metadata });
}

register({
  id: 'CartPole-v0',
  entryPoint: entry(CartPoleEnv),
  vectorEntryPoint: batched(CartPoleVectorEnv),
  maxEpisodeSteps: 200,
  rewardThreshold: 195,
});
register({
  id: 'CartPole-v1',
  entryPoint: entry(CartPoleEnv),
  vectorEntryPoint: batched(CartPoleVectorEnv),
  maxEpisodeSteps: 500,
  rewardThreshold: 475,
});
register({
  id: 'MountainCar-v0',
  entryPoint: entry(MountainCarEnv),
  vectorEntryPoint: batched(MountainCarVectorEnv),
  maxEpisodeSteps: 200,
  rewardThreshold: -110,
});
register({
  id: 'MountainCarContinuous-v0',
  entryPoint: entry(ContinuousMountainCarEnv),
  vectorEntryPoint: batched(ContinuousMountainCarVectorEnv),
  maxEpisodeSteps: 999,
  rewardThreshold: 90,
});
register({
  id: 'Pendulum-v1',
  entryPoint: entry(PendulumEnv),
  vectorEntryPoint: batched(PendulumVectorEnv),
  maxEpisodeSteps: 200,
});
register({
  id: 'Acrobot-v1',
  entryPoint: entry(AcrobotEnv),
  vectorEntryPoint: batched(AcrobotVectorEnv),
  maxEpisodeSteps: 500,
  rewardThreshold: -100,
});
register({ id: 'Blackjack-v1', entryPoint: entry(BlackjackEnv), kwargs: { sab: true, natural: false } });
register({
  id: 'FrozenLake-v1',
  entryPoint: entry(FrozenLakeEnv),
  kwargs: { mapName: '4x4' },
  maxEpisodeSteps: 100,
  rewardThreshold: 0.7,
});
register({
  id: 'FrozenLake8x8-v1',
  entryPoint: entry(FrozenLakeEnv),
  kwargs: { mapName: '8x8' },
  maxEpisodeSteps: 200,
  rewardThreshold: 0.85,
});
register({ id: 'CliffWalking-v1', entryPoint: entry(CliffWalkingEnv) });
register({ id: 'CliffWalkingSlippery-v1', entryPoint: entry(CliffWalkingEnv), kwargs: { isSlippery: true } });
register({ id: 'Taxi-v4', entryPoint: entry(TaxiEnv), maxEpisodeSteps: 200, rewardThreshold: 8 });
