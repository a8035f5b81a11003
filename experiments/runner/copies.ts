import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Variant } from '../config/variants.js';
import { writeAtomic, writeJson } from './files.js';
import { type RunResult, readResult, seedFolder } from './folder.js';
import type { Job } from './jobs.js';
import { manifestOf } from './manifest.js';
import { isReference } from './reference-kinds.js';

/*
 * A method that neither learns nor draws lots meets the same incidents with the same result under every seed. Such a
 * seed-run is played once, under seed 0, and copied.
 */

/** Whether the seed makes no difference: the policy is one fixed meta-prompt, a fixed cycle of them, or none. */
export function isSeedless({ config }: Variant): boolean {
  const { kind } = config.policy;
  return kind === 'fixed' || kind === 'cycle' || isReference(kind);
}

/** Parts jobs into those to play and those to copy from a seed-run of the same variant. */
export function partCopies(jobs: readonly Job[]): { played: Job[]; copied: Job[] } {
  const copied = jobs.filter((job) => isSeedless(job.variant) && job.seed > 0);
  return { played: jobs.filter((job) => !copied.includes(job)), copied };
}

/** Copies the finished seed-run of seed 0; false when it is not finished. */
export function copySeedRun(job: Job, root: string): boolean {
  const source = seedFolder(root, job.variant.name, 0);
  const result = readResult(source);
  if (!result) return false;
  rmSync(job.folder, { recursive: true, force: true });
  mkdirSync(job.folder, { recursive: true });
  writeAtomic(join(job.folder, 'config.yaml'), stringify({ seed: job.seed, ...job.variant.config }));
  writeJson(join(job.folder, 'manifest.json'), { ...manifestOf(job), copiedFrom: 'seed-0' });
  copyFileSync(join(source, 'episodes.jsonl'), join(job.folder, 'episodes.jsonl'));
  const copy: RunResult = { ...result, seed: job.seed, digest: job.digest };
  writeAtomic(join(job.folder, 'result.json'), `${JSON.stringify(copy)}\n`);
  return true;
}
