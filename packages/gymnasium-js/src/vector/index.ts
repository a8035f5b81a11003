export type { EnvInit } from './async-protocol.js';
export { AsyncVectorEnv, type AsyncVectorEnvOptions, SubEnvError } from './async-vector-env.js';
export { addInfo, infoOf, type VectorEpisodeStatistics, type VectorInfo } from './info.js';
export type { NativeMemory } from './native-kernels.js';
export {
  type NativeSetup,
  NativeVectorEnv,
  type NativeVectorOptions,
  type StartBounds,
} from './native-vector-env.js';
export { demandReset } from './sub-envs.js';
export type { ObservationMode } from './sync-vector-env.js';
export { type BatchOf, SyncVectorEnv, type SyncVectorEnvOptions } from './sync-vector-env.js';
export {
  type AnyVectorEnv,
  AUTORESET_MODES,
  type AutoresetMode,
  splitResetMask,
  spreadSeeds,
  VectorEnv,
  type VectorMetadata,
  type VectorResetOptions,
  type VectorResetResult,
  type VectorStepResult,
} from './vector-env.js';
export {
  VectorActionWrapper,
  VectorObservationWrapper,
  VectorRewardWrapper,
  VectorWrapper,
} from './vector-wrapper.js';
