import { dtypeOf, isTypedArray } from '../spaces/dtype.js';

function close(a: number, b: number): boolean {
  return Object.is(a, b) || a === b || Math.abs(a - b) <= 1e-5 + 1e-5 * Math.abs(b);
}

/**
 * Whether two observations, actions or infos are equal: same structure, same array types, and values equal or, unless `exact`,
 * within 1e-5 (absolute and relative).
 */
export function dataEquivalence(a: unknown, b: unknown, exact = false): boolean {
  if (isTypedArray(a) && isTypedArray(b)) {
    if (dtypeOf(a) !== dtypeOf(b) || a.length !== b.length) return false;
    const [x, y] = [a as Float64Array, b as Float64Array];
    for (let i = 0; i < x.length; i++) {
      if (exact ? !Object.is(x[i], y[i]) && x[i] !== y[i] : !close(Number(x[i]), Number(y[i]))) return false;
    }
    return true;
  }
  if (typeof a !== typeof b || Array.isArray(a) !== Array.isArray(b)) return false;
  if (Array.isArray(a)) {
    const other = b as unknown[];
    return a.length === other.length && a.every((x, i) => dataEquivalence(x, other[i], exact));
  }
  if (typeof a === 'object' && a !== null && typeof b === 'object' && b !== null) {
    const [x, y] = [a as Record<string, unknown>, b as Record<string, unknown>];
    const keys = Object.keys(x);
    return (
      keys.length === Object.keys(y).length &&
      keys.every((key) => key in y && dataEquivalence(x[key], y[key], exact))
    );
  }
  if (typeof a === 'number') return exact ? Object.is(a, b) || a === b : close(a, b as number);
  return a === b;
}
