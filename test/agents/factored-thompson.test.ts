import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Box, defaultRng, MultiDiscrete } from 'gymnasium-js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { drawNormal } from '../../agents/common/draw-normal.js';
import { createPolicy, FactoredThompson, loadPolicy } from '../../agents/index.js';
import { IdentityEnv } from './envs.js';

const WORTH = [
  [0, 0.3, 0.1],
  [0.2, 0],
  [0, 0.1, 0.4, 0.2],
];

/** Two steps an episode, the first of which forbids the last level of the last component; a noisy sum of what the levels are worth. */
class Parts {
  readonly observationSpace = new Box(0, 1, { shape: [2], dtype: 'float32' });
  readonly actionSpace = new MultiDiscrete([3, 2, 4]);
  readonly played: number[][] = [];
  private rng = defaultRng(0);
  private stage = 0;

  constructor(private readonly noise: number) {}

  private answer(): [Float32Array, { actionMask: Uint8Array }] {
    const mask = new Uint8Array(9).fill(1);
    if (this.stage === 0) mask[8] = 0;
    return [new Float32Array(2), { actionMask: mask }];
  }

  reset({ seed }: { seed?: number } = {}) {
    if (seed !== undefined) this.rng = defaultRng(seed);
    this.stage = 0;
    return this.answer();
  }

  step(action: unknown): [Float32Array, number, boolean, boolean, { actionMask: Uint8Array }] {
    const levels = Array.from(action as ArrayLike<number | bigint>, Number);
    this.played.push(levels);
    this.stage++;
    const worth = levels.reduce((sum, level, c) => sum + WORTH[c]![level]!, 0);
    const [observation, info] = this.answer();
    return [observation, worth / 2 + this.noise * this.rng.standardNormal(), this.stage === 2, false, info];
  }
}

const SEEN = new Float32Array(2);

describe('factored-thompson', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'pase-factored-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('composes the best of every component from a few hundred noisy episodes, and plays more and more of it', async () => {
    const env = new Parts(0.3);
    const agent = new FactoredThompson<Int32Array>(env, { seed: 1 });
    await agent.learn(1200);
    expect([...agent.best]).toEqual([1, 0, 2]);
    expect([...agent.predict(SEEN)]).toEqual([1, 0, 2]);
    const share = (from: number, to: number): number =>
      env.played.slice(from, to).filter((levels) => levels.join() === '1,0,2').length / (to - from);
    expect(share(800, 1200)).toBeGreaterThan(0.6);
    expect(share(800, 1200)).toBeGreaterThan(2 * share(0, 100));
  });

  it('plays the first level that the mask allows for one that it forbids', async () => {
    const env = new Parts(0);
    const agent = new FactoredThompson<Int32Array>(env, { seed: 2 });
    await agent.learn(300);
    expect(env.played.filter((_, t) => t % 2 === 0).every((levels) => levels[2] !== 3)).toBe(true);
    expect(env.played.some((levels) => levels[2] === 3)).toBe(true);
    expect(agent.best[2]).toBe(2);
    const mask = Uint8Array.of(1, 1, 1, 1, 1, 0, 1, 0, 1);
    expect(agent.predict(SEEN, { actionMask: mask })[2]).toBe(1);
    expect(() => agent.predict(SEEN, { actionMask: new Uint8Array(9) })).toThrow(
      'an action mask of 3 actions allows none',
    );
  });

  it('is the same for the same seed, and after it is loaded', async () => {
    const agents = [7, 7, 8].map((seed) => new FactoredThompson<Int32Array>(new Parts(0.3), { seed }));
    for (const agent of agents) await agent.learn(200);
    await agents[0]!.save(join(directory, 'a'));
    const loaded = (await loadPolicy(join(directory, 'a'))) as unknown as FactoredThompson<Int32Array>;
    expect(loaded.best).toEqual(agents[0]!.best);
    expect(agents[1]!.best).toEqual(agents[0]!.best);
    const [first, second, third] = agents.map((agent) => (agent as unknown as { model: unknown }).model);
    expect(second).toEqual(first);
    expect(third).not.toEqual(first);
  });

  it('takes plain actions as one component', async () => {
    const policy = createPolicy('factored-thompson', new IdentityEnv(3), { seed: 1 });
    await (policy as FactoredThompson).learn(50);
    expect([0, 1, 2]).toContain(policy.predict(new Float32Array(3)));
  });

  it('says what is wrong with an option', () => {
    expect(() => createPolicy('factored-thompson', new IdentityEnv(3), { nois: 1 })).toThrow(
      'factored-thompson has no option "nois"; did you mean "noise"?',
    );
  });
});

describe('draws from a normal distribution', () => {
  it('have its mean and covariance', () => {
    const rng = defaultRng(5);
    const covariance = Float64Array.of(2, 0.6, 0.6, 0.5);
    const n = 40_000;
    const sums = [0, 0, 0, 0, 0];
    for (let k = 0; k < n; k++) {
      const [x, y] = drawNormal(Float64Array.of(1, -1), covariance, 2, rng) as unknown as [number, number];
      [x, y, (x - 1) ** 2, (x - 1) * (y + 1), (y + 1) ** 2].forEach((value, i) => {
        sums[i]! += value / n;
      });
    }
    // 4 × the covariance; standard errors are below 0.06.
    for (const [i, wanted] of [1, -1, 8, 2.4, 2].entries())
      expect(Math.abs(sums[i]! - wanted)).toBeLessThan(0.2);
  });

  it('stay at the mean in a direction without variance', () => {
    const flat = Float64Array.of(1, 1, 1, 1);
    const [x, y] = drawNormal(Float64Array.of(0, 3), flat, 1, defaultRng(1));
    expect(y! - x!).toBeCloseTo(3, 12);
  });
});
