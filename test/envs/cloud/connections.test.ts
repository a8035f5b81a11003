import { describe, expect, it } from 'vitest';
import { COLUMN, COLUMNS } from '../../../envs/cloud/columns.js';
import { Cloud, loadCloudModel } from '../../../envs/cloud/index.js';
import type { CloudModel } from '../../../envs/cloud/model.js';
import { topologyNames } from '../../../envs/cloud/topology.js';
import { activateAt, pooledBy, steady } from './steady.js';

const models = topologyNames().map((topology) =>
  loadCloudModel({ topology, overlay: 'production', prior: 'uniform' }),
);

/** Everything that is measured but the connections themselves. */
function measured(model: CloudModel, load: number): number[] {
  const { state } = steady(model, load);
  return [...state.metrics].filter((_, i) => i % COLUMNS !== COLUMN.connections_ratio);
}

describe('pools of connections', () => {
  it('take all that comes on a normal day and on a busy one: nothing measured differs from a cloud without them', () => {
    for (const model of models) {
      for (const load of [0.7, 1, 1.3]) {
        expect(measured(model, load)).toEqual(measured(pooledBy(model, 1e4), load));
        expect(steady(model, load).state.pooled.every((rate) => rate === 0)).toBe(true);
      }
    }
  });

  it("let in what Little's law allows where answers are slow, and callers fill up with their callees", () => {
    let full = 0;
    let exact = 0;
    let above = 0;
    for (const original of models) {
      const model = pooledBy(original, 0.1);
      const { edgeFrom, edgeTo, entry, kinds, pools } = model.topology;
      for (let s = 0; s < kinds.length; s++) {
        if (kinds[s] === 'external' || kinds[s] === 'queue') continue;
        const sim = steady(model, 1);
        activateAt(sim, s, 'path-blocked.policy', 0.9);
        const { state } = sim;
        for (let u = 0; u < kinds.length; u++) {
          if (state.pooled[u] === 0) continue;
          full++;
          const ms = u === entry ? state.meanMs[u]! : Math.min(2000, state.meanMs[u]!);
          const used = (state.served[u]! * ms) / 1000 / (pools[u]! * state.readyPods[u]!);
          // Near its capacity a service's time climbs so steeply that a rate known to a ten-thousandth leaves some of it open.
          expect(Math.abs(used - 1)).toBeLessThan(0.2);
          if (Math.abs(used - 1) < 0.001) exact++;
          expect(state.shed[u]).toBeGreaterThan(0);
          // Its workers are not what keeps it: it is full of requests that wait for others.
          if (state.reached[u]! < state.capacity[u]!) above++;
          expect(u === s || edgeFrom.some((from, e) => from === u && edgeTo[e] !== u)).toBe(true);
        }
      }
    }
    expect(full).toBeGreaterThan(20);
    expect(exact).toBeGreaterThan(0.8 * full);
    expect(above).toBeGreaterThan(20);
  });

  it('free themselves when the callee answers again', () => {
    const model = pooledBy(models[topologyNames().indexOf('online-boutique')]!, 0.1);
    const cart = model.topology.ids.indexOf('cartservice');
    const sim = steady(model, 1);
    const before = [...sim.state.metrics];
    activateAt(sim, cart, 'path-blocked.policy', 0.9);
    expect(sim.state.pooled[model.topology.entry]).toBeGreaterThan(0);
    activateAt(sim, cart, 'path-blocked.policy', 0);
    expect(sim.state.pooled.every((rate) => rate === 0)).toBe(true);
    before.forEach((value, i) => {
      if (!Number.isNaN(value)) expect(sim.state.metrics[i]).toBeCloseTo(value, 3);
    });
  });

  it('of a struck cloud are shown full at the caller of a service that does not answer', () => {
    let shown = 0;
    const model = models[topologyNames().indexOf('online-boutique')]!;
    for (let index = 0; index < 12; index++) {
      const cloud = new Cloud(
        model,
        { split: 'seen', partition: 'train', index },
        { fault: 'network_policy_block' },
      );
      const { components, metrics, values } = cloud.telemetry(['metrics'], 0).services;
      const row = components.indexOf('frontend') * metrics.length;
      if (values[row + metrics.indexOf('connections_ratio')]! > 0.9) shown++;
    }
    expect(shown).toBeGreaterThan(0);
  });
});
