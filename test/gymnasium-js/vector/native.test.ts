import {
  type AnyEnv,
  type AnyVectorEnv,
  CartPoleVectorEnv,
  makeVec,
  type VectorStepResult,
} from 'gymnasium-js';
import { describe, expect, it } from 'vitest';

const ids = [
  'CartPole-v1',
  'MountainCar-v0',
  'MountainCarContinuous-v0',
  'Pendulum-v1',
  'Acrobot-v1',
] as const;

const NATIVE = { vectorizationMode: 'vectorEntryPoint' } as const;

/** Gives single environments the state of batched ones; state variables are the leading entries of a single environment's state. */
function copyStates(batched: AnyVectorEnv, single: AnyVectorEnv, which: readonly boolean[]): void {
  const { state } = batched.getState() as { state: number[][] };
  (single as unknown as { envs: AnyEnv[] }).envs.forEach(({ unwrapped }, i) => {
    if (!which[i]) return;
    const saved = unwrapped.getState() as object;
    const key = ['physics', 'car', 'pole', 'links'].find((name) => name in saved)!;
    unwrapped.setState({ ...saved, [key]: state.map((values) => values[i]!) });
  });
}

describe.each(ids)('%s, natively batched', (id) => {
  const numEnvs = 5;
  const native = (options: object = {}) => makeVec(id, { numEnvs, ...NATIVE, ...options }) as AnyVectorEnv;

  it('refuses what is no action', () => {
    const env = native();
    env.reset({ seed: 1 });
    const actions = env.actionSpace.sample() as Float32Array;
    actions[3] = Number.NaN;
    const wrong = actions instanceof Float32Array ? actions : [0, 0, 0, 7, 0];
    expect(() => env.step(wrong)).toThrow(`${wrong[3]} (number) invalid, of environment 3`);
    expect(() => env.step([0])).toThrow('expected 5 actions, got 1');
  });

  it('equals single environments with the same starts, over many episodes', () => {
    const options = { numEnvs, maxEpisodeSteps: 60 };
    const modes = { autoresetMode: 'Disabled' as const };
    const batched = makeVec(id, { ...options, ...NATIVE, ...modes }) as AnyVectorEnv;
    const single = makeVec(id, {
      ...options,
      vectorizationMode: 'sync',
      vectorKwargs: modes,
    }) as AnyVectorEnv;
    expect(batched.observationSpace.equals(single.observationSpace)).toBe(true);
    expect(batched.actionSpace.equals(single.actionSpace)).toBe(true);
    batched.reset({ seed: 4 });
    single.reset({ seed: 4 });
    copyStates(batched, single, new Array<boolean>(numEnvs).fill(true));
    batched.actionSpace.seed(9);
    let ends = 0;
    for (let step = 0; step < 250; step++) {
      const actions = batched.actionSpace.sample();
      const [expected, got] = [
        single.step(actions),
        batched.step(actions),
      ] as VectorStepResult<Float32Array>[];
      expect(got!).toEqual(expected!);
      const over = Array.from(got![2], (x, i) => x === 1 || got![3][i] === 1);
      if (!over.some(Boolean)) continue;
      ends++;
      batched.reset({ options: { resetMask: over } });
      single.reset({ options: { resetMask: over } });
      copyStates(batched, single, over);
    }
    expect(ends).toBeGreaterThan(3);
  });

  it('SameStep gives final observations, Disabled waits for the reset', () => {
    const same = native({ autoresetMode: 'SameStep', maxEpisodeSteps: 3 });
    same.reset({ seed: 1 });
    const actions = same.actionSpace.sample();
    same.step(actions);
    same.step(actions);
    const [obs, , , truncations, infos] = same.step(actions) as VectorStepResult<Float32Array>;
    expect([...truncations]).toEqual([1, 1, 1, 1, 1]);
    const width = obs.length / numEnvs;
    expect(infos.finalObs).toHaveLength(numEnvs);
    expect(infos.finalObs![2]).not.toEqual(obs.slice(2 * width, 3 * width));
    const waiting = native({ autoresetMode: 'Disabled', maxEpisodeSteps: 1 });
    waiting.reset({ seed: 1 });
    waiting.step(actions);
    expect(() => waiting.step(actions)).toThrow('the episodes of environments 0, 1, 2, 3, 4 have ended');
    waiting.reset({ options: { resetMask: [true, true, true, true, true] } });
    waiting.step(actions);
  });

  it('continues from a saved state', () => {
    const env = native({ maxEpisodeSteps: 6 });
    env.actionSpace.seed(1);
    env.reset({ seed: 2 });
    for (let i = 0; i < 4; i++) env.step(env.actionSpace.sample());
    const copy = native({ maxEpisodeSteps: 6 });
    copy.setState(JSON.parse(JSON.stringify(env.getState())));
    for (let i = 0; i < 10; i++) {
      const actions = env.actionSpace.sample();
      expect(copy.step(actions)).toEqual(env.step(actions));
    }
  });
});

it('rewrites its arrays with copy: false, and refuses a list of seeds', () => {
  const env = new CartPoleVectorEnv(2, { copy: false });
  const [first] = env.reset({ seed: 1 });
  expect(env.step(Int32Array.of(0, 1))[0]).toBe(first);
  expect(() => env.reset({ seed: [1, 2] })).toThrow(
    'CartPoleVectorEnv has one random stream: seed must be one integer, got a list',
  );
  expect(() => new CartPoleVectorEnv(0)).toThrow('numEnvs must be a positive integer, got 0');
});

it('equals single cart-poles at large angles, where sin and cos are the runtime’s', () => {
  const options = { numEnvs: 7, autoresetMode: 'Disabled' as const };
  const batched = new CartPoleVectorEnv(7, options) as unknown as AnyVectorEnv;
  const single = makeVec('CartPole-v1', {
    numEnvs: 7,
    vectorizationMode: 'sync',
    vectorKwargs: { autoresetMode: 'Disabled' },
  }) as AnyVectorEnv;
  for (let seed = 0; seed < 20; seed++) {
    const reset = { seed, options: { low: -2.3, high: 2.3 } };
    batched.reset(reset);
    single.reset(reset);
    copyStates(batched, single, new Array<boolean>(7).fill(true));
    const actions = Int32Array.of(0, 1, 1, 0, 1, 0, 1);
    expect(batched.step(actions)).toEqual(single.step(actions));
  }
});
