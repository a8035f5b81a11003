/** Experiments: configuration, running over worker processes, statistics after rliable, and the report. */
export * from './config/index.js';
export { writeReport } from './report/index.js';
export { resultsTable } from './report/table.js';
export { checkVariants } from './runner/check.js';
export { type Collected, collect, writeStatistics } from './runner/collect.js';
export {
  type EvaluationRecord,
  type RunIndex,
  type RunResult,
  readResult,
  readRunIndex,
} from './runner/folder.js';
export { type RunOptions, type RunOutcome, runExperiment } from './runner/run.js';
export * from './statistics/index.js';
