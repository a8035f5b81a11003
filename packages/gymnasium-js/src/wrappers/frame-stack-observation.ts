import type { Env, ResetOptions, ResetResult, StepResult } from '../core/env.js';
import { after, type InMode, type Mode } from '../core/mode.js';
import { Wrapper } from '../core/wrapper.js';
import { batchSpace, concatenate } from '../spaces/batch.js';
import type { Space } from '../spaces/space.js';
import { createZeroArray } from '../spaces/zero.js';

export interface FrameStackOptions<Obs> {
  /** What stands before the first observation: it repeated (`reset`, default), zeros (`zero`), or an element of the space. */
  readonly paddingType?: 'reset' | 'zero' | Obs;
}

/**
 * The last `stackSize` observations as one batch, oldest first.
 *
 * @throws TypeError when the size is no integer, RangeError when it is not positive or the padding is no observation
 */
export class FrameStackObservation<Obs, Act, M extends Mode = 'sync'> extends Wrapper<
  unknown,
  Act,
  M,
  Obs,
  Act
> {
  readonly stackSize: number;
  readonly #repeatFirst: boolean;
  #padding: Obs;
  #queue: Obs[];

  constructor(
    env: Env<Obs, Act, M>,
    stackSize: number,
    { paddingType = 'reset' }: FrameStackOptions<Obs> = {},
  ) {
    super(env, typeof paddingType === 'string' ? { stackSize, paddingType } : null);
    if (!Number.isInteger(stackSize)) {
      throw new TypeError(`The stackSize is expected to be an integer, actual: ${String(stackSize)}`);
    }
    if (stackSize <= 0)
      throw new RangeError(`The stackSize needs to be greater than zero, actual value: ${stackSize}`);
    const space = env.observationSpace as Space<Obs>;
    const named = paddingType === 'reset' || paddingType === 'zero';
    if (!named && !space.contains(paddingType)) {
      throw new RangeError(
        `Unexpected \`paddingType\`, expected 'reset', 'zero' or a custom observation space, actual value: ${String(paddingType)} not an instance of env observation (${space})`,
      );
    }
    this.observationSpace = batchSpace(space as Space<unknown>, stackSize);
    this.stackSize = stackSize;
    this.#repeatFirst = paddingType === 'reset';
    this.#padding = named ? (createZeroArray(space as Space<unknown>) as Obs) : (paddingType as Obs);
    this.#queue = new Array<Obs>(stackSize).fill(this.#padding);
  }

  override reset(options: ResetOptions = {}): InMode<ResetResult<unknown>, M> {
    return after<ResetResult<Obs>, ResetResult<unknown>, M>(
      this.env.reset(options),
      ([observation, info]) => {
        if (this.#repeatFirst) this.#padding = observation;
        this.#queue = [...new Array<Obs>(this.stackSize - 1).fill(this.#padding), observation];
        return [this.#stack(), info];
      },
    );
  }

  override step(action: Act): InMode<StepResult<unknown>, M> {
    return after<StepResult<Obs>, StepResult<unknown>, M>(
      this.env.step(action),
      ([observation, reward, terminated, truncated, info]) => {
        this.#queue.shift();
        this.#queue.push(observation);
        return [this.#stack(), reward, terminated, truncated, info];
      },
    );
  }

  #stack(): unknown {
    return concatenate(this.env.observationSpace as Space<unknown>, this.#queue);
  }

  protected override saveState(): unknown {
    return this.env.observationSpace.toJsonable(this.#queue);
  }

  protected override loadState(state: unknown): void {
    this.#queue = this.env.observationSpace.fromJsonable(state);
  }
}
