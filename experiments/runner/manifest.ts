import { spawnSync } from 'node:child_process';
import { cpus, totalmem } from 'node:os';
import { packageRoot } from '../../envs/config/index.js';
import { type Job, packageVersion } from './jobs.js';

/** `manifest.json`: by what, where and from what a seed-run was made. The only place of host facts and wall time. */
export interface Manifest {
  readonly experiment: string;
  readonly variant: string;
  readonly seed: number;
  readonly digest: string;
  readonly engine: string;
  readonly versions: { readonly 'pase-gym': string; readonly node: string };
  /** Commit of the sources, with `-dirty` when they were changed since; null outside a git checkout. */
  readonly commit: string | null;
  readonly host: {
    readonly platform: string;
    readonly arch: string;
    readonly cpu: string;
    readonly memoryGb: number;
  };
  readonly startedAt: string;
  readonly wallSeconds?: { readonly train: number; readonly evaluate: number };
}

export function manifestOf(job: Job): Manifest {
  return {
    experiment: job.experiment,
    variant: job.variant.name,
    seed: job.seed,
    digest: job.digest,
    engine: job.variant.config.engine,
    versions: { 'pase-gym': packageVersion(), node: process.version },
    commit: gitCommit(),
    host: {
      platform: process.platform,
      arch: process.arch,
      cpu: cpus()[0]?.model ?? 'unknown',
      memoryGb: Math.round(totalmem() / 2 ** 30),
    },
    startedAt: new Date().toISOString(),
  };
}

let commit: string | null | undefined;

function gitCommit(): string | null {
  if (commit === undefined) {
    const git = (...args: string[]) => spawnSync('git', args, { cwd: packageRoot, encoding: 'utf8' });
    const head = git('rev-parse', 'HEAD');
    const clean = git('status', '--porcelain', '--untracked-files=no').stdout === '';
    commit = head.status === 0 ? `${head.stdout.trim()}${clean ? '' : '-dirty'}` : null;
  }
  return commit;
}
