import {
  type AnyEnv,
  AsyncVectorEnv,
  type AutoresetMode,
  batchSpace,
  make,
  makeVec,
  SyncVectorEnv,
  type VectorInfo,
} from 'gymnasium-js';
import { afterEach, describe, expect, it } from 'vitest';
import './fixture-envs.js';

const imports = [new URL('./fixture-envs.ts', import.meta.url).href];

let open: AsyncVectorEnv<unknown, unknown>[] = [];
afterEach(async () => {
  await Promise.all(open.map((env) => env.close()));
  open = [];
});

function start(
  ids: readonly (string | [string, object])[],
  options: object = {},
): AsyncVectorEnv<unknown, unknown> {
  const envs = ids.map((id) =>
    typeof id === 'string' ? { id } : { id: id[0], options: id[1] as Record<string, unknown> },
  );
  const env = new AsyncVectorEnv(envs, { imports, workers: 1, ...options });
  open.push(env);
  return env;
}

function sync(ids: readonly (string | [string, object])[], autoresetMode: AutoresetMode) {
  const makers = ids.map(
    (id) => () => (typeof id === 'string' ? make(id) : make(id[0], { ...id[1] })) as never,
  );
  return new SyncVectorEnv<unknown, unknown>(makers, { autoresetMode });
}

describe('async = sync', () => {
  const vectors = {
    'three fixtures': Array.from({ length: 3 }, () => 'fixture/Fixture-v0'),
    'two lists, not shareable': ['fixture/Listing-v0', 'fixture/Listing-v0'],
    'three taxis': ['Taxi-v4', 'Taxi-v4', 'Taxi-v4'],
    'two pendulums': ['Pendulum-v1', 'Pendulum-v1'],
  };
  // Starting a thread from sources takes most of a second, so that not every pair is played.
  const played: [AutoresetMode, keyof typeof vectors, workers: number][] = [
    ['NextStep', 'three fixtures', 2],
    ['SameStep', 'three fixtures', 2],
    ['Disabled', 'three fixtures', 2],
    ['SameStep', 'two lists, not shareable', 1],
    ['Disabled', 'three taxis', 1],
    ['NextStep', 'two pendulums', 1],
  ];
  it.each(played)('%s, %s', async (autoresetMode, name, workers) => {
    const ids = vectors[name];
    const [a, b] = [start(ids, { autoresetMode, workers }), sync(ids, autoresetMode)];
    expect(a.observationSpace.equals(b.observationSpace)).toBe(true);
    b.actionSpace.seed(4);
    expect(await a.reset({ seed: 3 })).toEqual(b.reset({ seed: 3 }));
    for (let i = 0; i < 12; i++) {
      const actions = b.actionSpace.sample();
      const [expected, got] = [b.step(actions), await a.step(actions)];
      expect(got).toEqual(expected);
      const over = Array.from(expected[2], (x, j) => x === 1 || expected[3][j] === 1);
      if (autoresetMode === 'Disabled' && over.some(Boolean)) {
        await expect(a.step(actions)).rejects.toThrow(
          "autoresetMode='Disabled': the episodes of environments",
        );
        const options = { resetMask: over };
        expect(await a.reset({ options })).toEqual(b.reset({ options }));
      }
    }
  });

  it('without shared memory, and with asynchronous environments', async () => {
    const plain = start(['Taxi-v4', 'Taxi-v4'], { sharedMemory: false });
    const shared = start(['Taxi-v4', 'Taxi-v4']);
    expect(await plain.reset({ seed: 1 })).toEqual(await shared.reset({ seed: 1 }));
    expect(await plain.step(Int32Array.of(0, 1) as never)).toEqual(
      await shared.step(Int32Array.of(0, 1) as never),
    );
    const slow = start(['fixture/Slow-v0', 'fixture/Slow-v0', 'fixture/Slow-v0']);
    await slow.reset();
    await slow.step([0, 0, 0] as never);
    const [obs, rewards, terminations] = await slow.step([0, 0, 0] as never);
    expect([obs, rewards, terminations]).toEqual([
      Float32Array.of(2, 2, 2),
      Float64Array.of(1, 1, 1),
      Uint8Array.of(1, 1, 1),
    ]);
  });
});

describe('failures', () => {
  it('an error in a worker comes with its own message and stack, and closes the vector', async () => {
    const env = start(['fixture/Fixture-v0', ['fixture/Fixture-v0', { failAt: 4 }]], { workers: 2 });
    await env.reset({ seed: 1 });
    const failure = await (async () => {
      for (let i = 0; i < 5; i++) await env.step([0, 0] as never);
      return null;
    })().catch((error: unknown) => error as Error);
    expect(failure?.message).toBe('RangeError in the worker of environment 1: the fixture breaks at step 4');
    expect(failure?.stack).toContain('fixture-envs');
    await expect(env.step([0, 0] as never)).rejects.toThrow(
      'Trying to operate on AsyncVectorEnv after a call to close(): step',
    );
  });

  it('a dead worker is an error, never a hang', async () => {
    const env = start([['fixture/Fixture-v0', { exitAt: 3 }], 'fixture/Fixture-v0'], { workers: 2 });
    await env.reset({ seed: 1 });
    await expect(
      (async () => {
        for (let i = 0; i < 5; i++) await env.step([0, 0] as never);
      })(),
    ).rejects.toThrow('exited with code 7');
  });

  it('an environment that a worker cannot make is reported by the first call', async () => {
    const env = start(['fixture/Fixture-v0'], { imports: [] });
    await expect(env.reset()).rejects.toThrow(
      'NamespaceNotFound in the worker of environment 0: Namespace fixture not found.',
    );
  });

  it('a second call before the first is answered is refused', async () => {
    const env = start(['CartPole-v1', 'CartPole-v1']);
    const first = env.reset();
    await expect(env.reset()).rejects.toThrow(
      'Calling `reset` while waiting for a pending call to `reset` to complete',
    );
    await first;
  });

  it('shared memory is refused where it cannot be', () => {
    expect(() => new AsyncVectorEnv([{ id: 'fixture/Listing-v0' }], { imports, sharedMemory: true })).toThrow(
      'Using `sharedMemory: true` in `AsyncVectorEnv` is incompatible with the observation space Sequence(Discrete(5), stack=False)',
    );
  });
});

describe('the rest of the API', () => {
  it('calls methods, reads and sets attributes, saves and loads state', async () => {
    const env = start(['fixture/Fixture-v0', 'fixture/Fixture-v0']);
    await env.reset({ seed: [5, 6] });
    await env.setAttr('label', ['one', 'two']);
    expect(await env.getAttr('label')).toEqual(['one', 'two']);
    expect(await env.call('greet', 'you')).toEqual(['hello you, one', 'hello you, two']);
    const state = structuredClone(await env.saveState());
    const expected = await env.step([1, 2] as never);
    await env.loadState(state);
    expect(await env.step([1, 2] as never)).toEqual(expected);
  });

  it('is what makeVec gives for async', async () => {
    const env = makeVec<Float32Array, Int32Array>('CartPole-v1', {
      numEnvs: 2,
      vectorizationMode: 'async',
      vectorKwargs: { workers: 1 },
    });
    open.push(env as never);
    expect(String(env)).toBe('AsyncVectorEnv(CartPole-v1, numEnvs=2)');
    const single = make('CartPole-v1') as AnyEnv;
    expect(env.observationSpace.equals(batchSpace(single.observationSpace, 2))).toBe(true);
    const [, infos]: [unknown, VectorInfo] = await env.reset({ seed: 1 });
    expect(infos).toEqual({});
  });
});
