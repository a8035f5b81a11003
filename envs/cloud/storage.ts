import type { CloudModel } from './model.js';
import { EVENT } from './queue.js';
import type { Sim } from './sim.js';
import type { CloudState } from './state.js';

/** Volumes and backups. A volume fills up linearly; level and slope are kept, so that its use is known at any time. */

/** Share of the service's volume in use now; NaN where it has none. */
export function diskNow(state: CloudState, s: number): number {
  return Math.min(1, state.diskValue[s]! + state.diskSlope[s]! * (state.time - state.diskAt[s]!));
}

/** Nothing more can be written: within rounding of the instant at which the volume is full. */
export function isFull(state: CloudState, s: number): boolean {
  return diskNow(state, s) >= 1 - 1e-9;
}

/** The volume begins to fill, full after so many seconds. */
export function beginToFill(sim: Sim, s: number, seconds: number): void {
  const { model, state } = sim;
  const level = diskNow(state, s);
  state.diskValue[s] = level;
  state.diskAt[s] = state.time;
  state.diskSlope[s] = (1 - level) / seconds;
  for (const mark of [model.constants.data.diskMark.value, 1]) {
    // A hair later, so that the level is past its mark when it is looked at.
    if (mark > level)
      state.queue.push(state.time + (mark - level) / state.diskSlope[s]! + 1e-6, EVENT.level, s);
  }
}

/** What is known of a service's backup. */
export function backupOf(
  model: CloudModel,
  state: CloudState,
  s: number,
): 'none' | 'unverified' | 'verified' {
  const kept = model.topology.volumes[s]?.backup ?? 'none';
  return kept === 'unverified' && state.backupVerified[s] === 1 ? 'verified' : kept;
}
