import type { State } from '../state.js';

/** Estimates the remaining cost of a state; Infinity = no plan from here. */
export interface Heuristic {
  readonly name: HeuristicName;
  /** Never more than the true remaining cost. */
  readonly admissible: boolean;
  estimate(state: State): number;
}

export type HeuristicName = 'blind' | 'hmax' | 'lmcut' | 'hadd' | 'hff';
