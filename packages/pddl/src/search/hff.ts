import type { State } from '../state.js';
import type { Heuristic } from './heuristic.js';
import type { Relaxation } from './relaxation.js';
import { RelaxedCosts } from './relaxed-costs.js';

/** Costs that also count steps, so that free actions do not look like no actions. */
export function guidingCosts(relaxation: Relaxation): Float64Array {
  return relaxation.actionCosts.map((cost) => cost + 1);
}

/**
 * h_FF (Hoffmann and Nebel 2001) with cheapest achievers by h_add (Keyder and Geffner 2008): the cost of the actions of
 * one relaxed plan, each counted once.
 */
export function hff(relaxation: Relaxation): Heuristic {
  const costs = new RelaxedCosts(relaxation, 'add');
  const actionCosts = guidingCosts(relaxation);
  const { goal, operatorActions, preconditionStart, preconditions } = relaxation;
  const marked = new Uint8Array(relaxation.propositionCount);
  const used = new Uint8Array(relaxation.actions.length);
  const stack: number[] = [];
  const estimate = (state: State): number => {
    if (costs.compute(state, actionCosts) === Number.POSITIVE_INFINITY) return Number.POSITIVE_INFINITY;
    marked.fill(0);
    used.fill(0);
    let sum = 0;
    const mark = (proposition: number) => {
      if (marked[proposition] === 1) return;
      marked[proposition] = 1;
      stack.push(proposition);
    };
    for (const proposition of goal) mark(proposition);
    while (stack.length > 0) {
      const operator = costs.achievers[stack.pop()!]!;
      if (operator < 0) continue;
      const action = operatorActions[operator]!;
      if (action >= 0 && used[action] === 0) {
        used[action] = 1;
        sum += actionCosts[action]!;
      }
      for (let i = preconditionStart[operator]!; i < preconditionStart[operator + 1]!; i++)
        mark(preconditions[i]!);
    }
    return sum;
  };
  return { name: 'hff', admissible: false, estimate };
}
