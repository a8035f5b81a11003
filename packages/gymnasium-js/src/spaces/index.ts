export { type Bound, Box, type BoxOptions } from './box.js';
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
export { MultiDiscrete, type MultiDiscreteOptions } from './multi-discrete.js';
export { type SampleOptions, Space, type SpaceSeed } from './space.js';
