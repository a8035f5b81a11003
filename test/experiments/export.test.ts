import { mkdtempSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadTensorFlow } from 'nn-engines';
import { describe, expect, it } from 'vitest';
import { BestFixed, PPO } from '../../agents/index.js';
import { pase } from './helpers/small-run.js';

const folder = mkdtempSync(join(tmpdir(), 'pase-export-'));
const spaces = { observationSize: 3, nvec: [4], discrete: true };

async function load(directory: string) {
  const tf = await loadTensorFlow();
  const json = JSON.parse(await readFile(join(directory, 'model.json'), 'utf8'));
  const [{ paths, weights }] = json.weightsManifest;
  const bytes = await readFile(join(directory, paths[0]));
  const model = await tf.loadLayersModel(
    tf.io.fromMemory({
      modelTopology: json.modelTopology,
      weightSpecs: weights,
      weightData: new Uint8Array(bytes).buffer,
    }),
  );
  return (observation: Float32Array) => {
    const outputs = model.predict(tf.tensor(observation, [1, observation.length]));
    return (outputs as { dataSync(): Float32Array }[]).map((output) => output.dataSync());
  };
}

describe('pase export', () => {
  it('writes a LayersModel with the logits of the checkpoint, from its folder or its seed-run', async () => {
    const agent = new PPO('mlp', spaces, { seed: 4 });
    await agent.save(join(folder, 'seed-0', 'checkpoint'));
    const out = join(folder, 'model');
    const first = await pase(['export', 'seed-0', '--format', 'tfjs-layers', '--out', out], folder);
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(first.stdout).toBe('wrote model/model.json\n');
    const second = await pase(['export', join('seed-0', 'checkpoint')], folder);
    expect(second.stdout).toBe('wrote seed-0/checkpoint-tfjs-layers/model.json\n');
    for (const directory of [out, join(folder, 'seed-0', 'checkpoint-tfjs-layers')]) {
      const predict = await load(directory);
      for (const observation of [Float32Array.of(1, 0, 0), Float32Array.of(0.3, -2, 1)]) {
        const expected = agent.logits(observation);
        const [logits] = predict(observation);
        expect(logits).toHaveLength(4);
        for (const [j, logit] of expected.entries()) expect(logits![j]!).toBeCloseTo(logit, 5);
      }
    }
  });

  it('refuses what it cannot export with one line and code 2', async () => {
    const refused = async (...args: string[]) => {
      const { code, stdout, stderr } = await pase(['export', ...args], folder);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      return stderr;
    };
    expect(await refused('nowhere')).toBe(
      'pase: nowhere: expected a checkpoint or the folder of a seed-run, found no agent.json in it\n',
    );
    expect(await refused('nowhere', '--format', 'tfjs-layer')).toBe(
      'pase: --format: expected a format, one of tfjs-layers, found "tfjs-layer"; did you mean "tfjs-layers"?\n',
    );
    await new BestFixed(spaces).save(join(folder, 'arm'));
    expect(await refused('arm')).toBe('pase: arm: agents of kind "best-fixed" have no network to export\n');
    await writeFile(join(folder, 'arm', 'agent.json'), '{');
    expect(await refused('arm')).toMatch(
      /^pase: arm: the checkpoint in .* is damaged: agent.json is not JSON\n$/,
    );
  });
});
