import type { Inventory, ServiceKind } from '../../cloud/interface.js';
import type { MetricRows } from '../contents.js';
import type { Sign } from '../practice.js';

/** A sign with its problems as indices, and all its parts spelled out: one shape for all signs is read several times as fast. */
export interface CompiledSign {
  readonly index: number;
  /** For texts in lower case. */
  readonly pattern: RegExp | null;
  readonly changeKind: string | null;
  readonly blamesOther: boolean;
  /** Column of services, nodes or zones that it is about. */
  readonly series: string | null;
  readonly replication: Exclude<Sign['replication'], undefined> | null;
  /** Kinds of components that it is about, null: all. */
  readonly kinds: readonly ServiceKind[] | null;
  /** Bounds that a reading must be beyond, and times of the normal value; null: none. */
  readonly above: number | null;
  readonly below: number | null;
  readonly aboveTimes: number | null;
  readonly belowTimes: number | null;
  readonly problems: readonly number[];
  readonly weights: readonly number[];
  /** Probability that the profile knows what it means for each problem: of the sign, capped in the problem's area. */
  readonly known: readonly number[];
  /** What it is a view of, as an index; -1 when it stands for itself. */
  readonly symptom: number;
}

/** Whether a sign is about components of the kind of this one; one that is about some kinds needs to be told the kind. */
export function isOf({ kinds }: CompiledSign, component: string, topology: Inventory | null): boolean {
  if (kinds === null) return true;
  const service = topology?.services.find(({ id }) => id === component);
  return service !== undefined && kinds.includes(service.kind);
}

/** Whether a reading shows a sign; a missing series (NaN) shows none. */
export function exceeds({ table }: MetricRows, row: number, column: number, sign: CompiledSign): boolean {
  if (column < 0) return false;
  const at = row * table.metrics.length + column;
  const value = table.values[at]!;
  const normal = table.baseline[at]!;
  if (Number.isNaN(value)) return false;
  if (sign.above !== null && !(value > sign.above)) return false;
  if (sign.below !== null && !(value < sign.below)) return false;
  if (sign.aboveTimes !== null && !(value > sign.aboveTimes * normal)) return false;
  return sign.belowTimes === null || value < sign.belowTimes * normal;
}
