import { defaultRng, type Generator } from 'gymnasium-js';
import { createNetwork, type Network } from 'nn-engines';
import { plattScaling } from './calibration.js';
import type { Dataset } from './dataset.js';
import { DENSE_FEATURES } from './feature-columns.js';
import type { PerceptionArm } from './features.js';
import { quantilesOf, strangeness } from './out-of-distribution.js';
import type { PerceptionWeights } from './weights.js';

export interface PerceptionTraining {
  readonly arm: PerceptionArm;
  readonly hidden: number;
  readonly epochs: number;
  readonly batch: number;
  readonly learningRate: number;
  readonly seed: number;
  /** Share of incidents held out for early stopping, calibration and the out-of-distribution scale. */
  readonly holdOut: number;
  /** Goes into the file. */
  readonly command: string;
  /** Catalogue prior per condition, used for conditions with fewer than {@link MIN_POSITIVES} rows. */
  readonly prior: Readonly<Record<string, number>>;
}

export interface TrainingCurvePoint {
  readonly epoch: number;
  readonly trainLoss: number;
  readonly holdOutLoss: number;
}

export interface TrainedPerception {
  readonly weights: PerceptionWeights;
  readonly curve: readonly TrainingCurvePoint[];
}

/** A condition with fewer positive rows is left to its catalogue prior. */
export const MIN_POSITIVES = 20;
/** Points of the out-of-distribution scale. */
const QUANTILES = 32;
/** Epochs without a better held-out loss before training stops. */
const PATIENCE = 6;

/** Trains perception on a data set: a network shared over components, kept at its best held-out loss, then calibrated. */
export async function trainPerception(
  data: Dataset,
  options: PerceptionTraining,
): Promise<TrainedPerception> {
  const rng = defaultRng(options.seed);
  const { train, held } = split(data, options.holdOut);
  const scale = columnScale(data, train);
  const scaled = scaledFeatures(data, scale);
  const conditions = data.conditions.length;
  const network = await createNetwork(
    {
      inputs: data.width,
      hidden: [options.hidden],
      activation: 'relu',
      heads: [{ name: 'conditions', size: conditions }],
      initialization: 'kaiming-uniform',
    },
    rng,
  );
  try {
    const curve = optimise(network, data, scaled, train, held, options, rng);
    return { weights: exportWeights(network, data, scaled, scale, held, options), curve };
  } finally {
    network.dispose();
  }
}

/** Rows of examples on either side; looks at one incident stay together. Every k-th incident is held out. */
function split(data: Dataset, share: number): { train: Int32Array; held: Int32Array } {
  const every = Math.max(2, Math.round(1 / share));
  const train: number[] = [];
  const held: number[] = [];
  data.incidents.forEach((incident, example) => {
    const side = incident % every === every - 1 ? held : train;
    for (let row = data.starts[example]!; row < data.starts[example + 1]!; row++) side.push(row);
  });
  if (train.length === 0 || held.length === 0) {
    throw new RangeError(`cannot hold out a share of ${share} of ${new Set(data.incidents).size} incidents`);
  }
  return { train: Int32Array.from(train), held: Int32Array.from(held) };
}

/** Root mean square of each column: inputs are scaled but not centred, so that a zero stays a zero. */
function columnScale(data: Dataset, rows: Int32Array): Float64Array {
  const sums = new Float64Array(data.width);
  for (const row of rows) {
    for (let f = 0; f < data.width; f++) {
      const x = data.features[row * data.width + f]!;
      sums[f] = sums[f]! + x * x;
    }
  }
  return sums.map((sum) => (sum > 0 ? Math.sqrt(sum / rows.length) : 1));
}

/** A rare column has a tiny root mean square; its values are clipped so that one row cannot throw the network off. */
const CLIP = 8;

function scaledFeatures(data: Dataset, scale: Float64Array): Float32Array {
  // Not by Float32Array.from, which gathers all values in an ordinary array first: with log templates there are too many for one.
  const divisor = scale.map((x) => Math.max(x, 1 / CLIP));
  const scaled = new Float32Array(data.features.length);
  for (let at = 0; at < scaled.length; at += data.width) {
    for (let f = 0; f < data.width; f++) scaled[at + f] = data.features[at + f]! / divisor[f]!;
  }
  return scaled;
}

function optimise(
  network: Network,
  data: Dataset,
  scaled: Float32Array,
  train: Int32Array,
  held: Int32Array,
  options: PerceptionTraining,
  rng: Generator,
): TrainingCurvePoint[] {
  const order = Int32Array.from(train);
  const curve: TrainingCurvePoint[] = [];
  let best = network.getState();
  let bestLoss = Number.POSITIVE_INFINITY;
  let bestEpoch = 0;
  for (let epoch = 1; epoch <= options.epochs && epoch - bestEpoch <= PATIENCE; epoch++) {
    rng.shuffle(order);
    // The rate falls to a tenth over the run, so that the last epochs settle.
    const rate = options.learningRate * (1 - 0.9 * ((epoch - 1) / Math.max(1, options.epochs - 1)));
    let loss = 0;
    for (let at = 0; at < order.length; at += options.batch) {
      const rows = order.subarray(at, Math.min(order.length, at + options.batch));
      loss += trainBatch(network, data, scaled, rows) * rows.length;
      network.step(rate, 1);
    }
    const holdOutLoss = evaluate(network, data, scaled, held);
    curve.push({ epoch, trainLoss: loss / order.length, holdOutLoss });
    if (holdOutLoss < bestLoss) {
      bestLoss = holdOutLoss;
      bestEpoch = epoch;
      best = network.getState();
    }
  }
  network.setState(best);
  return curve;
}

function fill(buffer: Float32Array, data: Dataset, scaled: Float32Array, rows: Int32Array): void {
  for (let i = 0; i < rows.length; i++) {
    buffer.set(scaled.subarray(rows[i]! * data.width, (rows[i]! + 1) * data.width), i * data.width);
  }
}

/** Mean binary cross-entropy summed over conditions; leaves its gradient in the network. */
function trainBatch(network: Network, data: Dataset, scaled: Float32Array, rows: Int32Array): number {
  const input = network.inputBuffer(rows.length, { train: true });
  fill(input, data, scaled, rows);
  const logits = network.forward(input, { train: true })[0]!;
  const gradient = new Float32Array(logits.length);
  const c = data.conditions.length;
  let loss = 0;
  for (let i = 0; i < logits.length; i++) {
    const label = data.labels[rows[Math.floor(i / c)]! * c + (i % c)]!;
    const p = 1 / (1 + Math.exp(-logits[i]!));
    loss += crossEntropy(logits[i]!, label);
    gradient[i] = (p - label) / rows.length;
  }
  network.backward([gradient]);
  return loss / rows.length;
}

/** log(1 + e^z) - y z, without overflow. */
function crossEntropy(logit: number, label: number): number {
  return Math.max(logit, 0) - logit * label + Math.log1p(Math.exp(-Math.abs(logit)));
}

const EVALUATION_BATCH = 1024;

/** Logits of rows, row-major `rows × conditions`. */
function logitsOf(network: Network, data: Dataset, scaled: Float32Array, rows: Int32Array): Float32Array {
  const c = data.conditions.length;
  const out = new Float32Array(rows.length * c);
  for (let at = 0; at < rows.length; at += EVALUATION_BATCH) {
    const part = rows.subarray(at, Math.min(rows.length, at + EVALUATION_BATCH));
    const input = network.inputBuffer(part.length);
    fill(input, data, scaled, part);
    out.set(network.forward(input)[0]!, at * c);
  }
  return out;
}

function evaluate(network: Network, data: Dataset, scaled: Float32Array, rows: Int32Array): number {
  const logits = logitsOf(network, data, scaled, rows);
  const c = data.conditions.length;
  let loss = 0;
  for (let i = 0; i < logits.length; i++) {
    loss += crossEntropy(logits[i]!, data.labels[rows[Math.floor(i / c)]! * c + (i % c)]!);
  }
  return loss / rows.length;
}

/** Five significant digits: far below what training noise decides, and a third of the file. */
const round = (x: number): number => Number(x.toPrecision(5));

function exportWeights(
  network: Network,
  data: Dataset,
  scaled: Float32Array,
  scale: Float64Array,
  held: Int32Array,
  options: PerceptionTraining,
): PerceptionWeights {
  const tensor = (name: string) => network.getState().tensors.find((one) => one.name === name)!.data;
  const kernel1 = Array.from(tensor('trunk/0/kernel'), (weight, index) =>
    round(weight / Math.max(scale[Math.floor(index / options.hidden)]!, 1 / CLIP)),
  );
  const logits = logitsOf(network, data, scaled, held);
  const calibration = plattScaling(logits, held, data);
  return {
    format: 'pase-perception/2',
    command: options.command,
    arm: options.arm,
    conditions: [...data.conditions],
    dense: [...DENSE_FEATURES],
    vocabulary: data.vocabulary.map(([scope, name]) => [scope, name] as [string, string]),
    hidden: options.hidden,
    kernel1,
    bias1: Array.from(tensor('trunk/0/bias'), round),
    kernel2: Array.from(tensor('heads/conditions/kernel'), round),
    bias2: Array.from(tensor('heads/conditions/bias'), round),
    calibration: { slope: calibration.slope.map(round), offset: calibration.offset.map(round) },
    prior: priorsOf(data, options.prior),
    outOfDistribution: distribution(data, held, logits, calibration),
    alarm: null,
    card: {},
  };
}

function priorsOf(data: Dataset, catalogue: Readonly<Record<string, number>>): Record<string, number> {
  const c = data.conditions.length;
  const positives = new Uint32Array(c);
  for (let i = 0; i < data.labels.length; i++) positives[i % c]! += data.labels[i]!;
  return Object.fromEntries(
    data.conditions.flatMap((name, j) =>
      positives[j]! < MIN_POSITIVES ? [[name, catalogue[name] ?? 0.05]] : [],
    ),
  );
}

/** Moments of the suspected component's dense features over held-out examples, and how strange those looked. */
function distribution(
  data: Dataset,
  held: Int32Array,
  logits: Float32Array,
  calibration: { slope: readonly number[]; offset: readonly number[] },
): PerceptionWeights['outOfDistribution'] {
  const suspects = suspectedRows(data, held, logits, calibration);
  const dense = DENSE_FEATURES.length;
  const mean = new Float64Array(dense);
  const deviation = new Float64Array(dense);
  for (const { row } of suspects) {
    for (let f = 0; f < dense; f++) mean[f]! += data.features[row * data.width + f]! / suspects.length;
  }
  for (const { row } of suspects) {
    for (let f = 0; f < dense; f++) {
      deviation[f]! += (data.features[row * data.width + f]! - mean[f]!) ** 2 / suspects.length;
    }
  }
  // A column that never varied in training must not make every other value infinitely strange.
  const spread = deviation.map((variance) => Math.max(0.05, Math.sqrt(variance)));
  const inverse = spread.map((x) => 1 / x);
  const sample = suspects.map(({ row, explained }) =>
    strangeness(data.features, row * data.width, mean, inverse, explained),
  );
  return {
    mean: Array.from(mean, round),
    deviation: Array.from(spread, round),
    quantiles: quantilesOf(sample, QUANTILES).map(round),
  };
}

/** Per held-out example: the row of the component with the largest probability, and that probability. */
function suspectedRows(
  data: Dataset,
  held: Int32Array,
  logits: Float32Array,
  { slope, offset }: { slope: readonly number[]; offset: readonly number[] },
): { row: number; explained: number }[] {
  const c = data.conditions.length;
  const position = new Map(Array.from(held, (row, index) => [row, index]));
  const out: { row: number; explained: number }[] = [];
  for (let example = 0; example < data.incidents.length; example++) {
    let best = { row: -1, explained: -1 };
    for (let row = data.starts[example]!; row < data.starts[example + 1]!; row++) {
      const at = position.get(row);
      if (at === undefined) break;
      for (let j = 0; j < c; j++) {
        const p = 1 / (1 + Math.exp(-(slope[j]! * logits[at * c + j]! + offset[j]!)));
        if (p > best.explained) best = { row, explained: p };
      }
    }
    if (best.row >= 0) out.push(best);
  }
  return out;
}
