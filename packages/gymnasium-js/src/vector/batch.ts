/** Spaces and data of many environments at once: batch a space, join and split its elements. */
import { CustomSpaceError } from '../error.js';
import { Box } from '../spaces/box.js';
import { Dict } from '../spaces/dict.js';
import { Discrete } from '../spaces/discrete.js';
import { type Dtype, sizeOf, type TypedArray, toTyped, zeros } from '../spaces/dtype.js';
import { MultiDiscrete } from '../spaces/multi-discrete.js';
import type { Space } from '../spaces/space.js';

/**
 * The space of batches of n elements: arrays gain a first axis of n, Discrete becomes MultiDiscrete, Dict and Tuple batch their parts,
 * other spaces become a Tuple of n.
 *
 * @throws CustomSpaceError for a space of an unknown class
 */
export function batchSpace(space: Space<unknown>, n: number): Space<unknown> {
  const batched = batchKnown(space, n);
  batched.npRandom.setState(space.npRandom.getState());
  return batched;
}

function repeat(values: ArrayLike<number | bigint>, n: number): (number | bigint)[] {
  const once = Array.from(values);
  return Array.from({ length: n }, () => once).flat();
}

function batchKnown(space: Space<unknown>, n: number): Space<unknown> {
  if (space instanceof Box) {
    return new Box(toTyped(space.dtype, repeat(space.low, n)), toTyped(space.dtype, repeat(space.high, n)), {
      shape: [n, ...space.shape],
      dtype: space.dtype as Dtype,
    });
  }
  if (space instanceof Discrete) {
    return new MultiDiscrete(new Array<number>(n).fill(space.n), {
      start: new Array<number>(n).fill(space.start),
    });
  }
  if (space instanceof MultiDiscrete) {
    const shape = [n, ...space.shape];
    return MultiDiscrete.shaped(repeat(space.nvec, n) as number[], shape, {
      start: repeat(space.start, n) as number[],
      dtype: space.dtype,
    });
  }
  if (space instanceof Dict) {
    const parts = Object.fromEntries(space.keys.map((key) => [key, batchSpace(space.spaces[key], n)]));
    return new Dict(parts, { sortKeys: false });
  }
  throw new CustomSpaceError(
    `Unable to batch the space ${space}: its class ${space.constructor.name} is not known`,
  );
}

/** Whether elements are typed arrays of one fixed length. */
function isArraySpace(space: Space<unknown>): space is Box<Dtype> | MultiDiscrete {
  return space instanceof Box || space instanceof MultiDiscrete;
}

/** A batch of n zeros to write elements into, in the layout of `batchSpace(space, n)`. */
export function createEmptyArray(space: Space<unknown>, n: number): unknown {
  if (isArraySpace(space)) return zeros(space.dtype, n * sizeOf(space.shape));
  if (space instanceof Discrete) return new Int32Array(n);
  if (space instanceof Dict) {
    return Object.fromEntries(space.keys.map((key) => [key, createEmptyArray(space.spaces[key], n)]));
  }
  return new Array<unknown>(n).fill(null);
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
  } else if (space instanceof Dict) {
    for (const key of space.keys) {
      const parts = batch as Record<string, unknown>;
      writeElement(space.spaces[key], parts[key], i, (element as Record<string, unknown>)[key]);
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
  if (space instanceof Dict) {
    const parts = batch as Record<string, unknown>;
    return Object.fromEntries(space.keys.map((key) => [key, elementAt(space.spaces[key], parts[key], i)]));
  }
  return (batch as ArrayLike<unknown>)[i];
}

/** The elements of a batch, one by one, where `space` is the space of one element. */
export function* iterate(space: Space<unknown>, batch: unknown, n: number): Generator<unknown> {
  for (let i = 0; i < n; i++) yield elementAt(space, batch, i);
}
