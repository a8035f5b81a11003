import type { Inventory, InventoryNode, InventoryService } from '../cloud/interface.js';
import { domainServices, type FactSource, type ZoneReading, zoneIds } from './fact-source.js';

/** Share of a zone's capacity that its load may take: the number in the domain's invariant. */
const ZONE_BOUND = 0.85;
/** A namespace without a quota admits more than any plan asks for. */
const UNLIMITED = 1_000_000;

type ServiceFact = (service: InventoryService, source: FactSource) => boolean;
type NodeFact = (node: InventoryNode, source: FactSource) => boolean;
type ZoneFact = (zone: string, source: FactSource) => boolean;

/** Bookkeeping of the plan itself: nothing has been done before its first step. */
const notYet = (): boolean => false;
const isFull = ({ load, capacity }: ZoneReading): boolean => load > ZONE_BOUND * capacity;

/** Traffic is kept off a zone that could take it: from one that is out it has to be. */
const isShifted: ZoneFact = (zone, { zones, inventory }) =>
  inventory.shiftedZones.includes(zone) && !zones.get(zone)!.out;

/** Predicates over a service that the control plane shows. A predicate of the domain that is not here is a condition. */
export const SERVICE_FACTS: Readonly<Record<string, ServiceFact>> = {
  serving: (service) => service.readyReplicas > 0,
  'was-serving': (service) => service.readyReplicas > 0,
  stateful: (service) => service.stateful,
  database: (service) => service.kind === 'database',
  cache: (service) => service.kind === 'cache',
  queue: (service) => service.kind === 'queue',
  'rollback-available': (service) => service.previousVersion !== null,
  limited: (service) => service.limited,
  'was-limited': (service) => service.limited,
  'circuit-open': (service) => service.broken,
  'was-circuit-open': (service) => service.broken,
  paused: (service) => service.rolloutPaused,
  'was-paused': (service) => service.rolloutPaused,
  'in-rollout': notYet,
  replicated: (service) => service.replication !== null,
  'has-replica': (service) => (service.replication?.readyReplicas ?? 0) > 0,
  fenced: (service) => service.replication?.fenced ?? false,
  promoted: notYet,
  // A pair has no majority to lose but both: what keeps it alive is that one of the two serves.
  'had-quorum': (service) =>
    service.stateful && service.baselineReplicas >= 3 && 2 * service.readyReplicas > service.baselineReplicas,
  'has-backup': (service) => service.backup !== 'none',
  'backup-verified': (service) => service.backup === 'verified',
};

const NODE_FACTS: Readonly<Record<string, NodeFact>> = {
  'node-ready': (node) => node.ready,
  'node-suspect': (node, { suspects }) => suspects.has(node.id),
  'clock-off': (node) => node.conditions.includes('ClockUnsynchronised'),
  cordoned: (node) => node.cordoned,
  'was-cordoned': (node) => node.cordoned,
};

const ZONE_FACTS: Readonly<Record<string, ZoneFact>> = {
  shifted: isShifted,
  'was-shifted': isShifted,
  'zone-out': (zone, { zones }) => zones.get(zone)!.out,
  'zone-suspect': (zone, { suspectZone }) => zone === suspectZone,
  'zone-was-full': (zone, { zones }) => isFull(zones.get(zone)!),
};

/** Predicates without parameters. */
const GLOBAL_FACTS: Readonly<Record<string, (source: FactSource) => boolean>> = {
  'nodes-unremarkable': ({ suspects }) => suspects.size === 0,
};

/** Every pod that is placed, and there is one, stands where it says. */
const placedOn = ({ placement }: InventoryService, where: (node: string) => boolean): boolean => {
  let placed = 0;
  for (let i = 0; i < placement.length; i++) {
    if (placement[i] === '') continue;
    if (!where(placement[i]!)) return false;
    placed++;
  }
  return placed > 0;
};

/** Predicates over a node and a service. */
const NODE_SERVICE_FACTS: Readonly<
  Record<string, (node: InventoryNode, service: InventoryService) => boolean>
> = {
  hosts: (node, { placement }) => placement.includes(node.id),
  'hosts-all': (node, service) => placedOn(service, (id) => id === node.id),
};

/** Predicates over a zone and a service. */
const ZONE_SERVICE_FACTS: Readonly<
  Record<string, (zone: string, service: InventoryService, source: FactSource) => boolean>
> = {
  'zone-hosts': (zone, { placement }, { zoneOf }) => placement.some((id) => zoneOf.get(id) === zone),
  'zone-hosts-all': (zone, service, { zoneOf }) => placedOn(service, (id) => zoneOf.get(id) === zone),
};

/** Predicates over a node and a zone. */
const NODE_ZONE_FACTS: Readonly<Record<string, (node: InventoryNode, zone: string) => boolean>> = {
  'in-zone': (node, zone) => node.zone === zone,
};

const SERVICE_FLUENTS: Readonly<Record<string, (service: InventoryService, source: FactSource) => number>> = {
  desired: (service) => service.desiredReplicas,
  ready: (service) => service.readyReplicas,
  baseline: (service) => service.baselineReplicas,
  // A primary that does not answer may still write: only a fence says that it does not.
  writers: ({ replication }) => (replication === null || replication.fenced ? 0 : 1),
  'replica-lag': ({ replication }) => replication?.lagSeconds ?? 0,
  'suspect-hosts': ({ placement }, { suspects }) =>
    suspects.size === 0 ? 0 : new Set(placement.filter((id) => suspects.has(id))).size,
};

const podsOn = ({ id }: InventoryNode, { placement }: InventoryService): number => {
  let pods = 0;
  for (let i = 0; i < placement.length; i++) if (placement[i] === id) pods++;
  return pods;
};

const NODE_FLUENTS: Readonly<Record<string, (node: InventoryNode, source: FactSource) => number>> = {
  'free-slots': (node) => node.freeSlots,
  pods: (node, { inventory }) => inventory.services.reduce((sum, service) => sum + podsOn(node, service), 0),
};

const NODE_SERVICE_FLUENTS: Readonly<
  Record<string, (node: InventoryNode, service: InventoryService) => number>
> = { 'pods-on': podsOn };

const ZONE_FLUENTS: Readonly<Record<string, (zone: string, source: FactSource) => number>> = {
  'zone-load': (zone, { zones }) => zones.get(zone)!.load,
  'zone-capacity': (zone, { zones }) => zones.get(zone)!.capacity,
  'zone-moved': () => 0,
};

const GLOBAL_FLUENTS: Readonly<Record<string, (source: FactSource) => number>> = {
  'schedulable-slots': ({ inventory }) =>
    inventory.nodes.reduce((sum, node) => sum + (node.ready && !node.cordoned ? node.freeSlots : 0), 0),
  'quota-left': ({ inventory }) =>
    Number.isFinite(inventory.quotaLeft) ? Math.max(0, inventory.quotaLeft) : UNLIMITED,
  'open-zones': ({ zones, inventory }) => zones.size - inventory.shiftedZones.length,
  'lag-bound': ({ constants }) => constants.lagBound,
  rollouts: () => 0,
  'blast-limit': ({ constants }) => constants.blastLimit,
  'total-time': () => 0,
};

/** A ground fact or fluent of the inventory, and how to read it off any inventory of the topology. */
export interface InventoryAtom<Value extends boolean | number> {
  readonly name: string;
  readonly args: readonly string[];
  readonly read: (source: FactSource) => Value;
}

/** An object of the problem, and what the tables read of it. */
interface Located<Item> {
  readonly id: string;
  readonly of: (source: FactSource) => Item;
}

type Table1<Item, Value> = Readonly<Record<string, (item: Item, source: FactSource) => Value>>;
type Table2<A, B, Value> = Readonly<Record<string, (a: A, b: B, source: FactSource) => Value>>;

/**
 * Every fact and fluent of the inventory that a domain declares, in the order of the tables above. Services and nodes are found by
 * their position, so the inventories that are read must list the same ones in the same order.
 */
export function inventoryAtoms(
  inventory: Inventory,
  declared: ReadonlySet<string>,
): { readonly facts: InventoryAtom<boolean>[]; readonly fluents: InventoryAtom<number>[] } {
  const services = domainServices(inventory).map(({ id }): Located<InventoryService> => {
    const at = inventory.services.findIndex((service) => service.id === id);
    return { id, of: (source) => source.inventory.services[at]! };
  });
  const nodes = inventory.nodes.map(
    ({ id }, at): Located<InventoryNode> => ({ id, of: (source) => source.inventory.nodes[at]! }),
  );
  const zones = zoneIds(inventory).map((id): Located<string> => ({ id, of: () => id }));
  const known = <Value>(table: Readonly<Record<string, Value>>): [string, Value][] =>
    Object.entries(table).filter(([name]) => declared.has(name));
  const one = <Item, Value extends boolean | number>(
    table: Table1<Item, Value>,
    objects: readonly Located<Item>[],
  ): InventoryAtom<Value>[] =>
    known(table).flatMap(([name, value]) =>
      objects.map(({ id, of }) => ({ name, args: [id], read: (source) => value(of(source), source) })),
    );
  const two = <A, B, Value extends boolean | number>(
    table: Table2<A, B, Value>,
    first: readonly Located<A>[],
    second: readonly Located<B>[],
  ): InventoryAtom<Value>[] =>
    known(table).flatMap(([name, value]) =>
      first.flatMap((a) =>
        second.map((b) => ({
          name,
          args: [a.id, b.id],
          read: (source: FactSource) => value(a.of(source), b.of(source), source),
        })),
      ),
    );
  const none = <Value extends boolean | number>(
    table: Readonly<Record<string, (source: FactSource) => Value>>,
  ): InventoryAtom<Value>[] => known(table).map(([name, read]) => ({ name, args: [], read }));
  return {
    facts: [
      ...one(SERVICE_FACTS, services),
      ...one(NODE_FACTS, nodes),
      ...one(ZONE_FACTS, zones),
      ...two(NODE_SERVICE_FACTS, nodes, services),
      ...two(ZONE_SERVICE_FACTS, zones, services),
      ...two(NODE_ZONE_FACTS, nodes, zones),
      ...none(GLOBAL_FACTS),
    ],
    fluents: [
      ...one(SERVICE_FLUENTS, services),
      ...one(NODE_FLUENTS, nodes),
      ...two(NODE_SERVICE_FLUENTS, nodes, services),
      ...one(ZONE_FLUENTS, zones),
      ...none(GLOBAL_FLUENTS),
    ],
  };
}
