import { batchSpace } from './batch.js';
import { Box } from './box.js';
import { isDict } from './dict.js';
import { Discrete } from './discrete.js';
import { type Dtype, toTyped } from './dtype.js';
import { Graph } from './graph.js';
import { MultiBinary } from './multi-binary.js';
import { MultiDiscrete } from './multi-discrete.js';
import { OneOf } from './one-of.js';
import { Sequence } from './sequence.js';
import type { Space } from './space.js';
import { Text } from './text.js';
import { isTuple } from './tuple.js';

/** The element nearest to zero, always one of the space: Gymnasium's `create_zero_array`. @throws TypeError for an unknown class */
export function createZeroArray(space: Space<unknown>): unknown {
  if (space instanceof Box) {
    const box = space as Box<Dtype>;
    const values = Array.from(box.low as ArrayLike<number | bigint>, (low, i) => {
      const high = box.high[i]!;
      if (low > 0) return low;
      if (high < 0) return high;
      return 0;
    });
    return toTyped(box.dtype, values);
  }
  if (space instanceof Discrete) return space.start;
  if (space instanceof MultiDiscrete) return toTyped(space.dtype, space.start);
  if (space instanceof MultiBinary) return new Int8Array(space.size);
  if (isTuple(space)) return space.spaces.map(createZeroArray);
  if (isDict(space))
    return Object.fromEntries(space.keys.map((key) => [key, createZeroArray(space.spaces[key]!)]));
  if (space instanceof Sequence) return space.stack ? createZeroArray(batchSpace(space.featureSpace, 1)) : [];
  if (space instanceof Text) return space.placeholder();
  if (space instanceof OneOf) return [0, createZeroArray(space.spaces[0]!)];
  if (space instanceof Graph) {
    const { nodeSpace, edgeSpace } = space;
    const nodes = createZeroArray(batchSpace(nodeSpace, 1));
    if (edgeSpace === null) return { nodes, edges: null, edgeLinks: null };
    return { nodes, edges: createZeroArray(batchSpace(edgeSpace, 1)), edgeLinks: new Int32Array(2) };
  }
  throw new TypeError(`Unknown space: \`${space}\``);
}
