export {
  type AnyEnv,
  type BaseEnvState,
  Env,
  type Metadata,
  type RenderFrame,
  type ResetOptions,
  type ResetResult,
  type StepResult,
} from './env.js';
export type { EpisodeStatistics, Info } from './info.js';
export { after, afterCall, type InMode, type MaybePromise, type Mode, sameMode } from './mode.js';
export { ActionWrapper, ObservationWrapper, RewardWrapper, Wrapper } from './wrapper.js';
