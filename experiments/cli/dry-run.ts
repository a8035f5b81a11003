import { displayPath } from '../../envs/config/index.js';
import type { LoadedExperiment, Variant } from '../config/index.js';
import { estimate } from '../runner/estimate.js';
import { planJobs } from '../runner/jobs.js';
import { clock } from '../runner/progress.js';
import { print } from './options.js';

/** `pase run --dry-run`: what would run, with an estimate from a few incidents played with each method. */
export async function dryRun(
  loaded: LoadedExperiment,
  variants: readonly Variant[],
  { root, workers }: { root: string; workers: number },
): Promise<void> {
  const { experiment } = loaded;
  const jobs = planJobs(loaded, variants, root);
  print(
    `${experiment.name}: ${jobs.length} runs (${variants.length} variants × ${experiment.seeds} seeds) → ${displayPath(root)}`,
  );
  const width = Math.max(...variants.map(({ name }) => name.length));
  let calls = 0;
  let seconds = 0;
  for (const variant of variants) {
    const cost = await estimate(variant);
    calls += experiment.seeds * cost.llmCalls;
    seconds += experiment.seeds * cost.seconds;
    const training = cost.trainingCalls > 0 ? `${cost.trainingCalls} training` : 'no training';
    print(
      `  ${variant.name.padEnd(width)}  ${training}, about ${Math.round(cost.llmCalls - cost.trainingCalls)} testing calls, ${clock(cost.seconds)} a seed`,
    );
  }
  const model = variants.some(({ config }) => config.synthesizer.kind === 'openai')
    ? 'calls of the model, whose provider sets the price'
    : 'calls of the surrogate, which cost nothing';
  print(`about ${Math.round(calls)} ${model}; about ${clock(seconds / workers)} on ${workers} processes`);
}
