export {
  batchDifferingSpaces,
  batchLength,
  batchSpace,
  concatenate,
  createEmptyArray,
  elementAt,
  iterate,
  sameLayout,
  writeElement,
} from './batch.js';
export { type Bound, Box, type BoxConstructor, type BoxOptions } from './box.js';
export { Dict, type DictElement, type DictOptions, type ElementOf, type SpaceMap } from './dict.js';
export { Discrete, type DiscreteOptions } from './discrete.js';
export {
  canCast,
  DTYPES,
  type Dtype,
  type IntegerDtype,
  type TypedArray,
  type TypedArrays,
} from './dtype.js';
export { type Flat, flatdim, flatten, flattenSpace, unflatten } from './flatten.js';
export { Graph, type GraphInstance, type GraphSampleOptions } from './graph.js';
export { maskLength } from './mask-length.js';
export { MultiBinary } from './multi-binary.js';
export { MultiDiscrete, type MultiDiscreteConstructor, type MultiDiscreteOptions } from './multi-discrete.js';
export { OneOf, type OneOfElement } from './one-of.js';
export { Sequence, type SequenceOptions } from './sequence.js';
export { type SampleOptions, Space, type SpaceSeed } from './space.js';
export { ALPHANUMERIC, Text, type TextOptions } from './text.js';
export { type SpaceList, Tuple, type TupleElement } from './tuple.js';
export { createZeroArray } from './zero.js';
