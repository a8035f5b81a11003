import type { Inventory, Telemetry } from '../cloud/interface.js';
import { ConfigError } from '../config/index.js';
import { Alarm } from './perception/alarm.js';
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
 * When the shipped perception of an arm takes a look for one at a fault; it goes with that arm's beliefs.
 *
 * @throws ConfigError when its weights are missing, or were made without an alarm
 */
export function shippedAlarm(arm: PerceptionArm = 'events'): Alarm {
  const { alarm } = loadWeights(weightsPath(arm));
  if (!alarm)
    throw new ConfigError(
      `${weightsPath(arm)}: alarm: expected a fit, found none; retrain with \`pase train-perception\``,
    );
  return new Alarm(alarm.day, alarm.fit);
}

/**
 * What the world model believes of an incident, by the shipped weights: probabilities of every condition of every component
 * from metrics, alerts, events and inventory, and how unlike training it all looks. @throws ConfigError as {@link shippedPerceiver}
 */
export function perceive(telemetry: Telemetry, inventory: Inventory): Belief {
  return shippedPerceiver().perceive(telemetry, inventory);
}
