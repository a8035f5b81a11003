import { evaluate } from 'mathjs';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../../envs/config/index.js';
import { compileReward, type RewardQuantities } from '../../../envs/healing/reward.js';

const quantities: RewardQuantities = {
  elapsed: 90,
  remaining: 0,
  cap: 1800,
  accepted: 1,
  feasible: 0.5,
  recovered: 0,
  violations: 1,
  dataLost: 0,
  tokens: 900,
  attempt: 1,
};

describe('compileReward', () => {
  it('evaluates the shipped rewards', () => {
    expect(compileReward('mttr')(quantities)).toBeCloseTo(-0.05, 12);
    expect(compileReward('feasibility-and-mttr')(quantities)).toBeCloseTo(-0.05 + 0.01 - 0.1, 12);
  });
  it('evaluates an expression of the user', () => {
    expect(compileReward('elapsed > 60 ? max(-elapsed, -100) : 0')(quantities)).toBe(-90);
    expect(compileReward('recovered == 0')(quantities)).toBe(1);
  });
  it.each([
    '-(elapsed + remaining) / cap + 0.02 * accepted * feasible - 0.1 * violations - 0.5 * dataLost',
    '-elapsed - -tokens * 1e-7 / 3 + (attempt - 0.1) * feasible',
    '2 elapsed / cap - attempt',
    '+elapsed / 3 - 2 ^ attempt / 7',
    'elapsed % 7 / 3 + e * (recovered ? 1 : attempt)',
  ])('gives the bits that mathjs gives: %s', (expression) => {
    const reward = compileReward(expression);
    for (let i = 0; i < 50; i++) {
      const at = { ...quantities, elapsed: i * 17.3, attempt: i, tokens: 1e5 * i, feasible: i / 49 };
      expect(reward(at)).toBe(Number(evaluate(expression, { ...at })));
    }
  });
  it.each([
    [
      '-elapsd / cap',
      'x.yaml: reward: expected one of elapsed, remaining, cap, accepted, feasible, recovered, violations, dataLost, tokens, attempt, e, pi, true, false, found "elapsd"; did you mean "elapsed"?',
    ],
    ['mtr', /found "mtr"; did you mean "mttr"\?$/],
    ['random()', /^x\.yaml: reward: expected one of abs, min, .*found "random"/],
    ['x = 3', 'x.yaml: reward: expected arithmetic over named quantities, found "x = 3"'],
    ['f(x) = x', /^x\.yaml: reward: expected arithmetic over named quantities/],
    ['elapsed +', /^x\.yaml: reward: expected a name or an expression, found "elapsed \+": /],
    [
      '1 / (attempt - 1)',
      /^x\.yaml: reward: expected a finite number from "1 \/ \(attempt - 1\)", found Infinity at elapsed=95/,
    ],
    ['sqrt(-elapsed)', /expected a finite number/],
  ])('refuses %s in one line', (expression, message) => {
    let error: unknown;
    try {
      compileReward(expression, 'x.yaml: reward');
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(ConfigError);
    const text = (error as Error).message;
    if (typeof message === 'string') expect(text).toBe(message);
    else expect(text).toMatch(message);
    expect(text).not.toContain('\n');
  });
  it('says so when a value stops being finite later', () => {
    const reward = compileReward('1 / (tokens - 5)');
    expect(() => reward({ ...quantities, tokens: 5 })).toThrow(ConfigError);
  });
});
