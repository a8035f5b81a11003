import type { Generator } from 'gymnasium-js';
import { createNetwork } from 'nn-engines';

/** Weights of a network with one hidden layer of rectified units; kernels are row-major `inputs × units`. */
export interface DenseWeights {
  readonly kernel1: readonly number[];
  readonly bias1: readonly number[];
  readonly kernel2: readonly number[];
  readonly bias2: readonly number[];
}

/** `odds` outputs are log odds under cross-entropy; `value` outputs are numbers under squared error, weighted. */
export type OutputKind = { readonly kind: 'odds' } | { readonly kind: 'value'; readonly weight: number };

/** Rows to learn from. A target of NaN is not known and teaches nothing. */
export interface Supervision {
  readonly inputs: number;
  readonly outputs: readonly OutputKind[];
  /** Row-major `rows × inputs`. */
  readonly features: Float32Array;
  /** Row-major `rows × outputs`. */
  readonly targets: Float32Array;
  /** Incident of each row: rows of one incident are drawn together and held out together. */
  readonly incidents: Int32Array;
}

export interface DenseTraining {
  readonly hidden: number;
  readonly epochs: number;
  readonly batch: number;
  readonly learningRate: number;
}

/** Epochs without a better held-out loss before training stops. */
const PATIENCE = 4;

type Network = Awaited<ReturnType<typeof createNetwork>>;

/**
 * Trains one network by Adam on `train` rows, and keeps the weights of least loss on `held` rows.
 * @throws RangeError when either side is empty
 */
export async function trainDense(
  data: Supervision,
  train: Int32Array,
  held: readonly number[],
  options: DenseTraining,
  rng: Generator,
): Promise<DenseWeights> {
  if (train.length === 0 || held.length === 0)
    throw new RangeError(`cannot hold out a part of ${data.incidents.length} rows`);
  const network = await createNetwork(
    {
      inputs: data.inputs,
      hidden: [options.hidden],
      activation: 'relu',
      heads: [{ name: 'outcome', size: data.outputs.length }],
      initialization: 'kaiming-uniform',
    },
    rng,
  );
  try {
    optimise(network, data, train, held, options, rng);
    return exported(network);
  } finally {
    network.dispose();
  }
}

function optimise(
  network: Network,
  data: Supervision,
  rows: Int32Array,
  held: readonly number[],
  options: DenseTraining,
  rng: Generator,
): void {
  let best = network.getState();
  let least = Number.POSITIVE_INFINITY;
  let bestEpoch = 0;
  for (let epoch = 1; epoch <= options.epochs && epoch - bestEpoch <= PATIENCE; epoch++) {
    rng.shuffle(rows);
    for (let at = 0; at < rows.length; at += options.batch) {
      const part = rows.subarray(at, Math.min(rows.length, at + options.batch));
      network.backward([gradientOf(forward(network, data, part, true), data, part)]);
      network.step(options.learningRate, 1);
    }
    const loss = lossOf(forward(network, data, held), data, held);
    if (loss >= least) continue;
    least = loss;
    bestEpoch = epoch;
    best = network.getState();
  }
  network.setState(best);
}

function forward(network: Network, data: Supervision, rows: ArrayLike<number>, train = false): Float32Array {
  const input = network.inputBuffer(rows.length, { train });
  for (let i = 0; i < rows.length; i++) {
    const from = rows[i]! * data.inputs;
    input.set(data.features.subarray(from, from + data.inputs), i * data.inputs);
  }
  return network.forward(input, { train })[0]!;
}

function gradientOf(out: Float32Array, data: Supervision, rows: ArrayLike<number>): Float32Array {
  const n = data.outputs.length;
  const gradient = new Float32Array(out.length);
  for (let i = 0; i < rows.length; i++) {
    data.outputs.forEach((output, o) => {
      const target = data.targets[rows[i]! * n + o]!;
      if (Number.isNaN(target)) return;
      const said = out[i * n + o]!;
      const slope = output.kind === 'odds' ? sigmoid(said) - target : 2 * output.weight * (said - target);
      gradient[i * n + o] = slope / rows.length;
    });
  }
  return gradient;
}

function lossOf(out: Float32Array, data: Supervision, rows: ArrayLike<number>): number {
  const n = data.outputs.length;
  let loss = 0;
  for (let i = 0; i < rows.length; i++) {
    data.outputs.forEach((output, o) => {
      const target = data.targets[rows[i]! * n + o]!;
      if (Number.isNaN(target)) return;
      const z = out[i * n + o]!;
      loss +=
        output.kind === 'odds'
          ? Math.max(z, 0) - z * target + Math.log1p(Math.exp(-Math.abs(z)))
          : output.weight * (z - target) ** 2;
    });
  }
  return loss / rows.length;
}

/** Four significant digits: the file stays small and the ensemble's spread is far larger. */
export const roundWeight = (x: number): number => Number(x.toPrecision(4));

function exported(network: Network): DenseWeights {
  const { tensors } = network.getState();
  const numbers = (name: string) => Array.from(tensors.find((one) => one.name === name)!.data, roundWeight);
  return {
    kernel1: numbers('trunk/0/kernel'),
    bias1: numbers('trunk/0/bias'),
    kernel2: numbers('heads/outcome/kernel'),
    bias2: numbers('heads/outcome/bias'),
  };
}

export const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
