/** Elements of any space as flat arrays, for networks: `flatdim`, `flatten`, `unflatten`, `flattenSpace`. */
import { batchLength, concatenate, iterate } from './batch.js';
import { Box } from './box.js';
import { Dict, isDict } from './dict.js';
import { Discrete } from './discrete.js';
import {
  type Dtype,
  dtypeFacts,
  type IntegerDtype,
  isTypedArray,
  sizeOf,
  type TypedArray,
  toTyped,
  zeros,
} from './dtype.js';
import { Graph, type GraphInstance } from './graph.js';
import { MultiBinary } from './multi-binary.js';
import { MultiDiscrete } from './multi-discrete.js';
import { OneOf } from './one-of.js';
import { Sequence } from './sequence.js';
import type { Space } from './space.js';
import { Text } from './text.js';
import { isTuple, Tuple } from './tuple.js';

/** NumPy's common type of two. */
export function resultType(a: Dtype, b: Dtype): Dtype {
  if (a === b || b === 'bool') return a;
  if (a === 'bool') return b;
  const [x, y] = [dtypeFacts(a), dtypeFacts(b)];
  if (x.kind === y.kind) return x.bits >= y.bits ? a : b;
  if (x.kind === 'f' || y.kind === 'f') {
    const [float, integer] = x.kind === 'f' ? [a, y] : [b, x];
    return integer.bits <= 16 ? float : 'float64';
  }
  const [signed, unsigned] = x.kind === 'i' ? [x, y] : [y, x];
  const bits = Math.max(signed.bits, unsigned.bits * 2);
  return bits > 64 ? 'float64' : (`int${bits}` as Dtype);
}

function noArray(space: Space<unknown>): RangeError {
  return new RangeError(
    `${space} cannot be flattened to an array, probably because it contains a \`Graph\` or \`Sequence\` subspace`,
  );
}

function unknownSpace(space: Space<unknown>): TypeError {
  return new TypeError(`Unknown space: \`${space}\``);
}

function parts(space: Tuple | Dict): readonly Space<unknown>[] {
  return isTuple(space) ? space.spaces : space.keys.map((key) => space.spaces[key]!);
}

/** Length of a flattened element. @throws RangeError when it has no fixed length */
export function flatdim(space: Space<unknown>): number {
  if (space instanceof Box || space instanceof MultiBinary) return sizeOf(space.shape);
  if (space instanceof Discrete) return space.n;
  if (space instanceof MultiDiscrete) return space.maskLength;
  if (space instanceof Text) return space.maxLength;
  if (!space.isFlattenable) throw noArray(space);
  if (isTuple(space) || isDict(space)) return parts(space).reduce((sum, part) => sum + flatdim(part), 0);
  if (space instanceof OneOf) return 1 + Math.max(...space.spaces.map(flatdim));
  throw unknownSpace(space);
}

/** dtype of a flattened element. Discrete of int64 gives int32: a one-hot needs no bigints. */
function flatDtype(space: Space<unknown>): Dtype {
  if (space instanceof Discrete)
    return space.dtype === 'int64' || space.dtype === 'uint64' ? 'int32' : space.dtype;
  if (space instanceof Text) return 'int32';
  if (isTuple(space) || isDict(space)) return parts(space).map(flatDtype).reduce(resultType);
  if (space instanceof OneOf) {
    const common = space.spaces.map(flatDtype).reduce(resultType);
    // The index stands in front: it must fit too.
    return space.length - 1 > dtypeFacts(common).max ? resultType(common, 'int32') : common;
  }
  if (space.dtype === null) throw noArray(space);
  return space.dtype;
}

function joined(dtype: Dtype, arrays: readonly TypedArray[]): TypedArray {
  const out = zeros(
    dtype,
    arrays.reduce((sum, { length }) => sum + length, 0),
  );
  let at = 0;
  for (const array of arrays) {
    out.set(toTyped(dtype, array as ArrayLike<number | bigint>) as never, at);
    at += array.length;
  }
  return out;
}

function oneHot(dtype: Dtype, length: number, hot: readonly number[]): TypedArray {
  const values = new Float64Array(length);
  for (const i of hot) values[i] = 1;
  return toTyped(dtype, values);
}

/** A flattened element: one array; for Sequence, Graph and what contains them, a list, object or graph of arrays. */
export type Flat = TypedArray | Flat[] | { [key: string]: Flat } | GraphInstance;

/**
 * Flattens an element: arrays row by row, Discrete and MultiDiscrete to one-hot, Dict and Tuple joined, Text to character numbers.
 *
 * @throws TypeError for a space of an unknown class
 */
export function flatten(space: Space<unknown>, x: unknown): Flat {
  if (space instanceof Box || space instanceof MultiBinary) {
    return toTyped(space.dtype, x as ArrayLike<number | bigint>);
  }
  if (space instanceof Discrete) return oneHot(flatDtype(space), space.n, [(x as number) - space.start]);
  if (space instanceof MultiDiscrete) {
    let offset = 0;
    const hot = Array.from(space.nvec, (n, i) => {
      offset += n;
      return offset - n + Number((x as ArrayLike<number>)[i]) - space.start[i]!;
    });
    return oneHot(space.dtype, space.maskLength, hot);
  }
  if (space instanceof Text) {
    const out = new Int32Array(space.maxLength).fill(space.charList.length);
    [...(x as string)].forEach((char, i) => {
      out[i] = space.charIndex(char)!;
    });
    return out;
  }
  if (isTuple(space)) {
    const flat = space.spaces.map((part, i) => flatten(part, (x as unknown[])[i]));
    return space.isFlattenable ? joined(flatDtype(space), flat as TypedArray[]) : flat;
  }
  if (isDict(space)) {
    const entries = space.keys.map(
      (key) => [key, flatten(space.spaces[key]!, (x as Record<string, unknown>)[key])] as const,
    );
    if (!space.isFlattenable) return Object.fromEntries(entries);
    return joined(
      flatDtype(space),
      entries.map(([, flat]) => flat as TypedArray),
    );
  }
  if (space instanceof OneOf) return flattenChoice(space, x as readonly [number, unknown]);
  if (space instanceof Sequence) {
    const flat = space.elements(x).map((element) => flatten(space.featureSpace, element));
    return space.stack ? (concatenate(flattenSpace(space.featureSpace), flat) as Flat) : flat;
  }
  if (space instanceof Graph) {
    const { nodes, edges, edgeLinks } = x as GraphInstance;
    return {
      nodes: mapBatch(space.nodeSpace, nodes, flattenSpace(space.nodeSpace), (node) =>
        flatten(space.nodeSpace, node),
      ),
      edges:
        edges === null
          ? null
          : mapBatch(space.edgeSpace!, edges, flattenSpace(space.edgeSpace!), (edge) =>
              flatten(space.edgeSpace!, edge),
            ),
      edgeLinks,
    };
  }
  throw unknownSpace(space);
}

function mapBatch(
  from: Space<unknown>,
  batch: unknown,
  to: Space<unknown>,
  map: (x: unknown) => unknown,
): unknown {
  return concatenate(to, [...iterate(from, batch, batchLength(from, batch))].map(map));
}

function flattenChoice(space: OneOf, [index, value]: readonly [number, unknown]): TypedArray {
  const flat = flatten(space.spaces[index]!, value) as TypedArray;
  const dtype = flatDtype(space);
  const padding = zeros(dtype, flatdim(space) - 1 - flat.length).fill(
    toTyped(dtype, flat as ArrayLike<number>)[0] as never,
  );
  return joined(dtype, [toTyped(dtype, [index]), flat, padding]);
}

/**
 * Inverse of {@link flatten} with the same space.
 *
 * @throws RangeError when a one-hot part has no one in it
 */
export function unflatten(space: Space<unknown>, x: unknown): unknown {
  if (space instanceof Box || space instanceof MultiBinary)
    return toTyped(space.dtype, x as ArrayLike<number | bigint>);
  if (space instanceof Discrete) return space.start + hotIndex(space, x as ArrayLike<number>);
  if (space instanceof MultiDiscrete) return unflattenCounts(space, x as ArrayLike<number>);
  if (space instanceof Text) {
    return Array.from(x as ArrayLike<number>, (i) => space.charList[i] ?? '').join('');
  }
  if (isTuple(space) || isDict(space)) return unflattenParts(space, x);
  if (space instanceof OneOf) {
    const array = x as Float64Array;
    const index = Number(array[0]);
    const chosen = space.spaces[index]!;
    const own = toTyped(flatDtype(chosen), array.slice(1, 1 + flatdim(chosen)));
    return [index, unflatten(chosen, own)];
  }
  if (space instanceof Sequence) {
    if (!space.stack) return (x as unknown[]).map((item) => unflatten(space.featureSpace, item));
    return mapBatch(flattenSpace(space.featureSpace), x, space.featureSpace, (item) =>
      unflatten(space.featureSpace, item),
    );
  }
  if (space instanceof Graph) {
    const { nodes, edges, edgeLinks } = x as GraphInstance;
    const back = (part: Space<unknown>, batch: unknown) =>
      mapBatch(flattenSpace(part), batch, part, (item) => unflatten(part, item));
    return {
      nodes: back(space.nodeSpace, nodes),
      edges: edges === null ? null : back(space.edgeSpace!, edges),
      edgeLinks,
    };
  }
  throw unknownSpace(space);
}

function hotIndex(space: Space<unknown>, x: ArrayLike<number | bigint>): number {
  for (let i = 0; i < x.length; i++) if (Number(x[i]) !== 0) return i;
  throw new RangeError(
    `[${Array.from(x).join(', ')}] is not a valid one-hot encoded vector and can not be unflattened to space ${space}. Not all valid samples in a flattened space can be unflattened.`,
  );
}

function unflattenCounts(space: MultiDiscrete<IntegerDtype>, x: ArrayLike<number>): TypedArray {
  let at = 0;
  const values = Array.from(space.nvec, (n, i) => {
    const part = Array.from({ length: n }, (_, j) => x[at + j]!);
    at += n;
    return space.start[i]! + hotIndex(space, part);
  });
  return toTyped(space.dtype, values);
}

function unflattenParts(space: Tuple | Dict, x: unknown): unknown {
  const list = parts(space);
  let flats: unknown[];
  if (space.isFlattenable) {
    if (!isTypedArray(x)) {
      throw new TypeError(
        `${space} is flattenable. Thus, you should only unflatten typed arrays for this space. Got a ${typeof x}`,
      );
    }
    let at = 0;
    flats = list.map((part) => {
      const flat = x.slice(at, at + flatdim(part));
      at += flat.length;
      return flat;
    });
  } else {
    flats = isTuple(space) ? (x as unknown[]) : space.keys.map((key) => (x as Record<string, unknown>)[key]);
  }
  const values = list.map((part, i) => unflatten(part, flats[i]));
  return isTuple(space) ? values : Object.fromEntries(space.keys.map((key, i) => [key, values[i]]));
}

/** The space of flattened elements: a Box of {@link flatdim} where there is one. @throws TypeError for an unknown class */
export function flattenSpace(space: Space<unknown>): Space<unknown> {
  if (space instanceof Box) {
    const [low, high] = [space.low, space.high] as [TypedArray, TypedArray];
    return new Box<Dtype>(low as ArrayLike<number>, high as ArrayLike<number>, {
      dtype: space.dtype as Dtype,
    });
  }
  if (space instanceof Discrete || space instanceof MultiBinary || space instanceof MultiDiscrete) {
    return new Box<Dtype>(0, 1, { shape: [flatdim(space)], dtype: flatDtype(space) });
  }
  if (space instanceof Text)
    return new Box(0, space.charList.length, { shape: [space.maxLength], dtype: 'int32' });
  if (isTuple(space) || isDict(space)) return flattenProduct(space);
  if (space instanceof OneOf) return flattenOneOf(space);
  if (space instanceof Sequence)
    return new Sequence(flattenSpace(space.featureSpace), { stack: space.stack });
  if (space instanceof Graph) {
    return new Graph(
      flattenSpace(space.nodeSpace),
      space.edgeSpace === null ? null : flattenSpace(space.edgeSpace),
    );
  }
  throw unknownSpace(space);
}

function flattenProduct(space: Tuple | Dict): Space<unknown> {
  const flat = parts(space).map(flattenSpace);
  if (space.isFlattenable) {
    const boxes = flat as Box<Dtype>[];
    const dtype = flatDtype(space);
    const side = (of: (box: Box<Dtype>) => TypedArray) => joined(dtype, boxes.map(of)) as ArrayLike<number>;
    return new Box<Dtype>(
      side((box) => box.low),
      side((box) => box.high),
      { dtype },
    );
  }
  if (isTuple(space)) return new Tuple(flat);
  return new Dict(Object.fromEntries(space.keys.map((key, i) => [key, flat[i]!])), { sortKeys: false });
}

function flattenOneOf(space: OneOf): Box<Dtype> {
  const boxes = space.spaces.map((part) => flattenSpace(part) as Box<Dtype>);
  const all = (of: (box: Box<Dtype>) => TypedArray) =>
    boxes.flatMap((box) => Array.from(of(box) as ArrayLike<number>, Number));
  const rest = flatdim(space) - 1;
  const low = [0, ...new Array<number>(rest).fill(Math.min(...all((box) => box.low)))];
  const high = [space.length - 1, ...new Array<number>(rest).fill(Math.max(...all((box) => box.high)))];
  return new Box<Dtype>(low, high, { dtype: flatDtype(space) });
}
