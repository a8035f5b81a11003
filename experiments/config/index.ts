export { experimentJsonSchema } from './json-schema.js';
export { type LoadedExperiment, type LoadOptions, loadExperiment } from './load.js';
export { type Experiment, experimentSchema, type Scenario } from './schema.js';
export { expandVariants, settingsOf, type Variant } from './variants.js';
