import type { make } from 'gymnasium-js';
import { A2C, type Agent, DQN, DQN_CLEANRL, PPO, PPO_CLEANRL } from '../../agents/index.js';

type Envs = ReturnType<typeof make>[];

/** One training of bench/learning.ts. */
export interface LearningCase {
  readonly name: string;
  readonly env: string;
  readonly envs: number;
  readonly steps: number;
  readonly agent: (envs: Envs, seed: number) => Agent;
  /** As published, and for which of the two figures. */
  readonly published: string;
}

const cleanrlPpo: LearningCase['agent'] = (envs, seed) => new PPO('mlp', envs, { ...PPO_CLEANRL, seed });
const cleanrlDqn: LearningCase['agent'] = (envs, seed) =>
  new DQN({ hidden: [120, 84] }, envs, { ...DQN_CLEANRL, seed });
/** rl-zoo's `normalize: true`: VecNormalize of observations and rewards. */
const NORMALIZE = { normalizeObservations: true, normalizeRewards: true } as const;

/**
 * CleanRL's results: the tables of docs.cleanrl.dev (three seeds, 500k steps, mean and deviation of the last 100 episodes).
 * rl-zoo's: its benchmark.md (one run, greedy, about 150k steps of evaluation) with the hyperparameters it was made with.
 */
export const CASES: readonly LearningCase[] = [
  {
    ...{ name: 'DQN CartPole-v1, CleanRL', env: 'CartPole-v1', envs: 1, steps: 500_000, agent: cleanrlDqn },
    published: 'CleanRL, last100: 488.7 ± 16.1',
  },
  {
    ...{ name: 'DQN Acrobot-v1, CleanRL', env: 'Acrobot-v1', envs: 1, steps: 500_000, agent: cleanrlDqn },
    published: 'CleanRL, last100: -91.5 ± 7.2',
  },
  {
    ...{ name: 'DQN CartPole-v1, rl-zoo', env: 'CartPole-v1', envs: 1, steps: 50_000 },
    agent: (envs, seed) =>
      new DQN({ hidden: [256, 256] }, envs, {
        ...{
          learningRate: 2.3e-3,
          batchSize: 64,
          bufferSize: 100_000,
          learningStarts: 1_000,
          gamma: 0.99,
          seed,
        },
        ...{ targetUpdateInterval: 10, trainFreq: 256, gradientSteps: 128 },
        ...{ explorationFraction: 0.16, explorationFinalEps: 0.04 },
      }),
    published: 'rl-zoo, greedy: 500 ± 0',
  },
  {
    ...{ name: 'DQN MountainCar-v0, rl-zoo', env: 'MountainCar-v0', envs: 1, steps: 120_000 },
    agent: (envs, seed) =>
      new DQN({ hidden: [256, 256] }, envs, {
        ...{
          learningRate: 4e-3,
          batchSize: 128,
          bufferSize: 10_000,
          learningStarts: 1_000,
          gamma: 0.98,
          seed,
        },
        ...{ targetUpdateInterval: 600, trainFreq: 16, gradientSteps: 8 },
        ...{ explorationFraction: 0.2, explorationFinalEps: 0.07 },
      }),
    published: 'rl-zoo, greedy: -100.8 ± 9.9',
  },
  {
    ...{ name: 'PPO CartPole-v1, CleanRL', env: 'CartPole-v1', envs: 4, steps: 500_000, agent: cleanrlPpo },
    published: 'CleanRL, last100: 490.0 ± 6.1',
  },
  {
    ...{ name: 'PPO Acrobot-v1, CleanRL', env: 'Acrobot-v1', envs: 4, steps: 500_000, agent: cleanrlPpo },
    published: 'CleanRL, last100: -86.4 ± 1.3',
  },
  {
    ...{ name: 'PPO CartPole-v1, rl-zoo', env: 'CartPole-v1', envs: 8, steps: 100_000 },
    agent: (envs, seed) =>
      new PPO('mlp', envs, {
        ...{ nSteps: 32, batchSize: 256, gaeLambda: 0.8, gamma: 0.98, nEpochs: 20, seed },
        ...{ learningRate: { from: 1e-3, to: 0 }, clipRange: { from: 0.2, to: 0 } },
      }),
    published: 'rl-zoo, greedy: 500 ± 0',
  },
  {
    ...{ name: 'PPO MountainCar-v0, rl-zoo', env: 'MountainCar-v0', envs: 16, steps: 1_000_000 },
    agent: (envs, seed) =>
      new PPO('mlp', envs, { ...NORMALIZE, nSteps: 16, gaeLambda: 0.98, gamma: 0.99, nEpochs: 4, seed }),
    published: 'rl-zoo, greedy: -110.4 ± 19.5',
  },
  {
    ...{ name: 'PPO Acrobot-v1, rl-zoo', env: 'Acrobot-v1', envs: 16, steps: 1_000_000 },
    agent: (envs, seed) =>
      new PPO('mlp', envs, { ...NORMALIZE, nSteps: 256, gaeLambda: 0.94, gamma: 0.99, nEpochs: 4, seed }),
    published: 'rl-zoo, greedy: -73.5 ± 18.2',
  },
  {
    ...{ name: 'A2C CartPole-v1, rl-zoo', env: 'CartPole-v1', envs: 8, steps: 500_000 },
    agent: (envs, seed) => new A2C('mlp', envs, { seed }),
    published: 'rl-zoo, greedy: 500 ± 0',
  },
  {
    ...{ name: 'A2C Acrobot-v1, rl-zoo', env: 'Acrobot-v1', envs: 16, steps: 500_000 },
    agent: (envs, seed) => new A2C('mlp', envs, { ...NORMALIZE, seed }),
    published: 'rl-zoo, greedy: -83.4 ± 17.2',
  },
  {
    ...{ name: 'A2C MountainCar-v0, rl-zoo', env: 'MountainCar-v0', envs: 16, steps: 1_000_000 },
    agent: (envs, seed) => new A2C('mlp', envs, { ...NORMALIZE, seed }),
    published: 'rl-zoo, greedy: -111.3 ± 24.1',
  },
  {
    ...{ name: 'DQN Acrobot-v1, rl-zoo', env: 'Acrobot-v1', envs: 1, steps: 100_000 },
    agent: (envs, seed) =>
      new DQN({ hidden: [256, 256] }, envs, {
        ...{ learningRate: 6.3e-4, batchSize: 128, bufferSize: 50_000, learningStarts: 0, gamma: 0.99, seed },
        ...{ targetUpdateInterval: 250, trainFreq: 4, gradientSteps: -1 },
        ...{ explorationFraction: 0.12, explorationFinalEps: 0.1 },
      }),
    published: 'rl-zoo, greedy: -76.6 ± 11.8',
  },
];
