import {
  type AnyEnv,
  type AnyVectorEnv,
  CartPoleVectorEnv,
  ClipReward,
  type EnvSpec,
  type MakeVecOptions,
  make,
  makeVec,
  TimeAwareObservation,
  TimeLimit,
  type VectorStepResult,
} from 'gymnasium-js';
import { describe, expect, it } from 'vitest';

describe('a vector can be made again from its spec', () => {
  it.each<[string, MakeVecOptions]>([
    ['CartPole-v1', {}],
    ['CartPole-v1', { numEnvs: 3, vectorizationMode: 'sync' }],
    ['CartPole-v1', { numEnvs: 2, vectorizationMode: 'vectorEntryPoint', suttonBartoReward: true }],
    ['Taxi-v4', { numEnvs: 2, vectorKwargs: { autoresetMode: 'SameStep', copy: false } }],
    ['CartPole-v1', { numEnvs: 2, wrappers: [(env) => new TimeAwareObservation(env) as AnyEnv] }],
    ['CartPole-v1', { numEnvs: 2, vectorizationMode: 'async', vectorKwargs: { workers: 1 } }],
  ])('%s %o', async (id, options) => {
    const env = makeVec(id, options) as AnyVectorEnv;
    const again = makeVec(env.spec as EnvSpec) as AnyVectorEnv;
    expect(again.spec).toEqual(env.spec);
    expect(again.numEnvs).toBe(env.numEnvs);
    expect(again.constructor).toBe(env.constructor);
    expect(again.metadata).toEqual(env.metadata);
    expect(again.observationSpace.equals(env.observationSpace)).toBe(true);
    expect(again.actionSpace.equals(env.actionSpace)).toBe(true);
    expect(await again.reset({ seed: 1 })).toEqual(await env.reset({ seed: 1 }));
    await env.close();
    await again.close();
  });

  it('options given beside the spec win', () => {
    const { spec } = makeVec('CartPole-v1', { numEnvs: 3 });
    expect(makeVec(spec as EnvSpec, { numEnvs: 5 })).toMatchObject({ numEnvs: 5 });
  });
});

describe('maxEpisodeSteps', () => {
  const lengths = (env: AnyVectorEnv) => {
    env.reset({ seed: 1 });
    const actions = [0, 0];
    return Array.from({ length: 4 }, () => (env.step(actions) as VectorStepResult<unknown>)[3][0]);
  };

  it('overrides the limit of a natively batched environment, -1 lifts it', () => {
    const native = { numEnvs: 2, vectorizationMode: 'vectorEntryPoint' } as const;
    const make = (maxEpisodeSteps?: number) =>
      makeVec('MountainCar-v0', { ...native, ...(maxEpisodeSteps !== undefined && { maxEpisodeSteps }) });
    expect(lengths(make(3) as AnyVectorEnv)).toEqual([0, 0, 1, 0]);
    expect(lengths(make(-1) as AnyVectorEnv)).toEqual([0, 0, 0, 0]);
    expect((make(-1) as CartPoleVectorEnv).maxEpisodeSteps).toBe(Number.POSITIVE_INFINITY);
    expect((make() as CartPoleVectorEnv).maxEpisodeSteps).toBe(200);
  });
});

it('limits and wrappers of a spec go to worker threads', async () => {
  const wrapped = new ClipReward(make('CartPole-v1', { maxEpisodeSteps: 2 }), { maxReward: 0.25 });
  const env = makeVec(wrapped.spec as EnvSpec, {
    numEnvs: 2,
    vectorizationMode: 'async',
    vectorKwargs: { workers: 1 },
  });
  await env.reset({ seed: 1 });
  await env.step(Int32Array.of(1, 1));
  const [, rewards, , truncations] = await env.step(Int32Array.of(1, 1));
  expect([[...rewards], [...truncations]]).toEqual([
    [0.25, 0.25],
    [1, 1],
  ]);
  await env.close();
});

it('chooses the batched class where nothing asks for single environments', () => {
  expect(makeVec('CartPole-v1')).toBeInstanceOf(CartPoleVectorEnv);
  expect(makeVec('CartPole-v1').numEnvs).toBe(1);
  const wrappers = [(env: AnyEnv) => new TimeLimit(env, 3) as AnyEnv];
  expect(String(makeVec('CartPole-v1', { wrappers }))).toBe('SyncVectorEnv(CartPole-v1, numEnvs=1)');
  expect(() => makeVec('CartPole-v1', { wrappers, vectorizationMode: 'vectorEntryPoint' })).toThrow(
    'Cannot use `vectorEntryPoint` vectorization mode with wrappers.',
  );
  expect(() => makeVec('CartPole-v1', { wrappers, vectorizationMode: 'async' })).toThrow(
    'Cannot use `async` vectorization mode with the wrappers argument: functions do not cross threads.',
  );
});
