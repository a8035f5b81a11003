/** Types of this package's environments by id, for `make`. */
import type { Env } from '../core/env.js';

declare module './registration/make.js' {
  interface EnvTypes {
    'CartPole-v0': Env<Float32Array, number>;
    'CartPole-v1': Env<Float32Array, number>;
  }
}
