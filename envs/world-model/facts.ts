import type { Inventory, InventoryNode, InventoryService } from '../cloud/interface.js';

/** Inventory with what facts need to know of it, computed once per problem. */
export interface FactSource {
  readonly inventory: Inventory;
  /** Services disrupted at once at most: the blast limit. */
  readonly blastLimit: number;
}

type ServiceFact = (service: InventoryService) => boolean;
type NodeFact = (node: InventoryNode) => boolean;

/** Predicates over a service that the control plane shows. A predicate of the domain that is not here is a condition. */
export const SERVICE_FACTS: Readonly<Record<string, ServiceFact>> = {
  serving: (service) => service.readyReplicas > 0,
  'was-serving': (service) => service.readyReplicas > 0,
  stateful: (service) => service.stateful,
  'rollback-available': (service) => service.previousVersion !== null,
  limited: (service) => service.limited,
  // Bookkeeping of the plan itself: nothing is being replaced before its first step.
  'in-rollout': () => false,
};

export const NODE_FACTS: Readonly<Record<string, NodeFact>> = {
  'node-ready': (node) => node.ready,
  cordoned: (node) => node.cordoned,
  'was-cordoned': (node) => node.cordoned,
};

/** Predicates over a node and a service. */
export const PLACEMENT_FACTS: Readonly<
  Record<string, (node: InventoryNode, service: InventoryService) => boolean>
> = {
  hosts: (node, service) => service.placement.includes(node.id),
  'hosts-all': (node, service) => {
    const placed = service.placement.filter((id) => id !== '');
    return placed.length > 0 && placed.every((id) => id === node.id);
  },
};

export const SERVICE_FLUENTS: Readonly<Record<string, (service: InventoryService) => number>> = {
  desired: (service) => service.desiredReplicas,
  ready: (service) => service.readyReplicas,
  baseline: (service) => service.baselineReplicas,
};

export const NODE_FLUENTS: Readonly<Record<string, (node: InventoryNode, source: FactSource) => number>> = {
  'free-slots': (node) => node.freeSlots,
  pods: (node, { inventory }) =>
    inventory.services.reduce(
      (sum, service) => sum + service.placement.filter((id) => id === node.id).length,
      0,
    ),
};

/** A namespace without a quota admits more than any plan asks for. */
const UNLIMITED = 1_000_000;

export const GLOBAL_FLUENTS: Readonly<Record<string, (source: FactSource) => number>> = {
  'schedulable-slots': ({ inventory }) =>
    inventory.nodes.reduce((sum, node) => sum + (node.ready && !node.cordoned ? node.freeSlots : 0), 0),
  'quota-left': ({ inventory }) =>
    Number.isFinite(inventory.quotaLeft) ? Math.max(0, inventory.quotaLeft) : UNLIMITED,
  rollouts: () => 0,
  'blast-limit': ({ blastLimit }) => blastLimit,
  'total-time': () => 0,
};
