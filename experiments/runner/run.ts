import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { LoadedExperiment } from '../config/load.js';
import type { Variant } from '../config/variants.js';
import { type Collected, collect, writeStatistics } from './collect.js';
import { copySeedRun, partCopies } from './copies.js';
import { writeAtomic, writeJson } from './files.js';
import { clearRun, type RunIndex } from './folder.js';
import { isFinished, type Job, planJobs } from './jobs.js';
import { type JobFailure, runJobs } from './pool.js';
import { REFERENCES } from './reference-kinds.js';

export interface RunOptions {
  /** Run folder. */
  readonly root: string;
  readonly workers: number;
  /** Keep the seed-runs that are finished, instead of starting over. */
  readonly resume: boolean;
  readonly signal?: AbortSignal;
  /** Fraction done of all work, and runs finished so far of how many. */
  readonly progress?: (fraction: number, finished: number, total: number) => void;
}

export interface RunOutcome {
  readonly collected: Collected;
  readonly jobs: number;
  /** Finished before this run started and kept. */
  readonly kept: number;
  readonly finished: number;
  readonly failed: readonly JobFailure[];
  readonly interrupted: boolean;
}

/** Runs an experiment: every variant under every training seed, then statistics over what finished. */
export async function runExperiment(
  loaded: LoadedExperiment,
  variants: readonly Variant[],
  options: RunOptions,
): Promise<RunOutcome> {
  const { root, resume, workers, signal } = options;
  const jobs = planJobs(loaded, variants, root);
  if (!resume) clearRun(root);
  const index = indexOf(loaded, variants);
  mkdirSync(root, { recursive: true });
  writeJson(join(root, 'run.json'), index);
  const open = jobs.filter((job) => !resume || !isFinished(job));
  const { played, copied } = partCopies(open);
  const progress = trackProgress(jobs, played, options.progress);
  const { finished, failed } = await runJobs(played, { workers, progress, signal });
  const copies = copied.filter((job) => copySeedRun(job, root));
  for (const { job, stack } of failed) writeAtomic(join(job.folder, 'failure.txt'), `${stack}\n`);
  const collected = collect(root, index);
  writeStatistics(root, collected);
  return {
    collected,
    jobs: jobs.length,
    kept: jobs.length - open.length,
    finished: finished.length + copies.length,
    failed,
    interrupted: signal?.aborted ?? false,
  };
}

function indexOf({ experiment }: LoadedExperiment, variants: readonly Variant[]): RunIndex {
  const { name, description = '', seeds, evaluate } = experiment;
  return { name, description, seeds, incidents: evaluate.incidents, variants };
}

/** Adds up the fractions of all jobs, each weighing what it probably costs. */
function trackProgress(
  all: readonly Job[],
  open: readonly Job[],
  report: RunOptions['progress'],
): (job: Job, fraction: number) => void {
  const total = open.reduce((sum, job) => sum + weight(job), 0);
  const kept = all.length - open.length;
  const done = new Map<Job, number>();
  return (job, fraction) => {
    done.set(job, fraction);
    let sum = 0;
    let finished = kept;
    for (const [each, part] of done) {
      sum += part * weight(each);
      if (part === 1) finished += 1;
    }
    report?.(total === 0 ? 1 : sum / total, finished, all.length);
  };
}

/** Cost of a job in language-model calls: its training budget and about two calls a test incident. */
export function weight({ variant }: Job): number {
  const { train, evaluate, policy } = variant.config;
  const worlds = 1 + Object.keys(evaluate.scenarios ?? {}).length;
  const testing = 2 * evaluate.incidents * evaluate.splits.length * worlds;
  return testing + (NEVER_LEARN.includes(String(policy.kind)) ? 0 : train.llmCalls);
}

/** Policies without training, for the estimate above only. */
const NEVER_LEARN = ['fixed', 'cycle', 'random', ...REFERENCES];
