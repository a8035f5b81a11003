import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError, displayPath } from '../../envs/config/index.js';
import type { Variant } from '../config/variants.js';
import type { MetricName } from '../statistics/index.js';

/** Seconds of an incident by where they went, one column each. */
export const TIME_CATEGORIES = [
  'detection',
  'evidence',
  'synthesis',
  'verification',
  'execution',
  'settling',
] as const;
export type TimeCategory = (typeof TIME_CATEGORIES)[number];

/** Accepted, feasibility, right, steps. */
export type CompactVerdict = readonly [accepted: number, feasibility: number, right: number, steps: number];

/** One policy on one split (of one scenario): a column a quantity, an entry an incident; null where none applies. */
export interface EvaluationRecord {
  /** `<split>`, or `<split>@<scenario>`. */
  readonly split: string;
  /** Names the list of incidents: evaluations of the same split and world met the same ones. */
  readonly world: string;
  readonly metrics: Readonly<Record<MetricName, readonly (number | null)[]>>;
  readonly time: Readonly<Record<TimeCategory, readonly number[]>>;
  readonly faultType: readonly string[];
  readonly family: readonly string[];
  readonly ending: readonly string[];
  readonly turns: readonly number[];
  readonly executions: readonly number[];
  /** Names of the meta-prompts chosen, in order. */
  readonly metaPrompts: readonly (readonly string[])[];
  /** A letter a turn: E a plan was executed, R it was rejected, U the completion was unreadable, H it handed over. */
  readonly course: readonly string[];
  /** The condition that the belief held most likely at the first decision; empty for a method without decisions. */
  readonly believed: readonly string[];
  /**
   * Verdicts on the incident's plans: accepted (0 or 1), feasibility, right on a copy of the cloud (0 or 1), steps of the plan.
   * Empty for a method that is not verified.
   */
  readonly verdicts: readonly (readonly CompactVerdict[])[];
  /** Turns without an executed plan over all incidents, by kind of the first failure. */
  readonly failureKinds: Readonly<Record<string, number>>;
}

/** `result.json`: what one seed-run came to. Its presence says that the seed-run is finished. */
export interface RunResult {
  readonly variant: string;
  readonly method: string;
  readonly seed: number;
  /** Digest of everything that determines the numbers; a result of another config is not reused. */
  readonly digest: string;
  /** What training used, or null for a method without training. */
  readonly training: { readonly llmCalls: number; readonly steps: number; readonly episodes: number } | null;
  readonly evaluations: readonly EvaluationRecord[];
}

/** `run.json`: what the run was asked to do, so that a report can be made from the folder alone. */
export interface RunIndex {
  readonly name: string;
  readonly description: string;
  readonly seeds: number;
  readonly incidents: number;
  /** In the order of the file. */
  readonly variants: readonly Variant[];
}

/** What the run in `root` was asked to do. @throws ConfigError when it is no run folder. */
export function readRunIndex(root: string): RunIndex {
  const file = join(root, 'run.json');
  if (!existsSync(file))
    throw new ConfigError(`${displayPath(root)}: expected a run folder, found no run.json in it`);
  return JSON.parse(readFileSync(file, 'utf8')) as RunIndex;
}

/** Folder of a seed-run. */
export function seedFolder(root: string, variant: string, seed: number): string {
  return join(root, variant, `seed-${seed}`);
}

/** The finished result in a seed-run's folder, or null when there is none that can be read. */
export function readResult(folder: string): RunResult | null {
  try {
    return JSON.parse(readFileSync(join(folder, 'result.json'), 'utf8')) as RunResult;
  } catch {
    return null;
  }
}

/** Variant folders and their seeds in a run folder, by name and number. */
export function listSeedRuns(root: string): { variant: string; seed: number; folder: string }[] {
  if (!existsSync(root)) return [];
  const runs: { variant: string; seed: number; folder: string }[] = [];
  for (const entry of readdirSync(root, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    for (const name of readdirSync(join(root, entry.name))) {
      const seed = /^seed-(\d+)$/.exec(name)?.[1];
      if (seed) runs.push({ variant: entry.name, seed: Number(seed), folder: join(root, entry.name, name) });
    }
  }
  return runs.sort((a, b) => a.variant.localeCompare(b.variant, 'en') || a.seed - b.seed);
}

const PRODUCTS = ['summary.json', 'comparisons.json', 'verdicts.json', 'report.html', 'run.json', 'figures'];

/** Takes away what an earlier run left in its folder, and nothing else that may be there. */
export function clearRun(root: string): void {
  for (const { folder } of listSeedRuns(root)) rmSync(folder, { recursive: true, force: true });
  for (const name of PRODUCTS) rmSync(join(root, name), { recursive: true, force: true });
}
