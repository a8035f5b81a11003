import { ConfigError, displayPath, findConfig, loadYaml, unknownName } from '../config/index.js';
import type { FaultType } from './faults.js';
import { PARTITIONS, type Partition } from './keys.js';
import type { CloudFile } from './schemas/cloud.js';
import { splitsSchema } from './schemas/splits.js';

export interface Split {
  readonly name: string;
  readonly types: readonly string[];
  /** Partitions that may be drawn from it: held-out splits are for choosing and testing only. */
  readonly partitions: readonly Partition[];
  /** Topologies that it is drawn on, or null for any. */
  readonly topologies: readonly string[] | null;
  /** Independent faults of an incident. */
  readonly faults: number;
  readonly nearest: Readonly<Record<string, string>>;
}

/** Splits of `configs/splits.yaml`. @throws ConfigError for a type that no file of configs/faults has. */
export function loadSplits(faults: readonly FaultType[]): Map<string, Split> {
  const path = findConfig('splits.yaml');
  const file = loadYaml(path, splitsSchema);
  const known = faults.map((fault) => fault.id);
  const splits = new Map<string, Split>();
  for (const [name, split] of Object.entries(file.splits)) {
    for (const type of [...split.types, ...Object.values(split.nearest ?? {})]) {
      if (!known.includes(type)) {
        throw unknownName(`${displayPath(path)}: splits.${name}.types`, 'a fault type', type, known);
      }
    }
    splits.set(name, {
      name,
      types: split.types,
      partitions: split.partitions ?? PARTITIONS,
      topologies: split.topologies ?? null,
      faults: split.faults,
      nearest: split.nearest ?? {},
    });
  }
  return splits;
}

/** Checks a key's split and partition, and that the split is drawn on the topology. @throws ConfigError */
export function splitOf(
  splits: ReadonlyMap<string, Split>,
  name: string,
  partition: string,
  topology: string,
): Split {
  const split = splits.get(name);
  if (!split) throw unknownName('split', 'a split', name, [...splits.keys()]);
  if (!(PARTITIONS as readonly string[]).includes(partition)) {
    throw unknownName('partition', 'a partition', partition, PARTITIONS);
  }
  if (!(split.partitions as readonly string[]).includes(partition)) {
    throw new ConfigError(
      `split ${name}: expected a partition of ${split.partitions.join(', ')}, found "${partition}": held-out types are not for fitting or training`,
    );
  }
  if (split.topologies && !split.topologies.includes(topology)) {
    throw unknownName(`split ${name}: topology`, 'a topology of the split', topology, split.topologies);
  }
  return split;
}

export const PRIORS = ['incident-statistics', 'uniform'] as const;
export type PriorName = (typeof PRIORS)[number];

/** Weight of each fault type among `types` under a prior: a trigger's share is divided evenly among its types. */
export function priorWeights(prior: PriorName, types: readonly FaultType[], constants: CloudFile): number[] {
  if (prior === 'uniform') return types.map(() => 1);
  const { triggers } = constants.prior['incident-statistics'];
  const count = new Map<string, number>();
  for (const type of types) count.set(type.trigger, (count.get(type.trigger) ?? 0) + 1);
  return types.map((type) => {
    const share = triggers[type.trigger];
    if (share === undefined) {
      throw unknownName(
        `fault ${type.id}: trigger`,
        'a trigger of the prior',
        type.trigger,
        Object.keys(triggers),
      );
    }
    return share / count.get(type.trigger)!;
  });
}
