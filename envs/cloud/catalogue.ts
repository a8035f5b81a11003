import { loadConditions } from './conditions.js';
import { loadFaults } from './faults.js';
import { eligibleTargets } from './incident.js';
import type { CloudModel } from './model.js';
import { loadSplits } from './splits.js';

/** Names of the splits of configs/splits.yaml. */
export const SPLITS: readonly string[] = [...loadSplits(loadFaults(loadConditions())).keys()];

/** A fault type as the catalogue names it, and where it can strike in a model's topology. */
export interface FaultTypeInfo {
  readonly id: string;
  readonly row: number;
  readonly family: string;
  /** Names of the splits that hold it. */
  readonly splits: readonly string[];
  /** Components that it can strike; empty when the topology cannot host it. */
  readonly components: readonly string[];
}

/** All fault types, by row of the catalogue. */
export function faultTypes(model: CloudModel): FaultTypeInfo[] {
  return model.faults.map((fault) => ({
    id: fault.id,
    row: fault.row,
    family: fault.family,
    splits: [...model.splits.values()]
      .filter((split) => split.types.includes(fault.id))
      .map((split) => split.name),
    components: eligibleTargets(model, fault).map((s) => model.topology.ids[s]!),
  }));
}
