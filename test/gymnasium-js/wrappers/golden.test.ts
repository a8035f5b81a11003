import type { ResetResult, StepResult } from 'gymnasium-js';
import { describe, expect, it } from 'vitest';
import { golden } from '../golden.js';
import { numbers, wrapped, wrapperCases } from './list.js';

const { runs } = golden<{ runs: { single: number[]; vector: number[] | null }[] }>('wrapper-runs.json');
const cases = wrapperCases.map((entry, i) => ({ ...entry, ...runs[i]! }));

describe('wrappers equal Python’s', () => {
  it.each(cases)('$wrapper $args on $env', (entry) => {
    const env = wrapped(entry);
    env.actionSpace.seed(11);
    const out = numbers((env.reset({ seed: 11 }) as ResetResult<unknown>)[0]);
    for (let i = 0; i < 80; i++) {
      const [obs, reward, terminated, truncated] = env.step(env.actionSpace.sample()) as StepResult<unknown>;
      out.push(...numbers(obs), reward, Number(terminated), Number(truncated));
      if ((terminated || truncated) && entry.wrapper !== 'Autoreset') {
        out.push(...numbers((env.reset() as ResetResult<unknown>)[0]));
      }
    }
    expect(out).toEqual(entry.single);
  });
});
