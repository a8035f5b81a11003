import type { RolloutBuffer } from '../buffers/rollout.js';
import type { OwnState } from './base.js';

/** A half-filled rollout, for the checkpoint: only the rows in use. */
export function rolloutState(buffer: RolloutBuffer): OwnState {
  const share = buffer.position / buffer.steps;
  const arrays = Object.fromEntries(
    Object.entries(buffer.arrays()).map(([name, array]) => [name, array.slice(0, array.length * share)]),
  );
  return { meta: { position: buffer.position }, arrays };
}

export function restoreRollout(buffer: RolloutBuffer, { meta, arrays }: OwnState): void {
  const position = meta.position as number;
  if (position > buffer.steps)
    throw new RangeError(`a rollout of ${position} steps does not fit a buffer of ${buffer.steps}`);
  buffer.position = position;
  for (const [name, array] of Object.entries(buffer.arrays())) array.set(arrays[name]!);
}
