import type { Env, ResetOptions, ResetResult } from '../core/env.js';
import type { InMode, Mode } from '../core/mode.js';
import { ObservationWrapper } from '../core/wrapper.js';
import { createZeroArray } from '../spaces/zero.js';

/**
 * Observations that come `delay` steps late; before that the element nearest to zero.
 *
 * @throws TypeError when the delay is no integer, RangeError when it is negative
 */
export class DelayObservation<Obs, Act, M extends Mode = 'sync'> extends ObservationWrapper<Obs, Act, M> {
  readonly delay: number;
  #queue: Obs[] = [];

  constructor(env: Env<Obs, Act, M>, delay: number) {
    if (!Number.isInteger(delay))
      throw new TypeError(`The delay is expected to be an integer, actual: ${String(delay)}`);
    if (delay < 0) throw new RangeError(`The delay needs to be greater than zero, actual value: ${delay}`);
    super(env, { delay });
    this.delay = delay;
  }

  override reset(options: ResetOptions = {}): InMode<ResetResult<Obs>, M> {
    this.#queue = [];
    return super.reset(options);
  }

  override observation(observation: Obs): Obs {
    this.#queue.push(observation);
    if (this.#queue.length > this.delay) return this.#queue.shift() as Obs;
    return createZeroArray(this.observationSpace) as Obs;
  }

  protected override saveState(): unknown {
    return this.observationSpace.toJsonable(this.#queue);
  }

  protected override loadState(state: unknown): void {
    this.#queue = this.observationSpace.fromJsonable(state);
  }
}
