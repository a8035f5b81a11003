/** The shared list of environments that drives the parametrised tests. */
import { type AnyEnv, make, registry } from 'gymnasium-js';

export const envIds = [
  'CartPole-v0',
  'CartPole-v1',
  'MountainCar-v0',
  'MountainCarContinuous-v0',
  'Acrobot-v1',
  'Pendulum-v1',
  'FrozenLake-v1',
  'FrozenLake8x8-v1',
  'CliffWalking-v1',
  'CliffWalkingSlippery-v1',
  'Taxi-v4',
  'Blackjack-v1',
] as const;

export function makeAny(id: string, options: Record<string, unknown> = {}): AnyEnv {
  return make(id, options) as AnyEnv;
}

/** Ids of this package that the list above must name. */
export function registered(): string[] {
  return [...registry.keys()].filter((id) => !id.includes('/'));
}
