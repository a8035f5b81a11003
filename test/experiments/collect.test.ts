import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { resultsTable } from '../../experiments/report/table.js';
import { collect } from '../../experiments/runner/collect.js';
import { seedFolder } from '../../experiments/runner/folder.js';
import { madeUpRun } from './helpers/made-up-run.js';

describe('collecting a run folder', () => {
  it('gives a row a variant, split and metric with counts and intervals', () => {
    const { root, index } = madeUpRun(['ppo', 'random'], 3, 20);
    const { summary, comparisons } = collect(root, index);
    const row = summary.find(
      (r) => r.variant === 'ppo' && r.split === 'unseen-type' && r.metric === 'mttr_s',
    )!;
    expect(Object.keys(row)).toEqual([
      'variant',
      'split',
      'metric',
      'n',
      'seeds',
      'mean',
      'iqm',
      'ciLow',
      'ciHigh',
    ]);
    expect(row).toMatchObject({ n: 60, seeds: 3 });
    expect(row.ciLow).toBeLessThan(row.mean);
    expect(row.ciHigh).toBeGreaterThan(row.mean);
    const pair = comparisons.find(
      (c) => c.a === 'ppo' && c.b === 'random' && c.split === 'seen' && c.metric === 'mttr_s',
    )!;
    const means = ['ppo', 'random'].map(
      (v) => summary.find((r) => r.variant === v && r.split === 'seen' && r.metric === 'mttr_s')!.mean,
    );
    expect(pair.difference).toBeCloseTo(means[0]! - means[1]!, 9);
  });

  it('is the same each time, and counts only seeds that finished', () => {
    const { root, index } = madeUpRun(['ppo', 'random'], 2, 10);
    expect(collect(root, index).summary).toEqual(collect(root, index).summary);
    rmSync(join(seedFolder(root, 'random', 1), 'result.json'));
    const seeds = collect(root, index)
      .summary.filter((row) => row.metric === 'mttr_s')
      .map((row) => [row.variant, row.seeds]);
    expect(seeds).toEqual([['ppo', 2], ['random', 1], ['ppo', 2], ['random', 1]]); // biome-ignore format: a table
  });
});

describe('the terminal’s table', () => {
  it('has a block a split and a line a method, aligned', () => {
    const { root, index } = madeUpRun(['ppo', 'best-fixed'], 2, 10);
    const lines = resultsTable(collect(root, index)).split('\n');
    expect(lines[2]).toBe('seen: 10 test incidents, 2 seeds');
    expect(lines[3]).toMatch(
      /^method +MTTR s \[95 %\] +recovered +first plan valid +violations\/100 +LLM calls$/,
    );
    expect(lines[5]).toMatch(/^ppo +\d+ \[\d+, \d+\] +[\d.]+ % +[\d.]+ % +[\d.]+ +[\d.]+$/);
    expect(new Set(lines.slice(3, 7).map((line) => line.length)).size).toBe(1);
  });
});
