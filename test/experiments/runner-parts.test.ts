import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultRng } from 'gymnasium-js';
import { beforeEach, describe, expect, it } from 'vitest';
import { JsonLines, writeFolderAtomic, writeJson } from '../../experiments/runner/files.js';
import { clearRun, listSeedRuns } from '../../experiments/runner/folder.js';
import { bar, clock } from '../../experiments/runner/progress.js';
import { metricsOf, toRecord } from '../../experiments/runner/recorder.js';
import { TrainingLog } from '../../experiments/runner/training-log.js';
import { madeUpEpisode, madeUpRun } from './helpers/made-up-run.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pase-parts-'));
});

const linesOf = (file: string): Record<string, unknown>[] =>
  readFileSync(file, 'utf8').trim().split('\n').map((line) => JSON.parse(line)); // biome-ignore format: one thought

describe('atomic writing', () => {
  it('replaces a file and leaves no temporary one', () => {
    writeJson(join(folder, 'a.json'), { x: 1 });
    writeJson(join(folder, 'a.json'), { x: 2 });
    expect(readdirSync(folder)).toEqual(['a.json']);
    expect(JSON.parse(readFileSync(join(folder, 'a.json'), 'utf8'))).toEqual({ x: 2 });
  });

  it('keeps the old folder when filling the new one fails', async () => {
    const target = join(folder, 'checkpoint');
    await writeFolderAtomic(target, (temporary) => writeFileSync(join(temporary, 'old'), ''));
    const failing = writeFolderAtomic(target, (temporary) => {
      writeFileSync(join(temporary, 'new'), '');
      throw new Error('disk full');
    });
    await expect(failing).rejects.toThrow('disk full');
    expect(readdirSync(target)).toEqual(['old']);
  });
});

describe('the training log', () => {
  it('stops at the budget and writes a curve whose points add up', () => {
    const metrics = new JsonLines(join(folder, 'metrics.jsonl'));
    const episodes = new JsonLines(join(folder, 'episodes.jsonl'));
    const fractions: number[] = [];
    const log = new TrainingLog(200, metrics, episodes, (fraction) => fractions.push(fraction));
    const rng = defaultRng(0);
    let played = 0;
    while (!log.spent) log.step(2, played++ % 2 === 0 ? madeUpEpisode(rng, played, 1) : undefined);
    metrics.close();
    episodes.close();
    expect(log).toMatchObject({ llmCalls: 200, steps: 100, episodes: 50 });
    const curve = linesOf(join(folder, 'metrics.jsonl'));
    expect(curve).toHaveLength(50);
    expect(curve.at(-1)).toMatchObject({ llmCalls: 200, step: 100, episodes: 50 });
    const lines = linesOf(join(folder, 'episodes.jsonl'));
    expect(lines).toHaveLength(50);
    expect(lines[3]).toMatchObject({ phase: 'train', globalStep: 7, globalLlmCalls: 14 });
    expect(fractions.at(-1)).toBe(1);
  });

  it('counts steps for a learner that asks no language model', () => {
    const log = new TrainingLog(10, new JsonLines(join(folder, 'm')), new JsonLines(join(folder, 'e')));
    for (let i = 0; i < 10; i++) log.step(0, undefined);
    expect(log.spent).toBe(true);
  });
});

describe('metrics of an incident', () => {
  it('are per 100 where harm is rare, and null where they do not apply', () => {
    const base = madeUpEpisode(defaultRng(1), 0, 1);
    const unresolved = {
      ...base,
      recovered: false,
      mttr: 1800,
      violations: 2,
      dataLost: true,
      firstPlanValid: null,
      verdicts: [],
    };
    const metrics = metricsOf(unresolved);
    expect(metrics).toMatchObject({
      mttr_s: 1800,
      recovered: 0,
      violations_per_100: 200,
      data_lost_per_100: 100,
    });
    expect(metrics).toMatchObject({ mttr_recovered_s: null, first_plan_valid: null });
  });

  it('become columns, with failure kinds added up', () => {
    const rng = defaultRng(2);
    const played = [0, 1, 2].map((index) => ({
      result: { ...madeUpEpisode(rng, index, 1), failureKinds: { goal: index } },
      believed: 'config-bad',
      metaPrompts: ['a'],
      course: 'E',
    }));
    const record = toRecord('seen', 'world', played);
    expect(record.metrics.mttr_s).toEqual(played.map(({ result }) => result.mttr));
    expect(record.failureKinds).toEqual({ goal: 3 });
  });
});

describe('a run folder', () => {
  it('is cleared of seed-runs and products, and of nothing else', () => {
    const { root } = madeUpRun(['ppo'], 2, 5);
    writeFileSync(join(root, 'notes.txt'), 'mine');
    writeFileSync(join(root, 'ppo/mine.txt'), 'mine');
    expect(listSeedRuns(root)).toHaveLength(2);
    clearRun(root);
    expect(listSeedRuns(root)).toEqual([]);
    expect(existsSync(join(root, 'run.json'))).toBe(false);
    expect(readdirSync(root).sort()).toEqual(['notes.txt', 'ppo']);
  });
});

describe('progress', () => {
  it('shows a bar and a clock', () => {
    expect(bar(0.5, 8)).toBe('[####----]  50 %');
    expect(clock(65)).toBe('1:05');
    expect(clock(3725)).toBe('1:02:05');
  });
});
