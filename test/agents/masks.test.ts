import type { Network } from 'nn-engines';
import { describe, expect, it } from 'vitest';
import { A2C, DiscreteSAC, DQN, PPO, Reinforce } from '../../agents/index.js';
import { BaitEnv, EndlessEnv } from './envs.js';

const LINEAR = { hidden: [] };
const COMMON = { gamma: 0.5, learningRate: 2e-2, learningStarts: 50, trainFreq: 1, seed: 2 };
const { START, MASKED } = BaitEnv;

/** SAC keeps its critics to itself. */
const criticsOf = (agent: DiscreteSAC) =>
  (agent as unknown as { readonly networks: Readonly<Record<string, Network>> }).networks;

describe('the mask of the next state counts in the targets of', () => {
  it.each([
    ['DQN', {}],
    ['double DQN', { double: true }],
    ['dueling DQN', { dueling: true }],
    ['DQN with prioritised replay', { prioritizedAlpha: 0.6 }],
  ])('%s', async (_, form) => {
    const options = { ...COMMON, ...form, targetUpdateInterval: 20, explorationFinalEps: 1 };
    const agent = await new DQN(LINEAR, new BaitEnv(), options).learn(6000);
    // The bait works: without the mask the target of START would be 0.5 times this.
    expect(agent.qValues(MASKED)[0]!).toBeGreaterThan(4);
    expect(agent.qValues(MASKED)[1]!).toBeCloseTo(1, 0);
    for (const q of agent.qValues(START)) expect(Math.abs(q - 0.5)).toBeLessThan(0.25);
  });

  it('discrete SAC', async () => {
    const agent = await new DiscreteSAC(LINEAR, new BaitEnv(), { ...COMMON, entCoef: 0.1, tau: 0.1 }).learn(
      6000,
    );
    for (const name of ['critic1', 'critic2']) {
      const q = (observation: Float32Array) => criticsOf(agent)[name]!.forward(observation)[0]!.slice();
      expect(q(MASKED)[0]!).toBeGreaterThan(4);
      for (const value of q(START)) expect(Math.abs(value - 0.5)).toBeLessThan(0.25);
    }
  });

  it.each([
    ['PPO', () => new PPO(LINEAR, new BaitEnv(), { gamma: 0.5, nSteps: 128, learningRate: 1e-2, seed: 2 })],
    ['A2C', () => new A2C(LINEAR, new BaitEnv(), { gamma: 0.5, nSteps: 8, learningRate: 1e-2, seed: 2 })],
    [
      'REINFORCE',
      () =>
        new Reinforce(LINEAR, new BaitEnv(), { gamma: 0.5, learningRate: 1e-2, maxGradNorm: 10, seed: 2 }),
    ],
  ])('%s: a value is of the policy, which never takes what is invalid', async (_, make) => {
    const agent = await make().learn(8000);
    expect(Math.abs(agent.value(START) - 0.5)).toBeLessThan(0.25);
  });
});

describe('an endless reward of 1 is worth 1 / (1 - gamma) when truncated to', () => {
  it.each([
    ['A2C', () => new A2C('mlp', new EndlessEnv(), { gamma: 0.8, learningRate: 5e-3, maxGradNorm: 100 })],
    [
      'REINFORCE',
      () => new Reinforce('mlp', new EndlessEnv(), { gamma: 0.8, learningRate: 1e-2, maxGradNorm: 100 }),
    ],
  ])('%s', async (_, make) => {
    const agent = await make().learn(4000);
    expect(agent.value(Float32Array.of(1))).toBeCloseTo(5, 0);
  });

  it('discrete SAC', async () => {
    const options = { gamma: 0.8, learningRate: 1e-2, tau: 0.1, entCoef: 0, seed: 1 };
    const agent = await new DiscreteSAC('mlp', new EndlessEnv(), options).learn(2500);
    for (const q of criticsOf(agent).critic1!.forward(Float32Array.of(1))[0]!) expect(q).toBeCloseTo(5, 0);
  });
});
