import type { Inventory, InventoryNode, MetricTable, Telemetry } from '../../cloud/interface.js';
import {
  featureOf,
  HOST,
  HOST_CONDITION,
  INVENTORY,
  NODE_CONDITIONS,
  NODE_SCALES,
  type ScaledMetric,
  ZONE_SCALES,
} from './feature-columns.js';
import { RowLookup, type TopologyView } from './topology-view.js';

/** Readings of nodes, or of zones, as features, kept for as long as a look lasts. */
class Readings {
  private readonly rowsOf = new RowLookup();
  values = new Float32Array(0);

  constructor(private readonly scales: readonly ScaledMetric[]) {}

  read(table: MetricTable, ids: readonly string[]): void {
    const { scales } = this;
    const k = scales.length;
    const lookup = this.rowsOf.of(table, ids);
    if (this.values.length !== lookup.length * k) this.values = new Float32Array(lookup.length * k);
    else this.values.fill(0);
    const stride = table.metrics.length;
    for (let host = 0; host < lookup.length; host++) {
      const row = lookup[host]!;
      if (row < 0) continue;
      for (let m = 0; m < k; m++) {
        const scale = scales[m]!;
        const at = row * stride + scale.column;
        const value = table.values[at]!;
        if (!Number.isNaN(value)) this.values[host * k + m] = featureOf(scale, value, table.baseline[at]!);
      }
    }
  }
}

const OF_NODE = NODE_SCALES.length;
const OF_ZONE = ZONE_SCALES.length;
/** Readings of a node and its zone: their columns follow each other from HOST on. */
const READINGS = OF_NODE + OF_ZONE;

/** What hosts tell of the components on them: readings, of which the worst counts, and shares of pods on hosts in trouble. */
export class Hosts {
  private readonly nodes = new Readings(NODE_SCALES);
  private readonly zones = new Readings(ZONE_SCALES);
  /** Row-major `nodes × READINGS`. */
  private readings = new Float32Array(0);
  /** 1 for each node with something that shares of pods are counted of. */
  private troubled = new Uint8Array(0);

  read(telemetry: Telemetry, inventory: Inventory, view: TopologyView): void {
    const n = view.nodeIds.length;
    if (this.troubled.length !== n) {
      this.troubled = new Uint8Array(n);
      this.readings = new Float32Array(n * READINGS);
    }
    this.nodes.read(telemetry.nodes, view.nodeIds);
    this.zones.read(telemetry.zones, view.zoneIds);
    for (let i = 0; i < n; i++) {
      const at = i * READINGS;
      const zone = view.zoneOfNode[i]! * OF_ZONE;
      for (let m = 0; m < OF_NODE; m++) this.readings[at + m] = this.nodes.values[i * OF_NODE + m]!;
      for (let m = 0; m < OF_ZONE; m++) this.readings[at + OF_NODE + m] = this.zones.values[zone + m]!;
      this.troubled[i] = isTroubled(inventory, inventory.nodes[i]!) ? 1 : 0;
    }
  }

  /** Writes the columns of a component whose row starts at `at`, from the nodes that its pods are on. */
  write(
    rows: Float32Array,
    at: number,
    placement: readonly string[],
    inventory: Inventory,
    view: TopologyView,
  ): void {
    const share = 1 / Math.max(1, placement.length);
    for (let p = 0; p < placement.length; p++) {
      const id = placement[p]!;
      const node = id === '' ? undefined : view.nodeIndexOf.get(id);
      if (node === undefined) {
        if (id === '') rows[at + INVENTORY.unplaced]! += share;
        continue;
      }
      if (this.troubled[node] === 1) addShares(rows, at, share, inventory, inventory.nodes[node]!);
      this.raise(rows, at + HOST, node * READINGS);
    }
  }

  private raise(rows: Float32Array, at: number, from: number): void {
    const { readings } = this;
    for (let m = 0; m < READINGS; m++) {
      const value = readings[from + m]!;
      if (value > rows[at + m]!) rows[at + m] = value;
    }
  }
}

function isTroubled(
  { shiftedZones }: Inventory,
  { ready, cordoned, conditions, zone }: InventoryNode,
): boolean {
  return !ready || cordoned || conditions.length > 0 || shiftedZones.includes(zone);
}

function addShares(
  rows: Float32Array,
  at: number,
  share: number,
  { shiftedZones }: Inventory,
  { ready, cordoned, conditions, zone }: InventoryNode,
): void {
  if (!ready || cordoned) rows[at + INVENTORY['on bad node']]! += share;
  if (shiftedZones.includes(zone)) rows[at + INVENTORY['zone shifted']]! += share;
  for (const condition of conditions) rows[at + HOST_CONDITION + conditionColumn(condition)]! += share;
}

/** Column of a node condition among {@link NODE_CONDITIONS}; the last is for those without a name of their own. */
function conditionColumn(condition: string): number {
  const column = (NODE_CONDITIONS as readonly string[]).indexOf(condition);
  return column < 0 ? NODE_CONDITIONS.length - 1 : column;
}
