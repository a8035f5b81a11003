import { runUntil } from './dynamics.js';
import { countViolation } from './harm.js';
import type { CloudModel } from './model.js';
import { STREAM } from './noise.js';
import type { Sim } from './pods.js';
import { EVENT } from './queue.js';
import { clearCondition, endStrike, holdsCondition, loseData } from './replication.js';
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

/** Twice the volume; what filled it is dealt with. */
export function expand(sim: Sim, s: number): void {
  const { model, state } = sim;
  for (const attribute of model.table.attributes) {
    if (attribute.fills && state.active[s * model.layout.attributes + attribute.index] === 1) {
      clearCondition(sim, s, attribute.condition);
    }
  }
  state.diskValue[s] = diskNow(state, s) / 2;
  state.diskAt[s] = state.time;
  state.diskSlope[s] = 0;
  state.dirty[s] = 1;
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

/**
 * Puts a service's data back from its backup and the log archived since. @param seconds of copying. A backup that nobody has verified may
 * turn out to be unreadable when the old data is gone; where the data was sound, what was written meanwhile is lost. Returns why it
 * was refused, or null.
 */
export function restoreBackup(sim: Sim, s: number, seconds: number): string | null {
  const { model, state } = sim;
  const backup = backupOf(model, state, s);
  if (backup === 'none') return `error: no backup of "${model.topology.ids[s]!}"`;
  if (backup === 'unverified') {
    countViolation(sim, 'unverified-restore');
    const unlucky =
      sim.incident.noise.unit(STREAM.execution, 131072 + s, 0) < model.constants.data.badBackup.value;
    if (unlucky) {
      loseData(sim, 'data-lost');
      return 'error: backup is not readable: checksum of the archive does not match';
    }
  }
  if (!dataIsBad(sim, s)) loseData(sim, 'lost-writes');
  runUntil(sim, state.time + seconds);
  endStrike(sim, s);
  clearCondition(sim, s, 'storage-unavailable');
  clearCondition(sim, s, 'state-residue');
  state.diskValue[s] = model.topology.volumes[s]!.used;
  state.diskAt[s] = state.time;
  state.diskSlope[s] = 0;
  state.dirty[s] = 1;
  return null;
}

/** Whether anything is wrong with the service's data or volume. */
function dataIsBad(sim: Sim, s: number): boolean {
  return ['storage-unavailable', 'state-residue', 'primary-down'].some((one) => holdsCondition(sim, s, one));
}
