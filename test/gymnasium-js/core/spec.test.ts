import {
  type AnyEnv,
  CartPoleEnv,
  ClipReward,
  closeMatch,
  type EnvSpec,
  formatRegistry,
  formatSpec,
  getEnvId,
  make,
  makeVec,
  parseEnvId,
  register,
  registry,
  setWarningSink,
  spec,
  specFromJson,
  specToJson,
  TimeLimit,
  TransformReward,
} from 'gymnasium-js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let warnings: string[] = [];
beforeEach(() => {
  warnings = [];
  setWarningSink((message) => warnings.push(message));
});
afterEach(() => {
  setWarningSink(null);
  for (const id of [...registry.keys()]) if (id.startsWith('spec-test/')) registry.delete(id);
});

describe('specs', () => {
  it('rebuild wrapped environments, through JSON', () => {
    const env = new ClipReward(make('CartPole-v1', { maxEpisodeSteps: 30 }), { maxReward: 0.5 });
    const text = specToJson(env.spec as EnvSpec);
    const again = make(specFromJson(text));
    expect(String(again)).toBe(String(env));
    expect(again.spec).toEqual(env.spec);
    again.reset({ seed: 1 });
    expect((again as AnyEnv).step(1)).toMatchObject({ 1: 0.5 });
  });

  it('say why they cannot', () => {
    const env = new TransformReward(make('CartPole-v1'), (reward) => reward);
    expect(() => make(env.spec as EnvSpec)).toThrow(
      'TransformReward wrapper was not recorded with plain arguments, therefore, the wrapper cannot be recreated.',
    );
    const odd = make('CartPole-v1', { callback: () => 1 });
    expect(() => specToJson(odd.spec as EnvSpec)).toThrow(
      "Function found in CartPole-v1 for kwargs.callback: functions cannot be part of a spec's JSON.",
    );
    expect(() => specFromJson('{"id":"nowhere/Nothing-v0"}')).toThrow(
      'nowhere/Nothing-v0 is not registered: import the package that registers it before reading its spec.',
    );
    expect(() => specFromJson('[]')).toThrow('An issue occurred when trying to make [] an EnvSpec');
    const wrong = { ...spec('CartPole-v1'), additionalWrappers: [{ name: 'ClipRewards', kwargs: {} }] };
    expect(() => make(wrong)).toThrow(
      'Wrapper `ClipRewards` is not known; use registerWrapper(). Did you mean: `ClipReward`?',
    );
  });

  it('print what differs from the defaults', () => {
    expect(formatSpec(spec('CartPole-v1'))).toBe('id=CartPole-v1\nrewardThreshold=475\nmaxEpisodeSteps=500');
    expect(formatSpec(spec('CliffWalking-v1'), { all: true })).toBe(
      'id=CliffWalking-v1\nrewardThreshold=null\nnondeterministic=false\nmaxEpisodeSteps=null\norderEnforce=true\ndisableEnvChecker=false\nadditionalWrappers=[]',
    );
    expect(formatRegistry({ columns: 2 })).toContain('===== gymnasium-js =====\nAcrobot-v1');
  });
});

describe('ids', () => {
  it.each([
    ['CartPole-v1', { namespace: null, name: 'CartPole', version: 1 }],
    ['pase/CloudHealing-v0', { namespace: 'pase', name: 'CloudHealing', version: 0 }],
    ['a.b:c-d', { namespace: null, name: 'a.b:c-d', version: null }],
    ['ns/x-v12', { namespace: 'ns', name: 'x', version: 12 }],
  ])('%s', (id, parsed) => {
    expect(parseEnvId(id)).toEqual(parsed);
    expect(getEnvId(parsed)).toBe(id);
  });

  it.each(['', 'a b', 'a/b/c', '/x', 'x!-v1'])('%s is malformed', (id) => {
    expect(() => parseEnvId(id)).toThrow(`Malformed environment ID: ${id}.`);
  });

  it('near names are found, far ones are not', () => {
    expect(closeMatch('CartPoel', ['CartPole', 'Pendulum'])).toBe('CartPole');
    expect(closeMatch('Zebra', ['CartPole', 'Pendulum'])).toBe(null);
  });
});

describe('register and make', () => {
  it('refuse what has no entry point, no environment or no parts', () => {
    expect(() => register({ id: 'spec-test/None-v0' })).toThrow(
      'Either `entryPoint` or `vectorEntryPoint` (or both) must be provided',
    );
    register({ id: 'spec-test/Vector-v0', vectorEntryPoint: () => ({}) as never });
    expect(() => make('spec-test/Vector-v0')).toThrow(
      'spec-test/Vector-v0 registered but entryPoint is not specified',
    );
    register({ id: 'spec-test/Odd-v0', entryPoint: () => ({}) as never });
    expect(() => make('spec-test/Odd-v0')).toThrow(
      'The environment must inherit from the Env class, actual value: [object Object]',
    );
    expect(() => make(3 as never)).toThrow('Expected id to be a string or EnvSpec, got number');
    expect(() => makeVec('Taxi-v4', { vectorizationMode: 'vectorEntryPoint' })).toThrow(
      "Cannot create vectorized environment for Taxi-v4 because it doesn't have a vector entry point defined.",
    );
    expect(() => makeVec('Taxi-v4', { vectorizationMode: 'threads' as never })).toThrow(
      "Invalid vectorization mode: 'threads', valid modes: ['sync', 'async', 'vectorEntryPoint']",
    );
  });

  it('warn about overriding, old versions and unknown render modes', () => {
    const init = { id: 'spec-test/Twice-v0', entryPoint: () => new CartPoleEnv() };
    register(init);
    register(init);
    make('CartPole-v1', { renderMode: 'rgb_array' });
    expect(warnings).toEqual([
      'Overriding environment spec-test/Twice-v0 already in registry.',
      "The environment is being initialised with renderMode='rgb_array' that is not in the possible renderModes (svg).",
    ]);
  });

  it('collect frames for list modes', () => {
    const env = make('FrozenLake-v1', { renderMode: 'ansi_list' });
    env.reset({ seed: 1 });
    env.step(0);
    expect(env.render()).toHaveLength(2);
    expect(env.render()).toEqual([]);
    expect(env.renderMode).toBe('ansi_list');
  });

  it('apply wrappers and makers in makeVec, in order', () => {
    const wrappers = [(inner: AnyEnv) => new TimeLimit(inner, 3) as AnyEnv];
    const env = makeVec('CartPole-v1', { numEnvs: 2, wrappers });
    expect(String(env)).toBe('SyncVectorEnv(CartPole-v1, numEnvs=2)');
    expect(env.spec?.kwargs).toEqual({ numEnvs: 2, vectorizationMode: 'sync', wrappers });
  });
});
