import type { NetworkPlan, TensorPlan } from './layout.js';
import type { Initialization, RandomSource } from './types.js';

/**
 * A matrix with orthonormal rows or columns (whichever are fewer), times `gain`: the Q of a Gaussian matrix by modified
 * Gram-Schmidt in float64, done twice so that it stays orthogonal to rounding (Giraud et al. 2005). Row-major
 * [rows, columns].
 */
export function orthogonal(rows: number, columns: number, gain: number, random: RandomSource): Float32Array {
  const long = Math.max(rows, columns);
  const short = Math.min(rows, columns);
  const vectors: Float64Array[] = [];
  for (let i = 0; i < short; i++) {
    const vector = new Float64Array(long);
    for (let j = 0; j < long; j++) vector[j] = random.standardNormal();
    for (let pass = 0; pass < 2; pass++) for (const earlier of vectors) removeComponent(vector, earlier);
    normalize(vector);
    vectors.push(vector);
  }
  const out = new Float32Array(rows * columns);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++)
      out[i * columns + j] = gain * (rows >= columns ? vectors[j]![i]! : vectors[i]![j]!);
  return out;
}

function removeComponent(vector: Float64Array, unit: Float64Array): void {
  let dot = 0;
  for (let i = 0; i < vector.length; i++) dot += vector[i]! * unit[i]!;
  for (let i = 0; i < vector.length; i++) vector[i]! -= dot * unit[i]!;
}

function normalize(vector: Float64Array): void {
  let squares = 0;
  for (const x of vector) squares += x * x;
  const scale = 1 / Math.sqrt(squares);
  for (let i = 0; i < vector.length; i++) vector[i]! *= scale;
}

function uniform(count: number, bound: number, random: RandomSource): Float32Array {
  const out = new Float32Array(count);
  for (let i = 0; i < count; i++) out[i] = bound * (2 * random.random() - 1);
  return out;
}

function initializeTensor(plan: TensorPlan, kind: Initialization, random: RandomSource): Float32Array {
  if (kind === 'kaiming-uniform') return uniform(plan.rows * plan.width, 1 / Math.sqrt(plan.inputs), random);
  if (plan.kind === 'bias') return new Float32Array(plan.width);
  return orthogonal(plan.rows, plan.width, plan.gain, random);
}

/** Fresh parameters in the order of the plan's tensors; the draws do not depend on the engine. */
export function initialTensors(
  plan: NetworkPlan,
  kind: Initialization,
  random: RandomSource,
): Float32Array[] {
  return plan.tensors.map((tensor) => initializeTensor(tensor, kind, random));
}
