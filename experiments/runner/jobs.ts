import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { packageRoot } from '../../envs/config/index.js';
import type { LoadedExperiment } from '../config/load.js';
import type { Variant } from '../config/variants.js';
import { readResult, seedFolder } from './folder.js';

/** One seed-run: everything a worker needs, as plain data. */
export interface Job {
  readonly experiment: string;
  readonly variant: Variant;
  readonly seed: number;
  readonly folder: string;
  readonly digest: string;
  /** Absolute paths of the user's modules to load first. */
  readonly imports: readonly string[];
}

/** Name of a job for people. */
export function jobName(job: Job): string {
  return `${job.variant.name} seed ${job.seed}`;
}

/** All seed-runs of an experiment, variants of one seed beside each other, so that a partial run compares all methods. */
export function planJobs(loaded: LoadedExperiment, variants: readonly Variant[], root: string): Job[] {
  const { experiment } = loaded;
  const imports = userModules(loaded);
  const jobs: Job[] = [];
  for (let seed = 0; seed < experiment.seeds; seed++) {
    for (const variant of variants) {
      const folder = seedFolder(root, variant.name, seed);
      jobs.push({
        experiment: experiment.name,
        variant,
        seed,
        folder,
        imports,
        digest: digestOf(variant, seed),
      });
    }
  }
  return jobs;
}

/** Absolute paths of the modules that an experiment imports. */
export function userModules({ experiment, file }: LoadedExperiment): string[] {
  return experiment.imports.map((path) => resolve(dirname(file), path));
}

/** Version of this package. */
export function packageVersion(): string {
  return (JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { version: string }).version;
}

/** Digest of what determines a seed-run's numbers. */
function digestOf(variant: Variant, seed: number): string {
  const content = JSON.stringify([packageVersion(), variant.config, seed]);
  return createHash('sha256').update(content).digest('hex').slice(0, 16);
}

/** Whether a job's folder holds its finished result, of this very config. */
export function isFinished(job: Job): boolean {
  return readResult(job.folder)?.digest === job.digest;
}
