import type { Inventory, MetricTable } from '../../cloud/interface.js';
import { zoneIds } from '../fact-source.js';

/** Who calls whom among the components of an inventory, as index lists; the same for all incidents of a topology. */
export interface TopologyView {
  /** Ids of the services that can be unhealthy: all but clients, in the inventory's order. */
  readonly components: readonly string[];
  readonly indexOf: ReadonlyMap<string, number>;
  readonly nodeIds: readonly string[];
  readonly nodeIndexOf: ReadonlyMap<string, number>;
  readonly zoneIds: readonly string[];
  /** Index among `zoneIds` of each node's zone. */
  readonly zoneOfNode: readonly number[];
  /** Indices of direct callers of each component; a client counts as nobody. */
  readonly callers: readonly Uint16Array[];
  readonly callees: readonly Uint16Array[];
  /** Index of each component among `inventory.services`. */
  readonly inventoryIndex: Uint16Array;
  readonly entry: number;
}

/** Inventories of one topology share their `calls` array or at least its length and names; the key says both. */
function keyOf(inventory: Inventory): string {
  return `${inventory.topology}/${inventory.services.length}/${inventory.calls.length}/${inventory.nodes.length}`;
}

const cache = new Map<string, TopologyView>();
/** What was asked for last, mostly the same again: comparing is cheaper than making a key. */
let latest: { inventory: Inventory; readonly view: TopologyView } | null = null;

/** The view of an inventory's topology, built once per topology. */
export function topologyView(inventory: Inventory): TopologyView {
  if (latest?.inventory === inventory) return latest.view;
  if (latest && isAlike(latest.inventory, inventory) && fits(latest.view, inventory)) {
    latest.inventory = inventory;
    return latest.view;
  }
  const key = keyOf(inventory);
  const known = cache.get(key);
  const view = known && fits(known, inventory) ? known : build(inventory);
  cache.set(key, view);
  latest = { inventory, view };
  return view;
}

/** Two inventories have the same key. */
function isAlike(a: Inventory, b: Inventory): boolean {
  return (
    a.topology === b.topology &&
    a.services.length === b.services.length &&
    a.calls.length === b.calls.length &&
    a.nodes.length === b.nodes.length
  );
}

/** Guards against two topologies of one name (a user's own file): the ids must agree. */
function fits(view: TopologyView, inventory: Inventory): boolean {
  for (let i = 0; i < view.components.length; i++) {
    if (inventory.services[view.inventoryIndex[i]!]?.id !== view.components[i]) return false;
  }
  return true;
}

function build(inventory: Inventory): TopologyView {
  const kept = inventory.services.flatMap((service, index) => (service.kind === 'client' ? [] : [index]));
  const components = kept.map((index) => inventory.services[index]!.id);
  const indexOf = new Map(components.map((id, index) => [id, index]));
  const callers: Set<number>[] = components.map(() => new Set());
  const callees: Set<number>[] = components.map(() => new Set());
  for (const { caller, callee } of inventory.calls) {
    const from = indexOf.get(caller);
    const to = indexOf.get(callee);
    if (from === undefined || to === undefined || from === to) continue;
    callers[to]!.add(from);
    callees[from]!.add(to);
  }
  const zones = zoneIds(inventory);
  return {
    components,
    indexOf,
    nodeIds: inventory.nodes.map(({ id }) => id),
    nodeIndexOf: new Map(inventory.nodes.map((node, index) => [node.id, index])),
    zoneIds: zones,
    zoneOfNode: inventory.nodes.map(({ zone }) => zones.indexOf(zone)),
    callers: callers.map((set) => Uint16Array.from(set)),
    callees: callees.map((set) => Uint16Array.from(set)),
    inventoryIndex: Uint16Array.from(kept),
    entry: indexOf.get(inventory.entry) ?? -1,
  };
}

/** Row of a metric table for each id, -1 where it has none; kept for as long as tables list the same components. */
export class RowLookup {
  private listed: readonly string[] = [];
  private wanted: readonly string[] | null = null;
  private rows = new Int32Array(0);

  of(table: MetricTable, ids: readonly string[]): Int32Array {
    if (this.wanted === ids && sameList(this.listed, table.components)) return this.rows;
    const index = new Map(table.components.map((id, row) => [id, row]));
    this.rows = Int32Array.from(ids, (id) => index.get(id) ?? -1);
    this.listed = table.components;
    this.wanted = ids;
    return this.rows;
  }
}

function sameList(a: readonly string[], b: readonly string[]): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
