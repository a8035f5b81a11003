import { settle } from '../../../envs/cloud/dynamics.js';
import { healthy } from '../../../envs/cloud/healthy.js';
import { Incident } from '../../../envs/cloud/incident.js';
import type { CloudModel } from '../../../envs/cloud/model.js';
import type { Sim } from '../../../envs/cloud/sim.js';
import { CloudState } from '../../../envs/cloud/state.js';

/** A healthy cloud of a model, not settled. */
export function fresh(model: CloudModel): Sim {
  const incident = new Incident(model, { split: 'seen', partition: 'train', index: 0 });
  const sim = { model, incident, state: new CloudState(model.layout) };
  healthy(sim);
  return sim;
}

/** A healthy cloud at a load, settled. */
export function steady(model: CloudModel, load: number): Sim {
  const sim = fresh(model);
  sim.state.load = load;
  settle(sim);
  return sim;
}

/** A model whose pools of connections are larger or smaller by a factor. */
export function pooledBy(model: CloudModel, factor: number): CloudModel {
  const pools = model.topology.pools.map((pool) => Math.max(1, Math.round(pool * factor)));
  return { ...model, topology: { ...model.topology, pools } };
}

/** Puts a service under an attribute of a condition (`condition.attribute`), or with a severity of 0 out of it, and settles. */
export function activateAt(sim: Sim, s: number, name: string, severity: number): void {
  const { model, state } = sim;
  const slot = s * model.table.attributes.length + model.table.byName.get(name)!.index;
  const now = severity > 0 ? 1 : 0;
  state.activeCount[s]! += now - state.active[slot]!;
  state.active[slot] = now;
  state.severity[slot] = severity;
  state.dirty[s] = 1;
  settle(sim);
}
