import { exportLayersModel, type NetworkSpec, type NetworkState, planNetwork } from 'nn-engines';
import { arraysUnder, CheckpointError, readCheckpoint } from './common/checkpoint.js';

/** The network of each kind that acts. */
const ACTING: Readonly<Record<string, string>> = {
  ppo: 'actorCritic',
  a2c: 'actorCritic',
  reinforce: 'actorCritic',
  dqn: 'online',
  sac: 'actor',
};

/**
 * Writes the acting network of a checkpoint as a TensorFlow.js LayersModel (`model.json`, `weights.bin`) with the same
 * logits. Observation normalisation is folded into the first layer, but for its clipping at ten standard deviations.
 * Throws a CheckpointError when the checkpoint is missing, damaged or of a kind without a network, an Error when
 * TensorFlow.js is not installed.
 */
export async function exportCheckpoint(checkpoint: string, directory: string): Promise<void> {
  const { meta, arrays } = await readCheckpoint(checkpoint);
  const name = ACTING[String(meta.kind)];
  if (!name) throw new CheckpointError(`agents of kind "${String(meta.kind)}" have no network to export`);
  const { spec } = (meta.networks as Record<string, { spec: NetworkSpec }>)[name]!;
  const saved = arraysUnder(arrays, `networks/${name}`);
  const { tensors: plans } = planNetwork(spec);
  const tensors = plans.map((plan) => ({
    name: plan.name,
    shape: plan.shape,
    data: Float32Array.from(saved[plan.name]!),
  }));
  const state: NetworkState = { spec, tensors, optimizer: { kind: 'adam', steps: 0, moments: [] } };
  const normalizer = arrays['normalizer/observations'];
  if (normalizer) foldNormalizer(state, normalizer as Float64Array);
  await exportLayersModel(state, directory);
}

/** W x' + b with x' = (x - mean) / deviation is (W / deviation) x + (b - W mean / deviation). */
function foldNormalizer({ spec, tensors }: NetworkState, moments: Float64Array): void {
  const { inputs } = spec;
  for (const [i, plan] of planNetwork(spec).tensors.entries()) {
    if (plan.layer !== 0 || plan.kind !== 'kernel') continue;
    const kernel = tensors[i]!.data;
    const bias = tensors[i + 1]!.data;
    for (let row = 0; row < inputs; row++) {
      const mean = moments[1 + row]!;
      const deviation = Math.sqrt(moments[1 + inputs + row]! + 1e-8);
      for (let j = 0; j < plan.width; j++) {
        const weight = kernel[row * plan.width + j]! / deviation;
        bias[j]! -= weight * mean;
        kernel[row * plan.width + j] = weight;
      }
    }
  }
}
