import { admit, lateShare } from './admit.js';
import { lagOf } from './backlog.js';
import { MODE_REFUSED, MODE_TIMEOUT } from './conditions.js';
import { beginPools, movePool, nextMove, poolStirs } from './connections.js';
import type { CloudModel } from './model.js';
import type { CloudState } from './state.js';

/**
 * Requests as a fluid. Forward, callers first: arrivals, what the network loses, what is shed over capacity and pools. Backward,
 * callees first: success and latency (mean and variance in milliseconds) of a request, failing calls, retries. Retries
 * raise arrivals, so the two passes are repeated from the last solution until failures settle, and full pools with them; starting
 * from the last solution keeps the branch that the system is on when more than one is stable.
 */
export function computeFlow(model: CloudModel, state: CloudState): void {
  readTimes(model);
  const todo = whatToPass(model, state);
  const { moved } = state;
  for (let s = 0; s < moved.length; s++) moved[s] = 0;
  beginPools();
  let timed = 0;
  for (let round = 1; round <= MAX_ROUNDS; round++) {
    forward(model, state, todo, round);
    if (backward(model, state, round) >= SETTLED && round < MAX_ROUNDS) continue;
    takeTimes(model, state, timed);
    timed = round;
    if (!poolsMove(model, state, round)) break;
  }
  const entry = model.topology.entry;
  attemptTime(state, entry, 0, 0);
  state.sloSuccess = state.success[entry]!;
  state.sloP99 = quantile99(call.mean, call.variance);
  state.sloHealthy =
    state.sloSuccess >= model.constants.slo.success.value && state.sloP99 <= model.sloLatencyMs;
}

/** Just at its capacity a service settles slowly: after k rounds a change is 1/k². Rounds are counted in bytes. */
const MAX_ROUNDS = 250;
/** Largest change of a failure probability that counts as settled. */
const SETTLED = 1e-5;

/** Constants of the solver's inner loops, read once a solve: the way to each costs more than what is done with it. */
const times = { timeoutMs: 0, refusedMs: 0, workersPerPod: 0, maxWaitFactor: 0, variation: 0, baseError: 0 };

function readTimes({ constants }: CloudModel): void {
  const { timeoutSeconds, refusedMs, workersPerPod, maxWaitFactor, variation, baseError } =
    constants.performance;
  times.timeoutMs = timeoutSeconds.value * 1000;
  times.refusedMs = refusedMs.value;
  times.workersPerPod = workersPerPod.value;
  times.maxWaitFactor = maxWaitFactor.value;
  times.variation = variation.value;
  times.baseError = baseError.value;
}

/** Scratch of one solve: 1 where a service has to be passed anew in the first round. */
let scratch = new Uint8Array(64);
/** 1 where the own time is older than the load: all 0 between solves. */
let ownStale = new Uint8Array(64);
/** Calls of each edge per request of its caller, of services that the solve has looked at. */
let edgeCount = new Float64Array(256);

/**
 * Services whose own state, calls or callees' settings may have changed since requests were last passed on from them: those looked at
 * anew (`ownLoad` is NaN), their callers, and those whose calls the last solve changed (`moved`).
 */
function whatToPass({ topology }: CloudModel, state: CloudState): Uint8Array {
  const { edgeFrom, edgeTo } = topology;
  const S = state.ownLoad.length;
  if (scratch.length < S) {
    scratch = new Uint8Array(2 * S);
    ownStale = new Uint8Array(2 * S);
  }
  if (edgeCount.length < edgeTo.length) edgeCount = new Float64Array(2 * edgeTo.length);
  const { ownLoad, moved } = state;
  for (let s = 0; s < S; s++) scratch[s] = moved[s] !== 0 || Number.isNaN(ownLoad[s]!) ? 1 : 0;
  for (let e = 0; e < edgeTo.length; e++) if (Number.isNaN(ownLoad[edgeTo[e]!]!)) scratch[edgeFrom[e]!] = 1;
  return scratch;
}

function forward(model: CloudModel, state: CloudState, todo: Uint8Array, round: number): void {
  const { order, edgeStart, edgeTo, edgeWeight, edgeCritical, entry } = model.topology;
  const { arrivals, edgeExtra, edgeFail, edgeLoss, edgeCalls, edgeAttempts, inFail, moved } = state;
  // A loop, since a call of `fill` costs more than a few dozen numbers do.
  for (let s = 0; s < arrivals.length; s++) arrivals[s] = 0;
  state.offered = model.topology.demand * state.load;
  arrivals[entry] = state.offered;
  for (let k = 0; k < order.length; k++) {
    const s = order[k]!;
    const reached = arrivals[s]! * (1 - inFail[s]!);
    const changed = round === 1 ? todo[s] === 1 : moved[s] === round - 1;
    if (!changed && reached === state.reached[s]) {
      passAgain(state, s, edgeStart[s]!, edgeStart[s + 1]!, edgeTo);
      continue;
    }
    const pooled = state.pooled[s]!;
    const limit = rateLimit(model, state, s);
    admit(state, s, reached, pooled === 0 ? limit : Math.min(limit, pooled));
    let requests = state.served[s]! * (1 - state.ownError[s]!);
    for (let e = edgeStart[s]!; e < edgeStart[s + 1]!; e++) {
      const weight = edgeWeight[e]! + edgeExtra[e]!;
      const critical = edgeCritical[e] === 1;
      const again = critical ? retriesOn(state, edgeTo[e]!) : 0;
      const attempts = requests * weight * amplification(edgeFail[e]!, again);
      edgeCalls[e] = requests * weight;
      edgeAttempts[e] = attempts;
      arrivals[edgeTo[e]!]! += attempts * (1 - lostAtCaller(state, s, e - edgeStart[s]!, edgeTo[e]!));
      if (critical) requests *= callsSucceed(weight, edgeLoss[e]!);
    }
  }
}

/** Passes on from a service what it passed on last time. */
function passAgain(state: CloudState, s: number, from: number, to: number, edgeTo: Int32Array): void {
  for (let e = from; e < to; e++) {
    const callee = edgeTo[e]!;
    state.arrivals[callee]! += state.edgeAttempts[e]! * (1 - lostAtCaller(state, s, e - from, callee));
  }
}

/** Times that callers try a critical call again: not at all where the circuit is open. */
export function retriesOn(state: CloudState, callee: number): number {
  return state.broken[callee] === 1 ? 0 : state.retriesTo[callee]!;
}

/** Share of a caller's attempts on its edge number `local` that fail before they leave it: all where the circuit is open. */
function lostAtCaller(state: CloudState, s: number, local: number, callee: number): number {
  if (state.broken[callee] === 1) return 1;
  const lost = state.outFail[s]!;
  if (lost === 0) return 0;
  const one = state.outOne[s]!;
  return one === 0 || one === local + 1 ? lost : 0;
}

/** Requests per second that a rate limit lets in, infinite without one. */
function rateLimit(model: CloudModel, state: CloudState, s: number): number {
  return state.limited[s] === 1 ? LIMIT_SHARE * model.baseLoad[s]! : Number.POSITIVE_INFINITY;
}

/**
 * Once failures have settled: what full pools let in, of services whose times may have changed. Services where that is new are passed
 * on from again. Returns whether there are any.
 */
function poolsMove(model: CloudModel, state: CloudState, round: number): boolean {
  const { moved, pooled, served, reached, capacity } = state;
  let any = false;
  let may = false;
  for (let s = 0; s < moved.length; s++) {
    if (moved[s] === 0 || !poolStirs(model, state, s)) continue;
    if (!may && !nextMove(moved.length, round)) return false;
    may = true;
    const wanted =
      pooled[s] === 0 ? served[s]! : Math.min(reached[s]!, capacity[s]!, rateLimit(model, state, s));
    if (!movePool(model, state, s, wanted)) continue;
    moved[s] = round;
    any = true;
  }
  return any;
}

/** Share of a service's baseline load that a rate limit lets in; assumption: half, so that the limited service has headroom. */
export const LIMIT_SHARE = 0.5;

/** Attempts per call when each fails with probability f, is tried again up to r times: (1 - f^(r+1)) / (1 - f). */
function amplification(f: number, r: number): number {
  if (r === 0 || f === 0) return 1;
  return f > 0.999999 ? r + 1 : (1 - f ** (r + 1)) / (1 - f);
}

/**
 * Success from callees to callers, for services whose load, own state or callees have changed: most changes concern a service and
 * those above it. Returns the largest change of an edge's failure probability. Times decide nothing here: see `takeTimes`.
 */
function backward(model: CloudModel, state: CloudState, round: number): number {
  const { order } = model.topology;
  const { served, shed, ownLoad, moved } = state;
  let change = 0;
  for (let k = order.length - 1; k >= 0; k--) {
    const s = order[k]!;
    // What finds no connection is no load on the workers, and fails with the same load.
    const full = state.pooled[s] !== 0;
    const load = full ? served[s]! : served[s]! + shed[s]!;
    if (full || load !== ownLoad[s]!) {
      ownLoad[s] = load;
      ownStale[s] = 1;
      // How far behind it is depends on the rate at which work waits, of this round.
      if (state.workFlags[s] !== 0) ownTime(model, state, s);
    } else if (!calleeMoved(model, state, s, round)) continue;
    moved[s] = round;
    const delta = callSuccess(model, state, s);
    if (delta > change) change = delta;
  }
  return change;
}

/** Times from callees to callers, once success has settled, for services looked at since round `since`. */
function takeTimes(model: CloudModel, state: CloudState, since: number): void {
  const { order } = model.topology;
  const { moved } = state;
  for (let k = order.length - 1; k >= 0; k--) {
    const s = order[k]!;
    if (moved[s]! <= since) continue;
    if (ownStale[s] === 1) ownTime(model, state, s);
    callTimes(model, state, s);
  }
}

function calleeMoved({ topology }: CloudModel, state: CloudState, s: number, round: number): boolean {
  for (let e = topology.edgeStart[s]!; e < topology.edgeStart[s + 1]!; e++) {
    if (state.moved[topology.edgeTo[e]!] === round) return true;
  }
  return false;
}

/** Own time of a service with the wait for a worker after Sakasegawa (1977), as mean and variance. */
function ownTime(model: CloudModel, state: CloudState, s: number): void {
  const load = state.ownLoad[s]!;
  const capacity = state.capacity[s]!;
  // A queue takes messages in whatever its consumers have before them.
  const queue = state.workFlags[s] !== 0 && model.topology.kinds[s] === 'queue';
  const full = capacity > 0 ? load / capacity : 1;
  const rho = queue ? Math.min(0.8, full) : full;
  // Latency factors come from contention for CPU: they show as the pods fill up and are gone when there is room.
  const contention = rho <= 0.8 ? 0 : rho >= 1 ? 1 : (rho - 0.8) / 0.2;
  const factor = contention === 0 ? 1 : state.ownLatency[s]! ** contention;
  const mean = model.topology.ownMs[s]! * factor;
  const c = Math.max(1, state.readyPods[s]! * times.workersPerPod);
  const most = times.maxWaitFactor * model.topology.ownMs[s]!;
  const behind = queue || state.workFlags[s] === 0 ? 0 : 1000 * lagOf(model, state, s);
  const wait =
    rho >= 1
      ? most
      : rho < 0.3
        ? 0
        : Math.min(most, (mean * rho ** (Math.sqrt(2 * (c + 1)) - 1)) / (c * (1 - rho)));
  ownStale[s] = 0;
  state.ownWaitMs[s] = behind;
  state.ownMeanMs[s] = mean + wait + behind;
  state.ownVarMs[s] = (times.variation * mean) ** 2 + wait * wait;
}

/** Time of the attempt last looked at, in milliseconds: mean and variance. */
const call = { mean: 0, variance: 0 };

/**
 * Time of one attempt at service `s` as its caller sees it, into `call`. @param lost share that fails at the
 * caller already, in `lostMode`.
 */
function attemptTime(state: CloudState, s: number, lost: number, lostMode: number): void {
  const { timeoutMs: timeout, refusedMs: refused } = times;
  const inFail = state.inFail[s]!;
  const mean = Math.min(state.meanMs[s]!, timeout);
  let first = mean;
  let second = mean * mean + state.varMs[s]!;
  if (lost !== 0 || inFail !== 0) {
    const inTime = state.inMode[s] === MODE_TIMEOUT ? timeout : refused;
    const lostTime = lostMode === MODE_TIMEOUT ? timeout : refused;
    const reach = (1 - lost) * (1 - inFail);
    first = lost * lostTime + (1 - lost) * inFail * inTime + reach * mean;
    second = lost * lostTime * lostTime + (1 - lost) * inFail * inTime * inTime + reach * second;
  }
  call.mean = first;
  call.variance = Math.max(0, second - first * first);
  const delayed = state.delayShare[s]!;
  if (delayed > 0) {
    const delay = state.delayMs[s]!;
    call.mean += delayed * delay;
    call.variance += delayed * (1 - delayed) * delay * delay;
  }
}

/** Success of a service with its calls. Returns the largest change of an edge's failure probabilities. */
function callSuccess(model: CloudModel, state: CloudState, s: number): number {
  const { edgeStart, edgeTo, edgeWeight, edgeCritical } = model.topology;
  const { edgeFail, edgeLoss, netFail, success } = state;
  let change = 0;
  let downstream = 1;
  for (let e = edgeStart[s]!; e < edgeStart[s + 1]!; e++) {
    const callee = edgeTo[e]!;
    const critical = edgeCritical[e] === 1;
    const lost = lostAtCaller(state, s, e - edgeStart[s]!, callee);
    const fail = 1 - (1 - lost) * (1 - netFail[callee]!);
    const amp = amplification(fail, critical ? retriesOn(state, callee) : 0);
    const loss = Math.max(0, 1 - (1 - lost) * success[callee]! * amp);
    const byFail = Math.abs(fail - edgeFail[e]!);
    const byLoss = Math.abs(loss - edgeLoss[e]!);
    if (byFail > change) change = byFail;
    if (byLoss > change) change = byLoss;
    edgeFail[e] = fail;
    edgeLoss[e] = loss;
    const weight = edgeWeight[e]! + state.edgeExtra[e]!;
    edgeCount[e] = downstream * weight * amp;
    if (critical) downstream *= callsSucceed(weight, loss);
  }
  const reached = state.reached[s]!;
  const accepted = reached > 0 ? 1 - state.shed[s]! / reached : 1;
  const late = lateShare(state, s);
  const ok = (1 - state.ownError[s]!) * (1 - times.baseError) * downstream;
  netFail[s] = 1 - (1 - state.inFail[s]!) * accepted * (1 - late);
  success[s] = (1 - netFail[s]!) * ok;
  // What stands still behind a blocked head is late, but nobody works on it in vain.
  state.failed[s] = state.served[s]! * (1 - ok * (state.headBlocked[s] === 1 ? 1 : 1 - late));
  return change;
}

/** Time of a service with its calls: of each a whole number and one more with the remaining probability. */
function callTimes(model: CloudModel, state: CloudState, s: number): void {
  const { edgeStart, edgeTo } = model.topology;
  let mean = state.ownMeanMs[s]!;
  let variance = state.ownVarMs[s]!;
  let wait = state.ownWaitMs[s]!;
  for (let e = edgeStart[s]!; e < edgeStart[s + 1]!; e++) {
    const callee = edgeTo[e]!;
    const lost = lostAtCaller(state, s, e - edgeStart[s]!, callee);
    attemptTime(state, callee, lost, state.broken[callee] === 1 ? MODE_REFUSED : state.outMode[s]!);
    const n = edgeCount[e]!;
    const part = n - Math.floor(n);
    mean += n * call.mean;
    variance += n * call.variance + part * (1 - part) * call.mean * call.mean;
    if (state.waitMs[callee] !== 0) {
      wait += n * ((1 - lost) * (1 - state.inFail[callee]!)) * waitAt(state, callee);
    }
  }
  state.meanMs[s] = mean;
  state.varMs[s] = variance;
  state.waitMs[s] = wait;
}

/** Milliseconds of a call to service `s` behind a backlog, there or further on, of those that its caller waits for. */
function waitAt(state: CloudState, s: number): number {
  const { timeoutMs } = times;
  const mean = state.meanMs[s]!;
  return Math.min(mean, timeoutMs) - Math.min(mean - state.waitMs[s]!, timeoutMs);
}

/** Probability that all of `weight` calls succeed when each fails with probability f: the whole ones and the part of one. */
export function callsSucceed(weight: number, f: number): number {
  if (f === 0) return 1;
  let whole = Math.floor(weight);
  let result = 1 - (weight - whole) * f;
  for (; whole > 0; whole--) result *= 1 - f;
  return result;
}

/** 99th percentile of the log-normal with this mean and variance. */
export function quantile99(mean: number, variance: number): number {
  if (mean <= 0) return 0;
  const sigma2 = Math.log(1 + variance / (mean * mean));
  return mean * Math.exp(-sigma2 / 2 + 2.3263478740408408 * Math.sqrt(sigma2));
}
