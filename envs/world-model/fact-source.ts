import type { Inventory } from '../cloud/interface.js';
import type { VerifierConstants } from './constants.js';

/** Constants that facts need beside an inventory. */
export type FactConstants = Pick<VerifierConstants, 'blastLimit' | 'lagBound' | 'usualLoad'>;

/** A zone as the inventory has it. */
export interface ZoneReading {
  /** None of its nodes is ready. */
  readonly out: boolean;
  /** Load in replicas that work at full capacity; see {@link readZones}. */
  readonly load: number;
  /** Ready replicas. */
  readonly capacity: number;
}

/** An inventory with what facts need to know of it, worked out once. */
export interface FactSource {
  readonly inventory: Inventory;
  readonly constants: FactConstants;
  /** Zones by id, in the order of {@link zoneIds}. */
  readonly zones: ReadonlyMap<string, ZoneReading>;
  readonly zoneOf: ReadonlyMap<string, string>;
  /** Ids of nodes that are not ready or have a condition off its norm. */
  readonly suspects: ReadonlySet<string>;
  /** The zone that holds every suspect node; null when there is none. */
  readonly suspectZone: string | null;
}

/** Services that the domain speaks of: all but clients, which nobody operates. */
export function domainServices(inventory: Inventory): Inventory['services'] {
  return inventory.services.filter(({ kind }) => kind !== 'client');
}

/** Zones of the nodes, in alphabetical order. */
export function zoneIds({ nodes }: Inventory): string[] {
  return [...new Set(nodes.map(({ zone }) => zone))].sort();
}

export function factSource(inventory: Inventory, constants: FactConstants): FactSource {
  const suspects = inventory.nodes.filter((node) => !node.ready || node.conditions.length > 0);
  const suspectZones = new Set(suspects.map(({ zone }) => zone));
  const zoneOf = new Map(inventory.nodes.map(({ id, zone }) => [id, zone]));
  return {
    inventory,
    constants,
    zones: readZones(inventory, zoneOf, constants.usualLoad),
    zoneOf,
    suspects: new Set(suspects.map(({ id }) => id)),
    suspectZone: suspectZones.size === 1 ? suspects[0]!.zone : null,
  };
}

/**
 * Load and capacity of every zone. The inventory shows pods, not load: a service's usual load is `usualLoad` of its baseline
 * replicas, spread over the pods that are ready now; those of a node that is not ready count as not ready.
 */
function readZones(
  inventory: Inventory,
  zoneOf: ReadonlyMap<string, string>,
  usualLoad: number,
): Map<string, ZoneReading> {
  const shifted = new Set(inventory.shiftedZones);
  const readyNodes = new Set(inventory.nodes.filter(({ ready }) => ready).map(({ id }) => id));
  const readings = new Map(
    zoneIds(inventory).map((id) => {
      const out = inventory.nodes.every((node) => node.zone !== id || !node.ready);
      return [id, { out, load: 0, capacity: 0 }];
    }),
  );
  for (const service of domainServices(inventory)) {
    const placed = service.placement.filter((node) => readyNodes.has(node));
    const serving = placed.filter((node) => !shifted.has(zoneOf.get(node)!));
    const ready = Math.min(1, service.readyReplicas / Math.max(1, placed.length));
    for (const node of placed) readings.get(zoneOf.get(node)!)!.capacity += ready;
    for (const node of serving) {
      readings.get(zoneOf.get(node)!)!.load += (usualLoad * service.baselineReplicas) / serving.length;
    }
  }
  return readings;
}
