import { describe, expect, it } from 'vitest';
import { hypotheses, sameConditions } from '../../../envs/world-model/hypotheses.js';
import { makeBelief } from './support.js';

const CONDITIONS = ['config-bad', 'process-stale', 'leak-growing'];

describe('hypotheses', () => {
  it('orders sets of conditions by probability and leaves out that nothing is wrong', () => {
    const belief = makeBelief(CONDITIONS, [
      { condition: 'config-bad', component: 'cartservice', probability: 0.9 },
      { condition: 'process-stale', component: 'cartservice', probability: 0.6 },
    ]);
    const found = hypotheses(belief, 4, null);
    const [stale, bad] = ['process-stale', 'config-bad'].map((condition) => ({
      condition,
      component: 'cartservice',
    }));
    expect(sameConditions(found[0]!.conditions, [stale!, bad!])).toBe(true);
    expect(found[1]!.conditions).toEqual([bad]);
    expect(found.every(({ conditions }) => conditions.length > 0)).toBe(true);
    expect(found.map(({ probability }) => probability)).toEqual(
      [...found.map(({ probability }) => probability)].sort((a, b) => b - a),
    );
    // Odds of the two are those of process-stale alone: 0.6 against 0.4.
    expect(found[0]!.probability / found[1]!.probability).toBeCloseTo(1.5, 6);
  });

  it('gives as many as asked for, weights summing to at most 1', () => {
    const belief = makeBelief(CONDITIONS, [], 0.3, 0.3);
    for (const k of [1, 3, 8]) {
      const found = hypotheses(belief, k, null);
      expect(found).toHaveLength(k);
      expect(found.reduce((sum, { probability }) => sum + probability, 0)).toBeLessThanOrEqual(1 + 1e-9);
    }
  });

  it('discounts two unhealthy components against either of them', () => {
    const belief = makeBelief(CONDITIONS, [
      { condition: 'config-bad', component: 'cartservice', probability: 0.6 },
      { condition: 'config-bad', component: 'frontend', probability: 0.6 },
    ]);
    const found = hypotheses(belief, 3, null);
    expect(found.map(({ conditions }) => conditions.length)).toEqual([1, 1, 2]);
  });

  it("adds the plan's own diagnosis once, whatever its case and order", () => {
    const belief = makeBelief(CONDITIONS, [
      { condition: 'config-bad', component: 'cartservice', probability: 0.9 },
    ]);
    const own = [
      { condition: 'Leak-Growing', component: 'redis-cart' },
      { condition: 'leak-growing', component: 'redis-cart' },
    ];
    const found = hypotheses(belief, 2, own);
    expect(found).toHaveLength(3);
    expect(found[2]).toEqual({
      conditions: [{ condition: 'leak-growing', component: 'redis-cart' }],
      probability: 0,
      source: 'diagnosis',
    });
    expect(hypotheses(belief, 2, [{ condition: 'config-bad', component: 'cartservice' }])).toHaveLength(2);
  });

  it('ignores words of a diagnosis that the model does not have', () => {
    const belief = makeBelief(CONDITIONS, []);
    expect(hypotheses(belief, 2, [{ condition: 'gremlins', component: 'cartservice' }])).toHaveLength(2);
  });
});
