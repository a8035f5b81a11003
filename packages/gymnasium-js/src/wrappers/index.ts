export { OrderEnforcing, type OrderEnforcingOptions } from './order-enforcing.js';
export { PassiveEnvChecker } from './passive-env-checker.js';
export { RecordEpisodeStatistics, type RecordEpisodeStatisticsOptions } from './record-episode-statistics.js';
export { TimeLimit } from './time-limit.js';
export * as vector from './vector/index.js';
