import type { CloudModel } from './model.js';
import type { CloudState } from './state.js';

/** States that nobody reads any more, kept to be overwritten: making a state's arrays costs several times what filling them does. */

/** States kept of a model; more would only be memory. */
const MOST_SPARE = 8;

const spares = new WeakMap<CloudModel, CloudState[]>();

/** An exact, independent copy of a state of the model. */
export function copyOf(model: CloudModel, state: CloudState): CloudState {
  const spare = spares.get(model)?.pop();
  if (!spare) return state.clone();
  spare.become(state);
  return spare;
}

/** Keeps a state of the model for the next copy. Nobody may hold it any longer. */
export function giveBack(model: CloudModel, state: CloudState): void {
  const kept = spares.get(model);
  if (!kept) spares.set(model, [state]);
  else if (kept.length < MOST_SPARE) kept.push(state);
}
