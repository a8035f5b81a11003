/** Wrappers that play an action more than once: a loop over the wrapped environment's steps that works in both modes. */
import type { Env, StepResult } from '../core/env.js';
import { afterCall, type InMode, type Mode, sameMode } from '../core/mode.js';
import { Wrapper } from '../core/wrapper.js';
import { Box } from '../spaces/box.js';
import { MultiBinary } from '../spaces/multi-binary.js';
import { MultiDiscrete } from '../spaces/multi-discrete.js';

/** Steps up to `times` times, stopping at an episode's end; rewards add up. `seen` gets each observation. */
function repeat<Obs, Act, M extends Mode>(
  env: Env<Obs, Act, M>,
  action: Act,
  times: number,
  seen: (observation: Obs) => void,
): InMode<StepResult<Obs>, M> {
  let total = 0;
  const once = (left: number): InMode<StepResult<Obs>, M> => {
    const stepped = env.step(action);
    return afterCall<StepResult<Obs>, StepResult<Obs>, M>(stepped, (result) => {
      total += result[1];
      seen(result[0]);
      if (left > 1 && !result[2] && !result[3]) return once(left - 1);
      result[1] = total;
      return sameMode<StepResult<Obs>, M>(stepped, result);
    });
  };
  return once(times);
}

/**
 * Plays each action `numRepeats` times; rewards add up and the last observation is given.
 *
 * @throws TypeError when the number is no integer, RangeError when it is below one
 */
export class RepeatAction<Obs, Act, M extends Mode = 'sync'> extends Wrapper<Obs, Act, M> {
  readonly numRepeats: number;

  constructor(env: Env<Obs, Act, M>, numRepeats: number) {
    if (!Number.isInteger(numRepeats)) {
      throw new TypeError(`The numRepeats is expected to be an integer, actual: ${String(numRepeats)}`);
    }
    if (numRepeats < 1) {
      throw new RangeError(
        `The numRepeats value needs to be equal or greater than one, actual value: ${numRepeats}`,
      );
    }
    super(env, { numRepeats });
    this.numRepeats = numRepeats;
  }

  override step(action: Act): InMode<StepResult<Obs>, M> {
    return repeat(this.env, action, this.numRepeats, () => {});
  }
}

/**
 * Plays each action `skip` times and observes the greater, element by element, of the last two observations.
 *
 * When an episode ends early these are the last two of this step (Gymnasium looks at older ones then).
 *
 * @throws TypeError when skip is no integer or observations are no arrays, RangeError when skip is below two
 */
export class MaxAndSkipObservation<Obs, Act, M extends Mode = 'sync'> extends Wrapper<Obs, Act, M> {
  readonly skip: number;

  constructor(env: Env<Obs, Act, M>, skip = 4) {
    if (!Number.isInteger(skip))
      throw new TypeError(`The skip is expected to be an integer, actual: ${String(skip)}`);
    if (skip < 2) {
      throw new RangeError(`The skip value needs to be equal or greater than two, actual value: ${skip}`);
    }
    const space: unknown = env.observationSpace;
    if (!(space instanceof Box || space instanceof MultiDiscrete || space instanceof MultiBinary)) {
      throw new TypeError('The observation space must have the shape attribute.');
    }
    super(env, { skip });
    this.skip = skip;
  }

  override step(action: Act): InMode<StepResult<Obs>, M> {
    let previous: Obs | null = null;
    let last: Obs | null = null;
    const result = repeat(this.env, action, this.skip, (observation) => {
      previous = last;
      last = observation;
    });
    return afterCall<StepResult<Obs>, StepResult<Obs>, M>(result, (value) => {
      if (previous !== null) value[0] = greater(previous, value[0]);
      return sameMode<StepResult<Obs>, M>(result, value);
    });
  }
}

function greater<Obs>(a: Obs, b: Obs): Obs {
  const [x, y] = [a as unknown as Float64Array, b as unknown as Float64Array];
  return y.map((value, i) => Math.max(x[i]!, value)) as unknown as Obs;
}
