import { describe, expect, it } from 'vitest';
import { Budget, Gate, TokenRate } from '../../../envs/synthesis/models/limits.js';

/** A clock that runs only while something sleeps. */
function clock() {
  let now = 0;
  return {
    now: () => now,
    sleep: async (milliseconds: number) => {
      now += milliseconds;
    },
  };
}

describe('TokenRate', () => {
  it('keeps the tokens of any minute within the limit', async () => {
    const { now, sleep } = clock();
    const rate = new TokenRate(1000, now, sleep);
    const sent: { at: number; tokens: number }[] = [];
    for (let i = 0; i < 40; i++) {
      const tokens = 100 + 37 * (i % 9);
      await rate.admit(tokens);
      sent.push({ at: now(), tokens });
      await sleep(900);
    }
    for (const { at } of sent) {
      const minute = sent.filter((other) => other.at > at - 60_000 && other.at <= at);
      expect(minute.reduce((sum, { tokens }) => sum + tokens, 0)).toBeLessThanOrEqual(1000);
    }
    // It waits no longer than it must: 40 requests of 246 tokens on average are four a minute.
    expect(now()).toBeLessThan(13 * 60_000);
  });

  it('admits in order, also when all ask at once, and lets one above the limit go alone', async () => {
    const { now, sleep } = clock();
    const rate = new TokenRate(1000, now, sleep);
    const order: [number, number][] = [];
    const ask = (tokens: number, i: number) => rate.admit(tokens).then(() => order.push([i, now()]));
    await Promise.all([600, 600, 5000, 100].map(ask));
    expect(order.map(([i]) => i)).toEqual([0, 1, 2, 3]);
    expect(order.map(([, at]) => at)).toEqual([0, 60_000, 120_000, 180_000]);
  });
});

describe('Gate', () => {
  it('goes on after a task that fails', async () => {
    const gate = new Gate(1);
    const failing = gate.run(() => Promise.reject(new Error('no')));
    const next = gate.run(async () => 'yes');
    await expect(failing).rejects.toThrow('no');
    expect(await next).toBe('yes');
  });
});

describe('Budget', () => {
  it('gives back what a request did not use', () => {
    const budget = new Budget({ tokens: 1000 }, { inputPerMillion: 1, outputPerMillion: 10 });
    const settle = budget.reserve(500, 400);
    expect(() => budget.reserve(50, 60)).toThrow(/^spend limit of 1000 tokens/);
    settle(300, 100);
    budget.reserve(300, 300)(0, 0);
    expect(budget.usage).toEqual({ requests: 2, promptTokens: 300, completionTokens: 100, money: 0.0013 });
  });
});
