import { describe, expect, it } from 'vitest';
import { beliefSummary, believed } from '../../../envs/world-model/belief-summary.js';
import type { PlanFailure, Verdict } from '../../../envs/world-model/types.js';
import { renderAdvice, renderVerdict } from '../../../envs/world-model/verdict-text.js';
import { makeBelief, makePlan } from './support.js';

const failure: PlanFailure = {
  layer: 'symbolic',
  kind: 'precondition',
  step: 1,
  condition: '(not (config-bad cart))',
  actual: '(config-bad cart)',
  advice: { op: 'literal', literal: '(config-bad cart)', wanted: false, actual: 'true' },
  hypothesis: {
    conditions: [{ condition: 'config-bad', component: 'cart' }],
    probability: 0.31,
    source: 'belief',
  },
};
const rejected: Verdict = {
  accepted: false,
  feasibility: 0.2,
  predictedMttr: 90,
  failures: [failure],
  seconds: 0.7,
};

describe('renderVerdict', () => {
  it('names step, condition, hypothesis and repair', () => {
    const plan = makePlan(['inspect cart', 'rolling-restart cart']);
    expect(renderVerdict(rejected, { plan })).toBe(
      [
        'Rejected: feasible with probability 20 %.',
        '- Step 2 (rolling-restart cart): its precondition does not hold: (not (config-bad cart)), if config-bad(cart) is the cause (probability 31 %). Holds instead: (config-bad cart). To repair it: make (config-bad cart) false (now true).',
      ].join('\n'),
    );
  });

  it('can tell the step only', () => {
    expect(renderVerdict(rejected, { detail: 'step' })).not.toContain('To repair it');
  });

  it('tells an accepted plan and what is expected of it', () => {
    expect(renderVerdict({ ...rejected, accepted: true, failures: [] })).toBe(
      'Accepted: feasible with probability 20 %, recovery expected 90 s from now.',
    );
  });

  it('stops after the limit and says so', () => {
    const many = { ...rejected, failures: [failure, failure, failure] };
    expect(renderVerdict(many, { limit: 1 }).split('\n').at(-1)).toBe('- and 2 more.');
  });

  it('puts alternatives into brackets', () => {
    const literal = (name: string) =>
      ({ op: 'literal', literal: `(${name})`, wanted: true, actual: 'false' }) as const;
    const advice = {
      op: 'and',
      children: [literal('a'), { op: 'or', children: [literal('b'), literal('c')] }],
    } as const;
    expect(renderAdvice(advice)).toBe(
      'make (a) true (now false) and (make (b) true (now false) or make (c) true (now false))',
    );
  });
});

describe('belief summaries', () => {
  const belief = makeBelief(
    ['config-bad', 'process-stale'],
    [
      { condition: 'config-bad', component: 'cartservice', probability: 0.5 },
      { condition: 'process-stale', component: 'frontend', probability: 0.9 },
    ],
    0,
    0,
  );

  it('give largest, mean and entropy per condition', () => {
    expect(beliefSummary(belief)[0]).toEqual({
      condition: 'config-bad',
      max: 0.5,
      component: 'cartservice',
      mean: 0.125,
      entropy: 0.25,
    });
  });

  it('list what is more likely than not', () => {
    expect(believed(belief, 0.6)).toEqual([
      { condition: 'process-stale', component: 'frontend', probability: 0.9 },
    ]);
  });
});
