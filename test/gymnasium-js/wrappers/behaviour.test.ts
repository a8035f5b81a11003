import {
  type AnyEnv,
  ClipReward,
  DelayObservation,
  DiscretizeAction,
  DiscretizeObservation,
  DtypeObservation,
  Env,
  FilterObservation,
  FrameStackObservation,
  type Info,
  MaxAndSkipObservation,
  make,
  NormalizeObservation,
  NormalizeReward,
  OrderEnforcing,
  RecordEpisodeStatistics,
  RenderCollection,
  RepeatAction,
  RescaleAction,
  RescaleObservation,
  ReshapeObservation,
  StickyAction,
  TimeAwareObservation,
  TimeLimit,
  Wrapper,
} from 'gymnasium-js';
import { describe, expect, it } from 'vitest';

const cartPole = () => make('CartPole-v1');
const mountain = () => make('MountainCarContinuous-v0');

describe('what wrappers refuse', () => {
  it.each<[() => unknown, string]>([
    [() => new TimeLimit(cartPole(), 0), 'Expect the `maxEpisodeSteps` to be positive, actually: 0'],
    [() => new TimeLimit(cartPole(), 1.5), 'Expect the `maxEpisodeSteps` to be an integer, actually: 1.5'],
    [() => new OrderEnforcing({} as never), 'Expected env to be an Env but got object'],
    [() => cartPole().step(0), 'Cannot call env.step() before calling env.reset()'],
    [
      () => make('FrozenLake-v1', { renderMode: 'ansi' }).render(),
      'Cannot call `env.render()` before calling `env.reset()`',
    ],
    [() => new ClipReward(cartPole(), {}), 'Both `minReward` and `maxReward` cannot be null'],
    [
      () => new ClipReward(cartPole(), { minReward: 1, maxReward: 0 }),
      'Min reward (1) must be smaller than max reward (0)',
    ],
    [() => new DelayObservation(cartPole(), -1), 'The delay needs to be greater than zero, actual value: -1'],
    [() => new DiscretizeObservation(cartPole(), 3), 'Discretization requires the space to be finite.'],
    [() => new DiscretizeAction(cartPole(), 3), 'DiscretizeAction requires a Box action space, got Discrete'],
    [() => new DiscretizeAction(mountain(), [3, 3]), 'bins must match dimensions: expected 1, got 2'],
    [
      () => new DtypeObservation(make('Blackjack-v1'), 'float32'),
      'DtypeObservation requires a Box, Discrete, MultiDiscrete, or MultiBinary space, got Tuple',
    ],
    [
      () => new FilterObservation(cartPole(), ['x']),
      'FilterObservation wrapper is only usable with `Dict` and `Tuple` observations, actual type: Box',
    ],
    [() => new FilterObservation(make('Blackjack-v1'), [0, 5]), 'missing indexes: 5'],
    [
      () => new FilterObservation(make('Blackjack-v1'), []),
      'The observation space is empty due to filtering all keys.',
    ],
    [
      () => new FrameStackObservation(cartPole(), 0),
      'The stackSize needs to be greater than zero, actual value: 0',
    ],
    [
      () => new FrameStackObservation(cartPole(), 2, { paddingType: 'reflect' as never }),
      "Unexpected `paddingType`, expected 'reset', 'zero' or a custom observation space, actual value: reflect",
    ],
    [
      () => new MaxAndSkipObservation(cartPole(), 1),
      'The skip value needs to be equal or greater than two, actual value: 1',
    ],
    [
      () => new MaxAndSkipObservation(make('Blackjack-v1')),
      'The observation space must have the shape attribute.',
    ],
    [
      () => new RepeatAction(cartPole(), 0),
      'The numRepeats value needs to be equal or greater than one, actual value: 0',
    ],
    [
      () => new StickyAction(cartPole(), 1),
      '`repeatActionProbability` should be in the interval [0,1). Received 1',
    ],
    [
      () => new StickyAction(cartPole(), 0.5, { repeatActionDuration: [3, 2] }),
      '`repeatActionDuration` is not a valid bound. Received 3,2',
    ],
    [
      () => new NormalizeReward(cartPole(), { gamma: 1.1 }),
      '`gamma` should be in the interval [0, 1]. Received 1.1',
    ],
    [
      () => new NormalizeObservation(cartPole(), { epsilon: 0 }),
      '`epsilon` should be strictly positive. Received 0',
    ],
    [
      () => new NormalizeObservation(make('Blackjack-v1')),
      'NormalizeObservation wrapper requires the observation space to have a shape.',
    ],
    [
      () => new ReshapeObservation(cartPole(), [3]),
      'ReshapeObservation requires the product of the new shape to match the original shape',
    ],
    [
      () => new RescaleObservation(cartPole(), -1, 1),
      'For unbounded components, the target bounds must match the original infinity bounds.',
    ],
    [() => new RescaleAction(mountain(), 1, 1), 'the rescaling has no inverse where they are equal'],
    [
      () => new TimeAwareObservation(make('CliffWalking-v1')),
      'The environment must be wrapped by a TimeLimit wrapper or the spec specify a `maxEpisodeSteps`.',
    ],
    [() => new RenderCollection(cartPole()), 'Expected env.renderMode to be not null'],
  ])('%s', (call, message) => {
    expect(call).toThrow(message);
  });
});

/** Ends by itself at step 3. */
class Ending extends Env<Float32Array, number> {
  override readonly observationSpace = cartPole().observationSpace;
  override readonly actionSpace = cartPole().actionSpace;
  private t = 0;
  override reset(): [Float32Array, Info] {
    super.reset();
    this.t = 0;
    return [new Float32Array(4), {}];
  }
  override step(): [Float32Array, number, boolean, boolean, Info] {
    this.t++;
    return [new Float32Array(4), 0.5, this.t >= 3, false, {}];
  }
}

describe('behaviour', () => {
  it('TimeLimit leaves termination alone: both flags may be true', () => {
    const env = new TimeLimit(new Ending(), 3);
    env.reset();
    env.step(0);
    env.step(0);
    expect(env.step(0).slice(2, 4)).toEqual([true, true]);
    expect(env.elapsedSteps).toBe(3);
  });

  it('RecordEpisodeStatistics reports and remembers', () => {
    const env = new RecordEpisodeStatistics(new Ending(), { bufferLength: 2, statsKey: 'stats' });
    for (let episode = 0; episode < 3; episode++) {
      env.reset();
      env.step(0);
      env.step(0);
      const info = env.step(0)[4];
      expect(info.stats).toMatchObject({ r: 1.5, l: 3 });
    }
    expect([env.returnQueue, env.lengthQueue, env.episodeCount]).toEqual([[1.5, 1.5], [3, 3], 3]);
    const twice = new RecordEpisodeStatistics(new RecordEpisodeStatistics(new Ending()));
    twice.reset();
    twice.step(0);
    twice.step(0);
    expect(() => twice.step(0)).toThrow(
      "Attempted to add episode stats with key 'episode' but this key already exists in info: episode",
    );
  });

  it('NormalizeReward restarts its return on termination', () => {
    const env = new NormalizeReward(new Ending(), { gamma: 0.5 });
    env.reset();
    env.step(0);
    env.step(0);
    expect(env.discountedReward).toBe(0.75);
    env.step(0);
    expect(env.discountedReward).toBe(0.5);
  });

  it('frozen statistics stay', () => {
    const env = new NormalizeObservation(cartPole());
    env.reset({ seed: 1 });
    env.updateRunningMean = false;
    const before = env.statistics.getState();
    env.step(1);
    expect(env.statistics.getState()).toEqual(before);
  });

  it('MaxAndSkip takes the greater of the last two, and adds rewards', () => {
    const env = new MaxAndSkipObservation(cartPole(), 3);
    const plain = cartPole();
    env.reset({ seed: 5 });
    plain.reset({ seed: 5 });
    plain.step(1);
    const a = plain.step(1)[0];
    const b = plain.step(1)[0];
    const [obs, reward] = env.step(1);
    expect([...obs]).toEqual([...b].map((x, i) => Math.max(x, a[i]!)));
    expect(reward).toBe(3);
  });

  it('FrameStack takes padding of one’s own', () => {
    const padding = Float32Array.of(1, 1, 0.1, 1);
    const env = new FrameStackObservation(cartPole(), 2, { paddingType: padding });
    const [obs] = env.reset({ seed: 1 });
    expect([...(obs as Float32Array).subarray(0, 4)]).toEqual([...padding]);
  });

  it('Discretize wrappers revert', () => {
    const action = new DiscretizeAction(mountain(), 4);
    expect(action.revertAction([-0.9])).toBe(0);
    expect(action.revertAction([0.3])).toBe(2);
    const observation = new DiscretizeObservation(make('MountainCar-v0'), [3, 2], { multidiscrete: true });
    const [low, high] = observation.revertObservation([0, 1]);
    expect([low[0], high[0]].map((x) => Number(x).toFixed(3))).toEqual(['-1.200', '-0.600']);
    expect(high[1]).toBe(Math.fround(0.07));
  });

  it('attributes are found through layers and set where they are', () => {
    class Marked extends Wrapper<Float32Array, number> {
      mark = 'outer';
    }
    const env = new TimeLimit(new Marked(cartPole()), 5) as AnyEnv;
    expect(env.hasWrapperAttr('mark')).toBe(true);
    expect(env.getWrapperAttr('mark')).toBe('outer');
    expect(env.setWrapperAttr('mark', 'changed')).toBe(true);
    expect(env.getWrapperAttr('mark')).toBe('changed');
    expect('mark' in env).toBe(false);
    expect(env.setWrapperAttr('fresh', 1, { force: false })).toBe(false);
    expect(env.setWrapperAttr('fresh', 1)).toBe(true);
    expect(() => env.getWrapperAttr('nothing')).toThrow("wrapper TimeLimit has no attribute 'nothing'");
    expect(() => env.unwrapped.getWrapperAttr('nothing')).toThrow("CartPoleEnv has no attribute 'nothing'");
  });

  it('npRandom is the innermost environment’s', () => {
    const env = new StickyAction(cartPole(), 0.2);
    env.reset({ seed: 9 });
    expect(env.npRandom).toBe(env.unwrapped.npRandom);
    expect(env.npRandomSeed).toBe(9);
    env.npRandom = make('CartPole-v1').npRandom;
    expect(env.npRandomSeed).toBe(-1);
  });

  it('an environment that forgets reset() is told', () => {
    class Forgetful extends Env<number, number> {
      override readonly observationSpace = make('FrozenLake-v1').observationSpace;
      override readonly actionSpace = make('FrozenLake-v1').actionSpace;
      override step(): [number, number, boolean, boolean, Info] {
        return [0, 0, false, false, {}];
      }
    }
    expect(() => new Forgetful().reset()).toThrow('Forgetful must override reset()');
  });
});
