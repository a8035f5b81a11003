import type { Info } from '../core/info.js';

/** Statistics of the episodes that ended in a step, one entry an environment; zero where none ended. */
export interface VectorEpisodeStatistics {
  readonly r: Float64Array;
  readonly l: Float64Array;
  readonly t: Float64Array;
}

/**
 * The infos of all environments, field by field, as in Gymnasium: `infos[key]` holds one entry for each environment, and
 * `infos['_' + key]` a `Uint8Array` that is 1 where the environment gave that field.
 *
 * Numbers make a `Float64Array`, booleans a `Uint8Array`, typed arrays one typed array with a row for each environment (row-major),
 * plain objects nest, everything else makes an array with null where absent.
 */
export interface VectorInfo {
  /** numEnvs × n, row-major; rows of environments that gave no mask are all one (all valid). Absent when no environment gave one. */
  actionMask?: Uint8Array;
  _actionMask?: Uint8Array;
  /** SameStep autoreset: the last observation of the episodes that just ended, null for the other environments. */
  finalObs?: (unknown | null)[];
  _finalObs?: Uint8Array;
  /** SameStep autoreset: the last infos of the episodes that just ended (their `actionMask` included), in this same layout. */
  finalInfo?: VectorInfo;
  _finalInfo?: Uint8Array;
  /** Added by the vector `RecordEpisodeStatistics`. */
  episode?: VectorEpisodeStatistics;
  _episode?: Uint8Array;
  [key: string]: unknown;
}

type Row = Int8Array;

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function isRow(value: unknown): value is Row {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}

function startColumn(key: string, value: unknown, n: number): unknown {
  if (typeof value === 'number') return new Float64Array(n);
  if (typeof value === 'boolean') return new Uint8Array(n);
  if (isRow(value)) {
    const column = new (value.constructor as new (length: number) => Row)(n * value.length);
    if (key === 'actionMask') column.fill(1);
    return column;
  }
  return new Array<unknown>(n).fill(null);
}

function put(column: unknown, value: unknown, i: number): void {
  if (isRow(value) && isRow(column)) column.set(value, i * value.length);
  else (column as unknown[])[i] = typeof value === 'boolean' && isRow(column) ? Number(value) : value;
}

/** Adds the info of environment `i` of `n` to the infos of all; `finalObs` is kept whole, never taken apart. */
export function addInfo(infos: VectorInfo, info: Info, i: number, n: number): VectorInfo {
  for (const key in info) {
    const value = info[key];
    if (key !== 'finalObs' && isPlainObject(value)) {
      infos[key] = addInfo((infos[key] as VectorInfo | undefined) ?? {}, value, i, n);
    } else {
      let column = infos[key];
      if (column === undefined) {
        column = key === 'finalObs' ? new Array<unknown>(n).fill(null) : startColumn(key, value, n);
        infos[key] = column;
      }
      if (key === 'finalObs') (column as unknown[])[i] = value;
      else put(column, value, i);
    }
    const flag = `_${key}`;
    infos[flag] ??= new Uint8Array(n);
    (infos[flag] as Uint8Array)[i] = 1;
  }
  return infos;
}

/** The info of environment `i` alone, taken back out of the infos of all. */
export function infoOf(infos: VectorInfo, i: number, n: number): Info {
  const info: Info = {};
  for (const key of Object.keys(infos)) {
    const given = infos[`_${key}`];
    if (!(given instanceof Uint8Array) || given[i] !== 1) continue;
    const column = infos[key];
    if (isPlainObject(column)) info[key] = infoOf(column, i, n);
    else if (isRow(column) && column.length !== n) {
      const width = column.length / n;
      info[key] = column.slice(i * width, (i + 1) * width);
    } else info[key] = (column as ArrayLike<unknown>)[i];
  }
  return info;
}
