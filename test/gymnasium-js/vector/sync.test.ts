import {
  Box,
  Discrete,
  Env,
  type Info,
  make,
  type ResetOptions,
  SyncVectorEnv,
  VectorRecordEpisodeStatistics,
} from 'gymnasium-js';
import { describe, expect, it } from 'vitest';

/** Episodes of a fixed length; observes the step, and allows only the action that equals the step's parity. */
class Countdown extends Env<Float32Array, number> {
  override readonly observationSpace = new Box(0, 100);
  override readonly actionSpace = new Discrete(2);
  private t = 0;
  constructor(private readonly length: number) {
    super();
  }
  private info(): Info {
    return { actionMask: Uint8Array.of(this.t % 2 === 0 ? 1 : 0, this.t % 2), t: this.t };
  }
  override reset(options: ResetOptions = {}): [Float32Array, Info] {
    super.reset(options);
    this.t = 0;
    return [Float32Array.of(0), this.info()];
  }
  override step(action: number): [Float32Array, number, boolean, boolean, Info] {
    this.t++;
    return [Float32Array.of(this.t), action, this.t >= this.length, false, this.info()];
  }
  override getState(): unknown {
    return { base: super.getState(), t: this.t };
  }
  override setState(state: unknown): void {
    const { base, t } = state as { base: unknown; t: number };
    super.setState(base);
    this.t = t;
  }
}

const lengths = [2, 3];
const fns = lengths.map((length) => () => new Countdown(length));

describe('autoreset', () => {
  it('NextStep resets on the following step, with reward 0', () => {
    const env = new SyncVectorEnv(fns);
    env.reset({ seed: 1 });
    env.step(Int32Array.of(1, 1));
    const [obs, rewards, terminations] = env.step(Int32Array.of(1, 1));
    expect([[...obs], [...rewards], [...terminations]]).toEqual([
      [2, 2],
      [1, 1],
      [1, 0],
    ]);
    const [next, nextRewards, nextTerminations, , infos] = env.step(Int32Array.of(1, 1));
    expect([[...next], [...nextRewards], [...nextTerminations]]).toEqual([
      [0, 3],
      [0, 1],
      [0, 1],
    ]);
    expect(infos.t).toEqual(Float64Array.of(0, 3));
  });

  it('SameStep gives the final observation and info, mask included, and the next episode’s first ones', () => {
    const env = new SyncVectorEnv(fns, { autoresetMode: 'SameStep' });
    env.reset();
    env.step(Int32Array.of(0, 0));
    const [obs, , terminations, , infos] = env.step(Int32Array.of(0, 0));
    expect([[...obs], [...terminations]]).toEqual([
      [0, 2],
      [1, 0],
    ]);
    expect(infos.actionMask).toEqual(Uint8Array.of(1, 0, 1, 0));
    expect(infos.finalObs).toEqual([Float32Array.of(2), null]);
    expect(infos._finalObs).toEqual(Uint8Array.of(1, 0));
    expect(infos.finalInfo?.t).toEqual(Float64Array.of(2, 0));
    expect(infos.finalInfo?.actionMask?.subarray(0, 2)).toEqual(Uint8Array.of(1, 0));
  });

  it('Disabled refuses to step past an end and resets by mask', () => {
    const env = new SyncVectorEnv(fns, { autoresetMode: 'Disabled' });
    env.reset();
    env.step(Int32Array.of(0, 0));
    env.step(Int32Array.of(0, 0));
    expect(() => env.step(Int32Array.of(0, 0))).toThrow('the episodes of environments 0 have ended');
    const [obs, infos] = env.reset({ options: { resetMask: [true, false] } });
    expect([...obs]).toEqual([0, 2]);
    expect(infos._t).toEqual(Uint8Array.of(1, 0));
    expect([...env.step(Int32Array.of(0, 0))[0]]).toEqual([1, 3]);
  });
});

describe('statistics', () => {
  const play = (mode: 'NextStep' | 'SameStep', steps: number) => {
    const env = new VectorRecordEpisodeStatistics(new SyncVectorEnv(fns, { autoresetMode: mode }));
    env.reset();
    const seen = [];
    for (let i = 0; i < steps; i++) {
      const infos = env.step(Int32Array.of(1, 1))[4];
      if (infos.episode) seen.push([i, [...infos.episode.r], [...infos.episode.l], [...infos._episode!]]);
    }
    return { env, seen };
  };

  it('SameStep counts every step', () => {
    const { env, seen } = play('SameStep', 6);
    expect(seen).toEqual([
      [1, [2, 0], [2, 0], [1, 0]],
      [2, [0, 3], [0, 3], [0, 1]],
      [3, [2, 0], [2, 0], [1, 0]],
      [5, [2, 3], [2, 3], [1, 1]],
    ]);
    expect([env.returnQueue, env.episodeCount]).toEqual([[2, 3, 2, 2, 3], 5]);
  });

  it('NextStep leaves the resetting step out', () => {
    expect(play('NextStep', 5).seen).toEqual([
      [1, [2, 0], [2, 0], [1, 0]],
      [2, [0, 3], [0, 3], [0, 1]],
      [4, [2, 0], [2, 0], [1, 0]],
    ]);
  });

  it('a partial reset leaves running episodes alone: [2 2] becomes [0 2]', () => {
    const env = new VectorRecordEpisodeStatistics(new SyncVectorEnv(fns, { autoresetMode: 'Disabled' }));
    env.reset();
    env.step(Int32Array.of(1, 1));
    env.step(Int32Array.of(1, 1));
    expect([...env.episodeLengths]).toEqual([2, 2]);
    env.reset({ options: { resetMask: Uint8Array.of(1, 0) } });
    expect([...env.episodeLengths]).toEqual([0, 2]);
    expect([...env.episodeReturns]).toEqual([0, 2]);
  });
});

describe('state', () => {
  it('continuing from a saved state equals never having stopped', () => {
    const build = () => new SyncVectorEnv([0, 1].map(() => () => make('CartPole-v1')));
    const env = build();
    env.reset({ seed: 4 });
    const actions = Int32Array.of(1, 1);
    for (let i = 0; i < 8; i++) env.step(actions);
    const state = JSON.parse(JSON.stringify(env.getState()));
    const copy = build();
    copy.setState(state);
    for (let i = 0; i < 30; i++) expect(copy.step(actions)).toEqual(env.step(actions));
  });
});

it('refuses differing spaces, wrong seeds and use after close', () => {
  expect(() => new SyncVectorEnv([])).toThrow('SyncVectorEnv needs at least one environment');
  const env = new SyncVectorEnv(fns);
  expect(() => env.reset({ seed: [1] })).toThrow(
    'If seeds are passed as a list the length must match numEnvs=2 but got length=1.',
  );
  env.close();
  expect(() => env.step(Int32Array.of(0, 0))).toThrow(
    'Trying to operate on SyncVectorEnv after a call to close(): step',
  );
});

it('gives fresh observations each step, or with copy: false the same array', () => {
  const fresh = new SyncVectorEnv(fns);
  const [first] = fresh.reset();
  const [second] = fresh.step(Int32Array.of(0, 0));
  expect([[...first], [...second]]).toEqual([
    [0, 0],
    [1, 1],
  ]);
  const reused = new SyncVectorEnv(fns, { copy: false });
  const [kept] = reused.reset();
  expect(reused.step(Int32Array.of(0, 0))[0]).toBe(kept);
});

describe('observation modes', () => {
  const boxed = (high: number) => () =>
    new (class extends Countdown {
      override readonly observationSpace = new Box(0, high);
    })(2);

  it('same: equal spaces are asked for; different: their bounds are batched row by row', () => {
    const differing = [boxed(10), boxed(20)];
    expect(() => new SyncVectorEnv(differing)).toThrow("use `observationMode='different'` instead.");
    const env = new SyncVectorEnv(differing, { observationMode: 'different' });
    expect([...(env.observationSpace as unknown as Box).high]).toEqual([10, 20]);
    env.reset();
    expect([...env.step(Int32Array.of(0, 0))[0]]).toEqual([1, 1]);
  });

  it('a pair of spaces of one’s own; anything else is refused', () => {
    const single = new Box(0, 50);
    const pair = [new Box(0, 50, { shape: [2, 1] }), single] as never;
    expect(new SyncVectorEnv(fns, { observationMode: pair }).singleObservationSpace).toBe(single);
    expect(() => new SyncVectorEnv(fns, { observationMode: 'odd' as never })).toThrow(
      "Invalid `observationMode`, expected: 'same' or 'different'",
    );
    const other = () =>
      new (class extends Countdown {
        override readonly observationSpace = new Box(0, 1, { shape: [2] });
      })(2);
    expect(() => new SyncVectorEnv([...fns, other], { observationMode: 'different' })).toThrow();
  });
});
