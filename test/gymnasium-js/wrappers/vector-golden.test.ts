import {
  type AnyVectorEnv,
  makeVec,
  SyncVectorEnv,
  type VectorResetResult,
  type VectorStepResult,
  vectorWrappers,
} from 'gymnasium-js';
import { describe, expect, it } from 'vitest';
import { golden } from '../golden.js';
import { base, numbers, wrapped, wrapperCases } from './list.js';

const { runs } = golden<{ runs: { single: number[]; vector: number[] | null }[] }>('wrapper-runs.json');
const cases = wrapperCases
  .map((entry, i) => ({ ...entry, ...runs[i]! }))
  .filter(({ vector }) => vector !== null);

type Make = (env: AnyVectorEnv, kwargs: Record<string, unknown>) => AnyVectorEnv;

/** How each vector wrapper takes the keyword arguments of the shared list. */
const build: Record<string, Make> = {
  ClipAction: (env) => new vectorWrappers.ClipAction(env),
  ClipReward: (env, kwargs) => new vectorWrappers.ClipReward(env, kwargs),
  DtypeObservation: (env, { dtype }) =>
    new vectorWrappers.DtypeObservation(env, dtype as 'float64') as AnyVectorEnv,
  FilterObservation: (env, { filterKeys }) =>
    new vectorWrappers.FilterObservation(env, filterKeys as number[]),
  FlattenObservation: (env) => new vectorWrappers.FlattenObservation(env) as AnyVectorEnv,
  NormalizeObservation: (env) => new vectorWrappers.NormalizeObservation(env) as AnyVectorEnv,
  NormalizeReward: (env, kwargs) => new vectorWrappers.NormalizeReward(env, kwargs),
  RescaleAction: (env, { minAction, maxAction }) =>
    new vectorWrappers.RescaleAction(env, minAction as number, maxAction as number),
  RescaleObservation: (env, { minObs, maxObs }) =>
    new vectorWrappers.RescaleObservation(env, minObs as number, maxObs as number),
  ReshapeObservation: (env, { shape }) => new vectorWrappers.ReshapeObservation(env, shape as number[]),
};

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
    expect(play(build[wrapper]!(inner, kwargs))).toEqual(vector);
  });
});

describe('a wrapper of a vector equals a vector of wrappers', () => {
  // Statistics are shared between environments in the vector twins of these.
  const stateless = cases.filter(({ wrapper }) => !wrapper.startsWith('Normalize'));
  it.each(stateless)('$wrapper $args on $env', (entry) => {
    const outside = build[entry.wrapper]!(
      makeVec(entry.env, { numEnvs: 3, vectorizationMode: 'sync' }) as AnyVectorEnv,
      entry.kwargs,
    );
    const inside = new SyncVectorEnv<unknown, unknown>(
      [0, 1, 2].map(() => () => wrapped(entry, base(entry)) as never),
    ) as unknown as AnyVectorEnv;
    expect(inside.observationSpace.equals(outside.observationSpace)).toBe(true);
    expect(inside.actionSpace.equals(outside.actionSpace)).toBe(true);
    expect(play(inside)).toEqual(play(outside));
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
