import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FLAG } from '../../../envs/cloud/backlog.js';
import { loadCloudModel } from '../../../envs/cloud/build.js';
import { settle } from '../../../envs/cloud/dynamics.js';
import { computeFlow } from '../../../envs/cloud/flow.js';
import type { Sim } from '../../../envs/cloud/sim.js';
import { PHASE } from '../../../envs/cloud/state.js';
import { topologyNames } from '../../../envs/cloud/topology.js';
import { fresh, pooledBy } from './steady.js';

const plain = topologyNames().map((topology) =>
  loadCloudModel({ topology, overlay: 'production', prior: 'uniform' }),
);
/** With pools of connections that hold everything up, too. */
const models = [...plain, ...plain.map((model) => pooledBy(model, 1 / 15))];

interface Disturbance {
  readonly service: number;
  readonly kind: number;
  readonly severity: number;
}

/** Anything that can be wrong, anywhere, together: attributes, loads on pods, pods away, limits, demand. */
const disturbances = fc.record({
  topology: fc.nat(models.length - 1),
  load: fc.double({ min: 0, max: 6, noNaN: true }),
  list: fc.array(
    fc.record({
      service: fc.nat(1000),
      kind: fc.nat(1000),
      severity: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
    { maxLength: 12 },
  ),
});

function disturb({ model, state }: Sim, { service, kind, severity }: Disturbance): void {
  const s = service % model.topology.ids.length;
  const { attributes } = model.table;
  const choice = kind % (attributes.length + 5);
  const from = model.podBase[s]!;
  state.dirty[s] = 1;
  state.levels = true;
  if (choice < attributes.length) {
    const attribute = attributes[choice]!;
    state.severity[s * attributes.length + choice] = severity;
    if (attribute.carrier !== 'process' && state.active[s * attributes.length + choice] === 0) {
      state.active[s * attributes.length + choice] = 1;
      state.activeCount[s]!++;
    }
    if (attribute.carrier === 'nodes') state.badNodes[s] = 1 << state.podNode[from]!;
    if (attribute.bit !== 0) state.podLoad[from]! |= attribute.bit;
  } else if (choice === attributes.length) {
    for (let p = from; p < from + 1 + (kind % 3); p++) state.podPhase[p] = PHASE.pending;
  } else if (choice === attributes.length + 1) state.limited[s] = 1;
  else if (choice === attributes.length + 2) state.work[s] = 1000 * severity * model.baseLoad[s]!;
  else if (choice === attributes.length + 3) state.broken[s] = 1;
  else state.podStage[from] = kind % 4;
}

/** What is attempted on an edge is lost, shed, kept for later, failed or answered; each in the edge's part of what arrives. */
function conservedOn({ model, state }: Sim, e: number): boolean {
  const callee = model.topology.edgeTo[e]!;
  const arrivals = state.arrivals[callee]!;
  if (arrivals === 0 || state.broken[callee] === 1) return true;
  const part = state.edgeAttempts[e]! / arrivals;
  const lost = state.arrivals[callee]! * state.inFail[callee]!;
  const answered = state.served[callee]! - state.failed[callee]!;
  const all = lost + state.shed[callee]! + state.queued[callee]! + state.failed[callee]! + answered;
  return close(state.edgeAttempts[e]!, part * all);
}

/** The solver stops when no failure probability changes by more than 1e-5 between its passes. */
const close = (a: number, b: number): boolean =>
  Math.abs(a - b) <= 1e-4 * Math.max(1, Math.abs(a), Math.abs(b));

describe('flow', () => {
  it('is conserved: what arrives at a service is lost on the way, shed, kept for later, failed or answered', () => {
    fc.assert(
      fc.property(disturbances, ({ topology, load, list }) => {
        const sim = fresh(models[topology]!);
        sim.state.load = load;
        for (const item of list) disturb(sim, item);
        settle(sim);
        const { state } = sim;
        for (let s = 0; s < state.layout.services; s++) {
          const lost = state.arrivals[s]! * state.inFail[s]!;
          const queued = state.queued[s]!;
          const answered = state.served[s]! - state.failed[s]!;
          if (!close(state.arrivals[s]!, lost + state.shed[s]! + queued + state.failed[s]! + answered))
            return false;
          // Without a backlog an attempt succeeds in the share in which attempts are answered.
          if (state.workFlags[s] === 0 && state.headBlocked[s] === 0 && queued === 0) {
            if (!close(answered, state.arrivals[s]! * state.success[s]!)) return false;
          }
          if (answered < -1e-9 || (queued < -1e-9 && (state.workFlags[s]! & FLAG.waiting) === 0))
            return false;
          if (state.served[s]! > state.capacity[s]! + 1e-9 || state.shed[s]! < -1e-9) return false;
        }
        return true;
      }),
      { numRuns: 300, seed: 20 },
    );
  });

  it('is conserved on every edge: attempts are calls and their retries, and arrive unless lost at the caller', () => {
    fc.assert(
      fc.property(disturbances, ({ topology, load, list }) => {
        const sim = fresh(models[topology]!);
        const { model } = sim;
        sim.state.load = load;
        for (const item of list) disturb(sim, item);
        settle(sim);
        const { state } = sim;
        const { edgeTo, edgeFrom, edgeCritical, edgeStart, entry } = model.topology;
        const arrivals = new Float64Array(state.layout.services);
        arrivals[entry] = state.offered;
        for (let e = 0; e < edgeTo.length; e++) {
          // Try k is made when the k before it have failed.
          const most =
            edgeCritical[e] === 1 && state.broken[edgeTo[e]!] === 0 ? state.retriesTo[edgeTo[e]!]! : 0;
          let attempts = 0;
          for (let k = 0; k <= most; k++) attempts += state.edgeCalls[e]! * state.edgeFail[e]! ** k;
          if (!close(state.edgeAttempts[e]!, attempts)) return false;
          if (!conservedOn(sim, e)) return false;
          if (state.broken[edgeTo[e]!] === 1) continue;
          const caller = edgeFrom[e]!;
          const hit = state.outOne[caller] === 0 || state.outOne[caller] === 1 + e - edgeStart[caller]!;
          arrivals[edgeTo[e]!]! += state.edgeAttempts[e]! * (1 - (hit ? state.outFail[caller]! : 0));
        }
        return arrivals.every((value, s) => close(value, state.arrivals[s]!));
      }),
      { numRuns: 300, seed: 21 },
    );
  });

  it('gives ratios in [0, 1] and finite, non-negative times, whatever is wrong', () => {
    fc.assert(
      fc.property(disturbances, ({ topology, load, list }) => {
        const sim = fresh(models[topology]!);
        sim.state.load = load;
        for (const item of list) disturb(sim, item);
        settle(sim);
        const { state } = sim;
        const ratio = (value: number): boolean => value >= 0 && value <= 1 + 1e-12;
        const time = (value: number): boolean => Number.isFinite(value) && value >= 0;
        return (
          ratio(state.sloSuccess) &&
          time(state.sloP99) &&
          state.success.every(ratio) &&
          state.edgeLoss.every(ratio) &&
          state.meanMs.every(time) &&
          state.varMs.every(time)
        );
      }),
      { numRuns: 300, seed: 22 },
    );
  });

  it('is the same whether all services are solved anew or only those that a change reaches', () => {
    fc.assert(
      fc.property(disturbances, ({ topology, load, list }) => {
        // Pools that hold everything up are known to an interval only.
        const sim = fresh(plain[topology % plain.length]!);
        settle(sim);
        sim.state.load = load;
        sim.state.dirty[sim.model.topology.entry] = 1;
        settle(sim);
        for (const item of list) {
          disturb(sim, item);
          settle(sim);
        }
        const { state } = sim;
        const before = [state.sloSuccess, state.sloP99, ...state.success, ...state.meanMs, ...state.arrivals];
        state.ownLoad.fill(Number.NaN);
        computeFlow(sim.model, state);
        const after = [state.sloSuccess, state.sloP99, ...state.success, ...state.meanMs, ...state.arrivals];
        return before.every((value, i) => Math.abs(value - after[i]!) <= 1e-3 * Math.max(1, Math.abs(value)));
      }),
      { numRuns: 200, seed: 23 },
    );
  });

  it('never serves the entry better for losing capacity', () => {
    for (const model of models) {
      const healthySim = fresh(model);
      settle(healthySim);
      for (let s = 0; s < model.topology.ids.length; s++) {
        const sim = fresh(model);
        sim.state.podPhase[model.podBase[s]!] = PHASE.pending;
        settle(sim);
        expect(sim.state.sloSuccess).toBeLessThanOrEqual(healthySim.state.sloSuccess + 1e-9);
      }
    }
  });
});
