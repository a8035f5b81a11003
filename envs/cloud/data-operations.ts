import { activate, strikeCopies } from './activation.js';
import { runUntil } from './dynamics.js';
import { countViolation } from './harm.js';
import type { CloudModel } from './model.js';
import { answers, nodeStateOf } from './node-facts.js';
import { STREAM } from './noise.js';
import { createPod } from './pods.js';
import { clearCondition, deactivate, holdsCondition } from './release.js';
import { bestReplica, lagNow, primaryServes } from './replication.js';
import type { Sim } from './sim.js';
import { type CloudState, PHASE } from './state.js';
import { backupOf, diskNow } from './storage.js';

/** What operators do to copies, volumes and backups of a service's data. What takes time can be overtaken by events. */

/** Keeps the primary from writing and ships to the replica what it lacks. */
export function fence(sim: Sim, s: number): void {
  const { model, state } = sim;
  state.fenced[s] = 1;
  state.dirty[s] = 1;
  const { lagBase, catchUp } = model.constants.data;
  const lag = lagNow(model, state, s);
  if (bestReplica(model, state, s) < 0) return;
  runUntil(sim, state.time + lag / catchUp.value);
  state.lagValue[s] = lagBase.value;
  state.lagAt[s] = state.time;
  state.lagSlope[s] = 0;
}

/**
 * Makes the best replica the writer. What it lacks of an old primary that nobody fenced is lost, and one that still runs where nobody
 * sees it goes on writing: two writers. An old primary that could not step down in order has to be rebuilt.
 * Returns why it was refused, or null.
 */
export function promote(sim: Sim, s: number): string | null {
  const { model, state } = sim;
  const next = bestReplica(model, state, s);
  if (next < 0) return `error: no replica of "${model.topology.ids[s]!}" can be promoted`;
  const old = state.primary[s]!;
  const inOrder = answers(model, state, old);
  if (state.fenced[s] === 0) {
    if (writesUnseen(model, state, old)) loseData(sim, 'two-writers');
    else if (!inOrder && lagNow(model, state, s) > model.constants.data.lagBound.value)
      loseData(sim, 'lost-writes');
  }
  state.primary[s] = next;
  state.fenced[s] = 0;
  state.lagValue[s] = model.constants.data.lagBase.value;
  state.lagAt[s] = state.time;
  clearCondition(sim, s, 'primary-down');
  if (!inOrder) {
    activate(sim, s, model.table.byName.get('state-residue.diverged')!.index, 1);
    strikeCopies(sim, s, 1 << (old - model.podBase[s]!));
  }
  state.dirty[s] = 1;
  return null;
}

/** Whether a pod that does not answer may still run and write where nobody sees it. */
function writesUnseen(model: CloudModel, state: CloudState, p: number): boolean {
  const node = nodeStateOf(model, state, p);
  if (node === 'cut') return state.podPhase[p] === PHASE.lost || state.podPhase[p] === PHASE.ready;
  return node === 'unmanaged' && state.podPhase[p] === PHASE.lost;
}

/** Points clients at the present primary; they follow it from then on when it serves. */
export function repoint(sim: Sim, s: number): void {
  const { model, state } = sim;
  state.clientsAt[s] = state.primary[s]!;
  state.dirty[s] = 1;
  if (!primaryServes(model, state, s) || holdsCondition(sim, s, 'primary-down')) return;
  for (const attribute of model.table.attributes) {
    if (attribute.writes === 'at-old-primary') deactivate(sim, s, attribute.index);
  }
}

/**
 * Copies the primary's data anew to every replica whose copy is struck and starts them. @param seconds of copying, which events
 * may overtake. Returns why it failed, or null.
 */
export function rebuild(sim: Sim, s: number, seconds: number): string | null {
  const { model, state } = sim;
  const from = model.podBase[s]!;
  const source = state.primary[s]!;
  if (!soundSource(sim, s, source)) return 'error: no primary with a sound copy to rebuild from';
  const generation = state.podGeneration[source];
  runUntil(sim, state.time + seconds);
  if (
    state.primary[s] !== source ||
    state.podGeneration[source] !== generation ||
    !soundSource(sim, s, source)
  )
    return 'error: the primary went away while it was copied';
  const struck = state.struck[s]!;
  endStrike(sim, s);
  for (let p = from; p < from + state.desired[s]!; p++) {
    if (p === source) continue;
    if (
      (struck >> (p - from)) & 1 ||
      (state.podPhase[p] !== PHASE.ready && state.podPhase[p] !== PHASE.lost)
    ) {
      createPod(sim, p);
    }
  }
  return null;
}

function soundSource({ model, state }: Sim, s: number, p: number): boolean {
  return answers(model, state, p) && ((state.struck[s]! >> (p - model.podBase[s]!)) & 1) === 0;
}

/** No copy of the service's data is struck any more. */
export function endStrike(sim: Sim, s: number): void {
  for (const attribute of sim.model.table.copies) deactivate(sim, s, attribute.index);
  sim.state.struck[s] = 0;
  sim.state.dirty[s] = 1;
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

/** Writes that had been confirmed are gone. */
export function loseData(sim: Sim, how: string): void {
  sim.state.dataLost = true;
  countViolation(sim, how);
}
