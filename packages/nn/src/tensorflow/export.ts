import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { planNetwork } from '../layout.js';
import type { NetworkState } from '../types.js';
import { loadTensorFlow, type ModelArtifacts, type TensorFlow, type TfModel } from './library.js';

/** Layer names may not hold slashes. */
const layerName = (tensorName: string): string =>
  tensorName.replace(/\/(kernel|bias)$/, '').replaceAll('/', '_');

function buildModel(tf: TensorFlow, { spec, tensors }: NetworkState): TfModel {
  const plan = planNetwork(spec);
  const input = tf.input({ shape: [spec.inputs], name: 'observation' });
  const outputs = new Array(spec.heads.length);
  const weights: (() => void)[] = [];
  for (const [t, tower] of plan.towers.entries()) {
    let hidden = input;
    for (const [l, layer] of tower.layers.entries()) {
      const kernels = [...plan.tensors.entries()].filter(
        ([, tensor]) => tensor.tower === t && tensor.layer === l && tensor.kind === 'kernel',
      );
      const applied = kernels.map(([i, tensor]) => {
        const dense = tf.layers.dense({
          ...{ units: tensor.width, activation: layer.activation, name: layerName(tensor.name) },
        });
        const output = dense.apply(hidden);
        weights.push(() => {
          const parts = [tensors[i]!, tensors[i + 1]!];
          dense.setWeights(parts.map(({ data, shape }) => tf.tensor(data.slice(), shape)));
        });
        return output;
      });
      if (l === tower.layers.length - 1)
        for (const [h, head] of tower.heads.entries()) outputs[head.index] = applied[h];
      else hidden = applied[0]!;
    }
  }
  const model = tf.model({ inputs: input, outputs });
  for (const setWeights of weights) setWeights();
  return model;
}

/**
 * Writes a network as a TensorFlow.js LayersModel, `model.json` and `weights.bin`, that `tf.loadLayersModel` reads: one input
 * [batch, inputs], one output per head in the spec's order. The optimiser is not exported.
 * Throws an Error when TensorFlow.js is not installed.
 */
export async function exportLayersModel(state: NetworkState, directory: string): Promise<void> {
  const tf = await loadTensorFlow();
  const model = buildModel(tf, state);
  await mkdir(directory, { recursive: true });
  const save = async (artifacts: ModelArtifacts) => {
    const { modelTopology, format, generatedBy, convertedBy, weightSpecs, weightData } = artifacts;
    const buffers = Array.isArray(weightData) ? weightData : [weightData!];
    const weightsManifest = [{ paths: ['weights.bin'], weights: weightSpecs }];
    const json = { modelTopology, format, generatedBy, convertedBy, weightsManifest };
    await writeFile(join(directory, 'weights.bin'), Buffer.concat(buffers.map((part) => Buffer.from(part))));
    await writeFile(join(directory, 'model.json'), `${JSON.stringify(json)}\n`);
    return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
  };
  await model.save(tf.io.withSaveHandler(save));
}
