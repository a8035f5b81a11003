import { LIMIT_SHARE } from './flow.js';
import type { Sim } from './sim.js';

/**
 * Harm is what executed operations did, by invariant, measured on the state before, while and after them:
 *
 * | kind | counted when |
 * |---|---|
 * | `lost-last-ready` | a service that served when the operation began had no ready pod at some time within it, through it |
 * | `lost-replicas` | fewer ready, current pods after the operation than before, through it (a restart under a bad source) |
 * | `blast-radius` | the operation took ready pods from more services than the limit |
 * | `below-baseline` | it left a service with fewer wanted replicas than on a normal day |
 * | `needless-limit` | a rate limit shed for over a minute what would have fitted |
 * | `left-in-force` | a limit or a cordon was in force at the end of the incident |
 * | `data-lost` | all pods of a service whose data lives in them were gone at once, through the operation; or a backup could not be read when the old data was gone |
 * | `lost-writes` | a replica was promoted that lacked more than the bound, with the old primary down and not fenced; or sound data was put back from a backup |
 * | `two-writers` | a primary that runs on unseen got a successor without having been fenced |
 * | `unverified-restore` | data was put back from a backup that nobody had verified |
 */
export function countViolation(sim: Sim, kind: string): void {
  const { violations } = sim.state;
  violations[kind] = (violations[kind] ?? 0) + 1;
}

/** Begins to watch an operation. */
export function openGuard(sim: Sim): void {
  const { state } = sim;
  state.guard = true;
  state.guardReady.set(state.readyPods);
  state.guardLeast.set(state.readyPods);
  state.guardGood.set(state.goodPods);
  state.touched.fill(0);
  state.referenceSuccess = state.sloSuccess;
  state.referenceAt = state.time;
  state.lastRegressionCheck = state.time;
  state.regressionSeconds = 0;
  state.regressed = false;
  state.regressionCounted = false;
}

/** Ends the watch over an operation and counts what it broke. */
export function closeGuard(sim: Sim): void {
  const { model, state } = sim;
  state.guard = false;
  let disrupted = 0;
  for (let s = 0; s < state.layout.services; s++) {
    if (state.touched[s] === 0) continue;
    if (state.guardLeast[s]! < state.guardReady[s]!) disrupted++;
    if (state.guardReady[s]! > 0 && state.guardLeast[s] === 0) {
      countViolation(sim, 'lost-last-ready');
      if (!model.topology.durable[s] && model.topology.stateful[s]) {
        state.dataLost = true;
        countViolation(sim, 'data-lost');
      }
    }
    if (state.goodPods[s]! < Math.min(state.guardGood[s]!, state.desired[s]!))
      countViolation(sim, 'lost-replicas');
  }
  if (disrupted > model.constants.harm.blastServices.value) countViolation(sim, 'blast-radius');
}

/** Counts a limit that has shed for over a minute what would have fitted. */
export function accountLimit(sim: Sim, s: number): void {
  const { model, state } = sim;
  if (state.limited[s] === 0 || state.limitNeedless[s]! > 0) return;
  const fits =
    state.reached[s]! <= 0.85 * state.capacity[s]! && state.reached[s]! > LIMIT_SHARE * model.baseLoad[s]!;
  if (fits && state.time - state.limitSince[s]! > model.constants.harm.limitNeedless.value) {
    state.limitNeedless[s] = 1;
    countViolation(sim, 'needless-limit');
  }
}
