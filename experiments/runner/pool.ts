import { type ChildProcess, fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Job } from './jobs.js';
import type { FromWorker, ToWorker } from './messages.js';

/** How a job ended that did not give a result. */
export interface JobFailure {
  readonly job: Job;
  readonly message: string;
  readonly stack: string;
}

export interface PoolOptions {
  /** Number of processes. */
  readonly workers: number;
  /** A running job's fraction done, in [0, 1]; 1 when it has ended. */
  readonly progress?: (job: Job, fraction: number) => void;
  /** Aborting it stops the workers at once. */
  readonly signal?: AbortSignal | undefined;
  /** The module that a worker runs; by default ./worker. */
  readonly module?: URL;
}

/** What became of all jobs: those in neither list were not started or were interrupted. */
export interface PoolOutcome {
  readonly finished: readonly Job[];
  readonly failed: readonly JobFailure[];
}

/**
 * Runs jobs over worker processes, each taking the next job when it is free. A job that throws, or takes its process down,
 * is a failure and the others go on. After an abort it resolves with what is done.
 */
export async function runJobs(jobs: readonly Job[], options: PoolOptions): Promise<PoolOutcome> {
  const { workers, progress, signal, module = defaultModule() } = options;
  const queue = [...jobs];
  const finished: Job[] = [];
  const failed: JobFailure[] = [];
  const lanes = Array.from({ length: Math.min(workers, jobs.length) }, async () => {
    let worker: Worker | null = null;
    while (queue.length > 0 && !signal?.aborted) {
      const job = queue.shift()!;
      worker ??= new Worker(module, signal);
      const end = await worker.run(job, (fraction) => progress?.(job, fraction));
      if (end.type === 'finished') {
        finished.push(job);
        progress?.(job, 1);
      } else if (end.type === 'failed') {
        failed.push({ job, message: end.message, stack: end.stack });
        progress?.(job, 1);
      }
      if (worker.gone) worker = null;
    }
    worker?.stop();
  });
  await Promise.all(lanes);
  return { finished, failed };
}

type JobEnd = Extract<FromWorker, { type: 'finished' | 'failed' }> | { type: 'interrupted' };

/** One worker process, seen from the parent. */
class Worker {
  private readonly child: ChildProcess;
  private exited: string | null = null;
  /** The end of what the process wrote: it explains a crash, and would spoil the terminal otherwise. */
  private said = '';
  private interrupted = false;

  constructor(module: URL, signal: AbortSignal | undefined) {
    this.child = fork(fileURLToPath(module), { execArgv: nodeOptions(module), silent: true });
    for (const stream of [this.child.stdout!, this.child.stderr!]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.said = (this.said + text).slice(-20_000);
      });
    }
    this.child.on('close', (code, killedBy) => {
      this.exited ??= killedBy ? `killed by ${killedBy}` : `exit code ${code}`;
    });
    // A process that cannot be started, or a message that cannot be sent, ends as a close would.
    this.child.on('error', (error) => {
      this.exited ??= error.message;
      this.child.emit('close', null, null);
    });
    signal?.addEventListener('abort', () => {
      this.interrupted = true;
      this.child.kill('SIGKILL');
    });
  }

  get gone(): boolean {
    return this.exited !== null;
  }

  run(job: Job, onProgress: (fraction: number) => void): Promise<JobEnd> {
    return new Promise((resolve) => {
      const finish = (end: JobEnd): void => {
        this.child.off('message', onMessage);
        this.child.off('close', onClose);
        resolve(end);
      };
      const onMessage = (message: FromWorker): void => {
        if (message.type === 'progress') onProgress(message.fraction);
        else if (message.type !== 'ready') finish(message);
      };
      const onClose = (): void => {
        const message = `the worker process ended before the job did (${this.exited})`;
        finish(
          this.interrupted
            ? { type: 'interrupted' }
            : { type: 'failed', message, stack: `${message}\n${this.said}` },
        );
      };
      this.child.on('message', onMessage);
      this.child.on('close', onClose);
      this.child.send({ type: 'run', job } satisfies ToWorker);
    });
  }

  stop(): void {
    if (this.child.connected) this.child.disconnect();
  }
}

/** The worker beside this file: TypeScript when run from sources, JavaScript when built. */
function defaultModule(): URL {
  return new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url);
}

/** TypeScript runs through tsx, with packages resolved to their sources. */
function nodeOptions(module: URL): string[] {
  if (!module.pathname.endsWith('.ts')) return [];
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  return ['--conditions=source', '--import', tsx];
}
