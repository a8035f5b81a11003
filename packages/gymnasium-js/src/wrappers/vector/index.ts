export { DictInfoToList } from './dict-info-to-list.js';
export { NormalizeObservation, NormalizeReward } from './normalize.js';
export { RecordEpisodeStatistics } from './record-episode-statistics.js';
export {
  ClipAction,
  ClipReward,
  DtypeObservation,
  FilterObservation,
  FlattenObservation,
  RescaleAction,
  RescaleObservation,
  ReshapeObservation,
  TransformAction,
  TransformObservation,
  TransformReward,
  type VectorSpaces,
} from './transforms.js';
export {
  type SingleEnv,
  VectorizeTransformAction,
  VectorizeTransformObservation,
  VectorizeTransformReward,
} from './vectorize.js';
