import type { CompiledSign } from './signs.js';

/** Pieces of evidence, each a sign at a service, which counts once: the first time it is met. */
export class Pieces {
  readonly signs: CompiledSign[] = [];
  readonly services: number[] = [];
  /** What the piece counts, relative to a sign that is plain to see. */
  readonly factors: number[] = [];
  private readonly seen: Uint8Array;

  constructor(
    signs: number,
    private readonly serviceCount: number,
  ) {
    this.seen = new Uint8Array(signs * serviceCount);
  }

  get size(): number {
    return this.signs.length;
  }

  /** Number of a piece, by which its draw is addressed. */
  number(i: number): number {
    return this.signs[i]!.index * this.serviceCount + this.services[i]!;
  }

  clear(): void {
    for (let i = 0; i < this.size; i++) this.seen[this.number(i)] = 0;
    this.signs.length = 0;
    this.services.length = 0;
    this.factors.length = 0;
  }

  add(sign: CompiledSign, service: number, factor: number): void {
    const at = sign.index * this.serviceCount + service;
    if (this.seen[at]) return;
    this.seen[at] = 1;
    this.signs.push(sign);
    this.services.push(service);
    this.factors.push(factor);
  }
}
