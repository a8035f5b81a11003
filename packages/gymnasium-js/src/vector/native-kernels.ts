/** The WebAssembly kernels of the natively batched environments (sources: `assembly/`) and the memory they work on. */
import { KERNELS_WASM } from './native-kernels.wasm.js';

/** Addresses are byte offsets into the memory. */
export interface NativeKernels {
  settle(
    count: number,
    maxSteps: number,
    steps: number,
    terminations: number,
    truncations: number,
    ended: number,
    list: number,
    listed: number,
  ): number;
  restart(
    count: number,
    list: number,
    variables: number,
    state: number,
    stride: number,
    bounds: number,
    words: number,
    steps: number,
    ended: number,
  ): void;
  cartPole(
    count: number,
    state: number,
    stride: number,
    actions: number,
    rewards: number,
    terminations: number,
    observations: number,
    constants: number,
  ): void;
}

/** What `settle` lists, as numbered in `assembly/index.ts`: nothing, episodes that ended before this step, or in it. */
export const LISTED = { Disabled: 0, NextStep: 1, SameStep: 2 } as const;

// Node's own type definitions (major 20) leave WebAssembly out and the browser's would bring the whole DOM with them.
interface WebAssemblyApi {
  readonly Memory: new (limits: { initial: number }) => { readonly buffer: ArrayBuffer };
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
    imports: Record<string, Record<string, unknown>>,
  ) => { readonly exports: unknown };
}
const { WebAssembly } = globalThis as unknown as { WebAssembly: WebAssemblyApi };

const PAGE = 65536;
const ALIGNMENT = 16;
/** Environments an array is padded to a multiple of. */
const LANES = 16;

let compiled: object | null = null;

function instantiate(memory: object): NativeKernels {
  compiled ??= new WebAssembly.Module(Uint8Array.from(atob(KERNELS_WASM), (letter) => letter.charCodeAt(0)));
  const runtime = { sin: Math.sin, cos: Math.cos };
  return new WebAssembly.Instance(compiled, { env: { memory }, runtime }).exports as NativeKernels;
}

/** Entries of an array that holds one for each of `n` environments, padding included. */
export function padded(n: number): number {
  return Math.ceil(n / LANES) * LANES;
}

/** The arrays of one batched environment, laid out one after another in a memory of its own. */
export class NativeMemory {
  readonly kernels: NativeKernels;
  readonly #buffer: ArrayBuffer;
  #next = ALIGNMENT;

  /** @param bytes - what will be asked for in total, without the padding between arrays */
  constructor(bytes: number) {
    const memory = new WebAssembly.Memory({ initial: Math.ceil((bytes + PAGE / 2) / PAGE) });
    this.kernels = instantiate(memory);
    this.#buffer = memory.buffer;
  }

  #take(bytes: number): number {
    const at = this.#next;
    this.#next = Math.ceil((at + bytes) / ALIGNMENT) * ALIGNMENT;
    return at;
  }

  /** The first `length` entries of an array with room for `room`. @throws RangeError beyond what the constructor was told */
  float64(length: number, room = length): Float64Array {
    return new Float64Array(this.#buffer, this.#take(room * 8), length);
  }

  float32(length: number, room = length): Float32Array {
    return new Float32Array(this.#buffer, this.#take(room * 4), length);
  }

  int32(length: number, room = length): Int32Array {
    return new Int32Array(this.#buffer, this.#take(room * 4), length);
  }

  uint8(length: number, room = length): Uint8Array {
    return new Uint8Array(this.#buffer, this.#take(room), length);
  }
}
