import type { Inventory, Telemetry } from '../cloud/interface.js';
import type { PerceptionArm } from './perception/features.js';
import { Perceiver } from './perception/perceiver.js';
import { loadWeights, weightsPath } from './perception/weights.js';
import type { Belief } from './types.js';

const perceivers = new Map<PerceptionArm, Perceiver>();

/** The shipped perception of an arm, loaded once per process. @throws ConfigError when its weights are missing or do not fit */
export function shippedPerceiver(arm: PerceptionArm = 'events'): Perceiver {
  let perceiver = perceivers.get(arm);
  if (!perceiver) {
    perceiver = new Perceiver(loadWeights(weightsPath(arm)));
    perceivers.set(arm, perceiver);
  }
  return perceiver;
}

/**
 * What the world model believes of an incident, by the shipped weights: probabilities of every condition of every component
 * from metrics, alerts, events and inventory, and how unlike training it all looks. @throws ConfigError as {@link shippedPerceiver}
 */
export function perceive(telemetry: Telemetry, inventory: Inventory): Belief {
  return shippedPerceiver().perceive(telemetry, inventory);
}
