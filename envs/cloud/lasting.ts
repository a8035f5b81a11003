import { union } from './aggregate.js';
import { type Attribute, at } from './conditions.js';
import { controllerOf } from './controllers.js';
import { callsSucceed, retriesOn } from './flow.js';
import { EVENT } from './queue.js';
import type { Sim } from './sim.js';
import { PHASE } from './state.js';
import { inForce } from './track.js';

/**
 * Trouble that no event ends, so that an incident on which nobody acts any more need not be run to its horizon to know that it does
 * not recover. Whatever is not certain is left to the run: a no here says nothing.
 */

/** Distance from the objective at which a bound on the success is trusted; the solver settles to within a hundredth of it. */
const MARGIN = 1e-3;

/** Whether what is wrong now stays wrong until an operator does something. */
export function lasts(sim: Sim): boolean {
  const { model, state } = sim;
  if (state.time >= model.constants.horizon.cap.value) return false;
  if (!state.well && inForce(sim)) return true;
  if (state.lowServices > 0 && podsStayAway(sim)) return true;
  return !state.sloHealthy && mostSuccess(sim) < model.constants.slo.success.value - MARGIN;
}

/** An attribute that is active and that no event switches off: not one of a session or a level, nor the mark of a primary that is away. */
function stays({ carrier, condition, session, tracks, writes }: Attribute): boolean {
  return !session && !tracks && !(condition === 'primary-down' && carrier === 'service' && !writes);
}

/** Calls back for every attribute of a service that is active and stays. */
function eachLasting(sim: Sim, s: number, visit: (attribute: Attribute, severity: number) => void): void {
  const { model, state } = sim;
  if (state.activeCount[s] === 0) return;
  const base = s * state.layout.attributes;
  for (const attribute of model.table.attributes) {
    if (state.active[base + attribute.index] === 1 && stays(attribute))
      visit(attribute, state.severity[base + attribute.index]!);
  }
}

/** Whether some service has fewer pods than at baseline and cannot get them. */
function podsStayAway(sim: Sim): boolean {
  const { model, state } = sim;
  for (let s = 0; s < state.layout.services; s++) {
    if (!Number.isNaN(state.lowSince[s]!) && mostPods(sim, s) < model.topology.replicas[s]!) return true;
  }
  return false;
}

/** The most pods of a service that can ever be ready, as things are. */
function mostPods(sim: Sim, s: number): number {
  const { model, state } = sim;
  let unready = false;
  let blocked = false;
  let unplaced = false;
  eachLasting(sim, s, (attribute) => {
    unready ||= attribute.unready && attribute.carrier === 'service';
    blocked ||= attribute.start !== 0 && attribute.carrier !== 'copies';
    unplaced ||= attribute.denyPlacement;
  });
  if (unready) return 0;
  const refused =
    state.quotaBlocks + state.webhookBlocks + state.addressBlocks > 0 || controllerOf(sim, s) !== 'working';
  // An autoscaler may want more pods than are wanted now.
  const wanted = state.queue.holds(EVENT.autoscale, s) ? model.topology.replicas[s]! : state.desired[s]!;
  let most = 0;
  for (let p = model.podBase[s]!; p < model.podBase[s]! + wanted; p++) {
    const phase = state.podPhase[p]!;
    const runs = phase === PHASE.ready || phase === PHASE.lost;
    const placed = runs || phase >= PHASE.starting;
    const away = phase === PHASE.absent || phase === PHASE.blocked;
    if ((blocked && !runs) || (unplaced && !placed) || (refused && away)) continue;
    most++;
  }
  return most;
}

/** What lasting attributes do to the requests of each service, by the share that fails: in it, before it, out of it. */
let own = new Float64Array(64);
let into = new Float64Array(64);
let out = new Float64Array(64);
/** 1 + number of the one edge out of a service that fails, 0 when all do. */
let outOne = new Uint8Array(64);
let success = new Float64Array(64);

/**
 * The most success that the entry can have, if everything else were well: the flow's equations for success over the failures that stay.
 * 1 where an actor may yet change how often callers try.
 */
function mostSuccess(sim: Sim): number {
  const { model, incident, state } = sim;
  const { order, edgeStart, edgeTo, edgeWeight, edgeCritical, entry } = model.topology;
  if (incident.injections.some(({ variant }) => variant.actor)) return 1;
  lastingFailures(sim);
  const background = model.constants.performance.baseError.value;
  for (let k = order.length - 1; k >= 0; k--) {
    const s = order[k]!;
    let all = (1 - into[s]!) * (1 - own[s]!) * (1 - background);
    for (let e = edgeStart[s]!; e < edgeStart[s + 1]!; e++) {
      if (edgeCritical[e] === 0) continue;
      const callee = edgeTo[e]!;
      const one = outOne[s]!;
      const lost = one === 0 || one === 1 + e - edgeStart[s]! ? out[s]! : 0;
      // Each of the tries is lost with probability f; the first that is not decides.
      const f = 1 - (1 - lost) * (1 - into[callee]!);
      const answered = into[callee] === 1 ? 0 : success[callee]! / (1 - into[callee]!);
      all *= callsSucceed(edgeWeight[e]!, 1 - answered * (1 - f ** (1 + retriesOn(state, callee))));
    }
    success[s] = all;
  }
  return success[entry]!;
}

function lastingFailures(sim: Sim): void {
  const { model, incident, state } = sim;
  const S = state.layout.services;
  if (own.length < S) {
    own = new Float64Array(2 * S);
    into = new Float64Array(2 * S);
    out = new Float64Array(2 * S);
    outOne = new Uint8Array(2 * S);
    success = new Float64Array(2 * S);
  }
  for (let s = 0; s < S; s++) {
    own[s] = 0;
    into[s] = 0;
    out[s] = 0;
    outOne[s] = 0;
    eachLasting(sim, s, (attribute, severity) => {
      if (!strikesAll(sim, s, attribute)) return;
      if (attribute.unready) into[s] = 1;
      if (attribute.errors) own[s] = union(own[s]!, at(attribute.errors, severity));
      if (attribute.writes === 'fail' && !attribute.fills) own[s] = union(own[s]!, model.writeShare[s]!);
      if (attribute.inbound) into[s] = union(into[s]!, at(attribute.inbound.share, severity));
      // Of several faults of the way out one is reckoned with: they may concern different callees.
      if (attribute.outbound && out[s] === 0) {
        out[s] = at(attribute.outbound.share, severity);
        outOne[s] = attribute.outbound.one ? 1 + incident.dependency(model, s) : 0;
      }
    });
  }
}

/** Whether an attribute acts on every request of a service: by itself, or since all pods carry it and every new one takes it on. */
function strikesAll({ model, state }: Sim, s: number, attribute: Attribute): boolean {
  if (attribute.carrier === 'service') return true;
  if (attribute.carrier !== 'pods' || attribute.bit === 0 || attribute.after || attribute.expires)
    return false;
  for (let p = model.podBase[s]!; p < model.podBase[s + 1]!; p++) {
    if (state.podPhase[p] === PHASE.lost) return false;
    if (state.podPhase[p] === PHASE.ready && (state.podLoad[p]! & attribute.bit) === 0) return false;
  }
  return true;
}
