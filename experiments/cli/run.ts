import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { displayPath } from '../../envs/config/index.js';
import { expandVariants, type LoadedExperiment, loadExperiment, type Variant } from '../config/index.js';
import { writeReport } from '../report/index.js';
import { resultsTable } from '../report/table.js';
import { checkVariants } from '../runner/check.js';
import { jobName } from '../runner/jobs.js';
import { clock, ProgressBar } from '../runner/progress.js';
import { type RunOutcome, runExperiment } from '../runner/run.js';
import { dryRun } from './dry-run.js';
import { print, printJson, wholeNumber } from './options.js';

export interface RunCommandOptions {
  readonly out?: string;
  readonly seeds?: string;
  readonly workers?: string;
  readonly resume?: boolean;
  readonly quick?: boolean;
  readonly dryRun?: boolean;
  readonly set: readonly string[];
  readonly json?: boolean;
}

/** `pase run`. Everything is checked before anything is written. */
export async function runCommand(config: string, options: RunCommandOptions): Promise<void> {
  const startedAt = performance.now();
  const set = [...options.set];
  if (options.seeds !== undefined) set.push(`seeds=${wholeNumber('seeds', options.seeds, 1)}`);
  const workers =
    options.workers === undefined ? availableParallelism() : wholeNumber('workers', options.workers, 1);
  const loaded = loadExperiment(config, { quick: options.quick ?? false, set });
  const variants = expandVariants(loaded);
  await checkVariants(loaded, variants);
  const root = resolve(options.out ?? `runs/${loaded.experiment.name}`);
  if (options.dryRun) return dryRun(loaded, variants, { root, workers });
  const outcome = await withProgress(loaded, variants, { root, workers, resume: options.resume ?? false });
  await writeReport(root, outcome.collected);
  if (options.json) printJson(outcome.collected.summary);
  else tell(loaded, root, outcome, (performance.now() - startedAt) / 1000);
  for (const { job, message } of outcome.failed)
    process.stderr.write(`pase: ${jobName(job)} failed: ${message.split('\n')[0]}\n`);
  if (outcome.interrupted) process.exitCode = 130;
  else if (outcome.failed.length > 0) process.exitCode = 1;
}

/** Runs with a progress bar; Ctrl-C stops the workers and keeps what is finished. */
async function withProgress(
  loaded: LoadedExperiment,
  variants: readonly Variant[],
  options: { root: string; workers: number; resume: boolean },
): Promise<RunOutcome> {
  const progress = new ProgressBar(loaded.experiment.name);
  const abort = new AbortController();
  const interrupt = (): void => abort.abort();
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  try {
    return await runExperiment(loaded, variants, {
      ...options,
      signal: abort.signal,
      progress: (fraction, finished, total) => progress.update(fraction, `${finished} of ${total} runs`),
    });
  } finally {
    progress.clear();
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
}

function tell(loaded: LoadedExperiment, root: string, outcome: RunOutcome, seconds: number): void {
  const { collected, jobs, kept, finished, interrupted } = outcome;
  print(resultsTable(collected));
  print();
  const again = kept > 0 ? ` (${kept} kept from before)` : '';
  print(`${kept + finished} of ${jobs} runs${again} in ${clock(seconds)} → ${displayPath(root)}/report.html`);
  if (interrupted)
    print(
      `Interrupted. Continue with: pase run ${displayPath(loaded.file)} --out ${displayPath(root)} --resume`,
    );
}
