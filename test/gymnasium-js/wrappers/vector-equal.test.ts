/** A wrapper of a vector equals a vector of wrappers: every vector wrapper with a single twin, under every mode of autoreset. */
import {
  type AnyEnv,
  type AnyVectorEnv,
  AsyncVectorEnv,
  type AutoresetMode,
  ClipReward,
  makeVec,
  RecordEpisodeStatistics,
  RescaleAction,
  RescaleObservation,
  SyncVectorEnv,
  TransformAction,
  TransformObservation,
  TransformReward,
  type VectorResetResult,
  type VectorStepResult,
  vectorWrappers,
  wrappers,
} from 'gymnasium-js';
import { describe, expect, it } from 'vitest';
import { makeAny } from '../envs/list.js';
import { base, wrapped, wrapperCases } from './list.js';
import { vectorTwins } from './vector-twins.js';
import '../vector/fixture-envs.js';

interface Case {
  readonly name: string;
  readonly env: () => AnyEnv;
  readonly single: (env: AnyEnv) => AnyEnv;
  readonly vector: (env: AnyVectorEnv) => AnyVectorEnv;
}

const double = (x: unknown) => (x as Float32Array).map((value) => value * 2);
const half = (action: unknown) => (action as Float32Array).map((value) => value / 2);
const cartPole = () => makeAny('CartPole-v1', { maxEpisodeSteps: 15 });
const mountain = () => makeAny('MountainCarContinuous-v0', { maxEpisodeSteps: 15 });

/** Wrappers that take functions, and episode statistics. */
const others: Case[] = [
  {
    name: 'TransformObservation',
    env: cartPole,
    single: (env) => new TransformObservation(env, double) as AnyEnv,
    vector: (env) => new vectorWrappers.TransformObservation(env, double, {}, double) as AnyVectorEnv,
  },
  {
    name: 'TransformAction',
    env: mountain,
    single: (env) => new TransformAction(env, half) as AnyEnv,
    vector: (env) => new vectorWrappers.TransformAction(env, half) as AnyVectorEnv,
  },
  {
    name: 'TransformReward',
    env: cartPole,
    single: (env) => new TransformReward(env, (reward) => reward * 3) as AnyEnv,
    vector: (env) => new vectorWrappers.TransformReward(env, (rewards) => rewards.map((x) => x * 3)),
  },
  {
    name: 'VectorizeTransformObservation',
    env: () => makeAny('MountainCar-v0', { maxEpisodeSteps: 15 }),
    single: (env) => new RescaleObservation(env, 0, 2) as AnyEnv,
    vector: (env) =>
      new vectorWrappers.VectorizeTransformObservation(env, (inner) => new RescaleObservation(inner, 0, 2)),
  },
  {
    name: 'VectorizeTransformAction',
    env: mountain,
    single: (env) => new RescaleAction(env, -3, 3) as AnyEnv,
    vector: (env) =>
      new vectorWrappers.VectorizeTransformAction(env, (inner) => new RescaleAction(inner, -3, 3)),
  },
  {
    name: 'VectorizeTransformReward',
    env: cartPole,
    single: (env) => new ClipReward(env, { maxReward: 0.5 }) as AnyEnv,
    vector: (env) =>
      new vectorWrappers.VectorizeTransformReward(env, (inner) => new ClipReward(inner, { maxReward: 0.5 })),
  },
  {
    name: 'RecordEpisodeStatistics',
    env: cartPole,
    single: (env) => new RecordEpisodeStatistics(env) as AnyEnv,
    vector: (env) => new vectorWrappers.RecordEpisodeStatistics(env),
  },
];

/** Statistics are shared between environments in the vector twins of these. */
const SHARED = ['NormalizeObservation', 'NormalizeReward'];
const cases: Case[] = [
  ...wrapperCases
    .filter(({ wrapper }) => wrapper in vectorTwins && !SHARED.includes(wrapper))
    .map((entry) => ({
      name: `${entry.wrapper} ${JSON.stringify(entry.args)} on ${entry.env}`,
      env: () => base({ limit: 15, ...entry }),
      single: (env: AnyEnv) => wrapped(entry, env),
      vector: (env: AnyVectorEnv) => vectorTwins[entry.wrapper]!(env, entry.kwargs),
    })),
  ...others,
];

function sync(build: () => AnyEnv, autoresetMode: AutoresetMode): AnyVectorEnv {
  const fns = [0, 1, 2].map(() => build as never);
  return new SyncVectorEnv<unknown, unknown>(fns, { autoresetMode }) as unknown as AnyVectorEnv;
}

/** Only in the layout of one environment's infos: which of its statistics are given. */
const WITHIN = ['_r', '_l', '_t'];

/** Infos without seconds; episode statistics stand among final infos where each environment has its own wrapper. */
function comparable(infos: VectorStepResult<unknown>[4]): unknown {
  const { finalInfo, _finalInfo, ...rest } = infos;
  const { episode, _episode, ...final } = finalInfo ?? {};
  const lifted = episode === undefined ? {} : { episode, _episode };
  const all = { ...lifted, ...rest, ...(finalInfo !== undefined && { final }) };
  return JSON.parse(
    JSON.stringify(all, (key, value: unknown) => (key === 't' || WITHIN.includes(key) ? undefined : value)),
  );
}

/** Everything that comes back; the reward of a resetting step of NextStep, which counts for nothing, is left out. */
async function play(env: AnyVectorEnv, mode: AutoresetMode): Promise<unknown[]> {
  env.actionSpace.seed(11);
  const log: unknown[] = [((await env.reset({ seed: 11 })) as VectorResetResult<unknown>)[0]];
  let over: boolean[] = [];
  for (let i = 0; i < 45; i++) {
    const [observations, rewards, terminations, truncations, infos] = (await env.step(
      env.actionSpace.sample(),
    )) as VectorStepResult<unknown>;
    const resetting = mode === 'NextStep' ? over : [];
    const counted = rewards.map((reward, j) => (resetting[j] ? 0 : reward));
    log.push(observations, counted, terminations, truncations, comparable(infos));
    over = Array.from(terminations, (x, j) => x === 1 || truncations[j] === 1);
    if (mode !== 'Disabled' || !over.some(Boolean)) continue;
    log.push(((await env.reset({ options: { resetMask: over } })) as VectorResetResult<unknown>)[0]);
  }
  return log;
}

it('the cases name every vector wrapper with a single twin', () => {
  const named = new Set([...Object.keys(vectorTwins), ...others.map(({ name }) => name)]);
  const twins = Object.keys(vectorWrappers).filter(
    (name) => name in wrappers || name.startsWith('Vectorize'),
  );
  expect([...named].sort()).toEqual(twins.sort());
});

describe.each<AutoresetMode>(['NextStep', 'SameStep', 'Disabled'])('under %s', (mode) => {
  it.each(cases)('$name', async ({ env, single, vector }) => {
    const outside = vector(sync(env, mode));
    const inside = sync(() => single(env()), mode);
    expect(inside.observationSpace.equals(outside.observationSpace)).toBe(true);
    expect(inside.actionSpace.equals(outside.actionSpace)).toBe(true);
    expect(await play(outside, mode)).toEqual(await play(inside, mode));
  });
});

it('every vector wrapper gives the same around an asynchronous vector', async () => {
  const id = 'MountainCarContinuous-v0';
  const options = { maxEpisodeSteps: 15 };
  const autoresetMode = 'SameStep' as const;
  const around = cases.filter(({ env }) => env().unwrapped.spec?.id === id).map(({ vector }) => vector);
  expect(around.length).toBeGreaterThan(3);
  const wraps = [...around, ...SHARED.map((name) => (env: AnyVectorEnv) => vectorTwins[name]!(env, {}))];
  const threads = new AsyncVectorEnv(
    [0, 1].map(() => ({ id, options })),
    { autoresetMode, workers: 1 },
  );
  for (const wrap of wraps) {
    const outside = wrap(threads as unknown as AnyVectorEnv);
    const vectorKwargs = { autoresetMode };
    const plain = makeVec(id, { ...options, numEnvs: 2, vectorizationMode: 'sync', vectorKwargs });
    expect(await play(outside, autoresetMode)).toEqual(
      await play(wrap(plain as AnyVectorEnv), autoresetMode),
    );
  }
  await threads.close();
});

describe('NormalizeReward keeps one return for each environment', () => {
  /** Returns after each step, discounted by a half: episodes of two and three steps, rewards of one. */
  const expected: Record<AutoresetMode, [number, number][]> = {
    // The step that resets counts for nothing; a return restarts at the termination.
    NextStep: [
      [1, 1],
      [1, 1.5],
      [1, 1],
      [1.5, 1],
      [1, 1.5],
    ],
    // Nothing of an episode is carried over its end.
    SameStep: [
      [1, 1],
      [0, 1.5],
      [1, 0],
      [0, 1],
      [1, 1.5],
    ],
    // Likewise, where the reset by mask follows.
    Disabled: [
      [1, 1],
      [0, 1.5],
      [1, 0],
      [0, 1],
      [1, 1.5],
    ],
  };

  it.each(Object.keys(expected) as AutoresetMode[])('under %s', (mode) => {
    const counters = new SyncVectorEnv<unknown, unknown>(
      [0, 1].map(() => () => makeAny('fixture/Counter-v0') as never),
      { autoresetMode: mode },
    );
    counters.setAttr('length', [2, 3]);
    const env = new vectorWrappers.NormalizeReward(counters as unknown as AnyVectorEnv, { gamma: 0.5 });
    env.reset({ seed: 4 });
    const returns = expected[mode].map(() => {
      const [, , terminations] = env.step(Int32Array.of(1, 1)) as VectorStepResult<unknown>;
      if (mode === 'Disabled' && terminations.includes(1))
        env.reset({ options: { resetMask: terminations } });
      return [...env.accumulatedReward];
    });
    expect(returns).toEqual(expected[mode]);
  });
});
