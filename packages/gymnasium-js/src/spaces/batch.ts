/** Spaces and data of many environments at once: batch a space, join and split its elements. */
import { Generator as RandomGenerator } from '../random/index.js';
import { Box } from './box.js';
import { Dict, isDict } from './dict.js';
import { Discrete } from './discrete.js';
import { type Dtype, type IntegerDtype, sameShape, sizeOf, type TypedArray, zeros } from './dtype.js';
import { MultiBinary } from './multi-binary.js';
import { MultiDiscrete } from './multi-discrete.js';
import type { Space } from './space.js';
import { isTuple, Tuple } from './tuple.js';

/** Spaces whose elements are typed arrays of one fixed length. */
export type ArraySpace = Box<Dtype> | MultiDiscrete<IntegerDtype> | MultiBinary;

export function isArraySpace(space: Space<unknown>): space is ArraySpace {
  return space instanceof Box || space instanceof MultiDiscrete || space instanceof MultiBinary;
}

/** Seeds of the copies in a batch of any other space are drawn below this: Gymnasium's choice. */
const COPY_SEED_LIMIT = 100_000_000;

/**
 * The space of batches of n elements, with a copy of the space's random stream.
 *
 * Box, MultiBinary and MultiDiscrete become a Box with a first axis of n, Discrete a MultiDiscrete, Dict and Tuple batch their parts,
 * every other space becomes a Tuple of n differently seeded copies.
 */
export function batchSpace(space: Space<unknown>, n: number): Space<unknown> {
  const stream = RandomGenerator.fromState(space.npRandom.getState());
  if (space instanceof Box || space instanceof MultiDiscrete || space instanceof MultiBinary) {
    return withStream(batchArrays(new Array<ArraySpace>(n).fill(space)), stream);
  }
  if (space instanceof Discrete) return withStream(batchDiscrete(new Array<Discrete>(n).fill(space)), stream);
  if (isTuple(space)) return withStream(new Tuple(space.spaces.map((part) => batchSpace(part, n))), stream);
  if (isDict(space)) {
    const parts = Object.fromEntries(space.keys.map((key) => [key, batchSpace(space.spaces[key]!, n)]));
    return withStream(new Dict(parts, { sortKeys: false }), stream);
  }
  const copies = withStream(new Tuple(Array.from({ length: n }, () => space.copy())), stream);
  const draws = RandomGenerator.fromState(space.npRandom.getState());
  copies.seed(Array.from({ length: n }, () => draws.integers(COPY_SEED_LIMIT)));
  return copies;
}

function withStream<S extends Space<unknown>>(space: S, stream: RandomGenerator): S {
  space.npRandom = stream;
  return space;
}

/** Bounds as they stand: infinite ones of integers are the dtype's limits by now, so that a batch draws uniformly, as Gymnasium's does. */
function bounds(space: ArraySpace): { low: number[]; high: number[] } {
  if (space instanceof Box) {
    const [low, high] = [space.low, space.high] as [TypedArray, TypedArray];
    return { low: Array.from(low as ArrayLike<number>), high: Array.from(high as ArrayLike<number>) };
  }
  if (space instanceof MultiBinary) {
    return { low: new Array<number>(space.size).fill(0), high: new Array<number>(space.size).fill(1) };
  }
  return { low: [...space.start], high: Array.from(space.nvec, (n, i) => space.start[i]! + n - 1) };
}

function batchArrays(spaces: readonly ArraySpace[]): Box<Dtype> {
  const { shape, dtype } = spaces[0]!;
  const all = spaces.map(bounds);
  return new Box<Dtype>(
    all.flatMap(({ low }) => low),
    all.flatMap(({ high }) => high),
    {
      shape: [spaces.length, ...shape],
      dtype,
    },
  );
}

function batchDiscrete(spaces: readonly Discrete[]): MultiDiscrete {
  return new MultiDiscrete(
    spaces.map((space) => space.n),
    { start: spaces.map((space) => space.start) },
  );
}

/**
 * The space of batches of one element of each space; the spaces differ in bounds only.
 *
 * @throws RangeError or TypeError when there are none, or they differ in kind, shape, dtype or keys
 */
export function batchDifferingSpaces(spaces: readonly Space<unknown>[]): Space<unknown> {
  const first = spaces[0];
  if (first === undefined) throw new RangeError('Expects a non-empty list of spaces');
  if (!spaces.every((space) => space.constructor === first.constructor)) {
    const types = spaces.map((space) => space.constructor.name).join(', ');
    throw new TypeError(`Expects all spaces to be of the same type, actual types: ${types}`);
  }
  const stream = RandomGenerator.fromState(first.npRandom.getState());
  return withStream(batchSameKind(first, spaces), stream);
}

function batchSameKind(first: Space<unknown>, spaces: readonly Space<unknown>[]): Space<unknown> {
  if (isArraySpace(first)) {
    const list = spaces as readonly ArraySpace[];
    if (!list.every((space) => space.dtype === first.dtype)) {
      throw new RangeError(
        `Expected all dtypes to be equal, actually ${list.map((space) => space.dtype).join(', ')}`,
      );
    }
    if (!list.every((space) => sameShape(space.shape, first.shape))) {
      throw new RangeError(
        `Expected all shapes to be equal, actually ${list.map((space) => `[${space.shape}]`).join(', ')}`,
      );
    }
    return batchArrays(list);
  }
  if (first instanceof Discrete) return batchDiscrete(spaces as readonly Discrete[]);
  if (isTuple(first)) {
    return new Tuple(
      first.spaces.map((_, i) =>
        batchDifferingSpaces((spaces as readonly Tuple[]).map((space) => space.spaces[i]!)),
      ),
    );
  }
  if (isDict(first)) {
    const list = spaces as readonly Dict[];
    if (!list.every((space) => space.keys.join() === first.keys.join())) {
      throw new RangeError('Expected all Dict spaces to have the same keys');
    }
    const parts = first.keys.map((key) => [
      key,
      batchDifferingSpaces(list.map((space) => space.spaces[key]!)),
    ]);
    return new Dict(Object.fromEntries(parts) as Record<string, Space<unknown>>, { sortKeys: false });
  }
  return new Tuple(spaces.map((space) => space.copy()));
}

/** A batch of n zeros to write elements into, in the layout of `batchSpace(space, n)`. */
export function createEmptyArray(space: Space<unknown>, n: number): unknown {
  if (isArraySpace(space)) return zeros(space.dtype, n * sizeOf(space.shape));
  if (space instanceof Discrete) return new Int32Array(n);
  if (isTuple(space)) return space.spaces.map((part) => createEmptyArray(part, n));
  if (isDict(space)) {
    return Object.fromEntries(space.keys.map((key) => [key, createEmptyArray(space.spaces[key]!, n)]));
  }
  return Array.from({ length: n }, () => space.placeholder());
}

function copyInto(target: TypedArray, source: ArrayLike<number | bigint>, at: number): void {
  const out = target as Float64Array;
  const from = source as ArrayLike<number>;
  // Short rows: a loop beats `set`, which costs about 50 ns a call.
  for (let i = 0; i < from.length; i++) out[at + i] = from[i]!;
}

/** Writes element i of a batch. */
export function writeElement(space: Space<unknown>, batch: unknown, i: number, element: unknown): void {
  if (isArraySpace(space)) {
    const source = element as ArrayLike<number>;
    copyInto(batch as TypedArray, source, i * source.length);
  } else if (isTuple(space)) {
    space.spaces.forEach((part, j) => {
      writeElement(part, (batch as unknown[])[j], i, (element as unknown[])[j]);
    });
  } else if (isDict(space)) {
    const parts = batch as Record<string, unknown>;
    for (const key of space.keys) {
      writeElement(space.spaces[key]!, parts[key], i, (element as Record<string, unknown>)[key]);
    }
  } else {
    (batch as unknown[])[i] = element;
  }
}

/** Joins elements of a space into a batch: into `out` where given, else into a new one. */
export function concatenate(space: Space<unknown>, elements: readonly unknown[], out?: unknown): unknown {
  const batch = out ?? createEmptyArray(space, elements.length);
  for (let i = 0; i < elements.length; i++) writeElement(space, batch, i, elements[i]);
  return batch;
}

/** Element i of a batch, where `space` is the space of one element. Arrays are views of the batch, not copies. */
export function elementAt(space: Space<unknown>, batch: unknown, i: number): unknown {
  if (isArraySpace(space)) {
    const size = sizeOf(space.shape);
    if (!Array.isArray(batch)) return (batch as Float64Array).subarray(i * size, (i + 1) * size);
    // A plain list: of rows, or flat.
    const nested = typeof batch[0] === 'object';
    return nested ? batch[i] : batch.slice(i * size, (i + 1) * size);
  }
  if (isTuple(space)) return space.spaces.map((part, j) => elementAt(part, (batch as unknown[])[j], i));
  if (isDict(space)) {
    const parts = batch as Record<string, unknown>;
    return Object.fromEntries(space.keys.map((key) => [key, elementAt(space.spaces[key]!, parts[key], i)]));
  }
  return (batch as ArrayLike<unknown>)[i];
}

/** {@link elementAt} for one space, its kind decided once: for inner loops. */
export function elementReader(space: Space<unknown>): (batch: unknown, i: number) => unknown {
  if (space instanceof Discrete) return (batch, i) => (batch as ArrayLike<number>)[i];
  if (isArraySpace(space)) {
    const size = sizeOf(space.shape);
    return (batch, i) =>
      Array.isArray(batch)
        ? elementAt(space, batch, i)
        : (batch as Float64Array).subarray(i * size, (i + 1) * size);
  }
  return (batch, i) => elementAt(space, batch, i);
}

/** {@link writeElement} for one space, its kind decided once: for inner loops. */
export function elementWriter(space: Space<unknown>): (batch: unknown, i: number, element: unknown) => void {
  if (space instanceof Discrete) {
    return (batch, i, element) => {
      (batch as Int32Array)[i] = element as number;
    };
  }
  if (isArraySpace(space)) {
    return (batch, i, element) => {
      const source = element as ArrayLike<number>;
      copyInto(batch as TypedArray, source, i * source.length);
    };
  }
  return (batch, i, element) => writeElement(space, batch, i, element);
}

/** How many elements a batch holds, where `space` is the space of one element. @throws TypeError when it is no batch */
export function batchLength(space: Space<unknown>, batch: unknown): number {
  if (isTuple(space) && space.length > 0) return batchLength(space.spaces[0]!, (batch as unknown[])[0]);
  if (isDict(space) && space.keys.length > 0) {
    const key = space.keys[0]!;
    return batchLength(space.spaces[key]!, (batch as Record<string, unknown>)[key]);
  }
  if (typeof batch !== 'object' || batch === null || !('length' in batch)) {
    throw new TypeError(`Unable to iterate over the following elements: ${String(batch)}`);
  }
  const length = batch.length as number;
  return isArraySpace(space) ? length / sizeOf(space.shape) : length;
}

/** The elements of a batch, one by one, where `space` is the space of one element. */
export function* iterate(
  space: Space<unknown>,
  batch: unknown,
  n = batchLength(space, batch),
): Generator<unknown> {
  for (let i = 0; i < n; i++) yield elementAt(space, batch, i);
}

/** Whether two spaces agree in kind, shape and dtype, so that elements of both fit one batch. Bounds may differ. */
export function sameLayout(a: Space<unknown>, b: Space<unknown>): boolean {
  if (a.constructor !== b.constructor) return false;
  if (isArraySpace(a))
    return a.dtype === (b as ArraySpace).dtype && sameShape(a.shape, (b as ArraySpace).shape);
  if (a instanceof Discrete) return a.dtype === b.dtype;
  if (isTuple(a)) {
    const parts = (b as Tuple).spaces;
    return a.length === parts.length && a.spaces.every((part, i) => sameLayout(part, parts[i]!));
  }
  if (isDict(a)) {
    const other = b as Dict;
    return (
      a.keys.join() === other.keys.join() &&
      a.keys.every((key) => sameLayout(a.spaces[key]!, other.spaces[key]!))
    );
  }
  return a.equals(b);
}
