import { isCached } from './cache.js';
import type { Sim } from './sim.js';
import { PHASE } from './state.js';

/** Puts a healthy system into the state: baseline pods ready on their nodes, everything current. */
export function healthy(sim: Sim): void {
  const { model, state } = sim;
  const { topology } = model;
  state.nodes = topology.nodes.length;
  for (let n = 0; n < state.nodes; n++) state.nodeReady[n] = 1;
  state.podNextAt.fill(Number.NaN);
  state.podLeakFrom.fill(Number.NaN);
  state.podCrashAt.fill(Number.NEGATIVE_INFINITY);
  state.podNode.fill(255);
  state.alertSince.fill(Number.NaN);
  state.limitSince.fill(Number.NaN);
  state.lowSince.fill(Number.NaN);
  state.lowEnd.fill(Number.NEGATIVE_INFINITY);
  state.leakStretch.fill(1);
  state.stall.fill(1);
  for (let s = 0; s < topology.ids.length; s++) {
    state.hitValue[s] = isCached(model, s) ? model.constants.caches.hit.value : Number.NaN;
  }
  state.workNextAt.fill(Number.NaN);
  state.slots.fill(1);
  state.success.fill(1);
  state.lagValue.fill(model.constants.data.lagBase.value);
  for (let s = 0; s < topology.ids.length; s++) {
    state.diskValue[s] = topology.volumes[s]?.used ?? Number.NaN;
    state.primary[s] = model.podBase[s]!;
    state.clientsAt[s] = model.podBase[s]!;
    state.desired[s] = topology.replicas[s]!;
    state.dirty[s] = 1;
    for (let r = 0; r < topology.replicas[s]!; r++) {
      const p = model.podBase[s]! + r;
      const node = model.basePlacement[p]!;
      state.podPhase[p] = PHASE.ready;
      state.podNode[p] = node;
      state.podSlots[p] = 1;
      state.podStartedAt[p] = -3600;
      state.nodeUsed[node]!++;
    }
  }
}
