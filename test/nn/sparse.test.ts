import { defaultRng } from 'gymnasium-js';
import {
  type HiddenLayerWeights,
  SparseMemory,
  SparseRows,
  SparseSingle,
  totalBinaryEntropy,
} from 'nn-engines';
import { describe, expect, it } from 'vitest';

const rng = defaultRng(5);
const normals = (count: number) => Float64Array.from({ length: count }, () => rng.standardNormal());

function weightsOf(inputs: number, hidden: number, outputs: number): HiddenLayerWeights {
  return {
    kernel1: normals(inputs * hidden),
    bias1: normals(hidden),
    kernel2: normals(hidden * outputs),
    bias2: normals(outputs),
  };
}

/** The plain loops. */
function reference(
  { kernel1, bias1, kernel2, bias2 }: HiddenLayerWeights,
  x: ArrayLike<number>,
  columns: readonly number[],
): number[] {
  const hidden = Array.from(bias1, (bias, h) =>
    columns.reduce((sum, i) => sum + x[i]! * kernel1[i * bias1.length + h]!, bias),
  );
  return Array.from(bias2, (bias, o) =>
    hidden.reduce((sum, y, h) => sum + Math.max(0, y) * kernel2[h * bias2.length + o]!, bias),
  );
}

/** Mostly zeros. */
function sparse(count: number): Float32Array {
  return Float32Array.from(normals(count), (x) => (rng.random() < 0.3 ? x : 0));
}

const SIZES: readonly (readonly [inputs: number, hidden: number, outputs: number])[] = [
  [190, 24, 20],
  [9, 5, 1],
  [3, 1, 2],
  [40, 33, 18],
];

describe.each(SIZES)('a sparse network %i-%i-%i', (inputs, hidden, outputs) => {
  const weights = weightsOf(inputs, hidden, outputs);
  const all = [...Array(inputs).keys()];

  it('gives the bits of the plain loops, row by row, whatever the number of rows', () => {
    const columns = all.filter((i) => i !== 1).reverse();
    const network = new SparseRows(new SparseMemory(), weights, columns);
    for (const rows of [1, 2, 11, 3, 400]) {
      const x = sparse(rows * inputs);
      network.inputBuffer(rows).set(x);
      const out = network.forward();
      expect(out).toHaveLength(rows * outputs);
      for (let i = 0; i < rows; i++) {
        const expected = reference(weights, x.subarray(i * inputs, (i + 1) * inputs), columns);
        expect([...out.subarray(i * outputs, (i + 1) * outputs)]).toEqual(expected);
      }
    }
  });

  it('gives probabilities for log odds', () => {
    const network = new SparseRows(new SparseMemory(), weights, all);
    network.inputBuffer(2).set(sparse(2 * inputs));
    const logits = [...network.forward()];
    network.probabilities().forEach((p, i) => {
      expect(p).toBeCloseTo(1 / (1 + Math.exp(-logits[i]!)), 15);
    });
  });

  it('takes one input at a time, its first part for several, among others in the same memory', () => {
    const memory = new SparseMemory();
    const first = new SparseSingle(memory, weights);
    const x = Float64Array.from(sparse(inputs));
    expect([...first.forward(x)]).toEqual(reference(weights, x, all));
    // The memory grows under the first network.
    const second = new SparseSingle(memory, weightsOf(1_000, 30, 2));
    second.forward(normals(1_000));
    first.begin(x, 2);
    for (let i = 0; i < 3; i++) {
      if (inputs > 2) x[2] = i;
      expect([...first.forward(x)]).toEqual(reference(weights, x, all));
    }
  });
});

describe('elementary functions', () => {
  /** A network that hands its inputs on. */
  const sigmoid = (x: number): number => {
    const identity = { kernel1: [1, -1], bias1: [0, 0], kernel2: [1, -1], bias2: [0] };
    const network = new SparseRows(new SparseMemory(), identity, [0]);
    network.inputBuffer(1)[0] = x;
    return network.probabilities()[0]!;
  };

  it('holds at the ends', () => {
    expect(sigmoid(0)).toBe(0.5);
    expect(sigmoid(-0)).toBe(0.5);
    expect(sigmoid(1e4)).toBe(1);
    expect(sigmoid(-1e4)).toBe(0);
    expect(sigmoid(-705)).toBeCloseTo(Math.exp(-705), 320);
    expect(sigmoid(Number.NaN)).toBeNaN();
  });

  it('sums binary entropies', () => {
    expect(totalBinaryEntropy(new Float64Array(0))).toBe(0);
    expect(totalBinaryEntropy(Float64Array.of(0, 1, 0.5))).toBe(1);
    expect(totalBinaryEntropy(Float64Array.of(0.5, 0.5, 0.25))).toBe(2 + 0.8112781244591328);
    for (const p of [1e-3, 1e-9, 1e-300, 0.3, 0.75, 1 - 1e-9, 1 - 2 ** -53]) {
      const expected = -(p * Math.log2(p) + (1 - p) * Math.log2(1 - p));
      expect(totalBinaryEntropy(Float64Array.of(p)) / expected).toBeCloseTo(1, 14);
    }
  });
});
