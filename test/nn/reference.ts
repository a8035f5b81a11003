// A float64 multilayer perceptron written the plain way: what the engines are held against.
import { type NetworkSpec, type NetworkState, planNetwork } from 'nn-engines';

export type Matrix = Float64Array[];

function activate(x: number, kind: string): number {
  if (kind === 'tanh') return Math.tanh(x);
  return kind === 'relu' ? Math.max(0, x) : x;
}

/** Outputs per head, row-major, from tensors in the order of the state. */
export function referenceForward(
  spec: NetworkSpec,
  tensors: readonly Float64Array[],
  batch: ArrayLike<number>,
  onHidden: (sum: number) => void = () => {},
): Matrix {
  const plan = planNetwork(spec);
  const rows = batch.length / spec.inputs;
  const outputs = spec.heads.map((head) => new Float64Array(rows * head.size));
  for (const [t, tower] of plan.towers.entries()) {
    let values: number[][] = Array.from({ length: rows }, (_, r) =>
      Array.from({ length: spec.inputs }, (_, i) => batch[r * spec.inputs + i]!),
    );
    for (const [l, layer] of tower.layers.entries()) {
      const parts = plan.tensors.map((tensor, i) => ({ ...tensor, data: tensors[i]! }));
      const here = parts.filter((part) => part.tower === t && part.layer === l);
      values = values.map((row) => {
        const out: number[] = [];
        for (const kernel of here.filter((part) => part.kind === 'kernel')) {
          const bias = here.find((part) => part.kind === 'bias' && part.column === kernel.column)!;
          for (let j = 0; j < kernel.width; j++) {
            let sum = bias.data[j]!;
            for (let i = 0; i < kernel.rows; i++) sum += row[i]! * kernel.data[i * kernel.width + j]!;
            if (l < tower.layers.length - 1) onHidden(sum);
            out.push(activate(sum, layer.activation));
          }
        }
        return out;
      });
    }
    for (const head of tower.heads)
      for (let r = 0; r < rows; r++)
        for (let j = 0; j < head.size; j++)
          outputs[head.index]![r * head.size + j] = values[r]![head.column + j]!;
  }
  return outputs;
}

export function doubles(state: NetworkState): Float64Array[] {
  return state.tensors.map((tensor) => Float64Array.from(tensor.data));
}

/** A smooth test loss, sum of w * y + y^2 / 2 over all outputs, and its gradient w + y. */
export function testLoss(
  outputs: readonly ArrayLike<number>[],
  weights: readonly ArrayLike<number>[],
): number {
  let loss = 0;
  for (const [h, output] of outputs.entries())
    for (let i = 0; i < output.length; i++) loss += weights[h]![i]! * output[i]! + output[i]! ** 2 / 2;
  return loss;
}

export function testLossGradient(
  outputs: readonly Float32Array[],
  weights: readonly ArrayLike<number>[],
): Float32Array[] {
  return outputs.map((output, h) => output.map((y, i) => y + weights[h]![i]!));
}
