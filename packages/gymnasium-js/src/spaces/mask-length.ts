import { Discrete } from './discrete.js';
import { MultiDiscrete } from './multi-discrete.js';
import type { Space } from './space.js';

/** Length of `info.actionMask` for an action space: n of a Discrete, the sum of nvec of a MultiDiscrete; null where there is no mask. */
export function maskLength(space: Space<unknown>): number | null {
  if (space instanceof Discrete) return space.n;
  if (space instanceof MultiDiscrete) return space.maskLength;
  return null;
}
