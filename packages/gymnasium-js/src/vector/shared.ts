/** Batches in shared memory: the layout of `createEmptyArray`, on SharedArrayBuffers. */
import { isArraySpace, writeElement } from '../spaces/batch.js';
import { isDict } from '../spaces/dict.js';
import { Discrete } from '../spaces/discrete.js';
import { bytesPerElement, type Dtype, sizeOf, type TypedArray, viewOf } from '../spaces/dtype.js';
import type { Space } from '../spaces/space.js';
import { isTuple } from '../spaces/tuple.js';

/** Whether all leaves of a space are arrays or integers, which fit shared memory. */
export function isShareable(space: Space<unknown>): boolean {
  if (isArraySpace(space) || space instanceof Discrete) return true;
  if (isTuple(space)) return space.spaces.every(isShareable);
  if (isDict(space)) return space.keys.every((key) => isShareable(space.spaces[key]!));
  return false;
}

function sharedArray(dtype: Dtype, length: number): TypedArray {
  return viewOf(dtype, new SharedArrayBuffer(length * bytesPerElement(dtype)), 0, length);
}

/** A shared batch of n elements. Posted to a worker it stays the same memory. */
export function createShared(space: Space<unknown>, n: number): unknown {
  if (isArraySpace(space)) return sharedArray(space.dtype, n * sizeOf(space.shape));
  if (space instanceof Discrete) return sharedArray('int32', n);
  if (isTuple(space)) return space.spaces.map((part) => createShared(part, n));
  if (isDict(space)) {
    return Object.fromEntries(space.keys.map((key) => [key, createShared(space.spaces[key]!, n)]));
  }
  throw new TypeError(`${space} does not fit shared memory`);
}

/** A private copy of a shared batch. */
export function copyShared(batch: unknown): unknown {
  if (ArrayBuffer.isView(batch)) {
    const array = batch as Float64Array;
    return new (array.constructor as typeof Float64Array)(array);
  }
  if (Array.isArray(batch)) return batch.map(copyShared);
  return Object.fromEntries(Object.entries(batch as object).map(([key, part]) => [key, copyShared(part)]));
}

/** Writes elements into rows `first`, `first + 1`, … */
export function writeRows(
  space: Space<unknown>,
  batch: unknown,
  first: number,
  elements: readonly unknown[],
): void {
  for (let i = 0; i < elements.length; i++) writeElement(space, batch, first + i, elements[i]);
}
