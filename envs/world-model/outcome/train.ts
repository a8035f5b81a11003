import { defaultRng, type Generator } from 'gymnasium-js';
import { createNetwork, type Network } from 'nn-engines';
import type { DomainModel } from '../domain.js';
import { isRight, type JudgedPlan } from '../fit-verifier.js';
import { fitPlatt } from '../perception/calibration.js';
import { OutcomeFeatures } from './features.js';
import type { OutcomeWeights } from './weights.js';

export interface OutcomeTraining {
  readonly members: number;
  readonly hidden: number;
  readonly epochs: number;
  readonly batch: number;
  readonly learningRate: number;
  readonly seed: number;
  /** Share of incidents held out for early stopping and calibration. */
  readonly holdOut: number;
  readonly command: string;
}

/** Epochs without a better held-out loss before a member stops. */
const PATIENCE = 4;
/** Weight of the squared error of log seconds against the cross-entropy: durations are the easier half. */
const SECONDS_WEIGHT = 0.1;

interface Data {
  readonly width: number;
  readonly features: Float32Array;
  readonly right: Uint8Array;
  readonly logSeconds: Float32Array;
}

/** Trains the ensemble on executed plans. Members differ in their initial weights and in the incidents they see (bagging). */
export async function trainOutcome(
  judged: readonly JudgedPlan[],
  domain: DomainModel,
  options: OutcomeTraining,
): Promise<OutcomeWeights> {
  const features = new OutcomeFeatures(domain);
  const data = dataOf(judged, features);
  const every = Math.max(2, Math.round(1 / options.holdOut));
  const side = (held: boolean) =>
    judged.flatMap(({ incident }, row) => ((incident % every === every - 1) === held ? [row] : []));
  const [train, held] = [side(false), side(true)];
  if (train.length === 0 || held.length === 0)
    throw new RangeError(`cannot hold out a part of ${judged.length} plans`);
  const rng = defaultRng(options.seed);
  const members: OutcomeWeights['members'] = [];
  const logits = new Float64Array(held.length);
  for (let m = 0; m < options.members; m++) {
    const network = await createNetwork(
      {
        inputs: data.width,
        hidden: [options.hidden],
        activation: 'relu',
        heads: [{ name: 'outcome', size: 2 }],
        initialization: 'kaiming-uniform',
      },
      rng,
    );
    try {
      optimise(network, data, bag(judged, train, rng), held, options, rng);
      members.push(exportMember(network));
      const out = forward(network, data, held);
      for (let i = 0; i < held.length; i++) logits[i]! += out[2 * i]! / options.members;
    } finally {
      network.dispose();
    }
  }
  const labels = Uint8Array.from(held, (row) => data.right[row]!);
  const [slope, offset] = fitPlatt(logits, labels);
  return {
    format: 'pase-outcome/1',
    command: options.command,
    columns: [...features.columns],
    inputs: data.width,
    hidden: options.hidden,
    members,
    calibration: { slope: round(slope), offset: round(offset) },
    card: {
      plans: judged.length,
      right: round(judged.filter(isRight).length / judged.length),
      heldOut: heldOutScores(logits, labels, slope, offset),
    },
  };
}

function dataOf(judged: readonly JudgedPlan[], features: OutcomeFeatures): Data {
  const { width } = features;
  const out = new Float32Array(judged.length * width);
  judged.forEach(({ plan, belief, inventory }, row) => {
    out.set(features.of(plan, belief, inventory), row * width);
  });
  return {
    width,
    features: out,
    right: Uint8Array.from(judged, (one) => Number(isRight(one))),
    logSeconds: Float32Array.from(judged, ({ seconds }) => Math.log(Math.max(1, seconds))),
  };
}

/** Rows of incidents drawn with replacement. */
function bag(judged: readonly JudgedPlan[], rows: readonly number[], rng: Generator): Int32Array {
  const byIncident = new Map<number, number[]>();
  for (const row of rows) {
    const { incident } = judged[row]!;
    const list = byIncident.get(incident);
    if (list) list.push(row);
    else byIncident.set(incident, [row]);
  }
  const incidents = [...byIncident.values()];
  return Int32Array.from(incidents.flatMap(() => incidents[rng.integers(0, incidents.length)]!));
}

function optimise(
  network: Network,
  data: Data,
  rows: Int32Array,
  held: readonly number[],
  options: OutcomeTraining,
  rng: Generator,
): void {
  let best = network.getState();
  let bestLoss = Number.POSITIVE_INFINITY;
  let bestEpoch = 0;
  for (let epoch = 1; epoch <= options.epochs && epoch - bestEpoch <= PATIENCE; epoch++) {
    rng.shuffle(rows);
    for (let at = 0; at < rows.length; at += options.batch) {
      const part = rows.subarray(at, Math.min(rows.length, at + options.batch));
      const out = forward(network, data, part, true);
      const gradient = new Float32Array(out.length);
      part.forEach((row, i) => {
        gradient[2 * i] = (1 / (1 + Math.exp(-out[2 * i]!)) - data.right[row]!) / part.length;
        gradient[2 * i + 1] = (2 * SECONDS_WEIGHT * (out[2 * i + 1]! - data.logSeconds[row]!)) / part.length;
      });
      network.backward([gradient]);
      network.step(options.learningRate, 1);
    }
    const loss = lossOf(forward(network, data, held), data, held);
    if (loss >= bestLoss) continue;
    bestLoss = loss;
    bestEpoch = epoch;
    best = network.getState();
  }
  network.setState(best);
}

function forward(network: Network, data: Data, rows: ArrayLike<number>, train = false): Float32Array {
  const input = network.inputBuffer(rows.length, { train });
  for (let i = 0; i < rows.length; i++) {
    input.set(data.features.subarray(rows[i]! * data.width, (rows[i]! + 1) * data.width), i * data.width);
  }
  return network.forward(input, { train })[0]!;
}

function lossOf(out: Float32Array, data: Data, rows: readonly number[]): number {
  let loss = 0;
  rows.forEach((row, i) => {
    const z = out[2 * i]!;
    loss += Math.max(z, 0) - z * data.right[row]! + Math.log1p(Math.exp(-Math.abs(z)));
    loss += SECONDS_WEIGHT * (out[2 * i + 1]! - data.logSeconds[row]!) ** 2;
  });
  return loss / rows.length;
}

/** Four significant digits: the file stays small and the ensemble's spread is far larger. */
const round = (x: number): number => Number(x.toPrecision(4));

function exportMember(network: Network): OutcomeWeights['members'][number] {
  const { tensors } = network.getState();
  const numbers = (name: string) => Array.from(tensors.find((one) => one.name === name)!.data, round);
  return {
    kernel1: numbers('trunk/0/kernel'),
    bias1: numbers('trunk/0/bias'),
    kernel2: numbers('heads/outcome/kernel'),
    bias2: numbers('heads/outcome/bias'),
  };
}

function heldOutScores(logits: Float64Array, labels: Uint8Array, slope: number, offset: number) {
  const said = logits.map((z) => 1 / (1 + Math.exp(-(slope * z + offset))));
  const brier = said.reduce((sum, p, i) => sum + (p - labels[i]!) ** 2, 0) / said.length;
  const order = [...said.keys()].sort((a, b) => said[a]! - said[b]!);
  const positives = labels.reduce((sum, y) => sum + y, 0);
  const ranks = order.reduce((sum, index, rank) => sum + (labels[index] === 1 ? rank + 1 : 0), 0);
  const pairs = positives * (labels.length - positives);
  const auroc = pairs > 0 ? (ranks - (positives * (positives + 1)) / 2) / pairs : 0.5;
  return { plans: said.length, brier: round(brier), auroc: round(auroc) };
}
