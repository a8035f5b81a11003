import type { Heuristic } from './heuristic.js';
import { guidingCosts } from './hff.js';
import type { Relaxation } from './relaxation.js';
import { RelaxedCosts } from './relaxed-costs.js';

/** h_add (Bonet and Geffner 2001): the sum of the goals' costs in the relaxation. Counts shared work twice. */
export function hadd(relaxation: Relaxation): Heuristic {
  const costs = new RelaxedCosts(relaxation, 'add');
  const actionCosts = guidingCosts(relaxation);
  return { name: 'hadd', admissible: false, estimate: (state) => costs.compute(state, actionCosts) };
}
