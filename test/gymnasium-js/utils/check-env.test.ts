import {
  type AnyEnv,
  Box,
  checkEnv,
  Discrete,
  Env,
  type Info,
  MultiDiscrete,
  make,
  type ResetOptions,
  type ResetResult,
  type Space,
  type StepResult,
  setWarningSink,
} from 'gymnasium-js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { envIds, makeAny } from '../envs/list.js';
import { Later } from '../later.js';

let warnings: string[] = [];
beforeEach(() => {
  warnings = [];
  setWarningSink((message) => warnings.push(message));
});
afterEach(() => {
  setWarningSink(null);
});

/** A sound environment whose parts tests replace by unsound ones. */
class Sound extends Env<Float32Array, unknown> {
  override observationSpace = new Box(0, 1000);
  override actionSpace: Space<unknown> = new Discrete(2) as Space<unknown>;
  protected t = 0;
  protected info(): Info {
    return { t: this.t };
  }
  protected observe(): Float32Array {
    return Float32Array.of(this.t);
  }
  override reset(options: ResetOptions = {}): ResetResult<Float32Array> {
    super.reset(options);
    this.t = this.npRandom.integers(5);
    return [this.observe(), this.info()];
  }
  override step(_action: unknown): StepResult<Float32Array> {
    this.t++;
    return [this.observe(), 1, this.t > 8, false, this.info()];
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

describe('sound environments pass', () => {
  it.each(envIds)('%s', async (id) => {
    await checkEnv(makeAny(id).unwrapped);
    const unexpected = warnings.filter(
      (message) => !/out of date|infinity|symmetric and normalized/.test(message),
    );
    expect(unexpected).toEqual([]);
  });

  it.each(['CartPole-v1', 'Taxi-v4'])('%s, asynchronous', async (id) => {
    const env = new Later(makeAny(id).unwrapped);
    await checkEnv(env as unknown as AnyEnv, { skipRenderCheck: true, skipCloseCheck: true });
  });

  it('an environment of one’s own, with the hint that rendering needs a spec', async () => {
    await checkEnv(new Sound() as AnyEnv);
    expect(warnings).toEqual([
      'Not able to test alternative render modes due to the environment not having a spec. Try instantiating the environment through `make`',
    ]);
  });

  it('a wrapped one, with a warning', async () => {
    await checkEnv(make('CartPole-v1') as AnyEnv);
    expect(warnings[0]).toContain('is different from the unwrapped version (<CartPoleEnv<CartPole-v1>>)');
  });
});

describe('unsound environments are told what is wrong', () => {
  const buffer = new Float32Array(1);
  const shared = { a: 1 };
  let call = 0;
  const broken: [message: string, env: Env<never, never>][] = [
    [
      'The result returned by `env.reset()` was not a tuple of the form `[obs, info]`. Actual type: `Float32Array`',
      new (class extends Sound {
        override reset(): never {
          return new Float32Array(1) as never;
        }
      })() as never,
    ],
    [
      'The result returned by `env.reset()` should be `[obs, info]`, actual number of elements: 1.',
      new (class extends Sound {
        override reset(): never {
          return [new Float32Array(1)] as never;
        }
      })() as never,
    ],
    [
      'The observation returned by `env.reset({seed: 123})` is not within the observation space.',
      new (class extends Sound {
        override observationSpace = new Box(500, 1000);
      })() as never,
    ],
    [
      'Most likely the environment reset function does not call `super.reset(options)` as the random generators are not same',
      new (class extends Sound {
        override reset(): ResetResult<Float32Array> {
          this.t = 0;
          this.npRandom.random();
          return [Float32Array.of(0), {}];
        }
      })() as never,
    ],
    [
      'Using `env.reset({seed: 123})` is non-deterministic as the observations are not equivalent.',
      new (class extends Sound {
        protected override observe(): Float32Array {
          return Float32Array.of(call++);
        }
      })() as never,
    ],
    [
      'Expected `Env.step` to return a five element tuple, actual number of elements returned: 4.',
      new (class extends Sound {
        override step(): never {
          return [Float32Array.of(1), 1, false, {}] as never;
        }
      })() as never,
    ],
    [
      'The info returned by `step()` must be an object, actual type: null',
      new (class extends Sound {
        override step(): StepResult<Float32Array> {
          return [Float32Array.of(1), 1, false, false, null as never];
        }
      })() as never,
    ],
    [
      'Environment truncates after 1 step, something has gone very wrong.',
      new (class extends Sound {
        override step(action: unknown): StepResult<Float32Array> {
          const result = super.step(action);
          result[3] = true;
          return result;
        }
      })() as never,
    ],
    [
      'Deterministic step rewards are not equivalent for the same seed and action',
      new (class extends Sound {
        override step(action: unknown): StepResult<Float32Array> {
          const result = super.step(action);
          result[1] = call++;
          return result;
        }
      })() as never,
    ],
    [
      'The observations returned by `env.reset() (call 1)` and `env.step() (call 2)` share an object',
      new (class extends Sound {
        protected override observe(): Float32Array {
          buffer[0] = this.t;
          return buffer;
        }
      })() as never,
    ],
    [
      'The infos returned by `env.reset() (call 1)` and `env.step() (call 2)` share an object',
      new (class extends Sound {
        protected override info(): Info {
          return shared;
        }
      })() as never,
    ],
    [
      'Continuing after `env.setState(env.getState())` (through JSON) differs from never having stopped: the state misses something.',
      new (class extends Sound {
        override getState(): unknown {
          return { base: null, t: 0 };
        }
        override setState(): void {}
      })() as never,
    ],
    ...(
      [
        [Uint8Array.of(1), 'info.actionMask must have length 2, actual length: 1'],
        [Uint8Array.of(1, 2), 'info.actionMask must hold 0 or 1 only, actual values: 1,2'],
        [Uint8Array.of(0, 0), 'info.actionMask must allow at least one action, actual values: 0,0'],
        [[1, 1], 'info.actionMask must be a Uint8Array, actual type: Array'],
      ] as const
    ).map(([mask, message]): [string, Env<never, never>] => [
      message,
      new (class extends Sound {
        protected override info(): Info {
          return { actionMask: mask as Uint8Array };
        }
      })() as never,
    ]),
    [
      'info.actionMask must allow at least one action, actual values: 0,0',
      new (class extends Sound {
        override actionSpace: Space<unknown> = new MultiDiscrete([3, 2]) as Space<unknown>;
        protected override info(): Info {
          return { actionMask: Uint8Array.of(1, 0, 1, 0, 0) };
        }
      })() as never,
    ],
  ];

  it.each(broken)('%s', async (message, env) => {
    await expect(checkEnv(env as unknown as AnyEnv)).rejects.toThrow(message);
  });

  it('something that is no environment', async () => {
    await expect(checkEnv({} as AnyEnv)).rejects.toThrow(
      'The environment must inherit from the Env class, actual value: [object Object]',
    );
  });

  it('warnings for rewards, flags and dtypes', async () => {
    class Odd extends Sound {
      override step(action: unknown): StepResult<Float32Array> {
        const [, , , , info] = super.step(action);
        return [Float64Array.of(1) as never, Number.NaN, 0 as never, false, info];
      }
    }
    await checkEnv(new Odd() as AnyEnv, { skipStateCheck: true }).catch(() => undefined);
    expect(warnings).toEqual(
      expect.arrayContaining([
        'Expects `terminated` signal to be a boolean, actual type: number',
        "The obs returned by the `step()` method was expecting the array's dtype to be float32, actual type: float64",
        'The obs returned by the `step()` method is not within the observation space.',
        'The reward is a NaN value.',
      ]),
    );
  });
});
