/** The Gymnasium API for TypeScript. */
import './envs/register-all.js';
import './envs/env-types.js';
import './wrappers/register-all.js';

export * from './core/index.js';
export * from './envs/classic-control/index.js';
export * from './envs/registration/index.js';
export * from './envs/toy-text/index.js';
export * from './error.js';
export { setWarningSink, type WarningSink } from './logger.js';
export * from './random/index.js';
export * from './spaces/index.js';
export * as spaces from './spaces/index.js';
export { type CheckEnvOptions, checkEnv } from './utils/check-env.js';
export { dataEquivalence } from './utils/data-equivalence.js';
export { npRandom } from './utils/seeding.js';
export * from './vector/index.js';
export * as vector from './vector/index.js';
export * as wrappers from './wrappers/index.js';
export * from './wrappers/index.js';
export * as vectorWrappers from './wrappers/vector/index.js';
export {
  DictInfoToList,
  NormalizeObservation as VectorNormalizeObservation,
  NormalizeReward as VectorNormalizeReward,
  RecordEpisodeStatistics as VectorRecordEpisodeStatistics,
} from './wrappers/vector/index.js';
