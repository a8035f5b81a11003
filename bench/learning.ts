/**
 * What the agents learn on classic control with the hyperparameters of CleanRL and rl-zoo, over at least ten seeds, beside
 * their published results.
 *
 *     npx tsx --conditions=source bench/learning.ts [--json FILE] [--only NAME] [--seeds 10] [--share 1]
 *
 * `last100`: mean return of the last 100 training episodes (what CleanRL reports); `greedy`: mean of 20 greedy episodes
 * after training. Interquartile means over seeds with 95 % bootstrap intervals (2,000 resamples, fixed seed). `--share`
 * below 1 shortens training for a quick look; `--only` takes the cases whose name contains it.
 */
import { defaultRng, make } from 'gymnasium-js';
import { type Agent, DQN, DQN_CLEANRL, evaluatePolicy, PPO, PPO_CLEANRL } from '../agents/index.js';
import { options, writeRows } from './agents-support/peer.js';

const given = options(['only', 'seeds', 'share']);
const seeds = Number(given.seeds ?? 10);
const share = Number(given.share ?? 1);

interface Case {
  readonly name: string;
  readonly env: string;
  readonly envs: number;
  readonly steps: number;
  readonly agent: (envs: ReturnType<typeof make>[], seed: number) => Agent;
  /** As published, and for which of our two figures. */
  readonly published: string;
}

const cleanrlPpo: Case['agent'] = (envs, seed) => new PPO('mlp', envs, { ...PPO_CLEANRL, seed });
const cleanrlDqn: Case['agent'] = (envs, seed) =>
  new DQN({ hidden: [120, 84] }, envs, { ...DQN_CLEANRL, seed });

const CASES: readonly Case[] = [
  {
    ...{ name: 'PPO CartPole-v1, CleanRL', env: 'CartPole-v1', envs: 4, steps: 500_000, agent: cleanrlPpo },
    published: 'CleanRL, last100: 490.0 ± 6.1',
  },
  {
    ...{ name: 'PPO Acrobot-v1, CleanRL', env: 'Acrobot-v1', envs: 4, steps: 500_000, agent: cleanrlPpo },
    published: 'CleanRL, last100: -86.4 ± 1.3',
  },
  {
    ...{ name: 'DQN CartPole-v1, CleanRL', env: 'CartPole-v1', envs: 1, steps: 500_000, agent: cleanrlDqn },
    published: 'CleanRL, last100: 488.7 ± 16.1',
  },
  {
    ...{ name: 'DQN Acrobot-v1, CleanRL', env: 'Acrobot-v1', envs: 1, steps: 500_000, agent: cleanrlDqn },
    published: 'CleanRL, last100: -91.5 ± 7.2',
  },
  {
    ...{ name: 'PPO CartPole-v1, rl-zoo', env: 'CartPole-v1', envs: 8, steps: 100_000 },
    agent: (envs, seed) =>
      new PPO('mlp', envs, {
        ...{ nSteps: 32, batchSize: 256, gaeLambda: 0.8, gamma: 0.98, nEpochs: 20, seed },
        ...{ learningRate: { from: 1e-3, to: 0 }, clipRange: { from: 0.2, to: 0 } },
      }),
    published: 'rl-zoo, greedy, one run: 500 ± 0',
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
    published: 'rl-zoo, greedy, one run: -100.8 ± 9.9',
  },
];

/** Mean of the middle half. */
function interquartileMean(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const cut = Math.floor(sorted.length / 4);
  const middle = sorted.slice(cut, sorted.length - cut);
  return middle.reduce((sum, value) => sum + value, 0) / middle.length;
}

function summarize(values: readonly number[]) {
  const rng = defaultRng(20_240);
  const resampled = Array.from({ length: 2_000 }, () =>
    interquartileMean(values.map(() => values[rng.integers(values.length)]!)),
  ).sort((a, b) => a - b);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  return { iqm: interquartileMean(values), ciLow: resampled[50]!, ciHigh: resampled[1949]!, mean, deviation };
}

async function run({ env, envs, steps, agent: create }: Case, seed: number) {
  const agent = create(
    Array.from({ length: envs }, () => make(env)),
    seed,
  );
  const returns: number[] = [];
  await agent.learn(Math.round(steps * share), {
    callbacks: { onLog: (row) => row.kind === 'episode' && returns.push(row.return) },
  });
  const last = returns.slice(-100);
  const last100 = last.reduce((sum, value) => sum + value, 0) / last.length;
  const greedy = (await evaluatePolicy(agent, make(env), { episodes: 20, seed: 10_000 })).mean;
  return { last100, greedy };
}

const rows: unknown[] = [];
for (const one of CASES.filter(({ name }) => name.includes(given.only ?? ''))) {
  const results: Awaited<ReturnType<typeof run>>[] = [];
  for (let seed = 1; seed <= seeds; seed++) results.push(await run(one, seed));
  const row = {
    ...{ name: one.name, steps: Math.round(one.steps * share), seeds, published: one.published },
    last100: summarize(results.map(({ last100 }) => last100)),
    greedy: summarize(results.map(({ greedy }) => greedy)),
  };
  rows.push(row);
  writeRows(given.json, rows);
  const text = ({ iqm, ciLow, ciHigh, mean, deviation }: ReturnType<typeof summarize>) =>
    `IQM ${iqm.toFixed(1)} [${ciLow.toFixed(1)}, ${ciHigh.toFixed(1)}], mean ${mean.toFixed(1)} ± ${deviation.toFixed(1)}`;
  console.log(`${one.name}: last100 ${text(row.last100)}; greedy ${text(row.greedy)} (${one.published})`);
}
