import { webAssembly } from './host.js';

const PAGE = 65_536;
const ALIGNMENT = 16;
/** The first bytes stay free: address 0 means "none", and the constants of the kernels follow it. */
const FIRST_ADDRESS = 1_024;

/**
 * A bump allocator over a growing WebAssembly memory. Growing detaches every view handed out before, so views are made
 * again when `generation` changes.
 */
export class Arena {
  readonly memory = new webAssembly.Memory({ initial: 1 });
  generation = 0;
  private top = FIRST_ADDRESS;

  /** Address of room for `count` zeroed floats, rounded up to whole vectors of four and a vector of slack. */
  allocate(count: number): number {
    const address = this.top;
    this.top += Math.ceil((count * 4) / ALIGNMENT) * ALIGNMENT + ALIGNMENT;
    const missing = this.top - this.memory.buffer.byteLength;
    if (missing > 0) {
      this.memory.grow(Math.ceil(missing / PAGE));
      this.generation++;
    }
    new Float32Array(this.memory.buffer, address, count).fill(0);
    return address;
  }

  /** The next address to be given out; `release` goes back to it. */
  mark(): number {
    return this.top;
  }

  /** Frees everything allocated since `mark`. */
  release(mark: number): void {
    this.top = mark;
  }

  view(address: number, count: number): Float32Array {
    return new Float32Array(this.memory.buffer, address, count);
  }

  /** Address of room for `count` zeroed float64, as {@link allocate}. */
  allocateDoubles(count: number): number {
    return this.allocate(2 * count);
  }

  doubles(address: number, count: number): Float64Array {
    return new Float64Array(this.memory.buffer, address, count);
  }
}

/** Rows are padded with zeros to a multiple of four floats. */
export function padded(width: number): number {
  return (width + 3) & ~3;
}
