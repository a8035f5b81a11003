/** Reading golden data made by running the PyPI Gymnasium and NumPy (scripts/golden). */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

export function golden<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../golden/${name}`, import.meta.url), 'utf8')) as T;
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** SHA-256 of the values' little-endian float64 bytes. */
export function sha256Doubles(values: ArrayLike<number>): string {
  return sha256(new Uint8Array(Float64Array.from(values).buffer));
}

/** SHA-256 of the values' little-endian int64 bytes. */
export function sha256Integers(values: ArrayLike<number>): string {
  return sha256(new Uint8Array(BigInt64Array.from(Array.from(values, BigInt)).buffer));
}
