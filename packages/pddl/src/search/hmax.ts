import type { Heuristic } from './heuristic.js';
import type { Relaxation } from './relaxation.js';
import { RelaxedCosts } from './relaxed-costs.js';

/** h_max (Bonet and Geffner 2001): the most expensive goal in the relaxation. Admissible. */
export function hmax(relaxation: Relaxation): Heuristic {
  const costs = new RelaxedCosts(relaxation, 'max');
  return {
    name: 'hmax',
    admissible: true,
    estimate: (state) => costs.compute(state, relaxation.actionCosts),
  };
}
