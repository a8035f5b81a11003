import { type AnyEnv, make, type ResetResult, type StepResult } from 'gymnasium-js';
import { describe, expect, it } from 'vitest';
import { golden, sha256Doubles } from '../golden.js';

interface Run {
  seed: number;
  count: number;
  sum: number;
  head: number[];
  sha256: string;
}
interface Data {
  steps: number;
  cases: { id: string; kwargs: Record<string, unknown>; runs: Run[] }[];
}

const data = golden<Data>('trajectories.json');

/** Keyword arguments as Python names them, in this package's names. */
function camelCase(kwargs: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(kwargs).map(([key, value]) => [
      key.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()),
      value,
    ]),
  );
}

/** A value as a flat list of numbers, in the order of scripts/golden/make_trajectories.py. */
function numbers(value: unknown, into: number[]): void {
  if (typeof value === 'number') into.push(value);
  else if (typeof value === 'boolean') into.push(value ? 1 : 0);
  else if (Array.isArray(value)) for (const part of value) numbers(part, into);
  else if (ArrayBuffer.isView(value)) into.push(...(value as Float64Array));
  else
    for (const key of Object.keys(value as object).sort())
      numbers((value as Record<string, unknown>)[key], into);
}

function play(id: string, kwargs: Record<string, unknown>, seed: number): number[] {
  const env = make(id, camelCase(kwargs)) as AnyEnv;
  env.actionSpace.seed(seed);
  const out: number[] = [];
  numbers(env.reset({ seed }) as ResetResult<unknown>, out);
  for (let i = 0; i < data.steps; i++) {
    const action = env.actionSpace.sample();
    const result = env.step(action) as StepResult<unknown>;
    numbers(action, out);
    numbers(result, out);
    if (result[2] || result[3]) numbers(env.reset() as ResetResult<unknown>, out);
  }
  return out;
}

describe('trajectories equal Python’s, bit for bit', () => {
  const cases = data.cases.filter(({ id }) => id.startsWith('CartPole'));
  it.each(cases)('$id $kwargs', ({ id, kwargs, runs }) => {
    for (const { seed, count, head, sha256 } of runs) {
      const values = play(id, kwargs, seed);
      expect(values.slice(0, 12), `seed ${seed}`).toEqual(head);
      expect([values.length, sha256Doubles(values)], `seed ${seed}`).toEqual([count, sha256]);
    }
  });
});
