export { AcrobotEnv, type AcrobotOptions } from './acrobot.js';
export { CartPoleEnv, type CartPoleOptions } from './cartpole.js';
export { CartPoleVectorEnv, type CartPoleVectorOptions } from './cartpole-vector.js';
export { ContinuousMountainCarEnv } from './continuous-mountain-car.js';
export { MountainCarEnv, type MountainCarOptions } from './mountain-car.js';
export { MountainCarVectorEnv, type MountainCarVectorOptions } from './mountain-car-vector.js';
export { PendulumEnv, type PendulumOptions } from './pendulum.js';
export { PendulumVectorEnv, type PendulumVectorOptions } from './pendulum-vector.js';
