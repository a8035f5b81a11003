import {
  type AnyEnv,
  MaxAndSkipObservation,
  OrderEnforcing,
  PassiveEnvChecker,
  RecordEpisodeStatistics,
  RenderCollection,
  type ResetResult,
  type StepResult,
  TimeLimit,
  TransformAction,
  TransformObservation,
  TransformReward,
  wrappers,
} from 'gymnasium-js';
import { describe, expect, it } from 'vitest';
import { makeAny } from '../envs/list.js';
import { Later } from '../later.js';
import { base, wrapped, wrapperCases } from './list.js';

/** Everything that comes back, whatever the mode; wall time left out. */
async function play(env: AnyEnv, steps = 60): Promise<unknown[]> {
  env.actionSpace.seed(5);
  const log: unknown[] = [await env.reset({ seed: 5 })];
  for (let i = 0; i < steps; i++) {
    const result = (await env.step(env.actionSpace.sample())) as StepResult<unknown>;
    log.push(result);
    if (result[2] || result[3]) log.push(await env.reset());
  }
  return JSON.parse(JSON.stringify(log).replace(/"t":[\d.e-]+/g, '"t":0')) as unknown[];
}

/** Wrappers that the shared list cannot name, since they take functions or change nothing. */
const others: Record<string, (env: AnyEnv) => AnyEnv> = {
  TimeLimit: (env) => new TimeLimit(env, 7) as AnyEnv,
  OrderEnforcing: (env) => new OrderEnforcing(env) as AnyEnv,
  PassiveEnvChecker: (env) => new PassiveEnvChecker(env) as AnyEnv,
  RecordEpisodeStatistics: (env) => new RecordEpisodeStatistics(env) as AnyEnv,
  RenderCollection: (env) => new RenderCollection(env) as AnyEnv,
  TransformObservation: (env) =>
    new TransformObservation(env, (x) => (x as Float32Array).map((value) => value * 2)) as AnyEnv,
  MaxAndSkipObservation: (env) => new MaxAndSkipObservation(env, 3) as AnyEnv,
  TransformAction: (env) => new TransformAction(env, (action) => 1 - (action as number)) as AnyEnv,
  TransformReward: (env) => new TransformReward(env, (reward) => reward / 3) as AnyEnv,
};

const cases: [name: string, build: () => AnyEnv, wrap: (env: AnyEnv) => AnyEnv][] = [
  ...wrapperCases.map((entry): (typeof cases)[number] => [
    `${entry.wrapper} ${JSON.stringify(entry.args)} on ${entry.env}`,
    () => base(entry),
    (env) => wrapped(entry, env),
  ]),
  ...Object.entries(others).map(([name, wrap]): (typeof cases)[number] => [
    name,
    () => makeAny('CartPole-v1', { renderMode: 'svg' }),
    wrap,
  ]),
];

it('the lists name every wrapper', () => {
  const named = new Set([...wrapperCases.map(({ wrapper }) => wrapper), ...Object.keys(others)]);
  const classes = Object.keys(wrappers).filter((name) => name !== 'RunningMeanStd');
  expect([...named].sort()).toEqual(classes.sort());
});

describe.each(cases)('%s', (_, build, wrap) => {
  it('gives the same, synchronous and asynchronous', async () => {
    expect(wrap(build()).reset()).toBeInstanceOf(Array);
    expect(wrap(new Later(build()) as unknown as AnyEnv).reset()).toBeInstanceOf(Promise);
    expect(await play(wrap(new Later(build()) as unknown as AnyEnv))).toEqual(await play(wrap(build())));
  });

  it('continues from a saved state as if never interrupted', () => {
    const env = wrap(build());
    env.actionSpace.seed(6);
    env.reset({ seed: 6 });
    for (let i = 0; i < 13; i++) {
      const [, , terminated, truncated] = env.step(env.actionSpace.sample()) as StepResult<unknown>;
      if (terminated || truncated) env.reset();
    }
    const state = JSON.parse(JSON.stringify(env.getState()));
    const copy = wrap(build());
    copy.setState(state);
    for (let i = 0; i < 25; i++) {
      const action = env.actionSpace.sample();
      const timeless = (result: unknown) => JSON.stringify(result).replace(/"t":[\d.e-]+/g, '');
      const expected = env.step(action) as StepResult<unknown>;
      expect(timeless(copy.step(action))).toBe(timeless(expected));
      if (expected[2] || expected[3]) expect(copy.reset() as ResetResult<unknown>).toEqual(env.reset());
    }
  });

  it('observes within its space', () => {
    const env = wrap(build());
    const [observation] = env.reset({ seed: 8 }) as ResetResult<unknown>;
    if (!String(env).includes('TransformObservation'))
      expect(env.observationSpace.contains(observation)).toBe(true);
    const [next] = env.step(env.actionSpace.sample()) as StepResult<unknown>;
    if (!String(env).includes('TransformObservation')) expect(env.observationSpace.contains(next)).toBe(true);
  });
});
