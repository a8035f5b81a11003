import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Box, Discrete, defaultRng } from 'gymnasium-js';
import { describe, expect, it } from 'vitest';
import { BestPerContext, BestSwitch, CyclePolicy, createPolicy, loadPolicy } from '../../agents/index.js';

/** Actions 0 and 1 open an episode; 2 and 3 become valid in its second and last step. The context is a one-hot of two. */
class TwoStages {
  readonly observationSpace = new Box(0, 1, { shape: [3], dtype: 'float32' });
  readonly actionSpace = new Discrete(4);
  private rng = defaultRng(0);
  private context = 0;
  private stage = 0;
  private first = 0;

  constructor(private readonly pays: (context: number, first: number, after: number) => number) {}

  private answer(): [Float32Array, { actionMask: Uint8Array }] {
    const observation = new Float32Array(3);
    if (this.context < 2) observation[1 + this.context] = 1;
    return [observation, { actionMask: Uint8Array.of(1, 1, this.stage, this.stage) }];
  }

  reset({ seed }: { seed?: number } = {}) {
    if (seed !== undefined) this.rng = defaultRng(seed);
    this.context = Number(this.rng.integers(0, 2));
    this.stage = 0;
    return this.answer();
  }

  step(action: unknown): [Float32Array, number, boolean, boolean, { actionMask: Uint8Array }] {
    const done = this.stage === 1;
    const reward = done ? this.pays(this.context, this.first, action as number) : 0;
    this.first = action as number;
    this.stage = 1;
    const [observation, info] = this.answer();
    return [observation, reward, done, false, info];
  }
}

const OPENING = { actionMask: Uint8Array.of(1, 1, 0, 0) };
const LATER = { actionMask: Uint8Array.of(1, 1, 1, 1) };
const seen = (...values: number[]): Float32Array => Float32Array.from(values);

describe('best-switch', () => {
  it('finds the best pair, of actions that open and actions that come later, and goes by the mask', async () => {
    const agent = new BestSwitch(new TwoStages((_, first, after) => (first === 1 && after === 3 ? 1 : 0)));
    await agent.learn(400);
    expect(agent.bestRule).toEqual([1, 3]);
    expect(agent.means.filter((mean) => !Number.isNaN(mean))).toHaveLength(4);
    expect(agent.predict(seen(0, 1, 0), OPENING)).toBe(1);
    expect(agent.predict(seen(0, 1, 0), LATER)).toBe(3);
  });

  it('is saved and loaded with what it found', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pase-best-'));
    try {
      const agent = new BestSwitch(new TwoStages((_, first, after) => first + after));
      await agent.learn(100);
      await agent.save(folder);
      const loaded = await loadPolicy(folder);
      expect(loaded.predict(seen(0, 1, 0), LATER)).toBe(3);
      expect(loaded.predict(seen(0, 1, 0), OPENING)).toBe(1);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('best-per-context', () => {
  it('keeps an action for each context, and the best over all for one not met', async () => {
    const env = new TwoStages((context, _, after) => (after === context ? 1 : 0) + (after === 0 ? 0.1 : 0));
    const agent = new BestPerContext(env, { contextFrom: 1, contextSize: 2 });
    await agent.learn(800);
    expect(agent.predict(seen(0, 1, 0), LATER)).toBe(0);
    expect(agent.predict(seen(0, 0, 1), LATER)).toBe(1);
    expect(agent.predict(seen(0, 0, 0), LATER)).toBe(agent.bestRule[0]);
  });
});

describe('cycle', () => {
  it('takes actions in turn, passes over invalid ones, and starts anew with an episode', () => {
    const policy = new CyclePolicy(new TwoStages(() => 0));
    const take = (options: { actionMask: Uint8Array }): number => policy.predict(seen(0, 0, 0), options);
    expect([take(OPENING), take(OPENING), take(OPENING), take(LATER)]).toEqual([0, 1, 0, 1]);
    expect([take(LATER), take(LATER), take(LATER)]).toEqual([2, 3, 0]);
    policy.resetEpisode();
    expect(take(LATER)).toBe(0);
  });

  it('refuses an order that names no action', () => {
    expect(() => createPolicy('cycle', new TwoStages(() => 0), { order: [0, 7] })).toThrow(
      'option "order" of cycle must list whole numbers from 0 to 3, found [0,7]',
    );
  });
});
