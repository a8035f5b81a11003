export { AcrobotEnv, type AcrobotOptions } from './acrobot.js';
export { CartPoleEnv, type CartPoleOptions } from './cartpole.js';
export { ContinuousMountainCarEnv } from './continuous-mountain-car.js';
export { MountainCarEnv, type MountainCarOptions } from './mountain-car.js';
export { PendulumEnv, type PendulumOptions } from './pendulum.js';
