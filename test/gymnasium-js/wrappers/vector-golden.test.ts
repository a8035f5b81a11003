import {
  type AnyVectorEnv,
  makeVec,
  type VectorResetResult,
  type VectorStepResult,
  vectorWrappers,
} from 'gymnasium-js';
import { describe, expect, it } from 'vitest';
import { golden } from '../golden.js';
import { numbers, wrapperCases } from './list.js';
import { vectorTwins } from './vector-twins.js';

const { runs } = golden<{ runs: { single: number[]; vector: number[] | null }[] }>('wrapper-runs.json');
const cases = wrapperCases
  .map((entry, i) => ({ ...entry, ...runs[i]! }))
  .filter(({ vector }) => vector !== null);

function play(env: AnyVectorEnv): number[] {
  env.actionSpace.seed(11);
  const out = numbers((env.reset({ seed: 11 }) as VectorResetResult<unknown>)[0]);
  for (let i = 0; i < 80; i++) {
    const result = env.step(env.actionSpace.sample()) as VectorStepResult<unknown>;
    out.push(...result.slice(0, 4).flatMap(numbers));
  }
  return out;
}

describe('vector wrappers equal Python’s', () => {
  it.each(cases)('$wrapper $args on $env', ({ wrapper, env, kwargs, vector }) => {
    const inner = makeVec(env, { numEnvs: 3, vectorizationMode: 'sync' }) as AnyVectorEnv;
    expect(play(vectorTwins[wrapper]!(inner, kwargs))).toEqual(vector);
  });
});

it('DictInfoToList gives each environment its own info', () => {
  const env = new vectorWrappers.DictInfoToList(makeVec('FrozenLake-v1', { numEnvs: 2 }) as AnyVectorEnv);
  const [, infos] = env.reset({ seed: 1 }) as VectorResetResult<unknown>;
  expect(infos.list).toEqual([{ prob: 1 }, { prob: 1 }]);
});

it('NormalizeObservation refuses partial resets; final observations are normalised too', () => {
  const make = () =>
    new vectorWrappers.NormalizeObservation(
      makeVec('CartPole-v1', {
        numEnvs: 2,
        vectorizationMode: 'sync',
        vectorKwargs: { autoresetMode: 'SameStep' },
      }) as AnyVectorEnv,
    );
  expect(() => make().reset({ options: { resetMask: [true, false] } })).toThrow(
    "NormalizeObservation does not support partial resets. The 'resetMask' must contain all true values.",
  );
  const env = make();
  env.reset({ seed: 3 });
  for (let i = 0; i < 40; i++) {
    const [, , , , infos] = env.step(Int32Array.of(1, 0)) as VectorStepResult<Float32Array>;
    const final = infos.finalObs?.find((obs) => obs !== null) as Float32Array | undefined;
    if (final === undefined) continue;
    // A falling pole is far from the mean in its own spread, and within float32.
    expect(Math.abs(final[2]!)).toBeGreaterThan(0.9);
    return;
  }
  expect.unreachable('no episode ended');
});
