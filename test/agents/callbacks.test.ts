import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import {
  CheckpointCallback,
  EvaluationCallback,
  PPO,
  StopOnReward,
  ThroughputCallback,
} from '../../agents/index.js';
import { IdentityEnv } from './envs.js';

const agent = () =>
  new PPO('mlp', new IdentityEnv(3), { nSteps: 128, learningRate: 3e-3, gamma: 0.5, seed: 1 });

it('evaluation runs every so many steps, saves the best and stops at a mean return', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'agents-'));
  const seen: number[] = [];
  const evaluation = new EvaluationCallback({
    env: new IdentityEnv(3),
    every: 256,
    episodes: 2,
    seed: 3,
    saveBestTo: directory,
    stopAt: 95,
    onResult: (_, timesteps) => seen.push(timesteps),
  });
  const trained = await agent().learn(4096, { callbacks: evaluation });
  expect(seen).toEqual(seen.map((_, k) => 256 * (k + 1)));
  expect(evaluation.best).toBeGreaterThanOrEqual(95);
  expect(trained.numTimesteps).toBe(seen.at(-1));
  expect(trained.numTimesteps).toBeLessThan(4096);
  const best = await PPO.load(directory);
  expect(best.parameters()).toEqual(trained.parameters());
  await rm(directory, { recursive: true });
});

it('evaluation does not change what is learned', async () => {
  const evaluation = new EvaluationCallback({
    env: new IdentityEnv(3),
    every: 100,
    episodes: 1,
    deterministic: false,
  });
  const watched = await agent().learn(512, { callbacks: evaluation });
  const alone = await agent().learn(512);
  expect(evaluation.results).toHaveLength(5);
  expect(watched.parameters()).toEqual(alone.parameters());
});

it('checkpoints are kept one by one or replaced', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'agents-'));
  const all = join(directory, 'all');
  const latest = join(directory, 'latest');
  await agent().learn(300, {
    callbacks: [
      new CheckpointCallback({ directory: all, every: 100, keepAll: true }),
      new CheckpointCallback({ directory: latest, every: 140 }),
    ],
  });
  expect((await readdir(all)).sort()).toEqual(['step-100', 'step-200', 'step-300']);
  expect((await PPO.load(latest)).numTimesteps).toBe(280);
  await rm(directory, { recursive: true });
});

it('training stops when the mean of the latest episodes reaches the threshold', async () => {
  const stop = new StopOnReward(60, 2);
  const trained = await agent().learn(20_000, { callbacks: stop });
  expect(trained.numTimesteps).toBeLessThan(4000);
  expect(trained.numTimesteps % 100).toBe(0);
});

it('throughput is steps over the seconds of training', async () => {
  let milliseconds = 5000;
  const throughput = new ThroughputCallback(() => milliseconds);
  await agent().learn(200, {
    callbacks: [
      {
        onStep: () => {
          milliseconds += 10;
          return true;
        },
      },
      throughput,
    ],
  });
  milliseconds += 1000; // after the end: not counted
  expect(throughput.stepsPerSecond).toBeCloseTo(100, 6);
});
