import { noWork } from './backlog.js';
import { allWarm } from './cache.js';
import { runNext, runUntil } from './dynamics.js';
import { accountLimit, countViolation } from './harm.js';
import { lasts } from './lasting.js';
import { EVENT } from './queue.js';
import type { Sim } from './sim.js';
import { PHASE } from './state.js';
import { allWell, presentTrouble, regressionKnown, track } from './track.js';

/** What an incident came to. */
export interface CloudResult {
  /** Seconds from onset to the start of the last healthy window, or null when none begins by the cap and lasts. */
  readonly recoveredAt: number | null;
  readonly violations: number;
  readonly violationKinds: Record<string, number>;
  readonly dataLost: boolean;
  readonly collateral: number;
}

/** The trigger strikes again this long after the cap; assumption. */
const REPLAY_AFTER = 30;
/** The autoscaler takes what is too much away this long after the cap; assumption. */
const DOWNSCALE_AFTER = 10;
/** The drill ends this long before the horizon, so that the last pod has time to come back; it begins as late as it can, so
 * that a leak has its time first. */
const DRILL_END = 60;

/** Puts what comes after the cap into the queue: the autoscaler's look at extra
 * replicas, the trigger's replay, and a drill that kills each pod of the struck services once. */
function scheduleTail(sim: Sim, cap: number, horizon: number): void {
  const { model, incident, state } = sim;
  for (let s = 0; s < state.layout.services; s++) {
    if (state.desired[s]! > model.topology.replicas[s]!)
      state.queue.push(cap + DOWNSCALE_AFTER, EVENT.downscale, s);
  }
  const { blip, merge } = model.constants.slo;
  // A spell within the tolerance is over `merge` before the next kill: deaths that are each tolerated do not add up.
  const gap = blip.value + merge.value + 1;
  let drill = horizon - DRILL_END;
  incident.injections.forEach((injection, ordinal) => {
    if (injection.variant.replay.length > 0) state.queue.push(cap + REPLAY_AFTER, EVENT.replay, ordinal);
    const from = model.podBase[injection.target]!;
    const replicas = model.topology.replicas[injection.target]!;
    for (let r = 0; r < replicas; r++) {
      state.queue.push(drill, EVENT.drill, from + r);
      drill -= gap;
    }
  });
}

/** The result where nothing is wrong any more, without running on; null where something still is. */
export function settled(sim: Sim): CloudResult | null {
  return nothingIsWrong(sim) ? read(sim) : null;
}

/** How far to run on when nobody acts any more. */
export interface RunOn {
  /** Runs on even when nothing is wrong, or when what is wrong lasts. */
  readonly exhaustive?: boolean;
  /** Asks for harm alone: `recoveredAt` is null unless nothing is wrong. */
  readonly harmOnly?: boolean;
}

/**
 * Runs a simulation that nobody acts on any more to its horizon, or to where all that is asked for is certain, and reads the result.
 * Changes `sim`; give it a copy.
 */
export function finish(sim: Sim, { exhaustive = false, harmOnly = false }: RunOn): CloudResult {
  const { model, state } = sim;
  const cap = model.constants.horizon.cap.value;
  const horizon = cap + model.constants.horizon.tail.value;
  for (let s = 0; s < state.layout.services; s++) accountLimit(sim, s);
  if (leftInForce(sim)) countViolation(sim, 'left-in-force');
  const lost = harmOnly || (!exhaustive && lasts(sim));
  scheduleTail(sim, cap, horizon);
  while (state.queue.nextTime <= horizon) {
    if (!exhaustive && (lost || hopeless(sim, cap)) && regressionKnown(sim)) {
      // Nothing happens before the next event.
      state.time = state.queue.nextTime;
      track(sim);
      return { ...read(sim), recoveredAt: null };
    }
    runNext(sim);
  }
  runUntil(sim, Math.max(horizon, state.time));
  track(sim);
  return read(sim);
}

function read(sim: Sim): CloudResult {
  const { state } = sim;
  return {
    recoveredAt: recoveredAt(sim, sim.model.constants.horizon.cap.value),
    violations: Object.values(state.violations).reduce((sum, n) => sum + n, 0),
    violationKinds: { ...state.violations },
    dataLost: state.dataLost,
    collateral: state.collateral,
  };
}

/** Something provisional is in force: traffic kept off a zone, a limit, an open circuit, a paused roll-out, a cordon. */
export function leftInForce(sim: Sim): boolean {
  const { state } = sim;
  if (state.shiftedNodes !== 0) return true;
  for (let s = 0; s < state.layout.services; s++) {
    if (state.limited[s] === 1 || state.broken[s] === 1 || state.paused[s] === 1) return true;
  }
  for (let n = 0; n < state.nodes; n++) if (state.nodeCordoned[n] === 1) return true;
  return false;
}

/** Nothing that happens any more can make this a recovery: the cap has passed and trouble has outlasted the tolerance. */
function hopeless(sim: Sim, cap: number): boolean {
  const { state } = sim;
  if (state.handedOver || state.dataLost) return true;
  return state.time > cap && !allWell(sim) && presentTrouble(sim) > sim.model.constants.slo.blip.value;
}

function recoveredAt(sim: Sim, cap: number): number | null {
  const { model, state } = sim;
  if (state.handedOver || state.dataLost) return null;
  if (presentTrouble(sim) > model.constants.slo.blip.value) return null;
  return state.windowStart > cap ? null : state.windowStart;
}

/**
 * Nothing in the state can bring trouble any more: every condition is gone, every pod runs and carries nothing, nothing
 * provisional is in force. From here pods only die and come back, each within the tolerance, so the window lasts.
 */
function nothingIsWrong(sim: Sim): boolean {
  const { model, state } = sim;
  if (!allWell(sim) || state.nodeFaults > 0) return false;
  if (!noWork(state) || !allWarm(state) || state.stall.some((share) => share !== 1)) return false;
  for (let s = 0; s < state.layout.services; s++) if (state.activeCount[s]! > 0) return false;
  for (let s = 0; s < state.layout.services; s++) {
    for (let i = 0; i < state.desired[s]!; i++) {
      const p = model.podBase[s]! + i;
      if (state.podPhase[p] !== PHASE.ready || state.podLoad[p] !== 0 || state.podStage[p] !== 0)
        return false;
    }
  }
  return true;
}
