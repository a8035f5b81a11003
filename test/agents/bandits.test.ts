import {
  Box,
  Discrete,
  defaultRng,
  Env,
  type ResetOptions,
  type ResetResult,
  type StepResult,
} from 'gymnasium-js';
import { describe, expect, it } from 'vitest';
import { LinearModel } from '../../agents/common/linear-model.js';
import { type Agent, type BanditOptions, createPolicy } from '../../agents/index.js';

const FEATURES = 4;
const ARMS = 5;
const NOISE = 0.3;

/** One step an episode: a context uniform on the sphere, the reward linear in it per arm, with normal noise. */
class LinearProblem extends Env<Float32Array, number> {
  readonly observationSpace = new Box(-1, 1, { shape: [FEATURES] });
  readonly actionSpace = new Discrete(ARMS);
  /** Regret of all steps so far, at each step. */
  readonly regret: number[] = [0];
  private readonly theta: number[][];
  private context = new Float32Array(FEATURES);
  private mask = new Uint8Array(ARMS).fill(1);

  constructor(readonly masked = false) {
    super();
    const rng = defaultRng(77);
    this.theta = Array.from({ length: ARMS }, () =>
      Array.from({ length: FEATURES }, () => rng.standardNormal()),
    );
  }

  private value(arm: number): number {
    return this.theta[arm]!.reduce((sum, weight, i) => sum + weight * this.context[i]!, 0);
  }

  override reset(options: ResetOptions = {}): ResetResult<Float32Array> {
    super.reset(options);
    const draws = Array.from({ length: FEATURES }, () => this.npRandom.standardNormal());
    const norm = Math.hypot(...draws);
    this.context = Float32Array.from(draws, (x) => x / norm);
    if (this.masked)
      for (let arm = 0; arm < ARMS; arm++) this.mask[arm] = arm === 0 || this.npRandom.random() < 0.6 ? 1 : 0;
    return [this.context, { actionMask: this.mask.slice() }];
  }

  override step(arm: number): StepResult<Float32Array> {
    if (this.mask[arm] === 0) throw new Error(`invalid arm ${arm} taken`);
    const values = Array.from({ length: ARMS }, (_, a) =>
      this.mask[a] === 0 ? Number.NEGATIVE_INFINITY : this.value(a),
    );
    this.regret.push(this.regret.at(-1)! + Math.max(...values) - values[arm]!);
    return [
      this.context,
      values[arm]! + NOISE * this.npRandom.standardNormal(),
      true,
      false,
      { actionMask: this.mask },
    ];
  }
}

async function regretOf(kind: string, options: Partial<BanditOptions>, steps: number, masked = false) {
  const env = new LinearProblem(masked);
  await (createPolicy(kind, env, { seed: 5, ...options }) as Agent).learn(steps);
  return env.regret;
}

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
    const late = (regret: number[]) => regret[T]! - regret[T / 2]!;
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
