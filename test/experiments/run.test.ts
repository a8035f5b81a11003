import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadExperiment } from '../../experiments/config/load.js';
import { expandVariants } from '../../experiments/config/variants.js';
import { type RunResult, readResult } from '../../experiments/runner/folder.js';
import { type RunOutcome, runExperiment } from '../../experiments/runner/run.js';
import { readText, SMALL, smallExperiment, startPase } from './helpers/small-run.js';

/** Runs an experiment in this process' own runner, with real workers, environments and agents. */
function run(config: string, root: string, workers: number, resume = false): Promise<RunOutcome> {
  const loaded = loadExperiment(config);
  return runExperiment(loaded, expandVariants(loaded), { root, workers, resume });
}

const { folder, config, root } = smallExperiment();
let outcome: RunOutcome;
let summary: string;
beforeAll(async () => {
  outcome = await run(config, root, 2);
  summary = readText(root, 'summary.json');
});

describe('a run', () => {
  it('finishes every method under every seed', () => {
    expect(outcome).toMatchObject({ jobs: 4, finished: 4, kept: 0, failed: [], interrupted: false });
  });

  it('leaves in each seed folder what the documentation says', () => {
    const seed = join(root, 'best-fixed', 'seed-1');
    expect(readdirSync(seed).sort()).toEqual(['checkpoint', 'config.yaml', 'episodes.jsonl', 'manifest.json', 'metrics.jsonl', 'result.json']); // biome-ignore format: a list
    expect(readText(seed, 'config.yaml')).toMatch(/^seed: 1\n/);
    expect(JSON.parse(readText(seed, 'manifest.json'))).toMatchObject({
      variant: 'best-fixed',
      seed: 1,
      engine: 'wasm',
    });
    const result = readResult(seed)!;
    expect(result.training!.llmCalls).toBeGreaterThanOrEqual(60);
    expect(result.training!.llmCalls).toBeLessThan(60 + 10);
    expect(result.evaluations.map((evaluation) => evaluation.split)).toEqual(['seen', 'unseen-type']);
  });

  it('writes every episode with its global step, of training and of evaluation', () => {
    const lines = readText(root, 'best-fixed/seed-0/episodes.jsonl').trim().split('\n').map((line) => JSON.parse(line)); // biome-ignore format: one thought
    const training = lines.filter((line) => line.phase === 'train');
    expect(training).toHaveLength(readResult(join(root, 'best-fixed/seed-0'))!.training!.episodes);
    const steps = training.map((line) => line.globalStep);
    expect(steps).toEqual([...steps].sort((a, b) => a - b));
    expect(new Set(training.map((line) => line.partition))).toEqual(new Set(['select']));
    expect(lines.filter((line) => line.phase === 'evaluate')).toHaveLength(6);
  });

  it('evaluates all methods on the same test incidents', () => {
    const faults = (method: string) =>
      (readResult(join(root, method, 'seed-0')) as RunResult).evaluations.map(
        (evaluation) => evaluation.faultType,
      );
    expect(faults('runbook')).toEqual(faults('best-fixed'));
  });

  it('gives the same summary whatever the number of workers', async () => {
    const other = join(folder, 'one-worker');
    await run(config, other, 1);
    expect(readText(other, 'summary.json')).toBe(summary);
    expect(readText(other, 'comparisons.json')).toBe(readText(root, 'comparisons.json'));
    for (const file of ['best-fixed/seed-0/result.json', 'best-fixed/seed-0/episodes.jsonl']) {
      expect(readText(other, file)).toBe(readText(root, file));
    }
  });

  it('has no wall clock and no host in the summary', () => {
    expect(summary).not.toMatch(/second|wall|host|date|time/i);
  });
});

describe('resuming', () => {
  it('keeps what is finished, runs what is not, and ends alike', async () => {
    const kept = readText(root, 'runbook/seed-0/manifest.json');
    rmSync(join(root, 'best-fixed/seed-1/result.json'));
    rmSync(join(root, 'summary.json'));
    const again = await run(config, root, 1, true);
    expect(again).toMatchObject({ jobs: 4, kept: 3, finished: 1 });
    expect(readText(root, 'runbook/seed-0/manifest.json')).toBe(kept);
    expect(readText(root, 'summary.json')).toBe(summary);
  });

  it('after SIGKILL at any moment ends with the same summary', async () => {
    const killed = join(folder, 'killed');
    const first = startPase(['run', config, '--out', killed, '--workers', '1'], folder);
    while (!existsSync(join(killed, 'best-fixed/seed-0/result.json'))) await sleep(50);
    first.child.kill('SIGKILL');
    await first.ended;
    const again = await run(config, killed, 2, true);
    expect(again.kept).toBeGreaterThan(0);
    expect(again.kept + again.finished).toBe(4);
    expect(readText(killed, 'summary.json')).toBe(summary);
  });

  it('does not take a result of another config for its own', async () => {
    const other = smallExperiment(SMALL.replace('incidents: 3', 'incidents: 2'));
    const again = await run(other.config, root, 2, true);
    expect(again).toMatchObject({ kept: 0, finished: 4 });
  });
});

describe('what goes wrong', () => {
  const own = fileURLToPath(new URL('./helpers/failing-policy.ts', import.meta.url));

  it('in one method does not stop the others', async () => {
    const bad = smallExperiment(`
imports: [${own}]
evaluate: { splits: [seen], incidents: 2 }
seeds: 1
methods:
  throws: { policy: { kind: throwing } }
  crashes: { policy: { kind: crashing } }
  runbook: { synthesizer: { kind: runbook }, verifier: { mode: none } }
`);
    const { failed, finished, collected } = await run(bad.config, bad.root, 1);
    expect(finished).toBe(1);
    expect(failed.map(({ job, message }) => [job.variant.name, message])).toEqual([
      ['throws', 'this policy cannot decide'],
      ['crashes', 'the worker process ended before the job did (exit code 7)'],
    ]);
    expect(readText(bad.root, 'throws/seed-0/failure.txt')).toContain('this policy cannot decide');
    expect(new Set(collected.summary.map((row) => row.variant))).toEqual(new Set(['runbook']));
  });

  it('an interrupt ends cleanly with what is done', async () => {
    const stopped = smallExperiment(SMALL.replace('llmCalls: 60', 'llmCalls: 1000000').replace('methods:', 'methods:\n  first: { synthesizer: { kind: runbook } }')); // biome-ignore format: one thought
    const { child, ended } = startPase(
      ['run', stopped.config, '--out', stopped.root, '--workers', '1'],
      folder,
    );
    while (!existsSync(join(stopped.root, 'best-fixed/seed-0/episodes.jsonl'))) await sleep(50);
    child.kill('SIGINT');
    const { code, stdout } = await ended;
    expect(code).toBe(130);
    expect(stdout).toContain('2 of 6 runs');
    expect(stdout).toContain('--resume');
    const rows = JSON.parse(readText(stopped.root, 'summary.json')) as { variant: string }[];
    expect(new Set(rows.map((row) => row.variant))).toEqual(new Set(['first']));
    expect(existsSync(join(stopped.root, 'report.html'))).toBe(true);
  });
});
