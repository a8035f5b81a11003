import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultRng } from 'gymnasium-js';
import { createNetwork, exportLayersModel, loadTensorFlow, type Network, type NetworkSpec } from 'nn-engines';
import { describe, expect, it } from 'vitest';
import { doubles, referenceForward } from './reference.js';

/** A random small network, its batch and the gradients of a random loss. */
function randomCase(seed: number) {
  const rng = defaultRng(seed);
  const width = () => 1 + rng.integers(40);
  const heads = Array.from({ length: 1 + rng.integers(3) }, (_, h) => ({
    name: `head${h}`,
    size: 1 + rng.integers(9),
  }));
  const spec: NetworkSpec = {
    inputs: width(),
    hidden: Array.from({ length: rng.integers(3) }, width),
    activation: (['tanh', 'relu', 'linear'] as const)[rng.integers(3)]!,
    trunks: rng.random() < 0.5 ? 'shared' : 'separate',
    initialization: rng.random() < 0.5 ? 'orthogonal' : 'kaiming-uniform',
    optimizer: rng.random() < 0.5 ? { kind: 'adam', epsilon: 1e-5 } : { kind: 'rmsprop', epsilon: 1e-5 },
    heads,
  };
  const rows = 1 + rng.integers(70);
  const normals = (n: number) => Float32Array.from({ length: n }, () => rng.standardNormal());
  const batches = [0, 1, 2].map(() => ({
    batch: normals(rows * spec.inputs),
    gradients: heads.map((head) => normals(rows * head.size).map((x) => x / rows)),
  }));
  return { spec, batches };
}

function expectClose(found: ArrayLike<number>, expected: ArrayLike<number>): void {
  expect(found.length).toBe(expected.length);
  let worst = 0;
  for (let i = 0; i < found.length; i++)
    worst = Math.max(worst, Math.abs(found[i]! - expected[i]!) / Math.max(1, Math.abs(expected[i]!)));
  expect(worst).toBeLessThanOrEqual(1e-5);
}

/**
 * Scales a batch until no hidden unit is within 1e-5 of zero. At the kink of relu the gradient jumps, and which side a sum
 * of exactly zero but for rounding falls on is up to the order of additions.
 */
function keepFromKinks(spec: NetworkSpec, network: Network, batch: Float32Array): void {
  for (;;) {
    let smallest = Number.POSITIVE_INFINITY;
    referenceForward(spec, doubles(network.getState()), batch, (sum) => {
      smallest = Math.min(smallest, Math.abs(sum));
    });
    if (smallest > 1e-5) return;
    for (let i = 0; i < batch.length; i++) batch[i]! *= 1.01;
  }
}

describe.each(['wasm-relaxed', 'tensorflow'] as const)('engines wasm and %s agree within 1e-5', (engine) => {
  it.each(Array.from({ length: 12 }, (_, seed) => seed))('on random network %i', async (seed) => {
    const { spec, batches } = randomCase(seed);
    const one = await createNetwork(spec, defaultRng(seed), 'wasm');
    const other = await createNetwork(spec, defaultRng(seed), engine);
    expect(other.getState().tensors).toEqual(one.getState().tensors);
    for (const { batch, gradients } of batches) {
      if (spec.activation === 'relu') keepFromKinks(spec, one, batch);
      const pairs = [one, other].map((network) => {
        const outputs = network.forward(batch, { train: true }).map((output) => output.slice());
        network.backward(gradients);
        const slopes = network.getGradients();
        const norm = network.step(0.01, 0.5);
        return { outputs, slopes, norm };
      });
      for (const [h, output] of pairs[1]!.outputs.entries()) expectClose(output, pairs[0]!.outputs[h]!);
      for (const [t, { data }] of pairs[1]!.slopes.entries()) expectClose(data, pairs[0]!.slopes[t]!.data);
      expectClose([pairs[1]!.norm], [pairs[0]!.norm]);
      // One step at a time: rounding would be amplified by the optimiser's division over several.
      other.setState(one.getState());
    }
    other.dispose();
  });
});

describe('the tensorflow engine', () => {
  it('frees every tensor it makes', async () => {
    const tf = await loadTensorFlow();
    const before = tf.memory().numTensors;
    const { spec, batches } = randomCase(3);
    const network = await createNetwork(spec, defaultRng(1), 'tensorflow');
    const counts: number[] = [];
    for (let round = 0; round < 4; round++) {
      const { batch, gradients } = batches[round % 3]!;
      network.forward(batch, { train: true });
      network.forward(batch);
      network.backward(gradients);
      network.step(0.01, 1);
      counts.push(tf.memory().numTensors);
    }
    expect(new Set(counts).size).toBe(1);
    network.copyFrom(network, 0.5);
    network.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('an exported LayersModel', () => {
  it.each(['shared', 'separate'] as const)('gives the same outputs (%s trunks)', async (trunks) => {
    const spec: NetworkSpec = {
      ...{ inputs: 5, hidden: [16, 9], activation: 'tanh', trunks },
      heads: [
        { name: 'policy', size: 7 },
        { name: 'value', size: 1 },
      ],
    };
    const network: Network = await createNetwork(spec, defaultRng(2));
    const directory = await mkdtemp(join(tmpdir(), 'nn-'));
    await exportLayersModel(network.getState(), directory);
    const tf = await loadTensorFlow();
    const json = JSON.parse(await readFile(join(directory, 'model.json'), 'utf8'));
    const weights = await readFile(join(directory, json.weightsManifest[0].paths[0]));
    await rm(directory, { recursive: true });
    const model = await tf.loadLayersModel(
      tf.io.fromMemory({
        modelTopology: json.modelTopology,
        weightSpecs: json.weightsManifest[0].weights,
        weightData: new Uint8Array(weights).buffer,
      }),
    );
    const batch = Float32Array.from({ length: 15 }, (_, i) => Math.sin(i));
    const found = model.predict(tf.tensor(batch, [3, 5])) as { dataSync(): Float32Array }[];
    const expected = network.forward(batch);
    expect(found).toHaveLength(2);
    for (const [h, output] of found.entries()) expectClose(output.dataSync(), expected[h]!);
  });
});
