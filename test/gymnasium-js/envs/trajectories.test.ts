import { type AnyEnv, make, type ResetResult, type StepResult } from 'gymnasium-js';
import { describe, expect, it } from 'vitest';
import { golden, sha256Doubles } from '../golden.js';

interface Run {
  seed: number;
  count: number;
  sum: number;
  head: number[];
  sha256: string;
  /** All values as base64 float64, where bits may differ. */
  data?: string;
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

/** Pendulum's float64 state shows every last bit of `sin`; see docs/gymnasium-js/parity.md. */
const inexact = (id: string) => id === 'Pendulum-v1';

describe('trajectories equal Python’s, bit for bit', () => {
  it.each(data.cases.filter(({ id }) => !inexact(id)))('$id $kwargs', ({ id, kwargs, runs }) => {
    for (const { seed, count, head, sha256 } of runs) {
      const values = play(id, kwargs, seed);
      expect(values.slice(0, 12), `seed ${seed}`).toEqual(head);
      expect([values.length, sha256Doubles(values)], `seed ${seed}`).toEqual([count, sha256]);
    }
  });
});

describe('trajectories equal Python’s to 1e-6', () => {
  it.each(data.cases.filter(({ id }) => inexact(id)))('$id $kwargs', ({ id, kwargs, runs }) => {
    for (const { seed, count, sum, head, data: text } of runs) {
      const values = play(id, kwargs, seed);
      expect(values.length).toBe(count);
      expect(values.slice(0, 12), `seed ${seed}`).toEqual(head);
      expect(Math.abs(values.reduce((a, b) => a + b, 0) - sum), `seed ${seed}`).toBeLessThan(1e-6);
      if (text === undefined) continue;
      const bytes = new Uint8Array(Buffer.from(text, 'base64'));
      const expected = new Float64Array(bytes.buffer);
      const worst = values.reduce((max, x, i) => Math.max(max, Math.abs(x - expected[i]!)), 0);
      expect(worst, `seed ${seed}`).toBeLessThanOrEqual(1e-6);
    }
  });
});
