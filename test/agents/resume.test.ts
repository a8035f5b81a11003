import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deserialize } from 'node:v8';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readCheckpoint } from '../../agents/common/checkpoint.js';
import { createPolicy, evaluatePolicy, loadPolicy, PPO } from '../../agents/index.js';
import { IdentityEnv } from './envs.js';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'agents-'));
});
afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

const envs = () => [new IdentityEnv(4, { invalid: 1 }), new IdentityEnv(4, { invalid: 1 })];

const CASES: [string, Record<string, unknown>][] = [
  ['ppo', { nSteps: 40, batchSize: 32, nEpochs: 2, learningRate: { from: 1e-2, to: 0 } }],
  ['ppo', { nSteps: 40, nEpochs: 2, normalizeObservations: true, normalizeRewards: true }],
  ['dqn', { learningStarts: 20, targetUpdateInterval: 50, learningRate: 1e-3 }],
  [
    'dqn',
    {
      ...{
        learningStarts: 20,
        nStep: 3,
        prioritizedAlpha: 0.5,
        double: true,
        dueling: true,
        bufferSize: 150,
      },
      ...{ normalizeObservations: true, normalizeRewards: true },
    },
  ],
  ['a2c', { nSteps: 7, learningRate: { from: 1e-2, to: 1e-3 } }],
  ['a2c', { useRmsProp: false, normalizeObservations: true }],
  ['reinforce', { episodesPerUpdate: 2, normalizeRewards: true }],
  ['sac', { learningStarts: 20, normalizeRewards: true }],
  ['linucb', {}],
  ['thompson', { scope: 'step' }],
  ['epsilon-greedy', { scope: 'step', normalizeObservations: true }],
  ['best-fixed', {}],
  ['factored-thompson', { lambda: 0.5 }],
];

describe('training killed and resumed', () => {
  it.each(CASES)('equals training never interrupted, bit for bit: %s %o', async (kind, options) => {
    const total = 600;
    const straight = createPolicy(kind, envs(), { seed: 3, ...options }) as PPO;
    await straight.learn(total);

    const killed = createPolicy(kind, envs(), { seed: 3, ...options }) as PPO;
    // In the middle of a rollout; what is learned after the checkpoint is lost with the process.
    await killed.learn(total, {
      callbacks: {
        async onStep({ agent, timesteps }) {
          if (timesteps === 230) await agent.save(directory);
          return timesteps < 300;
        },
      },
    });
    const resumed = (await loadPolicy(directory, envs())) as PPO;
    expect(resumed.numTimesteps).toBe(230);
    await resumed.learn(total, { resume: true });
    expect(resumed.parameters()).toEqual(straight.parameters());
    await straight.save(join(directory, 'a'));
    await resumed.save(join(directory, 'b'));
    const read = async (name: string) => {
      const { meta, arrays } = await readCheckpoint(join(directory, name));
      // Saved environments are equal in meaning, not always in bytes: typed arrays are serialised with their alignment.
      const { environments, ...rest } = arrays;
      return { meta, rest, environments: deserialize(environments as Uint8Array) as unknown };
    };
    expect(await read('b')).toEqual(await read('a'));
  });
});

describe('a checkpoint', () => {
  const agent = () =>
    new PPO('mlp', new IdentityEnv(4), { seed: 1, nSteps: 32, nEpochs: 1, normalizeObservations: true });

  it('predicts without an environment as it did before', async () => {
    const trained = await agent().learn(64);
    await trained.save(directory);
    const loaded = await PPO.load(directory);
    for (let state = 0; state < 4; state++) {
      const observation = new Float32Array(4);
      observation[state] = 1;
      expect(loaded.value(observation)).toBe(trained.value(observation));
      expect(loaded.predict(observation)).toBe(trained.predict(observation));
    }
    await expect(loaded.learn(10)).rejects.toThrow(
      'ppo has no environment to learn in: give one to the constructor, load or setEnv',
    );
  });

  it('holds the normalisation, which stands still in evaluation', async () => {
    const trained = await agent().learn(64);
    await trained.save(directory);
    const before = (await readCheckpoint(directory)).arrays['normalizer/observations'];
    const loaded = await PPO.load(directory);
    const { mean } = await evaluatePolicy(loaded, new IdentityEnv(4), { seed: 5 });
    await loaded.save(directory);
    expect((await readCheckpoint(directory)).arrays['normalizer/observations']).toEqual(before);
    expect((await evaluatePolicy(trained, new IdentityEnv(4), { seed: 5 })).mean).toBe(mean);
  });

  it('is replaced whole: no other files stay behind', async () => {
    const trained = await agent().learn(64);
    await trained.save(directory);
    await trained.learn(128);
    await trained.save(directory);
    const files = await readdir(directory);
    expect(files).toHaveLength(2);
    expect((await PPO.load(directory)).parameters()).toEqual(trained.parameters());
  });

  it('survives a save that died before its last step', async () => {
    const trained = await agent().learn(64);
    await trained.save(directory);
    await writeFile(join(directory, 'arrays-0123456789abcdef.bin'), 'half of somethi');
    await writeFile(join(directory, 'agent.json.tmp-99'), '{"format": 1, "ki');
    expect((await PPO.load(directory)).parameters()).toEqual(trained.parameters());
    await trained.save(directory);
    expect(await readdir(directory)).toHaveLength(2);
  });

  it('that is missing, damaged or of another kind says so', async () => {
    await expect(PPO.load(directory)).rejects.toThrow(
      `no checkpoint in ${directory}: expected a file agent.json`,
    );
    const dqn = createPolicy('dqn', new IdentityEnv(4)) as unknown as PPO;
    await dqn.save(directory);
    await expect(PPO.load(directory)).rejects.toThrow(
      `the checkpoint in ${directory} is of kind "dqn", expected "ppo"`,
    );
    const name = (await readdir(directory)).find((file) => file.endsWith('.bin'))!;
    const bytes = await readFile(join(directory, name));
    bytes[3]! ^= 1;
    await writeFile(join(directory, name), bytes);
    await expect(loadPolicy(directory)).rejects.toThrow(
      `the checkpoint in ${directory} is damaged: ${name} does not match its checksum`,
    );
  });

  it('does not fit an environment of other spaces', async () => {
    await agent().save(directory);
    await expect(PPO.load(directory, new IdentityEnv(5))).rejects.toThrow(
      'expected an environment of 4 observations and Discrete(4), found 5 observations and Discrete(5)',
    );
  });
});
