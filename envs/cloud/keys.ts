/** What an incident is seeded from: nothing else decides its fault, its noise or the luck of the primitives. */
export interface IncidentKey {
  readonly split: string;
  readonly partition: Partition;
  readonly index: number;
}

/** Disjoint uses of incidents; see configs/splits.yaml. */
export const PARTITIONS = ['fit', 'calibrate', 'train', 'select', 'test'] as const;
export type Partition = (typeof PARTITIONS)[number];

/** 32-bit FNV-1a of a name, so that adding a split or a partition moves no other's incidents. */
export function hashName(name: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) {
    hash ^= name.charCodeAt(i);
    hash = Math.imul(hash, 0x01000193);
  }
  return hash >>> 0;
}

/** What every draw of an incident is keyed by; append a stream and a turn, and give it to `defaultRng`. */
export function incidentSeed({ split, partition, index }: IncidentKey): readonly number[] {
  return [hashName(split), hashName(partition), index];
}
