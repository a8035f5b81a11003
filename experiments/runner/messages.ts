import type { Job } from './jobs.js';

/** What the parent tells a worker. */
export type ToWorker = { readonly type: 'run'; readonly job: Job };

/** What a worker tells its parent. */
export type FromWorker =
  | { readonly type: 'ready' }
  /** `fraction` of the job, in [0, 1]. */
  | { readonly type: 'progress'; readonly fraction: number }
  | { readonly type: 'finished' }
  | { readonly type: 'failed'; readonly message: string; readonly stack: string };
