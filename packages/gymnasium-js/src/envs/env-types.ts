/** Types of this package's environments by id, for `make`. */
import type { Env } from '../core/env.js';
import type { BlackjackObservation } from './toy-text/blackjack.js';

declare module './registration/make.js' {
  interface EnvTypes {
    'CartPole-v0': Env<Float32Array, number>;
    'CartPole-v1': Env<Float32Array, number>;
    'MountainCar-v0': Env<Float32Array, number>;
    'MountainCarContinuous-v0': Env<Float32Array, Float32Array>;
    'Pendulum-v1': Env<Float32Array, Float32Array>;
    'Acrobot-v1': Env<Float32Array, number>;
    'Blackjack-v1': Env<BlackjackObservation, number>;
    'FrozenLake-v1': Env<number, number>;
    'FrozenLake8x8-v1': Env<number, number>;
    'CliffWalking-v1': Env<number, number>;
    'CliffWalkingSlippery-v1': Env<number, number>;
    'Taxi-v4': Env<number, number>;
  }
}
