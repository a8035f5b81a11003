/** Wrappers that apply a function to each observation. */
import type { Env } from '../core/env.js';
import type { Mode } from '../core/mode.js';
import { ObservationWrapper } from '../core/wrapper.js';
import { type Bound, Box } from '../spaces/box.js';
import { Dict, isDict } from '../spaces/dict.js';
import { Discrete } from '../spaces/discrete.js';
import { type Dtype, type IntegerDtype, isDtype, sizeOf, type TypedArray, toTyped } from '../spaces/dtype.js';
import { flatten, flattenSpace } from '../spaces/flatten.js';
import { MultiBinary } from '../spaces/multi-binary.js';
import { MultiDiscrete } from '../spaces/multi-discrete.js';
import type { Space } from '../spaces/space.js';
import { isTuple, Tuple } from '../spaces/tuple.js';
import { Bins } from './bins.js';
import { rescaleBox } from './rescale-box.js';

type Args = Readonly<Record<string, unknown>>;

/** Applies `func` to each observation; `space` is where the results lie (default: where the observations do). */
export class TransformObservation<
  Obs,
  Act,
  M extends Mode = 'sync',
  InnerObs = Obs,
> extends ObservationWrapper<Obs, Act, M, InnerObs> {
  readonly func: (observation: InnerObs) => Obs;

  constructor(
    env: Env<InnerObs, Act, M>,
    func: (observation: InnerObs) => Obs,
    space: Space<Obs> | null = null,
    savedArgs: Args | null = null,
  ) {
    super(env, savedArgs);
    this.func = func;
    if (space !== null) this.observationSpace = space;
  }

  override observation(observation: InnerObs): Obs {
    return this.func(observation);
  }
}

/** @throws TypeError unless the observations of `env` are a Box */
export function boxOf(env: { readonly observationSpace: Space<unknown> }, wrapper: string): Box<Dtype> {
  const space = env.observationSpace;
  if (!(space instanceof Box)) {
    throw new TypeError(`${wrapper} requires a Box observation space, got ${space.constructor.name}`);
  }
  return space as Box<Dtype>;
}

function filterDict(
  space: Dict,
  keys: readonly unknown[],
): { space: Space<unknown>; pick: (obs: unknown) => unknown } {
  if (!keys.every((key) => typeof key === 'string')) {
    throw new TypeError(`All filter keys must be strings for a Dict space, got ${keys.join(', ')}`);
  }
  const names = keys as readonly string[];
  const missing = names.filter((key) => !space.keys.includes(key));
  if (missing.length > 0) {
    throw new RangeError(
      `All the \`filterKeys\` must be included in the observation space.\nFilter keys: ${names.join(', ')}\nObservation keys: ${space.keys.join(', ')}\nMissing keys: ${missing.join(', ')}`,
    );
  }
  if (names.length === 0)
    throw new RangeError('The observation space is empty due to filtering all of the keys.');
  return {
    space: new Dict(Object.fromEntries(names.map((key) => [key, space.spaces[key]!]))),
    pick: (obs) => Object.fromEntries(names.map((key) => [key, (obs as Record<string, unknown>)[key]])),
  };
}

function filterTuple(
  space: Tuple,
  keys: readonly unknown[],
): { space: Space<unknown>; pick: (obs: unknown) => unknown } {
  if (!keys.every((key) => Number.isInteger(key))) {
    throw new TypeError(`All filter keys must be integers for a Tuple space, got ${keys.join(', ')}`);
  }
  const indices = keys as readonly number[];
  if (new Set(indices).size !== indices.length) {
    throw new RangeError(`Duplicate keys exist, filterKeys: ${indices.join(', ')}`);
  }
  const missing = indices.filter((i) => i < 0 || i >= space.length);
  if (missing.length > 0) {
    throw new RangeError(
      `All the \`filterKeys\` must be included in the length of the observation space.\nFilter keys: ${indices.join(', ')}, length of observation: ${space.length}, missing indexes: ${missing.join(', ')}`,
    );
  }
  if (indices.length === 0) throw new RangeError('The observation space is empty due to filtering all keys.');
  return {
    space: new Tuple(indices.map((i) => space.spaces[i]!)),
    pick: (obs) => indices.map((i) => (obs as unknown[])[i]),
  };
}

/**
 * Keeps some keys of Dict observations, or some positions of Tuple ones.
 *
 * @throws RangeError or TypeError when keys are missing, doubled or of the wrong kind
 */
export class FilterObservation<Act, M extends Mode = 'sync'> extends TransformObservation<unknown, Act, M> {
  readonly filterKeys: readonly (string | number)[];

  constructor(env: Env<unknown, Act, M>, filterKeys: readonly (string | number)[]) {
    const space = env.observationSpace;
    let filtered: ReturnType<typeof filterDict>;
    if (isDict(space)) filtered = filterDict(space, filterKeys);
    else if (isTuple(space)) filtered = filterTuple(space, filterKeys);
    else {
      throw new RangeError(
        `FilterObservation wrapper is only usable with \`Dict\` and \`Tuple\` observations, actual type: ${space.constructor.name}`,
      );
    }
    super(env, filtered.pick, filtered.space, { filterKeys });
    this.filterKeys = [...filterKeys];
  }
}

/** Observations flattened as `flatten` does. */
export class FlattenObservation<Obs, Act, M extends Mode = 'sync'> extends TransformObservation<
  TypedArray,
  Act,
  M,
  Obs
> {
  constructor(env: Env<Obs, Act, M>) {
    const space = env.observationSpace;
    super(env, (obs) => flatten(space, obs) as TypedArray, flattenSpace(space) as Space<TypedArray>, {});
  }
}

/**
 * Box observations under another shape of the same size. Elements are flat, so only the space changes.
 *
 * @throws RangeError when sizes differ
 */
export class ReshapeObservation<Obs, Act, M extends Mode = 'sync'> extends TransformObservation<Obs, Act, M> {
  constructor(env: Env<Obs, Act, M>, shape: readonly number[]) {
    const box = boxOf(env, 'ReshapeObservation');
    if (!Array.isArray(shape)) {
      throw new TypeError(`ReshapeObservation requires shape to be an array, got ${typeof shape}`);
    }
    if (sizeOf(shape) !== box.size) {
      throw new RangeError(
        'ReshapeObservation requires the product of the new shape to match the original shape',
      );
    }
    if (!shape.every((n) => Number.isInteger(n) && n > 0)) {
      throw new RangeError(
        `ReshapeObservation requires shape elements to be greater than 0, got ${shape.join(', ')}`,
      );
    }
    const space = new Box<Dtype>(box.low as Bound, box.high as Bound, { shape, dtype: box.dtype });
    super(env, (obs) => obs, space as unknown as Space<Obs>, { shape });
  }
}

/** Box observations mapped affinely onto new bounds. @throws RangeError when the bounds do not fit */
export class RescaleObservation<Obs, Act, M extends Mode = 'sync'> extends TransformObservation<Obs, Act, M> {
  constructor(env: Env<Obs, Act, M>, minObs: Bound, maxObs: Bound) {
    const { space, forward } = rescaleBox(boxOf(env, 'RescaleObservation'), minObs, maxObs);
    const func = forward as unknown as (obs: Obs) => Obs;
    super(env, func, space as unknown as Space<Obs>, { minObs, maxObs });
  }
}

/**
 * Box, MultiBinary and MultiDiscrete observations in another dtype; Discrete ones as an array of one.
 *
 * @throws TypeError for other spaces, RangeError for an unknown dtype
 */
export class DtypeObservation<
  Obs,
  Act,
  M extends Mode = 'sync',
  D extends Dtype = Dtype,
> extends TransformObservation<TypedArray, Act, M, Obs> {
  constructor(env: Env<Obs, Act, M>, dtype: D) {
    if (!isDtype(dtype)) throw new RangeError(`Unknown dtype ${String(dtype)}`);
    const space = env.observationSpace as Space<unknown>;
    const cast = (obs: Obs) =>
      toTyped<Dtype>(dtype, (typeof obs === 'number' ? [obs] : obs) as ArrayLike<number>) as TypedArray;
    super(env, cast, recast(space, dtype) as Space<TypedArray>, { dtype });
  }
}

function recast(space: Space<unknown>, dtype: Dtype): Space<unknown> {
  if (space instanceof Box) {
    const { low, high, shape } = space as Box<Dtype>;
    return new Box<Dtype>(low as Bound, high as Bound, { shape, dtype });
  }
  if (space instanceof Discrete)
    return new Box<Dtype>(space.start, space.start + space.n - 1, { shape: [], dtype });
  if (space instanceof MultiDiscrete) {
    return MultiDiscrete.shaped(space.nvec, space.shape, {
      start: space.start,
      dtype: dtype as IntegerDtype,
    });
  }
  if (space instanceof MultiBinary) return new Box<Dtype>(0, 1, { shape: space.shape, dtype });
  throw new TypeError(
    `DtypeObservation requires a Box, Discrete, MultiDiscrete, or MultiBinary space, got ${space.constructor.name}`,
  );
}

export interface DiscretizeOptions {
  /** One number for each dimension (MultiDiscrete) instead of one for all (Discrete, default). */
  readonly multidiscrete?: boolean;
}

/**
 * Finite Box observations as the number of the bin they fall into.
 *
 * @throws TypeError for other spaces, RangeError when unbounded or bins do not match
 */
export class DiscretizeObservation<Obs, Act, M extends Mode = 'sync'> extends TransformObservation<
  unknown,
  Act,
  M,
  Obs
> {
  readonly #bins: Bins;
  readonly #multidiscrete: boolean;
  readonly #dtype: Dtype;

  constructor(
    env: Env<Obs, Act, M>,
    bins: number | readonly number[],
    { multidiscrete = false }: DiscretizeOptions = {},
  ) {
    const box = boxOf(env, 'DiscretizeObservation');
    const cut = new Bins(box, bins);
    const func = (obs: Obs) =>
      cut.write(
        Array.from(obs as ArrayLike<number>, (x, i) => cut.indexOf(i, x)),
        multidiscrete,
      );
    super(env, func, cut.space(multidiscrete), { bins, multidiscrete });
    this.#bins = cut;
    this.#multidiscrete = multidiscrete;
    this.#dtype = box.dtype;
  }

  /** Lower and upper edges of the bin that an observation names. */
  revertObservation(observation: unknown): [low: TypedArray, high: TypedArray] {
    const indices = this.#bins.read(observation, this.#multidiscrete);
    const edges = (offset: number) => indices.map((index, i) => this.#bins.edges[i]![index + offset]!);
    return [toTyped(this.#dtype, edges(0)), toTyped(this.#dtype, edges(1))];
  }
}
