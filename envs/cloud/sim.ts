import type { Incident } from './incident.js';
import type { CloudModel } from './model.js';
import type { CloudState } from './state.js';

/** Node number of a pod that stands on none. */
export const NO_NODE = 255;

/** The running simulation: what never changes, what is drawn once, and the hidden state. */
export interface Sim {
  readonly model: CloudModel;
  readonly incident: Incident;
  readonly state: CloudState;
}
