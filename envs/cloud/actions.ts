import { drainWork } from './backlog.js';
import { isCached, warmUp } from './cache.js';
import { controllerOf } from './controllers.js';
import { expand, fence, promote, rebuild, repoint, restoreBackup } from './data-operations.js';
import { runNext, runUntil, settle } from './dynamics.js';
import { accountLimit, closeGuard, countViolation, openGuard } from './harm.js';
import { hasPreviousVersion } from './incident.js';
import type { Outcome, PrimitiveCall } from './interface.js';
import {
  forceDrain,
  replaceNode,
  restartAgent,
  restoreRoute,
  shiftZone,
  syncTime,
} from './node-operations.js';
import { STREAM } from './noise.js';
import { createPod, removePod, retryService, setDesired } from './pods.js';
import type { Effect, Primitive } from './primitives.js';
import { deactivate, scheduleAutoscale, scheduleRetries } from './release.js';
import { NO_NODE, type Sim } from './sim.js';
import { MAX_NODES, PHASE } from './state.js';
import { backupOf } from './storage.js';

/** Result of one effect: null when it went through, else why not. */
type Problem = { readonly status: 'refused' | 'failed' | 'timed-out'; readonly message: string } | null;

/**
 * Carries out a primitive call: the operator's and the control plane's time, then the effects in order. Never throws; a call
 * that names nothing known, or lacks what it needs, is refused.
 */
export function execute(sim: Sim, call: PrimitiveCall): Outcome {
  const { state } = sim;
  const startedAt = state.time;
  const end = (status: Outcome['status'], message: string): Outcome => ({
    call,
    startedAt,
    endedAt: state.time,
    status,
    message,
  });
  const parsed = parse(sim, call);
  if (typeof parsed === 'string') return end('refused', parsed);
  const { primitive, target } = parsed;
  const ordinal = state.executions++;
  openGuard(sim);
  const duration = sim.incident.noise.logNormal(
    primitive.duration,
    STREAM.execution,
    ordinal,
    2 * primitive.index,
  );
  runUntil(sim, state.time + duration * state.apiFactor);
  const lucky =
    sim.incident.noise.unit(STREAM.execution, ordinal, 4 * primitive.index + 3) >= primitive.failure;
  let problem: Problem = lucky
    ? null
    : { status: 'failed', message: 'error from server: the request was not completed' };
  for (const effect of primitive.effects) {
    if (problem) break;
    problem = apply(sim, effect, target, ordinal);
    settle(sim);
  }
  closeGuard(sim);
  return problem
    ? end(problem.status, problem.message)
    : end('done', `${primitive.name} ${call.args.join(' ')}`.trim());
}

function parse(sim: Sim, call: PrimitiveCall): { primitive: Primitive; target: number } | string {
  const { model, state } = sim;
  const primitive = model.primitives.get(call.name.toLowerCase());
  if (!primitive) return `error: unknown command "${call.name}"`;
  if (call.args.length !== primitive.parameters.length) {
    return `error: ${primitive.name} takes ${primitive.parameters.length} argument(s), got ${call.args.length}`;
  }
  const kind = primitive.parameters[0];
  if (kind === undefined) return { primitive, target: -1 };
  const name = call.args[0]!.toLowerCase();
  if (kind === 'zone') {
    const zone = model.topology.zoneNames.indexOf(name);
    return zone >= 0 ? { primitive, target: zone } : `error: zones "${name}" not found`;
  }
  if (kind === 'node') {
    const node = nodeIndex(name);
    return node >= 0 && node < state.nodes ? { primitive, target: node } : `error: nodes "${name}" not found`;
  }
  const target = model.topology.indexOf.get(name);
  if (target === undefined) return `error: deployments "${name}" not found`;
  if (primitive.needsPreviousVersion && (!hasPreviousVersion(model, target) || state.version[target] === 1)) {
    return `error: no rollout history found for "${name}"`;
  }
  return { primitive, target };
}

/** Number of `node-<n>`, from 0; -1 for another name. */
export function nodeIndex(name: string): number {
  const match = /^node-([1-9][0-9]*)$/.exec(name);
  return match ? Number(match[1]) - 1 : -1;
}

function apply(sim: Sim, effect: Effect, target: number, ordinal: number): Problem {
  const { state } = sim;
  switch (effect.kind) {
    case 'clear':
      clear(sim, effect, target);
      return null;
    case 'version':
      state.version[target] = 1;
      return null;
    case 'roll':
      return roll(sim, target, effect.mode);
    case 'scale':
      return scale(sim, target, effect.to);
    case 'resources':
      state.leakStretch[target]! *= 2;
      return null;
    case 'limit':
      setLimit(sim, target, effect.set);
      return null;
    case 'circuit':
      return openCircuit(sim, target);
    case 'rollout':
      return effect.pause ? pauseRollout(sim, target) : resumeRollout(sim, target);
    case 'cache':
      return warm(sim, target);
    case 'work':
      drainWork(sim, target);
      return null;
    case 'wait':
      return waitReady(sim, target, WAIT_ROLLOUT);
    case 'node':
      return changeNode(sim, target, effect.act);
    case 'zone':
      shiftZone(sim, target, effect.shift);
      return null;
    case 'route':
      restoreRoute(sim);
      return null;
    case 'data':
      return changeData(sim, effect, target, ordinal);
    case 'hand-over':
      state.handedOver = true;
      state.dirty[sim.model.topology.entry] = 1;
      return null;
  }
}

/** Seconds that an operator waits for a roll-out to become ready; assumption. */
const WAIT_ROLLOUT = 120;

function clear(sim: Sim, effect: Extract<Effect, { kind: 'clear' }>, target: number): void {
  const S = sim.state.layout.services;
  for (const attribute of effect.attributes) {
    if (effect.anywhere) for (let s = 0; s < S; s++) deactivate(sim, s, attribute);
    else deactivate(sim, target, attribute);
  }
}

/** Why a roll-out does not begin: it is paused, or nobody carries it out (which shows only when the deadline has passed). */
function rolloutObstacle(sim: Sim, s: number): Problem {
  const { model, state } = sim;
  const id = model.topology.ids[s]!;
  if (state.paused[s] === 1) return { status: 'refused', message: `error: deployment "${id}" is paused` };
  if (controllerOf(sim, s) === 'working') return null;
  runUntil(sim, state.time + model.constants.pods.rolloutStep.value);
  return controllerOf(sim, s) === 'working'
    ? null
    : { status: 'timed-out', message: `error: no progress on "${id}": its generation has not been observed` };
}

/** Replaces the wanted pods of a service. */
function roll(sim: Sim, s: number, mode: 'rolling' | 'at-once' | 'move'): Problem {
  const { model, state } = sim;
  const from = model.podBase[s]!;
  // Pods can be deleted whatever the controller does; only what replaces them is its work.
  const obstacle = mode === 'at-once' ? null : rolloutObstacle(sim, s);
  if (obstacle) return obstacle;
  const wanted: number[] = [];
  for (let i = 0; i < state.desired[s]!; i++) wanted.push(from + i);
  state.touched[s] = 1;
  if (mode === 'at-once' || (mode === 'rolling' && strategyIsBad(sim, s))) {
    for (const p of wanted) createPod(sim, p);
    settle(sim);
    return waitReady(sim, s, WAIT_ROLLOUT);
  }
  if (mode === 'move') {
    for (const p of wanted) if (state.podNode[p] !== NO_NODE) state.avoid[s]! |= 1 << state.podNode[p]!;
  }
  // Pods that do not serve first: replacing them costs nothing.
  const serves = (p: number): boolean => state.podPhase[p] === PHASE.ready;
  const pods = wanted.every(serves)
    ? wanted
    : [...wanted.filter((p) => !serves(p)), ...wanted.filter(serves)];
  for (const p of pods) {
    createPod(sim, p);
    settle(sim);
    if (!waitPod(sim, p, model.constants.pods.rolloutStep.value)) {
      return {
        status: 'timed-out',
        message: `error: deployment "${model.topology.ids[s]!}" exceeded its progress deadline`,
      };
    }
  }
  return null;
}

/** A bad roll-out strategy lets every roll-out take all pods at once. */
function strategyIsBad(sim: Sim, s: number): boolean {
  const { attributes } = sim.model.table;
  const base = s * attributes.length;
  return attributes.some((attribute, a) => attribute.rollsAtOnce && sim.state.active[base + a] === 1);
}

function waitPod(sim: Sim, p: number, seconds: number): boolean {
  const { state } = sim;
  const until = state.time + seconds;
  while (state.podPhase[p] !== PHASE.ready) {
    if (state.queue.nextTime > until) {
      runUntil(sim, until);
      return false;
    }
    runNext(sim);
  }
  return true;
}

function waitReady(sim: Sim, s: number, seconds: number): Problem {
  const { model, state } = sim;
  const until = state.time + seconds;
  while (state.readyPods[s]! < state.desired[s]!) {
    if (state.queue.nextTime > until) {
      runUntil(sim, until);
      return {
        status: 'timed-out',
        message: `error: timed out waiting for "${model.topology.ids[s]!}" to become ready`,
      };
    }
    runNext(sim);
  }
  return null;
}

/** `double`: twice as many replicas, at least the baseline. `down`: what is above the baseline, else one fewer, at least one. */
function scale(sim: Sim, s: number, to: 'double' | 'down'): Problem {
  const { model, state } = sim;
  const baseline = model.topology.replicas[s]!;
  const most = model.podBase[s + 1]! - model.podBase[s]!;
  const now = state.desired[s]!;
  if (controllerOf(sim, s) === 'undone') scheduleAutoscale(sim, s);
  if (to === 'double') {
    if (now >= most) return { status: 'refused', message: 'error: maximum number of replicas reached' };
    setDesired(sim, s, Math.max(baseline, 2 * now));
    return null;
  }
  if (now <= 1) return { status: 'refused', message: 'error: at least one replica must remain' };
  state.touched[s] = 1;
  const target = now > baseline ? baseline : now - 1;
  setDesired(sim, s, target);
  if (target < baseline) countViolation(sim, 'below-baseline');
  return null;
}

/** Callers stop calling a service: what is critical of them fails at once, the rest does without. */
function openCircuit(sim: Sim, s: number): Problem {
  const { model, state } = sim;
  if (s === model.topology.entry) return { status: 'refused', message: 'error: the entry has no callers' };
  state.broken[s] = 1;
  state.dirty[s] = 1;
  return null;
}

function warm(sim: Sim, s: number): Problem {
  const { model } = sim;
  if (!isCached(model, s))
    return { status: 'refused', message: `error: "${model.topology.ids[s]!}" holds no cache` };
  warmUp(sim, s);
  return null;
}

function pauseRollout(sim: Sim, s: number): Problem {
  sim.state.paused[s] = 1;
  sim.state.dirty[s] = 1;
  return null;
}

/** The roll-out goes on where it stood, under the strategy that holds now. */
function resumeRollout(sim: Sim, s: number): Problem {
  if (sim.state.paused[s] === 0) return { status: 'refused', message: 'error: deployment is not paused' };
  sim.state.paused[s] = 0;
  sim.state.dirty[s] = 1;
  return roll(sim, s, 'rolling');
}

function setLimit(sim: Sim, s: number, set: boolean): void {
  const { state } = sim;
  accountLimit(sim, s);
  state.limited[s] = set ? 1 : 0;
  if (!set) state.broken[s] = 0;
  state.limitSince[s] = set ? state.time : Number.NaN;
  state.dirty[s] = 1;
}

function changeNode(sim: Sim, n: number, act: Extract<Effect, { kind: 'node' }>['act']): Problem {
  const { model, state } = sim;
  if (act === 'replace') return failedIf(replaceNode(sim, n));
  if (act === 'restart-agent') return failedIf(restartAgent(sim, n));
  if (act === 'sync-time') return failedIf(syncTime(sim, n));
  // Any service's record of health depends on cordons, so the entry is looked at again.
  state.dirty[model.topology.entry] = 1;
  if (act === 'add') {
    if (state.nodes >= MAX_NODES) return { status: 'refused', message: 'error: node pool is at its maximum' };
    state.nodeReady[state.nodes] = 1;
    state.nodes++;
    scheduleRetries(sim);
    return null;
  }
  if (act === 'uncordon') {
    state.nodeCordoned[n] = 0;
    scheduleRetries(sim);
    return null;
  }
  state.nodeCordoned[n] = 1;
  if (act !== 'drain') return null;
  forceDrain(sim, n);
  return drain(sim, n);
}

function failedIf(message: string | null): Problem {
  return message === null ? null : { status: 'failed', message };
}

/** Replication, volumes and backups of a service. */
function changeData(
  sim: Sim,
  { act, seconds }: Extract<Effect, { kind: 'data' }>,
  s: number,
  ordinal: number,
): Problem {
  const { model, state, incident } = sim;
  const takes = seconds ? incident.noise.logNormal(seconds, STREAM.execution, 65536 + ordinal, 0) : 0;
  const refused = (message: string): Problem => ({ status: 'refused', message: `error: ${message}` });
  const name = model.topology.ids[s]!;
  if (REPLICATION_ACTS.has(act) && !model.topology.replicated[s])
    return refused(`"${name}" has no replicas of its data`);
  if (VOLUME_ACTS.has(act) && !model.topology.volumes[s]) return refused(`"${name}" has no volume`);
  switch (act) {
    case 'fence':
      fence(sim, s);
      return null;
    case 'promote':
      return failedIf(promote(sim, s));
    case 'repoint':
      repoint(sim, s);
      return null;
    case 'rebuild':
      return failedIf(rebuild(sim, s, takes)) ?? waitReady(sim, s, WAIT_ROLLOUT);
    case 'verify-backup':
      if (backupOf(model, state, s) === 'none') return refused(`no backup of "${name}"`);
      runUntil(sim, state.time + takes);
      state.backupVerified[s] = 1;
      return null;
    case 'restore-backup':
      return failedIf(restoreBackup(sim, s, takes)) ?? roll(sim, s, 'rolling');
    case 'reattach':
      runUntil(sim, state.time + takes);
      return null;
    case 'expand':
      expand(sim, s);
      return null;
  }
}

const REPLICATION_ACTS: ReadonlySet<string> = new Set(['fence', 'promote', 'rebuild']);
const VOLUME_ACTS: ReadonlySet<string> = new Set(['reattach', 'expand']);

/** Evicts the pods of a node one after another, each service's next one when its last is ready again. */
function drain(sim: Sim, n: number): Problem {
  const { model, state } = sim;
  let late = false;
  for (let p = 0; p < state.layout.pods; p++) {
    if (state.podPhase[p]! < PHASE.starting || state.podNode[p] !== n) continue;
    const s = model.podService[p]!;
    state.touched[s] = 1;
    if (p - model.podBase[s]! >= state.desired[s]!) removePod(sim, p);
    else createPod(sim, p);
    settle(sim);
    if (!late && !waitPod(sim, p, model.constants.pods.rolloutStep.value)) late = true;
    if (late) return { status: 'timed-out', message: `error: timed out while draining "node-${n + 1}"` };
  }
  for (let s = 0; s < state.layout.services; s++) retryService(sim, s);
  return null;
}
