import type { Sim } from './sim.js';

/**
 * What the controller of a service does: `working` it carries out what is asked; `held` it creates no pods and carries out no
 * roll-out; `undone` it also puts back, at its next start, whatever was changed of what it manages.
 */
export function controllerOf(sim: Sim, s: number): 'working' | 'held' | 'undone' {
  const { model, state } = sim;
  if (state.activeCount[s] === 0) return 'working';
  const base = s * state.layout.attributes;
  let result: 'working' | 'held' | 'undone' = 'working';
  for (const { controller, index } of model.table.does.controller) {
    if (state.active[base + index] === 0) continue;
    if (controller === 'undone') return 'undone';
    result = 'held';
  }
  return result;
}
