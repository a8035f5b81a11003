import { describe, expect, it } from 'vitest';
import type { Job } from '../../experiments/runner/jobs.js';
import { runJobs } from '../../experiments/runner/pool.js';

const module = new URL('./helpers/odd-worker.mjs', import.meta.url);
const FINISHES = 0;
const THROWS = 1;
const CRASHES = 2;
const HANGS = 3;

const job = (name: string, seed: number) => ({ variant: { name }, seed }) as unknown as Job;

describe('the worker pool', () => {
  it('finishes all jobs with fewer workers than jobs', async () => {
    const jobs = ['a', 'b', 'c', 'd', 'e'].map((name) => job(name, FINISHES));
    const fractions: number[] = [];
    const { finished, failed } = await runJobs(jobs, {
      workers: 2,
      module,
      progress: (_job, f) => fractions.push(f),
    });
    expect(finished.map((done) => done.variant.name).sort()).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(failed).toEqual([]);
    expect(fractions.filter((f) => f === 1)).toHaveLength(5);
  });

  it('goes on after a job that throws and after one that takes its process down', async () => {
    const jobs = [job('throws', THROWS), job('crashes', CRASHES), job('fine', FINISHES)];
    const { finished, failed } = await runJobs(jobs, { workers: 1, module });
    expect(finished.map((done) => done.variant.name)).toEqual(['fine']);
    expect(failed.map(({ job, message }) => [job.variant.name, message])).toEqual([
      ['throws', 'boom'],
      ['crashes', 'the worker process ended before the job did (exit code 9)'],
    ]);
  });

  it('stops at once when aborted and keeps what is done', async () => {
    const abort = new AbortController();
    const jobs = [job('fine', FINISHES), job('hangs', HANGS), job('never started', FINISHES)];
    const progress = (running: Job): void => {
      if (running.seed === HANGS) abort.abort();
    };
    const { finished, failed } = await runJobs(jobs, { workers: 1, module, signal: abort.signal, progress });
    expect(finished.map((done) => done.variant.name)).toEqual(['fine']);
    expect(failed).toEqual([]);
  });

  it('says so when a worker cannot start', async () => {
    const missing = new URL('./helpers/no-such-worker.mjs', import.meta.url);
    const { failed } = await runJobs([job('a', FINISHES)], { workers: 1, module: missing });
    expect(failed[0]!.message).toMatch(/^the worker process ended before the job did \(exit code \d+\)$/);
    expect(failed[0]!.stack).toContain('Cannot find module');
  });
});
