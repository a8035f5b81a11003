import { podLeak } from './leaks.js';
import type { CloudModel } from './model.js';
import type { Sim } from './sim.js';
import { type CloudState, PHASE } from './state.js';

/**
 * Pools of connections, by Little's law: `n` ready pods with a pool of `k` each, from which a request holds one for `T` seconds, let in at
 * most `n k / T` requests a second; the rest is refused, as a database does that has too many clients already. Slow answers of a callee
 * hold the connections of its callers for longer, so pools fill where the trouble is not, and pass it on.
 */

/** Connections that the ready pods of a service hold. */
function poolOf(model: CloudModel, state: CloudState, s: number): number {
  return model.topology.pools[s]! * state.readyPods[s]!;
}

/**
 * Milliseconds for which a request holds its connection: until its caller gives up; nobody gives up at the entry. Behind a backlog
 * nothing is held: callers of a service where work waits give up early and come again, and nothing pushes back.
 */
function heldMs({ topology, constants }: CloudModel, state: CloudState, s: number): number {
  const mean = state.meanMs[s]! - state.waitMs[s]!;
  return s === topology.entry ? mean : Math.min(mean, 1000 * constants.performance.timeoutSeconds.value);
}

/** Connections that requests at a rate hold. */
function heldAt(model: CloudModel, state: CloudState, s: number, rate: number): number {
  return (rate * heldMs(model, state, s)) / 1000;
}

/** Whether pools can limit a service: not where work waits, which has a limit of its own, nor outside of the cloud. */
function canLimit({ topology }: CloudModel, state: CloudState, s: number): boolean {
  return state.workLimit[s] === 0 && state.workFlags[s] === 0 && topology.kinds[s] !== 'external';
}

/** Relative change of what pools let in that counts as none; halving an interval of rates comes to it within MOST_MOVES. */
const SAME = 1e-4;
/** Times that pools move in one solve. */
const MOST_MOVES = 16;
/** Last round of the solver after which they may. */
const LAST_MOVE = 100;

/** Scratch of one solve: per service the highest rate tried that left connections free, and the lowest that wanted more than there are. */
let below = new Float64Array(64);
let above = new Float64Array(64);
let moves = 0;

/** Forgets the rates that were tried: a new solve begins. */
export function beginPools(): void {
  moves = 0;
}

/** Whether pools may move once more in this solve, so that failures can settle after it. */
export function nextMove(services: number, round: number): boolean {
  if (moves === 0) {
    if (below.length < services) {
      below = new Float64Array(2 * services);
      above = new Float64Array(2 * services);
    }
    below.fill(0);
    above.fill(Number.POSITIVE_INFINITY);
  }
  return ++moves <= MOST_MOVES && round <= LAST_MOVE;
}

/** Whether the pools of a service are full, or were and may be no more. */
export function poolStirs(model: CloudModel, state: CloudState, s: number): boolean {
  return state.pooled[s] !== 0 || heldAt(model, state, s, state.served[s]!) > poolOf(model, state, s);
}

/**
 * Sets what a service's full pools let in, `pooled`, from the time that its requests now take; 0 where they take all that comes.
 * Returns whether more or fewer requests get in than before, so that the flow has to be solved again.
 * @param wanted requests per second that would be served if the pools had no end
 */
export function movePool(model: CloudModel, state: CloudState, s: number, wanted: number): boolean {
  const before = state.pooled[s]!;
  const tried = before === 0 ? wanted : Math.min(before, wanted);
  let rate = wanted;
  if (canLimit(model, state, s)) {
    rate = nearer(s, tried, (1000 * poolOf(model, state, s)) / heldMs(model, state, s));
  }
  state.pooled[s] = rate < wanted ? rate : 0;
  return Math.abs(Math.min(rate, wanted) - tried) > SAME * tried;
}

/**
 * A rate between the one that was tried and the one that would have fitted the time that came of it: what gets in less is answered
 * sooner, by itself and by its callees, which frees connections, so the two would chase each other. Halves the interval in question.
 */
function nearer(s: number, tried: number, fits: number): number {
  if (fits > tried) {
    below[s] = tried;
    if (above[s]! <= tried) above[s] = Number.POSITIVE_INFINITY;
    if (above[s] === Number.POSITIVE_INFINITY) return fits;
    return Math.sqrt(tried * Math.min(above[s]!, fits));
  }
  above[s] = tried;
  if (below[s]! >= tried) below[s] = 0;
  return below[s] === 0 ? fits : Math.sqrt(Math.max(below[s]!, fits) * tried);
}

/** Share of a service's connections in use, NaN for an external service. */
export function connectionsInUse(model: CloudModel, state: CloudState, s: number): number {
  if (model.topology.kinds[s] === 'external') return Number.NaN;
  const pool = poolOf(model, state, s);
  return pool === 0 ? 0 : Math.min(1, heldAt(model, state, s, state.served[s]!) / pool);
}

/** What an exporter of connections shows: a leak holds connections whether they are used or not. */
export function connectionsRatio(sim: Sim, s: number): number {
  const { model, state } = sim;
  const used = connectionsInUse(model, state, s);
  if (state.leaked[s] === 0 || Number.isNaN(used)) return used;
  let most = used;
  for (let p = model.podBase[s]!; p < model.podBase[s + 1]!; p++) {
    if (state.podPhase[p] === PHASE.ready) most = Math.max(most, podLeak(sim, p, 'connections'));
  }
  return Math.min(1, most);
}
