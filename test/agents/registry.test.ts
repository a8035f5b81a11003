import { describe, expect, it } from 'vitest';
import {
  createPolicy,
  FixedPolicy,
  type LogRow,
  PPO,
  policyKinds,
  RandomPolicy,
  registerPolicy,
  type StepContext,
} from '../../agents/index.js';
import { IdentityEnv, IdentityMultiEnv } from './envs.js';

describe('createPolicy', () => {
  it('takes the options of a config, those of the network among them', async () => {
    const agent = createPolicy('ppo', new IdentityEnv(4), {
      learningRate: 1e-3,
      hidden: [8],
      trunks: 'shared',
    }) as PPO;
    await agent.initialize();
    expect(agent.options.learningRate).toBe(1e-3);
    expect(agent.parameters().actorCritic!.map(({ name }) => name)).toEqual([
      'trunk/0/kernel',
      'trunk/0/bias',
      'heads/policy/kernel',
      'heads/policy/bias',
      'heads/value/kernel',
      'heads/value/bias',
    ]);
  });

  it.each([
    ['pop', {}, 'there is no policy kind "pop"; did you mean "ppo"?'],
    ['ppo', { learningrate: 1 }, 'ppo has no option "learningrate"; did you mean "learningRate"?'],
    ['ppo', { hiden: [1] }, 'ppo has no option "hiden"; did you mean "seed"?'],
    ['ppo', { nSteps: 0.5 }, 'option "nSteps" of ppo must be a whole number of at least 1, found 0.5'],
    ['ppo', { gamma: 2 }, 'option "gamma" of ppo must be a number from 0 to 1, found 2'],
    [
      'ppo',
      { clipRangeVf: 'no' },
      'option "clipRangeVf" of ppo must be a number of at least 0 or {from, to}, or null, found no',
    ],
    [
      'dqn',
      { gradientSteps: -2 },
      'option "gradientSteps" of dqn must be a whole number of at least 1, or -1, found -2',
    ],
    [
      'dqn',
      { activation: 'gelu' },
      'option "activation" of the network of dqn must be one of tanh, relu, linear, found gelu',
    ],
    ['random', { epsilon: 1 }, 'random has no option "epsilon"; did you mean "engine"?'],
    ['fixed', { action: 4 }, 'option "action" of fixed must be a whole number from 0 to 3, found 4'],
  ])('says what is wrong with %s %o', (kind, options, message) => {
    expect(() => createPolicy(kind, new IdentityEnv(4), options)).toThrow(message);
  });

  it('refuses spaces that a kind cannot use', () => {
    for (const kind of ['dqn', 'fixed', 'best-fixed'])
      expect(() => createPolicy(kind, new IdentityMultiEnv(3))).toThrow(
        `${kind} needs a Discrete action space, found MultiDiscrete`,
      );
  });

  it('takes kinds of one’s own', () => {
    registerPolicy('last', { create: () => ({ predict: (observation) => observation.length - 1 }) });
    expect(policyKinds()).toContain('last');
    expect(createPolicy('last', new IdentityEnv(4)).predict(new Float32Array(4))).toBe(3);
    expect(() => registerPolicy('last', { create: () => new FixedPolicy(new IdentityEnv(2)) })).toThrow(
      'a policy kind "last" is registered already',
    );
  });
});

describe('simple policies', () => {
  const observation = new Float32Array(4);

  it('random is uniform among the valid actions', () => {
    const policy = new RandomPolicy(new IdentityEnv(4), { seed: 1 });
    const counts = [0, 0, 0, 0];
    for (let k = 0; k < 9000; k++)
      counts[policy.predict(observation, { actionMask: Uint8Array.of(1, 0, 1, 1) })]!++;
    expect(counts[1]).toBe(0);
    for (const j of [0, 2, 3]) expect(counts[j]! / 9000).toBeCloseTo(1 / 3, 1);
  });

  it('random draws every component of its own', () => {
    const policy = new RandomPolicy<Int32Array>(new IdentityMultiEnv(2), { seed: 1 });
    const counts = [0, 0, 0, 0];
    for (let k = 0; k < 4000; k++) {
      const [a, b] = policy.predict(observation);
      counts[2 * a! + b!]!++;
    }
    for (const count of counts) expect(count / 4000).toBeCloseTo(1 / 4, 1);
    expect(policy.predict(observation, { actionMask: Uint8Array.of(0, 1, 1, 0) })).toEqual(
      Int32Array.of(1, 0),
    );
  });

  it('fixed takes its action or, where it is invalid, the first valid one', () => {
    const policy = new FixedPolicy(new IdentityEnv(4), { action: 2 });
    expect(policy.predict(observation)).toBe(2);
    expect(policy.predict(observation, { actionMask: Uint8Array.of(0, 1, 0, 1) })).toBe(1);
    expect(() => policy.predict(observation, { actionMask: new Uint8Array(4) })).toThrow(
      'an action mask of 4 actions allows none',
    );
  });
});

describe('callbacks', () => {
  it('see infos, get rows, and stop training with false', async () => {
    const rows: LogRow[] = [];
    const fractions: number[] = [];
    let calls = 0;
    const agent = new PPO('mlp', [new IdentityEnv(3), new IdentityEnv(3)], {
      nSteps: 50,
      nEpochs: 1,
      seed: 1,
    });
    await agent.learn(1000, {
      progress: (fraction) => fractions.push(fraction),
      callbacks: [
        { onLog: (row) => rows.push(row) },
        {
          onStep({ infos }: StepContext) {
            for (const info of infos) calls += info.llmCalls as number;
            return calls < 1000;
          },
        },
      ],
    });
    expect(calls).toBe(1000);
    expect(agent.numTimesteps).toBe(500);
    expect(fractions.at(-1)).toBe(0.5);
    const episodes = rows.filter((row) => row.kind === 'episode');
    expect(episodes.map((row) => [row.timesteps, row.environment, row.length, row.terminated])).toEqual([
      [200, 0, 100, false],
      [200, 1, 100, false],
      [400, 0, 100, false],
      [400, 1, 100, false],
    ]);
    const updates = rows.filter((row) => row.kind === 'update');
    expect(updates.map((row) => [row.timesteps, row.updates])).toEqual(
      [1, 2, 3, 4, 5].map((k) => [100 * k, k]),
    );
    for (const row of updates) {
      expect(row.actionHistogram.reduce((a, b) => a + b, 0)).toBe(100);
      for (const name of [
        'policyLoss',
        'valueLoss',
        'entropy',
        'approxKl',
        'clipFraction',
        'explainedVariance',
        'gradientNorm',
      ])
        expect(Number.isFinite(row.metrics[name])).toBe(true);
      expect(row.metrics.entropy).toBeLessThanOrEqual(Math.log(3) + 1e-9);
    }
  });

  it('are warned when the policy collapses onto one action', async () => {
    const rows: LogRow[] = [];
    const mask = Uint8Array.of(0, 1, 0);
    class OneWay extends IdentityEnv {
      override reset() {
        const [observation] = super.reset();
        return [observation, { actionMask: mask }] as [Float32Array, { actionMask: Uint8Array }];
      }
      override step(action: number) {
        const result = super.step(action);
        result[4] = { actionMask: mask };
        return result;
      }
    }
    const agent = new PPO('mlp', new OneWay(3), { nSteps: 100, nEpochs: 1 });
    await agent.learn(1000, { callbacks: { onLog: (row) => rows.push(row) } });
    const warnings = rows.filter((row) => row.kind === 'warning');
    expect(warnings).toHaveLength(1);
    expect(warnings[0]!.timesteps).toBe(500);
    expect(warnings[0]!.message).toMatch(
      /^the policy has collapsed: action 1 was taken in at least 99 % of steps/,
    );
  });

  it('learn up to the timestep asked for, the last rollout cut short', async () => {
    const agent = new PPO('mlp', new IdentityEnv(3), { nSteps: 64, nEpochs: 1 });
    await agent.learn(100);
    expect(agent.numTimesteps).toBe(100);
    expect(agent.updates).toBe(2);
  });
});
