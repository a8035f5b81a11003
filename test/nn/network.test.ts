import { defaultRng } from 'gymnasium-js';
import { createNetwork, type EngineName, type NetworkSpec } from 'nn-engines';
import { describe, expect, it } from 'vitest';
import { doubles, referenceForward, testLoss, testLossGradient } from './reference.js';

const SPECS: Record<string, NetworkSpec> = {
  'shared tanh': {
    inputs: 5,
    hidden: [16, 12],
    activation: 'tanh',
    heads: [
      { name: 'policy', size: 7, gain: 0.5 },
      { name: 'value', size: 1 },
    ],
  },
  'separate tanh': {
    inputs: 4,
    hidden: [9],
    activation: 'tanh',
    trunks: 'separate',
    heads: [
      { name: 'policy', size: 2, hidden: [11, 6] },
      { name: 'value', size: 1 },
    ],
  },
  'relu, kaiming': {
    inputs: 3,
    hidden: [33, 10],
    activation: 'relu',
    initialization: 'kaiming-uniform',
    heads: [{ name: 'q', size: 36 }],
  },
  'no hidden layer': { inputs: 6, hidden: [], activation: 'tanh', heads: [{ name: 'q', size: 3 }] },
};

function normals(count: number, seed: number): Float32Array {
  const rng = defaultRng(seed);
  return Float32Array.from({ length: count }, () => rng.standardNormal());
}

const engines: EngineName[] = ['wasm', 'wasm-relaxed', 'tensorflow'];

describe.each(engines)('engine %s', (engine) => {
  describe.each(Object.entries(SPECS))('%s', (_, spec) => {
    it.each([1, 3, 4, 13])('computes the outputs of the reference for %i rows', async (rows) => {
      const network = await createNetwork(spec, defaultRng(1), engine);
      const batch = normals(rows * spec.inputs, 2);
      const expected = referenceForward(spec, doubles(network.getState()), batch);
      const outputs = network.forward(batch);
      for (const [h, output] of outputs.entries())
        for (const [i, y] of output.entries()) expect(y).toBeCloseTo(expected[h]![i]!, 5);
    });

    it('has the gradients of central finite differences in float64', async () => {
      const network = await createNetwork(spec, defaultRng(3), engine);
      const rows = 7;
      const batch = normals(rows * spec.inputs, 4);
      const weights = spec.heads.map((head, h) => normals(rows * head.size, 10 + h));
      const outputs = network.forward(batch, { train: true });
      network.backward(testLossGradient(outputs, weights));
      const tensors = doubles(network.getState());
      const rng = defaultRng(5);
      for (const [t, gradient] of network.getGradients().entries()) {
        for (let trial = 0; trial < 12; trial++) {
          const i = rng.integers(tensors[t]!.length);
          const value = tensors[t]![i]!;
          const step = 1e-6;
          tensors[t]![i] = value + step;
          const above = testLoss(referenceForward(spec, tensors, batch), weights);
          tensors[t]![i] = value - step;
          const below = testLoss(referenceForward(spec, tensors, batch), weights);
          tensors[t]![i] = value;
          const expected = (above - below) / (2 * step);
          expect(Math.abs(gradient.data[i]! - expected)).toBeLessThan(2e-5 * Math.max(1, Math.abs(expected)));
        }
      }
    });

    if (engine === 'tensorflow') return; // its kernels choose their order of additions by the batch

    it('gives a row the same bits in any batch', async () => {
      const network = await createNetwork(spec, defaultRng(6), engine);
      const batch = normals(9 * spec.inputs, 7);
      const whole = network.forward(batch).map((output) => output.slice());
      for (let row = 0; row < 9; row++) {
        const alone = network.forward(batch.slice(row * spec.inputs, (row + 1) * spec.inputs));
        for (const [h, head] of spec.heads.entries())
          expect(alone[h]!).toEqual(whole[h]!.slice(row * head.size, (row + 1) * head.size));
      }
    });
  });

  it('keeps the activations of the training forward apart from acting', async () => {
    const spec = SPECS['shared tanh']!;
    const network = await createNetwork(spec, defaultRng(8), engine);
    const batch = normals(4 * spec.inputs, 9);
    const weights = spec.heads.map((head) => new Float32Array(4 * head.size));
    const gradient = testLossGradient(network.forward(batch, { train: true }), weights);
    network.backward(gradient);
    const expected = network.getGradients();
    network.forward(batch, { train: true });
    network.forward(normals(2 * spec.inputs, 10));
    network.backward(gradient);
    expect(network.getGradients()).toEqual(expected);
  });

  it('continues from a saved state bit for bit', async () => {
    const spec = SPECS['separate tanh']!;
    const network = await createNetwork(spec, defaultRng(11), engine);
    const other = await createNetwork(spec, defaultRng(12), engine);
    const train = (net: typeof network, seed: number) => {
      const outputs = net.forward(normals(5 * spec.inputs, seed), { train: true });
      net.backward(outputs.map((output) => output.slice()));
      net.step(0.01, 0.5);
    };
    train(network, 1);
    other.setState(network.getState());
    train(network, 2);
    train(other, 2);
    expect(other.getState()).toEqual(network.getState());
  });
});

describe('a network', () => {
  const spec = SPECS['shared tanh']!;

  it('moves towards the other network by tau', async () => {
    const target = await createNetwork(spec, defaultRng(1));
    const source = await createNetwork(spec, defaultRng(2));
    const before = target.getState().tensors[0]!.data;
    target.copyFrom(source, 0.25);
    const expected = before.map((p, i) => 0.75 * p + 0.25 * source.getState().tensors[0]!.data[i]!);
    for (const [i, p] of target.getState().tensors[0]!.data.entries()) expect(p).toBeCloseTo(expected[i]!, 6);
    target.copyFrom(source);
    expect(target.getState().tensors).toEqual(source.getState().tensors);
  });

  it('starts orthogonal: kernel columns have the norm of the gain and are at right angles', async () => {
    const network = await createNetwork({ ...spec, inputs: 20 }, defaultRng(3));
    const { data } = network.getState().tensors[0]!;
    const dot = (a: number, b: number) => {
      let sum = 0;
      for (let row = 0; row < 20; row++) sum += data[row * 16 + a]! * data[row * 16 + b]!;
      return sum;
    };
    for (let a = 0; a < 16; a++)
      for (let b = 0; b <= a; b++) expect(dot(a, b)).toBeCloseTo(a === b ? 2 : 0, 5);
  });

  it('says what is wrong with a call', async () => {
    const network = await createNetwork(spec, defaultRng(1));
    expect(() => network.forward(new Float32Array(7))).toThrow(
      'a batch for 5 inputs has a multiple of 5 values, found 7',
    );
    expect(() => network.backward([])).toThrow(
      'backward needs a training forward first: forward(batch, { train: true })',
    );
    expect(() => network.step(0.1)).toThrow('step needs the gradients of a backward first');
    network.forward(new Float32Array(5), { train: true });
    expect(() => network.backward([new Float32Array(7), new Float32Array(2)])).toThrow(
      'the gradient of head "value" has 1 values for 1 rows, found 2',
    );
    await expect(createNetwork({ ...spec, inputs: 0 }, defaultRng(1))).rejects.toThrow(
      'inputs of a network must be a positive integer, found 0',
    );
    const other = await createNetwork({ ...spec, hidden: [8] }, defaultRng(1));
    expect(() => network.setState(other.getState())).toThrow(
      'a state of 6 tensors does not fit a network of 8',
    );
  });
});

describe('optimisers', () => {
  const spec: NetworkSpec = { inputs: 1, hidden: [], activation: 'linear', heads: [{ name: 'y', size: 3 }] };
  const gradients = [
    [0.3, -2, 0],
    [1, -0.5, 0.1],
    [-0.2, 0.7, 0.4],
  ];

  async function biasAfter(optimizer: NonNullable<NetworkSpec['optimizer']>, maxNorm: number) {
    const network = await createNetwork({ ...spec, optimizer }, defaultRng(1));
    for (const gradient of gradients) {
      network.forward(new Float32Array(1), { train: true });
      network.backward([Float32Array.from(gradient)]);
      network.step(0.01, maxNorm);
    }
    return network.getState().tensors[1]!.data;
  }

  const clipped = (maxNorm: number) =>
    gradients.map((g) => {
      const norm = Math.hypot(...g);
      return g.map((x) => x * Math.min(1, maxNorm / (norm + 1e-6)));
    });

  it.each([1, Number.POSITIVE_INFINITY])('Adam follows its formula, clipped at %d', async (maxNorm) => {
    const p = [0, 0, 0];
    const m = [0, 0, 0];
    const v = [0, 0, 0];
    for (const [t, gradient] of clipped(maxNorm).entries())
      for (const [i, g] of gradient.entries()) {
        m[i] = 0.9 * m[i]! + 0.1 * g;
        v[i] = 0.999 * v[i]! + 0.001 * g * g;
        const first = m[i]! / (1 - 0.9 ** (t + 1));
        p[i]! -= (0.01 * first) / (Math.sqrt(v[i]! / (1 - 0.999 ** (t + 1))) + 1e-5);
      }
    const found = await biasAfter({ kind: 'adam', epsilon: 1e-5 }, maxNorm);
    for (const [i, value] of found.entries()) expect(value).toBeCloseTo(p[i]!, 6);
  });

  it('RMSprop follows its formula', async () => {
    const p = [0, 0, 0];
    const v = [0, 0, 0];
    for (const gradient of gradients)
      for (const [i, g] of gradient.entries()) {
        v[i] = 0.9 * v[i]! + 0.1 * g * g;
        p[i]! -= (0.01 * g) / (Math.sqrt(v[i]!) + 1e-5);
      }
    const found = await biasAfter({ kind: 'rmsprop', alpha: 0.9, epsilon: 1e-5 }, Number.POSITIVE_INFINITY);
    for (const [i, value] of found.entries()) expect(value).toBeCloseTo(p[i]!, 6);
  });
});
