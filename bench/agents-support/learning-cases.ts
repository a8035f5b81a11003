import type { make } from 'gymnasium-js';
import {
  A2C,
  type A2COptions,
  type Agent,
  DiscreteSAC,
  DQN,
  DQN_CLEANRL,
  type DQNOptions,
  PPO,
  PPO_CLEANRL,
  type PPOOptions,
  Reinforce,
} from '../../agents/index.js';

type Envs = ReturnType<typeof make>[];

/** A published result: of which of the two figures, its mean and its deviation. */
export interface Published {
  readonly by: 'CleanRL' | 'rl-zoo';
  readonly figure: 'last100' | 'greedy';
  readonly mean: number;
  readonly deviation: number;
}

/** One training of bench/learning.ts. */
export interface LearningCase {
  readonly name: string;
  readonly env: string;
  readonly envs: number;
  readonly steps: number;
  readonly agent: (envs: Envs, seed: number) => Agent;
  /** The arguments with which bench/peers/sb3.py trains Stable-Baselines3 alike. */
  readonly sb3?: (steps: number, seed: number, episodes: number) => string[];
  /** null where neither CleanRL nor rl-zoo has the algorithm for such an environment. */
  readonly published: Published | null;
}

/** docs.cleanrl.dev: three seeds, 500k steps, mean and deviation over seeds of the last 100 episodes. */
function cleanrl(env: string, envs: number, name: 'PPO' | 'DQN', mean: number, deviation: number) {
  return {
    ...{ name: `${name} ${env}, CleanRL`, env, envs, steps: 500_000 },
    agent: (batch: Envs, seed: number) =>
      name === 'PPO'
        ? new PPO('mlp', batch, { ...PPO_CLEANRL, seed })
        : new DQN({ hidden: [120, 84] }, batch, { ...DQN_CLEANRL, seed }),
    published: { by: 'CleanRL', figure: 'last100', mean, deviation },
  } as const satisfies LearningCase;
}

/**
 * rl-zoo's benchmark.md: one greedy evaluation (about 150k steps) of one trained agent; the deviation is over its episodes.
 * The hyperparameters are those it was made with.
 */
const zoo = (mean: number, deviation: number): Published => ({
  by: 'rl-zoo',
  figure: 'greedy',
  mean,
  deviation,
});

/** Our names are those of Stable-Baselines3 in camel case, but for VecNormalize, which is a wrapper there. */
function sb3Arguments(kind: string, env: string, envs: number, options: object, policy: object) {
  const { normalizeObservations, ...own } = options as { readonly normalizeObservations?: boolean };
  const snake = ([name, value]: [string, unknown]) =>
    name === 'normalizeRewards' ? [] : [[name.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`), value]];
  const all = { ...Object.fromEntries(Object.entries(own).flatMap(snake)), ...policy };
  return (steps: number, seed: number, episodes: number): string[] => [
    ...[kind, String(steps), String(seed), JSON.stringify(all), env, String(envs), String(episodes)],
    ...(normalizeObservations ? ['normalize'] : []),
  ];
}

const ZOO_HIDDEN = [256, 256];

function zooDqn(
  env: string,
  steps: number,
  published: Published,
  options: Partial<DQNOptions>,
): LearningCase {
  return {
    ...{ name: `DQN ${env}, rl-zoo`, env, envs: 1, steps, published },
    agent: (envs, seed) => new DQN({ hidden: ZOO_HIDDEN }, envs, { ...options, seed }),
    sb3: sb3Arguments('dqn', env, 1, options, { policy_kwargs: { net_arch: ZOO_HIDDEN } }),
  };
}

function zooPpo(
  env: string,
  envs: number,
  steps: number,
  published: Published,
  options: Partial<PPOOptions>,
): LearningCase {
  return {
    ...{ name: `PPO ${env}, rl-zoo`, env, envs, steps, published },
    agent: (batch, seed) => new PPO('mlp', batch, { ...options, seed }),
    // A schedule is a Python function there; those cases have no peer.
    ...(typeof options.learningRate !== 'object' && { sb3: sb3Arguments('ppo', env, envs, options, {}) }),
  };
}

function zooA2c(
  env: string,
  envs: number,
  steps: number,
  published: Published,
  options: Partial<A2COptions>,
): LearningCase {
  return {
    ...{ name: `A2C ${env}, rl-zoo`, env, envs, steps, published },
    agent: (batch, seed) => new A2C('mlp', batch, { ...options, seed }),
    sb3: sb3Arguments('a2c', env, envs, options, {}),
  };
}

/** rl-zoo's `normalize: true`. */
const NORMALIZE = { normalizeObservations: true, normalizeRewards: true } as const;

export const CASES: readonly LearningCase[] = [
  cleanrl('CartPole-v1', 1, 'DQN', 488.7, 16.1),
  cleanrl('Acrobot-v1', 1, 'DQN', -91.5, 7.2),
  zooDqn('CartPole-v1', 50_000, zoo(500, 0), {
    ...{ learningRate: 2.3e-3, batchSize: 64, bufferSize: 100_000, learningStarts: 1_000, gamma: 0.99 },
    ...{ targetUpdateInterval: 10, trainFreq: 256, gradientSteps: 128 },
    ...{ explorationFraction: 0.16, explorationFinalEps: 0.04 },
  }),
  zooDqn('MountainCar-v0', 120_000, zoo(-100.8, 9.9), {
    ...{ learningRate: 4e-3, batchSize: 128, bufferSize: 10_000, learningStarts: 1_000, gamma: 0.98 },
    ...{ targetUpdateInterval: 600, trainFreq: 16, gradientSteps: 8 },
    ...{ explorationFraction: 0.2, explorationFinalEps: 0.07 },
  }),
  cleanrl('CartPole-v1', 4, 'PPO', 490.0, 6.1),
  cleanrl('Acrobot-v1', 4, 'PPO', -86.4, 1.3),
  zooPpo('CartPole-v1', 8, 100_000, zoo(500, 0), {
    ...{ nSteps: 32, batchSize: 256, gaeLambda: 0.8, gamma: 0.98, nEpochs: 20 },
    ...{ learningRate: { from: 1e-3, to: 0 }, clipRange: { from: 0.2, to: 0 } },
  }),
  zooPpo('MountainCar-v0', 16, 1_000_000, zoo(-110.4, 19.5), {
    ...NORMALIZE,
    ...{ nSteps: 16, gaeLambda: 0.98, gamma: 0.99, nEpochs: 4 },
  }),
  zooPpo('Acrobot-v1', 16, 1_000_000, zoo(-73.5, 18.2), {
    ...NORMALIZE,
    ...{ nSteps: 256, gaeLambda: 0.94, gamma: 0.99, nEpochs: 4 },
  }),
  zooA2c('CartPole-v1', 8, 500_000, zoo(500, 0), {}),
  zooA2c('Acrobot-v1', 16, 500_000, zoo(-83.4, 17.2), NORMALIZE),
  zooA2c('MountainCar-v0', 16, 1_000_000, zoo(-111.3, 24.1), NORMALIZE),
  zooDqn('Acrobot-v1', 100_000, zoo(-76.6, 11.8), {
    ...{ learningRate: 6.3e-4, batchSize: 128, bufferSize: 50_000, learningStarts: 0, gamma: 0.99 },
    ...{ targetUpdateInterval: 250, trainFreq: 4, gradientSteps: -1 },
    ...{ explorationFraction: 0.12, explorationFinalEps: 0.1 },
  }),
  {
    ...{ name: 'REINFORCE CartPole-v1', env: 'CartPole-v1', envs: 1, steps: 50_000, published: null },
    agent: (envs, seed) => new Reinforce('mlp', envs, { learningRate: 5e-3, seed }),
  },
  {
    ...{ name: 'Discrete SAC CartPole-v1', env: 'CartPole-v1', envs: 1, steps: 20_000, published: null },
    agent: (envs, seed) => new DiscreteSAC('mlp', envs, { learningRate: 1e-3, seed }),
  },
];
