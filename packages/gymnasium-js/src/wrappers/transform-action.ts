/** Wrappers that apply a function to each action. */
import type { Env } from '../core/env.js';
import type { Mode } from '../core/mode.js';
import { ActionWrapper } from '../core/wrapper.js';
import { InvalidBound } from '../error.js';
import { type Bound, Box } from '../spaces/box.js';
import { type Dtype, toTyped } from '../spaces/dtype.js';
import type { Space } from '../spaces/space.js';
import { Bins } from './bins.js';
import { rescaleBox } from './rescale-box.js';
import type { DiscretizeOptions } from './transform-observation.js';

/** Applies `func` to each action; `space` is where the wrapper's actions lie (default: where the environment's do). */
export class TransformAction<Obs, Act, M extends Mode = 'sync', InnerAct = Act> extends ActionWrapper<
  Obs,
  Act,
  M,
  InnerAct
> {
  readonly func: (action: Act) => InnerAct;

  constructor(
    env: Env<Obs, InnerAct, M>,
    func: (action: Act) => InnerAct,
    space: Space<Act> | null = null,
    savedArgs: Readonly<Record<string, unknown>> | null = null,
  ) {
    super(env, savedArgs);
    this.func = func;
    if (space !== null) this.actionSpace = space;
  }

  override action(action: Act): InnerAct {
    return this.func(action);
  }
}

function boxOf(env: { readonly actionSpace: Space<unknown> }, wrapper: string): Box<Dtype> {
  const space = env.actionSpace;
  if (!(space instanceof Box))
    throw new TypeError(`${wrapper} requires a Box action space, got ${space.constructor.name}`);
  return space as Box<Dtype>;
}

/** Any numbers as action, clipped to the environment's Box. @throws TypeError for other action spaces */
export class ClipAction<Obs, Act, M extends Mode = 'sync'> extends TransformAction<Obs, Act, M> {
  constructor(env: Env<Obs, Act, M>) {
    const { low, high, shape, dtype } = boxOf(env, 'ClipAction');
    const clip = (action: Act) =>
      toTyped(
        dtype,
        Array.from(action as ArrayLike<number>, (x, i) =>
          Math.min(Math.max(x, Number(low[i])), Number(high[i])),
        ),
      );
    const space = new Box<Dtype>(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, { shape, dtype });
    super(env, clip as unknown as (action: Act) => Act, space as unknown as Space<Act>, {});
  }
}

/**
 * Actions within new bounds, mapped affinely onto the environment's Box.
 *
 * @throws InvalidBound where the new bounds are equal: the map has no inverse there
 */
export class RescaleAction<Obs, Act, M extends Mode = 'sync'> extends TransformAction<Obs, Act, M> {
  constructor(env: Env<Obs, Act, M>, minAction: Bound, maxAction: Bound) {
    const { space, backward } = rescaleBox(boxOf(env, 'RescaleAction'), minAction, maxAction);
    if (Array.from(space.low as ArrayLike<number>).some((low, i) => low === space.high[i])) {
      throw new InvalidBound(
        `Min action (${String(minAction)}) must be strictly smaller than max action (${String(maxAction)}), the rescaling has no inverse where they are equal`,
      );
    }
    const func = backward as unknown as (action: Act) => Act;
    super(env, func, space as unknown as Space<Act>, { minAction, maxAction });
  }
}

/**
 * Numbers of bins as action; the environment gets the middle of the bin.
 *
 * @throws TypeError for other action spaces than a Box, RangeError when unbounded or bins do not match
 */
export class DiscretizeAction<Obs, Act, M extends Mode = 'sync'> extends TransformAction<
  Obs,
  unknown,
  M,
  Act
> {
  readonly #bins: Bins;
  readonly #multidiscrete: boolean;

  constructor(
    env: Env<Obs, Act, M>,
    bins: number | readonly number[],
    { multidiscrete = false }: DiscretizeOptions = {},
  ) {
    const box = boxOf(env, 'DiscretizeAction');
    const cut = new Bins(box, bins);
    const func = (action: unknown) =>
      toTyped(
        box.dtype,
        cut.read(action, multidiscrete).map((index, i) => cut.centre(i, index)),
      ) as unknown as Act;
    super(env, func, cut.space(multidiscrete), { bins, multidiscrete });
    this.#bins = cut;
    this.#multidiscrete = multidiscrete;
  }

  /** The action whose bin's middle is nearest to a continuous one. */
  revertAction(action: ArrayLike<number>): unknown {
    const indices = Array.from(action, (x, i) => this.#bins.nearest(i, x));
    return this.#bins.write(indices, this.#multidiscrete);
  }
}
