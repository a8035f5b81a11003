import type { AnyEnv, Env, ResetOptions, ResetResult, StepResult } from '../core/env.js';
import type { InMode, Mode } from '../core/mode.js';
import { ObservationWrapper, Wrapper } from '../core/wrapper.js';
import { Box } from '../spaces/box.js';
import { Dict, isDict } from '../spaces/dict.js';
import { flatten, flattenSpace } from '../spaces/flatten.js';
import type { Space } from '../spaces/space.js';
import { isTuple, Tuple } from '../spaces/tuple.js';
import { TimeLimit } from './time-limit.js';

export interface TimeAwareObservationOptions {
  /** Flatten observation and time into one array; default true. */
  readonly flatten?: boolean;
  /** Time as a share of the limit, float32, instead of a count of steps. */
  readonly normalizeTime?: boolean;
  /** Key of the time in Dict observations; default `time`. */
  readonly dictTimeKey?: string;
}

function limitOf(env: AnyEnv): number {
  const limit = env.spec?.maxEpisodeSteps;
  if (limit !== null && limit !== undefined) return limit;
  for (let layer = env; layer instanceof Wrapper; layer = layer.env as AnyEnv) {
    if (layer instanceof TimeLimit) return layer.maxEpisodeSteps;
  }
  throw new RangeError(
    'The environment must be wrapped by a TimeLimit wrapper or the spec specify a `maxEpisodeSteps`.',
  );
}

interface Extended {
  readonly space: Space<unknown>;
  readonly append: (observation: unknown, time: unknown) => unknown;
}

function extend(space: Space<unknown>, time: Space<unknown>, key: string): Extended {
  if (isDict(space)) {
    if (space.keys.includes(key)) {
      throw new RangeError(`The \`dictTimeKey\` ('${key}') already exists in the observation space.`);
    }
    return {
      space: new Dict({ [key]: time, ...space.spaces }),
      append: (observation, now) => ({ [key]: now, ...(observation as object) }),
    };
  }
  if (isTuple(space)) {
    return {
      space: new Tuple([...space.spaces, time]),
      append: (observation, now) => [...(observation as unknown[]), now],
    };
  }
  return { space: new Dict({ obs: space, time }), append: (obs, now) => ({ obs, time: now }) };
}

/**
 * Adds the number of steps of the episode so far to each observation.
 *
 * @throws RangeError when there is no time limit, or the key is taken
 */
export class TimeAwareObservation<Obs, Act, M extends Mode = 'sync'> extends ObservationWrapper<
  unknown,
  Act,
  M,
  Obs
> {
  readonly maxTimesteps: number;
  readonly #extended: Extended;
  readonly #flatten: boolean;
  readonly #normalizeTime: boolean;
  #steps = 0;

  constructor(env: Env<Obs, Act, M>, options: TimeAwareObservationOptions = {}) {
    const { flatten: flat = true, normalizeTime = false, dictTimeKey = 'time' } = options;
    super(env, { flatten: flat, normalizeTime, dictTimeKey });
    this.maxTimesteps = limitOf(env as unknown as AnyEnv);
    const time = normalizeTime ? new Box(0, 1) : new Box(0, this.maxTimesteps, { dtype: 'int32' });
    this.#extended = extend(env.observationSpace as Space<unknown>, time as Space<unknown>, dictTimeKey);
    this.#flatten = flat;
    this.#normalizeTime = normalizeTime;
    this.observationSpace = flat ? flattenSpace(this.#extended.space) : this.#extended.space;
  }

  override reset(options: ResetOptions = {}): InMode<ResetResult<unknown>, M> {
    this.#steps = 0;
    return super.reset(options);
  }

  override step(action: Act): InMode<StepResult<unknown>, M> {
    this.#steps++;
    return super.step(action);
  }

  override observation(observation: Obs): unknown {
    const time = this.#normalizeTime
      ? Float32Array.of(this.#steps / this.maxTimesteps)
      : Int32Array.of(this.#steps);
    const extended = this.#extended.append(observation, time);
    return this.#flatten ? flatten(this.#extended.space, extended) : extended;
  }

  protected override saveState(): unknown {
    return { steps: this.#steps };
  }

  protected override loadState(state: unknown): void {
    this.#steps = (state as { steps: number }).steps;
  }
}
