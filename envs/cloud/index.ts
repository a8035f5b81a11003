/**
 * The cloud: the ground truth of every experiment. Only `envs/healing` imports this module; everybody else sees
 * `interface.ts` and nothing of the hidden state.
 */

export { loadCloudModel } from './build.js';
export { faultTypes, SPLITS } from './catalogue.js';
export { Cloud, type CloudTruth, type SavedCloud, type SavedCloud as CloudState } from './cloud.js';
export type { HiddenService } from './hidden.js';
export { applicableTypes, eligibleTargets } from './incident.js';
export { type IncidentKey, incidentSeed, PARTITIONS, type Partition } from './keys.js';
export type { CloudModel, CloudOptions } from './model.js';
export type { CloudResult } from './recovery.js';
export { PRIORS, type PriorName, type Split } from './splits.js';
export { OVERLAYS, type OverlayName, topologyNames } from './topology.js';
export { type TimedCall, type TrajectoryLine, type TrajectoryOptions, trajectory } from './trajectory.js';
