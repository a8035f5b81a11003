import { generateRandomMap, make, type ResetResult, type StepResult, setWarningSink } from 'gymnasium-js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { golden } from '../golden.js';
import { envIds, makeAny, registered } from './list.js';

const text = golden<{
  maps: { size: number; p: number; seed: number; map: string[] }[];
  frames: Record<string, string[]>;
}>('toy-text.json');

let warnings: string[] = [];
beforeEach(() => {
  warnings = [];
  setWarningSink((message) => warnings.push(message));
});
afterEach(() => {
  setWarningSink(null);
});

it('the shared list names every registered environment', () => {
  expect([...envIds].sort()).toEqual(registered().sort());
});

describe.each(envIds)('%s', (id) => {
  const play = (steps: number) => {
    const env = makeAny(id);
    env.actionSpace.seed(3);
    env.reset({ seed: 3 });
    for (let i = 0; i < steps; i++) {
      const [, , terminated, truncated] = env.step(env.actionSpace.sample()) as StepResult<unknown>;
      if (terminated || truncated) env.reset();
    }
    return env;
  };

  it('continues from a saved state as if never interrupted', () => {
    const env = play(23);
    const state = JSON.parse(JSON.stringify(env.getState()));
    const copy = makeAny(id);
    copy.setState(state);
    copy.actionSpace.npRandom.setState(env.actionSpace.npRandom.getState());
    for (let i = 0; i < 60; i++) {
      const action = env.actionSpace.sample();
      expect(copy.actionSpace.sample()).toEqual(action);
      const result = env.step(action) as StepResult<unknown>;
      expect(copy.step(action)).toEqual(result);
      if (result[2] || result[3]) expect(copy.reset()).toEqual(env.reset());
    }
  });

  it('observes and acts within its spaces', () => {
    const env = makeAny(id);
    const [observation] = env.reset({ seed: 1 }) as ResetResult<unknown>;
    expect(env.observationSpace.contains(observation)).toBe(true);
    expect(() => env.step(-7)).toThrow('-7 (number) invalid');
  });

  it('renders text or a picture, and warns without a mode', () => {
    const mode = makeAny(id).metadata.renderModes![0]!;
    const env = makeAny(id, { renderMode: mode });
    env.reset({ seed: 2 });
    const frame = env.render() as string;
    if (mode === 'svg') expect(frame).toMatch(/^<svg xmlns=.*<\/svg>$/);
    else expect(frame).toContain('\n');
    const blind = makeAny(id);
    blind.reset();
    warnings = [];
    expect(blind.render()).toBe(null);
    expect(warnings[0]).toBe(
      `You are calling render method without specifying any render mode. You can specify the renderMode at initialization, e.g. make("${id}", { renderMode: "${mode}" })`,
    );
  });

  it('asks for a reset before the first step', () => {
    const env = makeAny(id).unwrapped;
    expect(() => env.step(env.actionSpace.sample())).toThrow(/reset/);
  });
});

describe('toy text equals Python’s', () => {
  it.each(Object.entries(text.frames))('frames of %s', (id, expected) => {
    const env = makeAny(id, { renderMode: 'ansi' });
    env.actionSpace.seed(5);
    env.reset({ seed: 5 });
    const frames = [env.render()];
    while (frames.length < expected.length) {
      const [, , terminated, truncated] = env.step(env.actionSpace.sample()) as StepResult<unknown>;
      if (terminated || truncated) env.reset();
      frames.push(env.render());
    }
    expect(frames).toEqual(expected);
  });

  it.each(text.maps)('random map $size, $p, seed $seed', ({ size, p, seed, map }) => {
    expect(generateRandomMap(size, p, seed)).toEqual(map);
  });
});

it('reset bounds widen the start and are checked', () => {
  const env = make('CartPole-v1');
  const [observation] = env.reset({ seed: 123, options: { low: -0.1, high: 0.1 } });
  // Of Gymnasium's documentation.
  expect([...observation].map((x) => x.toFixed(6))).toEqual([
    '0.036470',
    '-0.089236',
    '-0.055928',
    '-0.063126',
  ]);
  expect(() => env.reset({ options: { low: 1, high: 0 } })).toThrow(
    'Lower bound (1) must be lower than higher bound (0).',
  );
  expect(() => env.reset({ options: { low: 'x' } })).toThrow(
    'An option (x) could not be converted to a number.',
  );
});

it('warns about stepping after the end', () => {
  const env = make('CartPole-v1');
  env.reset({ seed: 1 });
  for (let i = 0; i < 20; i++) env.step(1);
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toContain("You are calling 'step()' even though this environment has already returned");
});
