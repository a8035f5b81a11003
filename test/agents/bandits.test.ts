import { defaultRng } from 'gymnasium-js';
import { describe, expect, it } from 'vitest';
import { LinearModel } from '../../agents/common/linear-model.js';
import { type Agent, createPolicy } from '../../agents/index.js';
import { ARMS, LinearProblem, NOISE, regretOf } from './linear-problem.js';

describe('ridge regression', () => {
  it('is that of the normal equations', () => {
    const rng = defaultRng(1);
    const model = new LinearModel(2, 0.5);
    let [a, b, d, u, v] = [0.5, 0, 0.5, 0, 0];
    for (let k = 0; k < 30; k++) {
      const x = Float64Array.of(rng.standardNormal(), rng.standardNormal());
      const reward = rng.standardNormal();
      model.update(x, reward);
      a += x[0]! ** 2;
      b += x[0]! * x[1]!;
      d += x[1]! ** 2;
      u += reward * x[0]!;
      v += reward * x[1]!;
    }
    const determinant = a * d - b * b;
    expect(model.theta[0]!).toBeCloseTo((d * u - b * v) / determinant, 10);
    expect(model.theta[1]!).toBeCloseTo((a * v - b * u) / determinant, 10);
    expect(model.variance(Float64Array.of(1, 2))).toBeCloseTo((d - 4 * b + 4 * a) / determinant, 10);
  });
});

// Theory: LinUCB and Thompson sampling have regret of order sqrt(T) up to logarithms, a uniform policy and epsilon-greedy
// with constant epsilon of order T. Growing T eightfold multiplies the first by sqrt(8) = 2.8 at most, the second by 8.
describe('regret', () => {
  const T = 8000;

  it.each([
    ['linucb', { alpha: 0.5 }],
    ['thompson', { noise: NOISE }],
  ])('of %s grows no faster than the square root of time', async (kind, options) => {
    const regret = await regretOf(kind, options, T);
    expect(regret[T]! / regret[T / 8]!).toBeLessThan(Math.sqrt(8));
    const uniform = await regretOf('epsilon-greedy', { epsilon: 1 }, T);
    expect(regret[T]!).toBeLessThan(0.05 * uniform[T]!);
  });

  it('of epsilon-greedy with a constant epsilon is epsilon times that of uniform choice', async () => {
    const greedy = await regretOf('epsilon-greedy', { epsilon: 0.2 }, T);
    const uniform = await regretOf('epsilon-greedy', { epsilon: 1 }, T);
    const late = (regret: readonly number[]) => regret[T]! - regret[T / 2]!;
    expect(late(greedy) / late(uniform)).toBeCloseTo(0.2, 1);
  });

  it.each(['linucb', 'thompson', 'epsilon-greedy'])(
    'of %s under masks is small and no invalid arm is taken',
    async (kind) => {
      const regret = await regretOf(kind, {}, 3000, true);
      expect((regret[3000]! - regret[2000]!) / 1000).toBeLessThan(0.12);
    },
  );
});

describe('a bandit of scope episode', () => {
  it('keeps its arm until the episode is reset, where the mask allows it', async () => {
    const agent = createPolicy('linucb', new LinearProblem(), { seed: 1 }) as Agent;
    await agent.learn(500);
    const context = Float32Array.of(1, 0, 0, 0);
    const other = Float32Array.of(-1, 0, 0, 0);
    agent.resetEpisode!();
    const fresh = agent.predict(other);
    agent.resetEpisode!();
    const arm = agent.predict(context);
    expect(arm).not.toBe(fresh);
    expect(agent.predict(other)).toBe(arm);
    const without = new Uint8Array(ARMS).fill(1);
    without[arm] = 0;
    expect(agent.predict(other, { actionMask: without })).toBe(without.indexOf(1));
    agent.resetEpisode!();
    expect(agent.predict(other)).toBe(fresh);
  });

  it('refuses the options of other bandits', () => {
    expect(() => createPolicy('linucb', new LinearProblem(), { epsilon: 0.1 })).toThrow(
      /^linucb has no option "epsilon"/,
    );
  });
});
