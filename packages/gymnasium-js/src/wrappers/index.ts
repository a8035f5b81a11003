export { Autoreset } from './autoreset.js';
export { DelayObservation } from './delay-observation.js';
export { FrameStackObservation, type FrameStackOptions } from './frame-stack-observation.js';
export { NormalizeObservation } from './normalize-observation.js';
export { NormalizeReward, type NormalizeRewardOptions } from './normalize-reward.js';
export { OrderEnforcing, type OrderEnforcingOptions } from './order-enforcing.js';
export { PassiveEnvChecker } from './passive-env-checker.js';
export { RecordEpisodeStatistics, type RecordEpisodeStatisticsOptions } from './record-episode-statistics.js';
export { RenderCollection, type RenderCollectionOptions } from './render-collection.js';
export { MaxAndSkipObservation, RepeatAction } from './repeat.js';
export { RunningMeanStd, type RunningMeanStdState } from './running-mean-std.js';
export { StickyAction, type StickyActionOptions } from './sticky-action.js';
export { TimeAwareObservation, type TimeAwareObservationOptions } from './time-aware-observation.js';
export { TimeLimit } from './time-limit.js';
export { ClipAction, DiscretizeAction, RescaleAction, TransformAction } from './transform-action.js';
export {
  DiscretizeObservation,
  type DiscretizeOptions,
  DtypeObservation,
  FilterObservation,
  FlattenObservation,
  RescaleObservation,
  ReshapeObservation,
  TransformObservation,
} from './transform-observation.js';
export { ClipReward, type ClipRewardOptions, TransformReward } from './transform-reward.js';
