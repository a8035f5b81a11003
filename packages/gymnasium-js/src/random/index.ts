export {
  type ChoiceOptions,
  defaultRng,
  Generator,
  type GeneratorState,
  type IntegerArrays,
  type IntegersDtype,
  type IntegersOptions,
  type Size,
} from './generator.js';
export { PCG64, type PCG64State } from './pcg64.js';
export { freshEntropy, type Seed, SeedSequence, type SeedSequenceOptions } from './seed-sequence.js';
