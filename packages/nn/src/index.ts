export { createNetwork, ENGINES } from './create.js';
export { orthogonal } from './initialize.js';
export { type NetworkPlan, planNetwork, type TensorPlan } from './layout.js';
export { exp, log } from './math.js';
export { exportLayersModel } from './tensorflow/export.js';
export { loadTensorFlow } from './tensorflow/library.js';
export type * from './types.js';
export { totalBinaryEntropy } from './wasm/entropy.js';
export { type HiddenLayerWeights, SparseMemory, SparseRows, SparseSingle } from './wasm/sparse.js';
