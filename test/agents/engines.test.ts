import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadTensorFlow } from 'nn-engines';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BestFixed, DQN, evaluatePolicy, exportCheckpoint, PPO } from '../../agents/index.js';
import { IdentityEnv } from './envs.js';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'agents-'));
});
afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

describe('engines', () => {
  it.each(['wasm-relaxed', 'tensorflow'] as const)('PPO learns on %s', async (engine) => {
    const options = { engine, nSteps: 128, nEpochs: 5, learningRate: 5e-3, gamma: 0, seed: 1 };
    const agent = await new PPO({ hidden: [16] }, new IdentityEnv(3), options).learn(1200);
    expect(
      (await evaluatePolicy(agent, new IdentityEnv(3), { seed: 9, episodes: 3 })).mean,
    ).toBeGreaterThanOrEqual(90);
  });

  it('checkpoints move from wasm to tensorflow and back', async () => {
    const options = { learningStarts: 20, learningRate: 1e-3, seed: 2 };
    const first = await new DQN('mlp', new IdentityEnv(3), options).learn(200);
    await first.save(directory);
    const second = await DQN.load(directory, new IdentityEnv(3), { engine: 'tensorflow' });
    expect(second.parameters()).toEqual(first.parameters());
    const observation = Float32Array.of(0, 1, 0);
    for (const [action, q] of second.qValues(observation).entries())
      expect(q).toBeCloseTo(first.qValues(observation)[action]!, 5);
    await first.learn(260, { resume: true });
    await second.learn(260, { resume: true });
    await second.save(directory);
    const third = await DQN.load(directory, undefined, { engine: 'wasm' });
    for (const [action, q] of third.qValues(observation).entries())
      expect(q).toBeCloseTo(first.qValues(observation)[action]!, 3);
  });
});

describe('an exported checkpoint', () => {
  it('gives the agent’s own logits and values, its normalisation included', async () => {
    const agent = new PPO('mlp', new IdentityEnv(3), { nSteps: 64, normalizeObservations: true, seed: 1 });
    await agent.learn(256);
    await agent.save(join(directory, 'checkpoint'));
    await exportCheckpoint(join(directory, 'checkpoint'), join(directory, 'model'));
    const tf = await loadTensorFlow();
    const json = JSON.parse(await readFile(join(directory, 'model', 'model.json'), 'utf8'));
    const weights = await readFile(join(directory, 'model', 'weights.bin'));
    const artifacts = { modelTopology: json.modelTopology, weightSpecs: json.weightsManifest[0].weights };
    const model = await tf.loadLayersModel(
      tf.io.fromMemory({ ...artifacts, weightData: new Uint8Array(weights).buffer }),
    );
    for (let state = 0; state < 3; state++) {
      const observation = new Float32Array(3);
      observation[state] = 1;
      const [logits, value] = model.predict(tf.tensor(observation, [1, 3])) as { dataSync(): Float32Array }[];
      expect(value!.dataSync()[0]!).toBeCloseTo(agent.value(observation), 4);
      const found = logits!.dataSync();
      expect(found.indexOf(Math.max(...found))).toBe(agent.predict(observation, { deterministic: true }));
      for (const [j, logit] of agent.logits(observation).entries()) expect(found[j]!).toBeCloseTo(logit, 4);
    }
  });

  it('needs a network', async () => {
    await new BestFixed(new IdentityEnv(3)).save(directory);
    await expect(exportCheckpoint(directory, join(directory, 'model'))).rejects.toThrow(
      'agents of kind "best-fixed" have no network to export',
    );
  });
});
