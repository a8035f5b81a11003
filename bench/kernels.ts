/**
 * Microseconds of one optimisation step (forward, PPO loss, backward, clip, Adam) of a network 32-h-h-(24+1), beside PyTorch
 * on one thread. Best of five rounds, CPU time.
 *
 *     npx tsx --conditions=source bench/kernels.ts [--json FILE] [--python PYTHON]
 *
 * `ours` and `peer` are steps a second, so that a ratio above 1 is ours ahead. With 512 hidden units PyTorch may well be
 * ahead: that is what the `tensorflow` engine is for.
 */
import { defaultRng } from 'gymnasium-js';
import { createNetwork, type EngineName, exp, type NetworkSpec } from 'nn-engines';
import { Categorical } from '../agents/common/categorical.js';
import { options, peerPython, type Row, runPeer, writeRows } from './agents-support/peer.js';

const given = options([]);
const python = peerPython(given.python);
const ACTIONS = 24;
const ROUNDS = 5;

/** One PPO step as PPO's minibatch does it, on random data. */
async function ppoStep(engine: EngineName, hidden: number, batch: number): Promise<() => void> {
  const rng = defaultRng(1);
  const spec: NetworkSpec = {
    ...{
      inputs: 32,
      hidden: [hidden, hidden],
      activation: 'tanh',
      optimizer: { kind: 'adam', epsilon: 1e-5 },
    },
    heads: [
      { name: 'policy', size: ACTIONS, gain: 0.01 },
      { name: 'value', size: 1 },
    ],
  };
  const network = await createNetwork(spec, rng, engine);
  const distribution = new Categorical([ACTIONS]);
  const x = Float32Array.from({ length: batch * 32 }, () => rng.standardNormal());
  const actions = Int32Array.from({ length: batch }, () => rng.integers(ACTIONS));
  const advantages = Float64Array.from({ length: batch }, () => rng.standardNormal());
  const returns = Float64Array.from({ length: batch }, () => rng.standardNormal());
  const dLogits = new Float32Array(batch * ACTIONS);
  const dValues = new Float32Array(batch);
  return () => {
    network.inputBuffer(batch, { train: true }).set(x);
    const [logits, values] = network.forward(network.inputBuffer(batch, { train: true }), { train: true });
    for (let k = 0; k < batch; k++) {
      distribution.evaluate(logits!, null, k, actions);
      const ratio = exp(distribution.logProbability + 3.2);
      const bounded = Math.min(1.2, Math.max(0.8, ratio));
      const active = ratio * advantages[k]! <= bounded * advantages[k]!;
      const slope = active ? (-ratio * advantages[k]!) / batch : 0;
      distribution.writeGradient(k, actions, slope, -0.01 / batch, dLogits);
      dValues[k] = (values![k]! - returns[k]!) / batch;
    }
    network.backward([dLogits, dValues]);
    network.step(3e-4, 0.5);
  };
}

function microseconds(step: () => void, repeats: number): number {
  for (let i = 0; i < repeats; i++) step();
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const before = process.cpuUsage();
    for (let i = 0; i < repeats; i++) step();
    best = Math.min(best, process.cpuUsage(before).user / repeats);
  }
  return best;
}

const rows: Row[] = [];
for (const [hidden, batch, repeats] of [
  [64, 64, 2000],
  [64, 256, 500],
  [512, 256, 20],
] as const) {
  const peer = runPeer<{ microseconds: number }>(
    python,
    'torch_kernels.py',
    [hidden, batch, repeats].map(String),
  );
  for (const engine of ['wasm', 'wasm-relaxed'] as const) {
    const ours = microseconds(await ppoStep(engine, hidden, batch), repeats);
    const ratio = peer ? peer.microseconds / ours : null;
    const name = `PPO step, ${hidden} hidden, batch ${batch}, ${engine} / torch`;
    rows.push({ name, ours: 1e6 / ours, peer: peer ? 1e6 / peer.microseconds : null, ratio });
    const beside = peer ? `, torch ${peer.microseconds.toFixed(0)} us, ratio ${ratio!.toFixed(1)}` : '';
    console.log(`${name.padEnd(56)} ${ours.toFixed(0)} us${beside}`);
  }
}
const network = await createNetwork(
  { inputs: 32, hidden: [64, 64], activation: 'tanh', heads: [{ name: 'policy', size: 24 }] },
  defaultRng(1),
);
const one = new Float32Array(32);
console.log(`forward, batch 1: ${microseconds(() => network.forward(one), 50_000).toFixed(2)} us`);
writeRows(given.json, rows);
