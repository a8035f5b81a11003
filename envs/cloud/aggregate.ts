import { readThrough } from './cache.js';
import { type Attribute, at, MODE_REFUSED } from './conditions.js';
import type { Incident } from './incident.js';
import type { CloudModel } from './model.js';
import { primaryServes } from './replication.js';
import { type CloudState, PHASE } from './state.js';
import { isFull } from './storage.js';

/** Share of its capacity that a pod keeps at each stage of a leak (collection takes the rest; at last no connection is left); assumption. */
const LEAK_CAPACITY = [1, 0.85, 0.5, 0.1] as const;
/** Factor on own latency at each stage of a leak; assumption. */
const LEAK_LATENCY = [1, 1.5, 4, 8] as const;
/** Load shares of a group of pods are even, so averages over ready pods are averages over requests. */

/** Recomputes what a service's pods and conditions come to: capacity, errors, latency, failing edges. */
export function aggregate(model: CloudModel, incident: Incident, state: CloudState, s: number): void {
  state.ownLoad[s] = Number.NaN;
  const unready = serviceAttributes(model, incident, state, s);
  const from = model.podBase[s]!;
  const to = model.podBase[s + 1]!;
  const badNodes = state.badNodes[s]!;
  // A zone that traffic is kept off keeps its stateful pods: clients follow the data.
  const shifted = model.topology.stateful[s] ? 0 : state.shiftedNodes;
  const struck = state.struck[s]!;
  let ready = 0;
  let idle = 0;
  let good = 0;
  let capacity = 0;
  let errors = 0;
  let latency = 0;
  let cpu = 0;
  let inFail = 0;
  let outFail = 0;
  let delayed = 0;
  // Load whose effects `carried` holds, -1 when it holds more than those of a load.
  let known = -1;
  for (let p = from; p < to; p++) {
    if (state.podPhase[p] !== PHASE.ready || unready) continue;
    ready++;
    const stage = state.podStage[p]!;
    const load = state.podLoad[p]!;
    const fault = state.nodeFault[state.podNode[p]!]!;
    if (shifted !== 0 && (shifted >> state.podNode[p]!) & 1) {
      idle++;
      if (load === 0 && stage === 0) good++;
      continue;
    }
    if (load === 0 && fault === 0 && ((struck >> (p - from)) & 1) === 0) {
      if (stage === 0) good++;
      capacity += LEAK_CAPACITY[stage]!;
      latency += LEAK_LATENCY[stage]!;
      cpu += 1;
    } else {
      if (load === 0 && stage === 0) good++;
      // Pods of a service mostly carry the same.
      if (load !== known) carry(model, state, s, load);
      known = load;
      if (fault !== 0) {
        carryOne(model.table.attributes[fault - 1]!, state.nodeSeverity[state.podNode[p]!]!);
        known = -1;
      }
      if ((struck >> (p - from)) & 1) {
        carryCopies(model, state, s);
        known = -1;
      }
      capacity += LEAK_CAPACITY[stage]! * carried.capacity;
      latency += LEAK_LATENCY[stage]! * carried.latency;
      cpu += carried.cpu;
      errors += carried.errors;
      inFail += carried.inFail;
      outFail += carried.outFail;
      if (carried.inFail > 0) state.inMode[s] = carried.inMode;
      if (carried.outFail > 0) {
        state.outMode[s] = carried.outMode;
        state.outOne[s] = carried.outOne ? 1 + incident.dependency(model, s) : 0;
      }
    }
    if (badNodes !== 0 && (badNodes >> state.podNode[p]!) & 1) delayed++;
  }
  state.readyPods[s] = ready;
  state.goodPods[s] = good;
  ready -= idle;
  if (ready === 0) {
    state.capacity[s] = 0;
    state.inMode[s] = state.inFail[s]! > 0 ? state.inMode[s]! : MODE_REFUSED;
    state.inFail[s] = 1;
    state.delayShare[s] = 0;
    return;
  }
  state.capacity[s]! *= capacity * model.podCapacity[s]!;
  state.ownError[s] = union(state.ownError[s]!, errors / ready);
  if (serviceWide.writesFail || (model.topology.replicated[s] && !primaryServes(model, state, s))) {
    state.ownError[s] = union(state.ownError[s]!, model.writeShare[s]!);
  }
  state.ownLatency[s]! *= latency / ready;
  state.ownCpu[s]! *= cpu / ready;
  state.inFail[s] = union(state.inFail[s]!, inFail / ready);
  state.outFail[s] = union(state.outFail[s]!, outFail / ready);
  state.delayShare[s] = delayed / ready;
  if (serviceWide.lossShare > 0 && delayed > 0) {
    state.inFail[s] = union(state.inFail[s]!, (serviceWide.lossShare * delayed) / ready);
    state.inMode[s] = serviceWide.lossMode;
  }
}

/** Resets a service's aggregates to what its service-wide attributes make of them. Returns whether none of its pods is ready. */
function serviceAttributes(model: CloudModel, incident: Incident, state: CloudState, s: number): boolean {
  state.capacity[s] = state.stall[s]! * readThrough(model, state, s);
  state.ownError[s] = 0;
  state.ownLatency[s] = 1;
  state.ownCpu[s] = 1;
  state.inFail[s] = 0;
  state.outFail[s] = 0;
  state.outOne[s] = 0;
  state.delayMs[s] = 0;
  plainWork(model, state, s);
  let unready = false;
  serviceWide.lossShare = 0;
  serviceWide.writesFail = false;
  if (state.activeCount[s] === 0) return false;
  const A = model.table.attributes.length;
  let left = state.activeCount[s]!;
  for (let a = 0; left > 0; a++) {
    if (state.active[s * A + a] === 0) continue;
    left--;
    const attribute = model.table.attributes[a]!;
    if (attribute.delayFactor) {
      state.delayMs[s] = at(attribute.delayFactor, state.severity[s * A + a]!) * model.baseEntryMeanMs;
    }
    const severity = state.severity[s * A + a]!;
    if (attribute.carrier === 'nodes' && attribute.inbound) {
      serviceWide.lossShare = at(attribute.inbound.share, severity);
      serviceWide.lossMode = attribute.inbound.mode;
    }
    if (attribute.carrier !== 'service') continue;
    if (failsWrites(attribute, state, s)) serviceWide.writesFail = true;
    if (attribute.errors) state.ownError[s] = union(state.ownError[s]!, at(attribute.errors, severity));
    workAttribute(model, state, s, attribute, severity);
    unready ||= attribute.unready;
    if (attribute.capacity) state.capacity[s]! *= at(attribute.capacity, 1 - severity);
    if (attribute.latency) state.ownLatency[s]! *= at(attribute.latency, severity);
    if (attribute.cpu) state.ownCpu[s]! *= at(attribute.cpu, severity);
    if (attribute.inbound) {
      state.inFail[s] = union(state.inFail[s]!, at(attribute.inbound.share, severity));
      state.inMode[s] = attribute.inbound.mode;
    }
    if (attribute.outbound) {
      state.outFail[s] = union(state.outFail[s]!, at(attribute.outbound.share, severity));
      state.outMode[s] = attribute.outbound.mode;
      if (attribute.outbound.one) state.outOne[s] = 1 + incident.dependency(model, s);
    }
  }
  return unready;
}

/** How a service deals with work on a normal day: a queue keeps what it cannot do at once, others shed it. */
export function plainWork({ constants, topology, baseLoad }: CloudModel, state: CloudState, s: number): void {
  const { timeoutSeconds, retries, queueDeadline, queueLimit } = constants.performance;
  const queue = topology.kinds[s] === 'queue';
  // What has come behind a blocked head stays in its partitions until it is done.
  if (state.work[s] === 0) state.workShare[s] = 1;
  state.workLimit[s] = queue ? queueLimit.value * baseLoad[s]! : 0;
  state.deadline[s] = queue ? queueDeadline.value : timeoutSeconds.value;
  state.retriesTo[s] = retries.value;
  state.headBlocked[s] = 0;
  state.syncHeld[s] = 0;
  state.inflow[s] = 0;
}

/** What an attribute makes of it. */
function workAttribute(
  { baseLoad }: CloudModel,
  state: CloudState,
  s: number,
  attribute: Attribute,
  severity: number,
): void {
  if (attribute.retries) state.retriesTo[s] = Math.round(at(attribute.retries, severity));
  if (attribute.deadline) state.deadline[s] = at(attribute.deadline, 1 - severity);
  if (attribute.queues) state.workLimit[s] = at(attribute.queues, severity) * baseLoad[s]!;
  if (attribute.inflow) state.inflow[s] = at(attribute.inflow, severity) * baseLoad[s]!;
  if (attribute.blocks) {
    state.headBlocked[s] = 1;
    state.workShare[s] = at(attribute.blocks, severity);
  }
  if (attribute.controller || attribute.api) {
    state.syncHeld[s] = 1;
    state.levels = true;
  }
}

/** What the degraded nodes of the service lose, and whether its writes fail, as last seen by `serviceAttributes`. */
const serviceWide = { lossShare: 0, lossMode: 0, writesFail: false };

/** Whether writes fail by an active attribute now: a full volume only when it is full, moved clients only when the primary moved. */
function failsWrites(attribute: Attribute, state: CloudState, s: number): boolean {
  if (attribute.fills) return isFull(state, s);
  if (attribute.writes === 'at-old-primary') return state.clientsAt[s] !== state.primary[s];
  return attribute.writes === 'fail';
}

/** Adds to `carried` what a struck copy of the data does. */
function carryCopies(model: CloudModel, state: CloudState, s: number): void {
  const A = model.table.attributes.length;
  for (const attribute of model.table.copies) {
    if (state.active[s * A + attribute.index] === 1)
      carryOne(attribute, state.severity[s * A + attribute.index]!);
  }
}

const carried = {
  capacity: 1,
  latency: 1,
  cpu: 1,
  errors: 0,
  inFail: 0,
  inMode: 0,
  outFail: 0,
  outMode: 0,
  outOne: false,
};

/** Combines the attributes of a pod's load word into `carried`. */
function carry(model: CloudModel, state: CloudState, s: number, load: number): void {
  carried.capacity = 1;
  carried.latency = 1;
  carried.cpu = 1;
  carried.errors = 0;
  carried.inFail = 0;
  carried.outFail = 0;
  carried.outOne = false;
  const A = model.table.attributes.length;
  for (const attribute of model.table.byBit) {
    if ((load & attribute.bit) !== 0) carryOne(attribute, state.severity[s * A + attribute.index]!);
  }
}

function carryOne(attribute: Attribute, severity: number): void {
  if (attribute.capacity) carried.capacity *= at(attribute.capacity, 1 - severity);
  if (attribute.latency) carried.latency *= at(attribute.latency, severity);
  if (attribute.cpu) carried.cpu *= at(attribute.cpu, severity);
  if (attribute.errors) carried.errors = union(carried.errors, at(attribute.errors, severity));
  if (attribute.inbound) {
    carried.inFail = union(carried.inFail, at(attribute.inbound.share, severity));
    carried.inMode = attribute.inbound.mode;
  }
  if (attribute.outbound) {
    carried.outFail = union(carried.outFail, at(attribute.outbound.share, severity));
    carried.outMode = attribute.outbound.mode;
    carried.outOne = attribute.outbound.one;
  }
}

/** Probability that at least one of two independent things happens. */
export function union(a: number, b: number): number {
  return a + b - a * b;
}
