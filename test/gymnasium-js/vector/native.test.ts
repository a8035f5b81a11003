import {
  type AnyVectorEnv,
  CartPoleVectorEnv,
  makeVec,
  type NativeVectorEnv,
  type VectorStepResult,
} from 'gymnasium-js';
import { describe, expect, it } from 'vitest';

const ids = ['CartPole-v1', 'MountainCar-v0', 'Pendulum-v1'] as const;

describe.each(ids)('%s, natively batched', (id) => {
  const numEnvs = 5;
  const native = (options: object = {}) =>
    makeVec(id, { numEnvs, vectorizationMode: 'vectorEntryPoint', ...options }) as AnyVectorEnv;

  it('has the dynamics of the single environment', () => {
    const batched = native() as NativeVectorEnv<Int32Array>;
    const single = makeVec(id, { numEnvs, vectorizationMode: 'sync' }) as AnyVectorEnv;
    expect(batched.observationSpace.equals(single.observationSpace)).toBe(true);
    expect(batched.actionSpace.equals(single.actionSpace)).toBe(true);
    batched.reset({ seed: 4 });
    single.reset({ seed: 4 });
    // The same start: the state variables are the leading entries of every single environment's state.
    const { state } = batched.getState() as { state: number[][] };
    (
      single as unknown as { envs: { unwrapped: { getState(): object; setState(state: object): void } }[] }
    ).envs.forEach(({ unwrapped }, i) => {
      const column = state.map((values) => values[i]!);
      const saved = unwrapped.getState();
      const key = ['physics', 'car', 'pole'].find((name) => name in saved)!;
      unwrapped.setState({ ...saved, [key]: column });
    });
    batched.actionSpace.seed(9);
    for (let step = 0; step < 8; step++) {
      const actions = batched.actionSpace.sample();
      expect(batched.step(actions)).toEqual(single.step(actions));
    }
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
