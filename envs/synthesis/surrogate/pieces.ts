import type { CompiledSign } from './compiled-sign.js';

/** Pieces of evidence, each a sign at a service, which counts once: the first time it is met. Only the first `size` of each list count. */
export class Pieces {
  size = 0;
  readonly signs: CompiledSign[] = [];
  readonly services: Int32Array;
  /** What the piece counts, relative to a sign that is plain to see. */
  readonly factors: Float64Array;
  /** Numbers of the pieces, by which their draws are addressed. */
  readonly numbers: Int32Array;
  private readonly seen: Uint8Array;

  constructor(
    signs: number,
    private readonly serviceCount: number,
  ) {
    const most = signs * serviceCount;
    this.services = new Int32Array(most);
    this.factors = new Float64Array(most);
    this.numbers = new Int32Array(most);
    this.seen = new Uint8Array(most);
  }

  clear(): void {
    for (let i = 0; i < this.size; i++) this.seen[this.numbers[i]!] = 0;
    this.size = 0;
  }

  add(sign: CompiledSign, service: number, factor: number): void {
    const number = sign.index * this.serviceCount + service;
    if (this.seen[number]) return;
    this.seen[number] = 1;
    const at = this.size++;
    this.signs[at] = sign;
    this.services[at] = service;
    this.factors[at] = factor;
    this.numbers[at] = number;
  }
}
