import { defaultRng } from 'gymnasium-js';
import type { IncidentKey } from './keys.js';
import { hashName } from './keys.js';

/**
 * Noise of an incident, addressed by (stream, i, j) instead of drawn in sequence: whatever a method looked at or did
 * before, the same question gets the same noise. Two 64-bit draws of the incident's NumPy-compatible generator key a
 * 32-bit integer hash (the finaliser of MurmurHash3, applied after each word).
 */
export class KeyedNoise {
  private constructor(
    readonly low: number,
    readonly high: number,
  ) {}

  static of(key: IncidentKey): KeyedNoise {
    const rng = defaultRng([hashName(key.split), hashName(key.partition), key.index]);
    return new KeyedNoise(Math.floor(rng.random() * 4294967296), Math.floor(rng.random() * 4294967296));
  }

  /** Uniform in [0, 1). */
  unit(stream: number, i: number, j: number): number {
    return unitOf(this.row(stream, i), j);
  }

  /** What the uniforms at (stream, i, j) of all j have in common, for `unitOf`: for places that draw many of them. */
  row(stream: number, i: number): number {
    const h = mix(this.low ^ Math.imul(stream + 1, 0x9e3779b1));
    return mix(h ^ Math.imul(i + 1, 0x85ebca77) ^ this.high);
  }

  /** Standard normal by Box-Muller, from the uniforms at (stream, i, 2j) and (stream, i, 2j + 1). */
  normal(stream: number, i: number, j: number): number {
    const u = 1 - this.unit(stream, i, 2 * j);
    return Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * this.unit(stream, i, 2 * j + 1));
  }

  /** Log-normal with the given median. */
  logNormal(spec: { median: number; sigma: number }, stream: number, i: number, j: number): number {
    return spec.median * Math.exp(spec.sigma * this.normal(stream, i, j));
  }

  /** Exponential with the given mean. */
  exponential(mean: number, stream: number, i: number, j: number): number {
    return -mean * Math.log(1 - this.unit(stream, i, j));
  }

  /** An integer in [0, n). */
  index(n: number, stream: number, i: number, j: number): number {
    return Math.floor(this.unit(stream, i, j) * n);
  }
}

/** The uniform in [0, 1) at place j of a row of noise. */
export function unitOf(row: number, j: number): number {
  return (mix(row ^ Math.imul(j + 1, 0xc2b2ae3d)) >>> 0) / 4294967296;
}

function mix(h: number): number {
  let x = h;
  x ^= x >>> 16;
  x = Math.imul(x, 0x85ebca6b);
  x ^= x >>> 13;
  x = Math.imul(x, 0xc2b2ae35);
  return x ^ (x >>> 16);
}

/** Streams of an incident's noise; a number never changes its meaning. */
export const STREAM = {
  fault: 1,
  load: 2,
  pod: 3,
  death: 4,
  execution: 5,
  metrics: 6,
  logs: 7,
  events: 8,
  changes: 9,
  alerts: 10,
  report: 11,
  taint: 12,
  actor: 13,
  nodes: 14,
} as const;
