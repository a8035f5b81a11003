import { activate, autoscale } from './activation.js';
import { aggregate } from './aggregate.js';
import { updateAlerts } from './alerts.js';
import { advanceWork, flagWork, planWork, workEvent } from './backlog.js';
import { followCache } from './cache.js';
import { computeFlow } from './flow.js';
import { trackLevels } from './levels.js';
import { keepScrape, measure } from './measure.js';
import { evict, nodeEvicts, nodeNotReady } from './nodes.js';
import { STREAM } from './noise.js';
import { perform } from './onset.js';
import { leakEvent, lifeEnds, podEvent, replaceWarm, retryService, setDesired } from './pods.js';
import { EVENT } from './queue.js';
import { followLag } from './replication.js';
import type { Sim } from './sim.js';
import { PHASE } from './state.js';
import { track, trackReplicas } from './track.js';

const event = new Int32Array(4);

/** Runs the simulation up to a time: every event due, and what follows from it, in order. */
export function runUntil(sim: Sim, time: number): void {
  const { state } = sim;
  while (state.queue.nextTime <= time) runNext(sim);
  if (time > state.time) state.time = time;
}

/** Processes the events of the next instant. */
export function runNext(sim: Sim): void {
  const { state } = sim;
  const instant = state.queue.nextTime;
  do {
    const at = state.queue.pop(event);
    if (at > state.time) state.time = at;
    handle(sim, event[0]!, event[1]!, event[2]!, event[3]!);
  } while (state.queue.nextTime === instant);
  settle(sim);
}

function handle(sim: Sim, kind: number, a: number, b: number, c: number): void {
  const { state } = sim;
  switch (kind) {
    case EVENT.pod:
      if (state.podStamp[a] === b) podEvent(sim, a);
      break;
    case EVENT.taint:
      if (state.podStamp[a] === b) setLoad(sim, a, state.podLoad[a]! | c);
      break;
    case EVENT.expire:
      if (state.podStamp[a] === b) setLoad(sim, a, state.podLoad[a]! & ~c);
      break;
    case EVENT.leak:
      if (state.podStamp[a] === b) leakEvent(sim, a, c);
      break;
    case EVENT.actor:
      actorStrikes(sim, a);
      break;
    case EVENT.death:
      podDies(sim);
      break;
    case EVENT.retry:
      retryService(sim, a);
      break;
    case EVENT.replay:
      for (const act of sim.incident.injections[a]!.variant.replay) {
        perform(sim, sim.incident.injections[a]!.target, act, 7);
      }
      break;
    case EVENT.lifeEnds:
      if (state.podStamp[a] === b) lifeEnds(sim, a, c);
      break;
    case EVENT.autoscale:
      autoscale(sim, a);
      break;
    case EVENT.downscale:
      downscale(sim, a);
      break;
    case EVENT.nodeNotReady:
      nodeNotReady(sim, a, b);
      break;
    case EVENT.nodeEvicts:
      nodeEvicts(sim, a, b);
      break;
    case EVENT.evict:
      if (state.podStamp[a] === b) evict(sim, a);
      break;
    case EVENT.level:
      state.dirty[a] = 1;
      break;
    case EVENT.drill:
      if (state.podPhase[a] === PHASE.ready) replaceWarm(sim, a);
      break;
    case EVENT.work:
      if (state.workStamp[a] === b) workEvent(sim, a);
      break;
    case EVENT.cache:
      if (state.hitStamp[a] === b) state.dirty[a] = 1;
      break;
    case EVENT.stallEnds:
      state.stall[a] = 1;
      state.dirty[a] = 1;
      break;
  }
}

/** The autoscaler takes extra replicas away when the baseline carries the load at no more than 85 % of its capacity. */
function downscale(sim: Sim, s: number): void {
  const { model, state } = sim;
  const baseline = model.topology.replicas[s]!;
  if (state.desired[s]! <= baseline || state.readyPods[s] === 0) return;
  const capacity = (state.capacity[s]! * baseline) / state.readyPods[s]!;
  if (state.reached[s]! <= 0.85 * capacity) setDesired(sim, s, baseline);
}

function setLoad(sim: Sim, p: number, load: number): void {
  const { model, state } = sim;
  if (state.podPhase[p] !== PHASE.ready || state.podLoad[p] === load) return;
  state.podLoad[p] = load;
  state.dirty[model.podService[p]!] = 1;
}

/** The scheduled job runs: if nobody suspended it, its setting is applied again. */
function actorStrikes(sim: Sim, ordinal: number): void {
  const { model, incident, state } = sim;
  const injection = incident.injections[ordinal]!;
  const A = model.table.attributes.length;
  const alive = injection.variant.conditions.some(
    (condition) =>
      condition.condition === 'actor-active' &&
      condition.attribute &&
      state.active[injection.target * A + condition.attribute.index] === 1,
  );
  if (!alive) return;
  for (const attribute of injection.variant.actor!.applies) {
    const severity = state.severity[injection.target * A + attribute.index]!;
    activate(sim, injection.target, attribute.index, severity);
  }
  for (const act of injection.variant.actor!.acts) perform(sim, injection.target, act, 9);
  state.queue.push(state.time + injection.actorPeriod, EVENT.actor, ordinal);
}

/** Schedules the next death of a pod by itself. */
export function scheduleDeath(sim: Sim): void {
  const { model, incident, state } = sim;
  // A slot is drawn, absent ones too: the rate is one pod of the baseline, and scaling out does not change it.
  const mean = (model.constants.pods.deathEvery.value * model.baselinePods) / state.layout.pods;
  const gap = incident.noise.exponential(mean, STREAM.death, state.deaths, 0);
  state.queue.push(state.time + gap, EVENT.death);
}

function podDies(sim: Sim): void {
  const { incident, state } = sim;
  const p = incident.noise.index(state.layout.pods, STREAM.death, state.deaths, 1);
  state.deaths++;
  if (state.podPhase[p] === PHASE.ready) replaceWarm(sim, p);
  scheduleDeath(sim);
}

/** 1 for the services that the present settling looks at anew. */
let looked = new Uint8Array(64);

/** After a change: aggregates of the services concerned, flow, what is measured, alerts, and the record of health. */
export function settle(sim: Sim): void {
  const { model, incident, state } = sim;
  const S = state.layout.services;
  let any = false;
  if (state.levels) advanceWork(sim);
  if (looked.length < S) looked = new Uint8Array(2 * S);
  for (let s = 0; s < S; s++) {
    looked[s] = state.dirty[s]!;
    if (state.dirty[s] === 0) continue;
    state.dirty[s] = 0;
    any = true;
    followCache(sim, s);
    aggregate(model, incident, state, s);
    trackReplicas(sim, s);
    if (model.topology.replicated[s]) followLag(sim, s);
    if (state.guard && state.readyPods[s]! < state.guardLeast[s]!) state.guardLeast[s] = state.readyPods[s]!;
  }
  if (!any) return;
  keepScrape(sim);
  if (state.levels) flagWork(sim);
  computeFlow(model, state);
  if (state.levels) {
    planWork(sim);
    trackLevels(sim);
  }
  updateAlerts(sim, measure(sim, looked));
  track(sim);
  state.changedAt = state.time;
}
