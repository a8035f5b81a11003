import { displayPath } from '../../envs/config/index.js';
import type { LoadedExperiment, Variant } from '../config/index.js';
import { isSeedless } from '../runner/copies.js';
import { type Cost, estimate } from '../runner/estimate.js';
import { planJobs } from '../runner/jobs.js';
import { clock } from '../runner/progress.js';
import { print } from './options.js';

/** `pase run --dry-run`: what would run, with an estimate of calls, tokens, money and time from a few incidents of each method. */
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
  const total = { calls: 0, prompt: 0, completion: 0, money: 0, seconds: 0 };
  for (const variant of variants) {
    const cost = await estimate(variant);
    const seeds = isSeedless(variant) ? 1 : experiment.seeds;
    total.calls += seeds * cost.llmCalls;
    total.prompt += seeds * cost.promptTokens;
    total.completion += seeds * cost.completionTokens;
    total.money += seeds * (cost.money ?? 0);
    total.seconds += seeds * cost.seconds;
    print(`  ${variant.name.padEnd(width)}  ${line(cost)}${seeds < experiment.seeds ? ', played once' : ''}`);
  }
  const tokens = `about ${millions(total.prompt)} prompt and ${millions(total.completion)} completion tokens`;
  print(`about ${Math.round(total.calls)} language-model calls, ${tokens}`);
  print(costLine(variants, total.money));
  print(`about ${clock(total.seconds / workers)} on ${workers} processes, without waiting for a real model`);
}

function line({ trainingCalls, llmCalls, seconds }: Cost): string {
  const training = trainingCalls > 0 ? `${trainingCalls} training` : 'no training';
  return `${training}, about ${Math.round(llmCalls - trainingCalls)} testing calls, ${clock(seconds)} a seed`;
}

function costLine(variants: readonly Variant[], money: number): string {
  const models = variants.map(
    ({ config: { synthesizer } }) => (synthesizer.of ?? synthesizer) as { kind: string; price?: unknown },
  );
  if (!models.some(({ kind }) => kind === 'openai')) return 'cost: none, the model is simulated or local';
  const priced = models.some(({ price }) => price);
  return priced
    ? `cost: about ${money.toFixed(2)} at the price in the config`
    : "cost: unknown, synthesizer.price is not set (tokens above times the provider's price)";
}

function millions(tokens: number): string {
  return `${(tokens / 1e6).toFixed(2)} M`;
}
