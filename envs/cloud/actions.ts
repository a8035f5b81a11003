import { runNext, runUntil, settle } from './dynamics.js';
import { accountLimit, closeGuard, countViolation, openGuard } from './harm.js';
import { hasPreviousVersion } from './incident.js';
import type { Outcome, PrimitiveCall } from './interface.js';
import { STREAM } from './noise.js';
import { deactivate } from './onset.js';
import {
  createPod,
  NO_NODE,
  removePod,
  retryService,
  type Sim,
  scheduleRetries,
  setDesired,
} from './pods.js';
import type { Effect, Primitive } from './primitives.js';
import { MAX_NODES, PHASE } from './state.js';

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
  runUntil(sim, state.time + duration);
  const lucky =
    sim.incident.noise.unit(STREAM.execution, ordinal, 4 * primitive.index + 3) >= primitive.failure;
  let problem: Problem = lucky
    ? null
    : { status: 'failed', message: 'error from server: the request was not completed' };
  for (const effect of primitive.effects) {
    if (problem) break;
    problem = apply(sim, effect, target);
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

function apply(sim: Sim, effect: Effect, target: number): Problem {
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
    case 'wait':
      return waitReady(sim, target, WAIT_ROLLOUT);
    case 'node':
      return changeNode(sim, target, effect.act);
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

/** Replaces the wanted pods of a service. */
function roll(sim: Sim, s: number, mode: 'rolling' | 'at-once' | 'move'): Problem {
  const { model, state } = sim;
  const from = model.podBase[s]!;
  const pods = Array.from({ length: state.desired[s]! }, (_, i) => from + i);
  state.touched[s] = 1;
  if (mode === 'at-once' || (mode === 'rolling' && strategyIsBad(sim, s))) {
    for (const p of pods) createPod(sim, p);
    settle(sim);
    return waitReady(sim, s, WAIT_ROLLOUT);
  }
  if (mode === 'move') {
    for (const p of pods) if (state.podNode[p] !== NO_NODE) state.avoid[s]! |= 1 << state.podNode[p]!;
  }
  // Pods that do not serve first: replacing them costs nothing.
  pods.sort(
    (a, b) => Number(state.podPhase[a] === PHASE.ready) - Number(state.podPhase[b] === PHASE.ready) || a - b,
  );
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

function setLimit(sim: Sim, s: number, set: boolean): void {
  const { state } = sim;
  accountLimit(sim, s);
  state.limited[s] = set ? 1 : 0;
  state.limitSince[s] = set ? state.time : Number.NaN;
  state.dirty[s] = 1;
}

function changeNode(sim: Sim, n: number, act: 'cordon' | 'uncordon' | 'drain' | 'add'): Problem {
  const { model, state } = sim;
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
  return act === 'drain' ? drain(sim, n) : null;
}

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
