import type { Sim } from './sim.js';

/**
 * What the controller of a service does: `working` it carries out what is asked; `held` it creates no pods and carries out no
 * roll-out; `undone` it also puts back, at its next start, whatever was changed of what it manages.
 */
export function controllerOf(sim: Sim, s: number): 'working' | 'held' | 'undone' {
  const { model, state } = sim;
  if (state.activeCount[s] === 0) return 'working';
  const { attributes } = model.table;
  const base = s * attributes.length;
  let result: 'working' | 'held' | 'undone' = 'working';
  for (let a = 0; a < attributes.length; a++) {
    const { controller } = attributes[a]!;
    if (!controller || controller === 'slow' || state.active[base + a] === 0) continue;
    if (controller === 'undone') return 'undone';
    result = 'held';
  }
  return result;
}
