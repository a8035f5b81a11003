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

export interface PoolEvents {
  /** A running job's fraction done, in [0, 1]; 1 when it has finished. */
  readonly progress?: (job: Job, fraction: number) => void;
}

/** What became of all jobs: those in neither list were not started or were interrupted. */
export interface PoolOutcome {
  readonly finished: readonly Job[];
  readonly failed: readonly JobFailure[];
}

/**
 * Runs jobs over `workers` processes. A job that throws, or takes its process down, is a failure and the others go on.
 * An aborted signal stops the workers at once and resolves with what is done.
 */
export async function runJobs(
  jobs: readonly Job[],
  workers: number,
  events: PoolEvents = {},
  signal?: AbortSignal,
): Promise<PoolOutcome> {
  const queue = [...jobs];
  const finished: Job[] = [];
  const failed: JobFailure[] = [];
  const lanes = Array.from({ length: Math.min(workers, jobs.length) }, async () => {
    let worker: Worker | null = null;
    while (queue.length > 0 && !signal?.aborted) {
      const job = queue.shift()!;
      worker ??= new Worker(signal);
      const end = await worker.run(job, (fraction) => events.progress?.(job, fraction));
      if (end.type === 'finished') {
        finished.push(job);
        events.progress?.(job, 1);
      } else if (end.type === 'failed') {
        failed.push({ job, message: end.message, stack: end.stack });
        events.progress?.(job, 1);
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
  private interrupted = false;

  constructor(signal: AbortSignal | undefined) {
    this.child = fork(...workerCommand());
    this.child.on('exit', (code, killedBy) => {
      this.exited ??= killedBy ? `killed by ${killedBy}` : `exit code ${code}`;
    });
    // A process that cannot be started, or a message that cannot be sent, ends as an exit would.
    this.child.on('error', (error) => {
      this.exited ??= error.message;
      this.child.emit('exit', null, null);
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
        this.child.off('exit', onExit);
        resolve(end);
      };
      const onMessage = (message: FromWorker): void => {
        if (message.type === 'progress') onProgress(message.fraction);
        else if (message.type !== 'ready') finish(message);
      };
      const onExit = (): void => {
        const message = `the worker process ended before the job did (${this.exited})`;
        finish(this.interrupted ? { type: 'interrupted' } : { type: 'failed', message, stack: message });
      };
      this.child.on('message', onMessage);
      this.child.on('exit', onExit);
      this.child.send({ type: 'run', job } satisfies ToWorker);
    });
  }

  stop(): void {
    if (this.child.connected) this.child.disconnect();
  }
}

/** How to start a worker: from `dist` as it is, from sources through tsx. */
function workerCommand(): [string, string[], { execArgv: string[] }] {
  const fromSources = import.meta.url.endsWith('.ts');
  const worker = fileURLToPath(new URL(fromSources ? './worker.ts' : './worker.js', import.meta.url));
  if (!fromSources) return [worker, [], { execArgv: [] }];
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  return [worker, [], { execArgv: ['--conditions=source', '--import', tsx] }];
}
