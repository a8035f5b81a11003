import { defaultRng } from 'gymnasium-js';
import { describe, expect, it } from 'vitest';
import { NStepWriter } from '../../agents/buffers/n-step.js';
import { Priorities } from '../../agents/buffers/prioritized.js';
import { ReplayBuffer } from '../../agents/buffers/replay.js';
import { explainedVariance, RolloutBuffer } from '../../agents/buffers/rollout.js';
import { SumTree } from '../../agents/buffers/sum-tree.js';
import type { EnvironmentBatch } from '../../agents/common/environment.js';

describe('generalised advantage estimation', () => {
  const rng = defaultRng(1);
  const steps = 40;
  const buffer = new RolloutBuffer(steps, 2, 1, 2, 1);
  for (let i = 0; i < steps * 2; i++) {
    buffer.rewards[i] = rng.standardNormal();
    buffer.values[i] = rng.standardNormal();
    const u = rng.random();
    buffer.terminated[i] = u < 0.1 ? 1 : 0;
    buffer.truncated[i] = u > 0.9 ? 1 : 0;
    buffer.finalValues[i] = u > 0.9 ? rng.standardNormal() : 0;
  }
  buffer.position = steps;
  const last = [0.3, -1.2];

  /** sum over l of (gamma lambda)^l delta_{t+l} up to the end of the episode or the rollout. */
  function closedForm(t: number, e: number, gamma: number, lambda: number): number {
    let sum = 0;
    for (let l = 0; t + l < steps; l++) {
      const i = (t + l) * 2 + e;
      const ended = buffer.terminated[i] === 1 || buffer.truncated[i] === 1;
      let next = t + l + 1 < steps ? buffer.values[i + 2]! : last[e]!;
      if (buffer.terminated[i] === 1) next = 0;
      else if (ended) next = buffer.finalValues[i]!;
      sum += (gamma * lambda) ** l * (buffer.rewards[i]! + gamma * next - buffer.values[i]!);
      if (ended) break;
    }
    return sum;
  }

  it.each([
    [0.99, 0.95],
    [1, 1],
    [0.9, 0],
  ])('equals its closed form (gamma %d, lambda %d)', (gamma, lambda) => {
    buffer.computeAdvantages(last, gamma, lambda);
    for (let t = 0; t < steps; t++)
      for (const e of [0, 1]) {
        const expected = closedForm(t, e, gamma, lambda);
        expect(buffer.advantages[t * 2 + e]!).toBeCloseTo(expected, 10);
        expect(buffer.returns[t * 2 + e]!).toBeCloseTo(expected + buffer.values[t * 2 + e]!, 10);
      }
  });

  it('with gamma = lambda = 1 makes returns the undiscounted sum of rewards to the end of the episode', () => {
    const small = new RolloutBuffer(3, 1, 1, 1, 1);
    small.rewards.set([1, 2, 4]);
    small.values.set([9, -5, 3]);
    small.terminated.set([0, 0, 1]);
    small.position = 3;
    small.computeAdvantages([100], 1, 1);
    expect(Array.from(small.returns)).toEqual([7, 6, 4]);
  });
});

describe('explained variance', () => {
  it('is 1 for perfect values, 0 for a constant, NaN for constant returns', () => {
    expect(explainedVariance([1, 2, 3], [1, 2, 3], 3)).toBe(1);
    expect(explainedVariance([2, 2, 2], [1, 2, 3], 3)).toBe(0);
    expect(explainedVariance([1, 2, 3], [5, 5, 5], 3)).toBeNaN();
  });
});

describe('n-step transitions', () => {
  it.each([1, 2, 3, 5])('equal brute force over random episodes (n = %i)', (n) => {
    const rng = defaultRng(n);
    const gamma = 0.9;
    const steps = 200;
    const buffer = new ReplayBuffer(10_000, 1, 1);
    const writer = new NStepWriter(buffer, 1, n, gamma);
    const trace: { reward: number; terminated: boolean; truncated: boolean }[] = [];
    for (let t = 0; t < steps; t++) {
      const u = rng.random();
      const step = { reward: rng.standardNormal(), terminated: u < 0.1, truncated: u > 0.92 };
      trace.push(step);
      const envs = {
        nextObservations: Float32Array.of(t + 1),
        nextMasks: Uint8Array.of(1),
        terminated: Uint8Array.of(Number(step.terminated)),
        truncated: Uint8Array.of(Number(step.truncated)),
      } as unknown as EnvironmentBatch;
      writer.push(Float32Array.of(t), Int32Array.of(t), Float64Array.of(step.reward), envs, () => {});
    }
    expect(buffer.size).toBeGreaterThan(steps - n);
    for (let row = 0; row < buffer.size; row++) {
      const t = buffer.actions[row]!;
      expect(buffer.observations[row]).toBe(t);
      let sum = 0;
      let k = 0;
      for (; k < n; k++) {
        sum += gamma ** k * trace[t + k]!.reward;
        if (trace[t + k]!.terminated || trace[t + k]!.truncated) break;
      }
      const last = t + Math.min(k, n - 1);
      expect(buffer.rewards[row]!).toBeCloseTo(sum, 10);
      expect(buffer.nextObservations[row]).toBe(last + 1);
      expect(buffer.discounts[row]!).toBeCloseTo(trace[last]!.terminated ? 0 : gamma ** (last - t + 1), 12);
    }
  });
});

describe('the replay buffer', () => {
  it('grows to its capacity and then overwrites the oldest', () => {
    const buffer = new ReplayBuffer(3000, 2, 1);
    for (let i = 0; i < 4000; i++) {
      const next = { nextObservations: Float32Array.of(0, 0, i + 1, i + 1), nextMasks: Uint8Array.of(0, 1) };
      buffer.add(Float32Array.of(9, 9, i, -i), 1, i, i, next, 1, 0.5);
    }
    expect(buffer.size).toBe(3000);
    expect(buffer.position).toBe(1000);
    const kept = Array.from(buffer.actions.subarray(0, 3000)).sort((a, b) => a - b);
    expect(kept[0]).toBe(1000);
    expect(kept[2999]).toBe(3999);
    for (const row of [0, 999, 1000, 2999]) {
      const i = buffer.actions[row]!;
      expect(Array.from(buffer.observations.subarray(row * 2, row * 2 + 2))).toEqual([i, -i]);
      expect(Array.from(buffer.nextObservations.subarray(row * 2, row * 2 + 2))).toEqual([i + 1, i + 1]);
      expect(buffer.nextMasks[row]).toBe(1);
    }
  });
});

describe('the sum tree', () => {
  it('finds what a linear search finds', () => {
    const rng = defaultRng(4);
    const tree = new SumTree(37);
    const weights = new Array<number>(37).fill(0);
    for (let round = 0; round < 500; round++) {
      const i = rng.integers(37);
      weights[i] = rng.random() < 0.3 ? 0 : rng.integers(1, 9);
      tree.set(i, weights[i]!);
      const total = weights.reduce((a, b) => a + b, 0);
      expect(tree.total).toBe(total);
      if (total === 0) continue;
      const sum = rng.random() * total;
      let passed = 0;
      const expected = weights.findIndex((weight) => {
        passed += weight;
        return passed > sum;
      });
      expect(tree.find(sum)).toBe(expected);
    }
  });
});

describe('prioritised replay', () => {
  it('draws in proportion to p^alpha and weighs by (N P)^-beta over the largest', () => {
    const errors = [0.1, 1, 3, 0, 7];
    const alpha = 0.6;
    const beta = 0.4;
    const priorities = new Priorities(8, alpha);
    for (const [i, error] of errors.entries()) {
      priorities.added(i);
      priorities.update(i, -error);
    }
    const p = errors.map((error) => (error + 1e-6) ** alpha);
    const total = p.reduce((a, b) => a + b, 0);
    const indices = new Int32Array(4);
    const weights = new Float64Array(4);
    const counts = new Array<number>(5).fill(0);
    const rng = defaultRng(3);
    const draws = 20_000;
    for (let k = 0; k < draws; k++) {
      priorities.sample(5, 4, beta, rng, indices, weights);
      const raw = Array.from(indices, (i) => ((5 * p[i]!) / total) ** -beta);
      for (const [j, i] of indices.entries()) {
        counts[i]!++;
        if (k < 100) expect(weights[j]!).toBeCloseTo(raw[j]! / Math.max(...raw), 9);
      }
    }
    for (const [i, count] of counts.entries()) expect(count / (draws * 4)).toBeCloseTo(p[i]! / total, 2);
  });
});
