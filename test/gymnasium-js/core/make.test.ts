import {
  CartPoleEnv,
  make,
  makeVec,
  namespace,
  register,
  registry,
  setWarningSink,
  spec,
} from 'gymnasium-js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let warnings: string[] = [];
beforeEach(() => {
  warnings = [];
  setWarningSink((message) => warnings.push(message));
});
afterEach(() => {
  setWarningSink(null);
});

describe('make', () => {
  it('wraps in order and is synchronous', () => {
    const env = make('CartPole-v1');
    expect(String(env)).toBe('<TimeLimit<OrderEnforcing<PassiveEnvChecker<CartPoleEnv<CartPole-v1>>>>>');
    const [obs, info] = env.reset({ seed: 1 });
    expect([obs.length, info]).toEqual([4, {}]);
    const [, reward, terminated] = env.step(1);
    expect([reward, terminated]).toEqual([1, false]);
    expect(env.spec?.maxEpisodeSteps).toBe(500);
  });

  it('overrides or skips the limit and the checker', () => {
    expect(String(make('CartPole-v1', { maxEpisodeSteps: -1, disableEnvChecker: true }))).toBe(
      '<OrderEnforcing<CartPoleEnv<CartPole-v1>>>',
    );
    expect(make('CartPole-v1', { maxEpisodeSteps: 3 }).spec?.maxEpisodeSteps).toBe(3);
  });

  it.each([
    [
      'CartPole-v9',
      "Environment version `v9` for environment `CartPole` doesn't exist. It provides versioned environments: [ `v0`, `v1` ].",
    ],
    ['CartPol-v1', "Environment `CartPol` doesn't exist. Did you mean: `CartPole`?"],
    ['nobody/CartPole-v1', 'Namespace nobody not found. Have you installed the proper package for nobody?'],
    ['Cart Pole', 'Malformed environment ID: Cart Pole.'],
  ])('%s is explained', (id, message) => {
    expect(() => make(id)).toThrow(message);
    expect(() => spec(id)).toThrow(message);
  });

  it('warns about outdated and unversioned ids', () => {
    make('CartPole-v0');
    make('CartPole');
    expect(warnings).toEqual([
      'The environment CartPole-v0 is out of date. You should consider upgrading to version `v1`.',
      'Using the latest versioned environment `CartPole-v1` instead of the unversioned environment `CartPole`.',
    ]);
  });
});

describe('register', () => {
  it('uses the namespace and refuses versioned beside unversioned', () => {
    namespace('test-room', () => register({ id: 'Cart-v0', entryPoint: () => new CartPoleEnv() }));
    expect(String(make('test-room/Cart-v0').unwrapped)).toBe('<CartPoleEnv<test-room/Cart-v0>>');
    expect(() => register({ id: 'test-room/Cart', entryPoint: () => new CartPoleEnv() })).toThrow(
      "Can't register the unversioned environment `test-room/Cart` when the versioned environment `test-room/Cart-v0`",
    );
    registry.delete('test-room/Cart-v0');
  });
});

describe('makeVec', () => {
  it('equals single environments with seeds seed + i', () => {
    const vec = makeVec<Float32Array, Int32Array>('CartPole-v1', { numEnvs: 2, vectorizationMode: 'sync' });
    const singles = [5, 6].map((seed) => {
      const env = make('CartPole-v1');
      env.reset({ seed });
      return env;
    });
    vec.reset({ seed: 5 });
    for (let i = 0; i < 5; i++) {
      const [obs, rewards] = vec.step(Int32Array.of(1, 0));
      const expected = singles.map((env, j) => env.step(j === 0 ? 1 : 0));
      expect([...obs]).toEqual(expected.flatMap(([o]) => [...o]));
      expect([...rewards]).toEqual(expected.map(([, r]) => r));
    }
  });
});
