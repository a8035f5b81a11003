import {
  type AnyVectorEnv,
  type AutoresetMode,
  makeVec,
  VectorRecordEpisodeStatistics,
  type VectorResetResult,
  type VectorStepResult,
} from 'gymnasium-js';
import { describe, expect, it } from 'vitest';
import { golden, sha256Doubles } from '../golden.js';

const data = golden<{
  native: { seed: number; count: number; sha256: string }[];
  sync: { id: string; mode: AutoresetMode; steps: number[][] }[];
}>('vector.json');

/** In the order of scripts/golden/make_vector.py. */
function numbers(value: unknown): number[] {
  if (value === null) return [-1];
  if (typeof value === 'number') return [value];
  if (ArrayBuffer.isView(value)) return Array.from(value as Float64Array);
  if (Array.isArray(value)) return value.flatMap(numbers);
  const record = value as Record<string, unknown>;
  return Object.keys(record)
    .sort()
    .filter((key) => key !== 't' && key !== '_t')
    .flatMap((key) => numbers(record[key]));
}

it.each(data.native)('CartPoleVectorEnv equals Python’s, seed $seed', ({ seed, count, sha256 }) => {
  const env = makeVec('CartPole-v1', { numEnvs: 8, maxEpisodeSteps: 30 }) as AnyVectorEnv;
  expect(String(env)).toBe('CartPoleVectorEnv(CartPole-v1, numEnvs=8)');
  env.actionSpace.seed(seed);
  const out = numbers(env.reset({ seed }));
  for (let i = 0; i < 400; i++) out.push(...numbers(env.step(env.actionSpace.sample())));
  expect([out.length, sha256Doubles(out)]).toEqual([count, sha256]);
});

describe('SyncVectorEnv with episode statistics equals Python’s, infos included', () => {
  it.each(data.sync)('$id, $mode', ({ id, mode, steps }) => {
    const inner = makeVec(id, {
      numEnvs: 3,
      vectorizationMode: 'sync',
      vectorKwargs: { autoresetMode: mode },
      maxEpisodeSteps: 12,
    }) as AnyVectorEnv;
    const env = new VectorRecordEpisodeStatistics(inner);
    env.actionSpace.seed(2);
    const out = [numbers(env.reset({ seed: 2 }))];
    for (let i = 0; i < 40; i++) {
      const result = env.step(env.actionSpace.sample()) as VectorStepResult<unknown>;
      out.push(numbers(result));
      const over = Array.from(result[2], (x, j) => x === 1 || result[3][j] === 1);
      if (mode === 'Disabled' && over.some(Boolean)) {
        out.push(numbers((env.reset({ options: { resetMask: over } }) as VectorResetResult<unknown>)[0]));
      }
    }
    expect(out).toEqual(steps);
  });
});
