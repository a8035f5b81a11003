import { FLAG } from './backlog.js';
import type { CloudState } from './state.js';

/**
 * What becomes of what reaches a service, as rates: served, joining the backlog, shed. `reached = served + queued + shed`, where
 * `queued` is negative while a backlog shrinks. A share of what arrives goes behind the backlog (all of it, but for the
 * partitions of a queue whose head is not blocked); the rest has its share of the capacity to itself.
 * @param limit requests per second that a rate limit lets in, infinite without one
 */
export function admit(state: CloudState, s: number, reached: number, limit: number): void {
  const capacity = state.capacity[s]!;
  const accepted = Math.min(reached, limit);
  const flags = state.workFlags[s]!;
  const extra = state.inflow[s]!;
  state.reached[s] = reached;
  if (
    flags === 0 &&
    state.headBlocked[s] === 0 &&
    (state.workLimit[s] === 0 || accepted + extra <= capacity)
  ) {
    const served = Math.min(accepted, capacity);
    state.served[s] = served;
    state.shed[s] = reached - served;
    state.queued[s] = 0;
    state.workRate[s] = 0;
    return;
  }
  state.levels = true;
  const share = state.workShare[s]!;
  const mine = share * accepted;
  const arriving = mine + extra;
  const pace = state.headBlocked[s] === 1 ? 0 : share * capacity;
  const done = (flags & FLAG.waiting) !== 0 ? pace : Math.min(arriving, pace);
  const full = (flags & FLAG.full) !== 0 || state.workLimit[s] === 0;
  const admitted = full ? Math.min(arriving, pace) : arriving;
  // Messages of another source wait among the requests: each is done in its turn.
  const requests = arriving > 0 ? mine / arriving : 1;
  const other = Math.min((1 - share) * accepted, (1 - share) * capacity);
  state.workRate[s] = admitted - done;
  state.served[s] = requests * done + other;
  state.queued[s] = requests * (admitted - done);
  state.shed[s] = reached - requests * admitted - other;
}

/** Share of what a service lets in that will be done in vain, because its deadline will have passed. */
export function lateShare(state: CloudState, s: number): number {
  return (state.workFlags[s]! & FLAG.late) === 0 ? 0 : state.workShare[s]!;
}
