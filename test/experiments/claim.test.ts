import { describe, expect, it } from 'vitest';
import type { Variant } from '../../experiments/config/variants.js';
import { claimAnswers } from '../../experiments/report/claim.js';
import type { Collected } from '../../experiments/runner/collect.js';
import { compare } from '../../experiments/statistics/comparisons.js';
import { METRICS, type MethodScores, Resampler, summarise } from '../../experiments/statistics/index.js';

const method = (variant: string, split: string, seconds: number[]): MethodScores => {
  const all = Object.fromEntries(METRICS.map(({ name }) => [name, [Float64Array.from(seconds)]]));
  return { variant, split, scores: all as unknown as MethodScores['scores'] };
};

const MODES: Record<string, string> = {
  ppo: 'symbolic',
  'best-fixed': 'symbolic',
  planner: 'none',
  runbook: 'none',
  oracle: 'none',
};

/** A collected run from the seconds of each method on each split. */
function collected(splits: Record<string, Record<string, number[]>>): Collected {
  const variants = Object.keys(Object.values(splits)[0]!).map((name) => {
    const [method] = name.split(',') as [string];
    const synthesizer = { kind: method === 'planner' || method === 'runbook' ? method : 'surrogate' };
    const config = { verifier: { mode: MODES[method] }, policy: { kind: method }, synthesizer };
    return { name, method, config } as unknown as Variant;
  });
  const groups = Object.entries(splits).map(([split, methods]) =>
    Object.entries(methods).map(([name, seconds]) => method(name, split, seconds)),
  );
  const resampler = new Resampler(4, 200);
  return {
    index: { variants },
    summary: groups.flatMap((group) => group.flatMap((each, stream) => summarise(each, resampler, stream))),
    comparisons: groups.flatMap((group) => compare(group, resampler)),
  } as unknown as Collected;
}

describe('the claim', () => {
  it('is yes where the whole interval lies beyond 40 %', () => {
    const run = collected({
      seen: { ppo: [50, 50, 50, 50], planner: [100, 100, 100, 100], oracle: [10, 10, 10, 10] },
    });
    expect(claimAnswers(run)).toMatchObject([{ split: 'seen', ours: 'ppo', previousBest: 'planner', answer: 'yes', reduction: 0.5, chosenOnSelect: false }]); // biome-ignore format: one row
  });

  it('is no where it lies below, whichever of the two comes first in the file', () => {
    const run = collected({ seen: { planner: [100, 100, 100, 100], ppo: [80, 80, 80, 80] } });
    const [answer] = claimAnswers(run);
    expect(answer).toMatchObject({ ours: 'ppo', answer: 'no' });
    expect(answer!.reduction).toBeCloseTo(0.2, 12);
    expect(answer!.low).toBeCloseTo(0.2, 12);
  });

  it('is undecided where the interval holds 40 %', () => {
    const run = collected({ seen: { ppo: [10, 110, 10, 110], planner: [100, 100, 100, 100] } });
    expect(claimAnswers(run)[0]!.answer).toBe('undecided');
  });

  it('is answered within each setting of the environment that all methods were run in', () => {
    const run = collected({
      seen: {
        'ppo,env=fast': [40, 40],
        'planner,env=fast': [50, 50],
        'ppo,env=slow': [300, 300],
        'planner,env=slow': [900, 900], // biome-ignore format: one row
      },
    });
    expect(claimAnswers(run)).toMatchObject([
      { setting: 'env=fast', ours: 'ppo,env=fast', previousBest: 'planner,env=fast', answer: 'no' },
      { setting: 'env=slow', ours: 'ppo,env=slow', previousBest: 'planner,env=slow', answer: 'yes' },
    ]);
  });

  it('sets settings beside each other where some method was not run in all of them', () => {
    const run = collected({
      seen: { 'ppo,env=fast': [40, 40], 'ppo,env=slow': [300, 300], planner: [50, 50] },
    });
    expect(claimAnswers(run)).toMatchObject([{ setting: '', ours: 'ppo,env=fast', previousBest: 'planner' }]);
  });

  it('chooses both sides on select where the run has it, and judges them on test', () => {
    const run = collected({
      seen: {
        ppo: [90, 90, 90, 90],
        'best-fixed': [40, 40, 40, 40],
        planner: [100, 100, 100, 100],
        runbook: [80, 80, 80, 80],
      },
      'seen@select': {
        ppo: [50, 50, 50, 50],
        'best-fixed': [60, 60, 60, 60],
        planner: [70, 70, 70, 70],
        runbook: [90, 90, 90, 90],
      },
    });
    expect(claimAnswers(run)).toMatchObject([
      { split: 'seen', ours: 'ppo', previousBest: 'planner', chosenOnSelect: true },
    ]);
    expect(claimAnswers(run)[0]!.reduction).toBeCloseTo(0.1, 12);
  });
});
