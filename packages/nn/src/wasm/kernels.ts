import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setFlagsFromString } from 'node:v8';
import { type WasmMemory, type WasmModule, webAssembly } from './host.js';

/** Exports of `assembly/index.ts`; addresses in bytes, counts and strides in numbers. */
export interface Kernels extends SparseKernels {
  denseForward(
    x: number,
    xRow: number,
    w: number,
    b: number,
    y: number,
    rows: number,
    inputs: number,
    outputs: number,
    activation: number,
  ): void;
  denseWeightGradient(
    x: number,
    xRow: number,
    dz: number,
    dw: number,
    db: number,
    rows: number,
    inputs: number,
    outputs: number,
  ): void;
  denseInputGradient(
    dz: number,
    w: number,
    transposed: number,
    x: number,
    dx: number,
    rows: number,
    inputs: number,
    outputs: number,
    realInputs: number,
    mode: number,
  ): void;
  copyColumns(from: number, fromRow: number, to: number, toRow: number, width: number, rows: number): void;
  sumOfSquares(at: number, count: number): number;
  adam(
    p: number,
    g: number,
    m: number,
    v: number,
    count: number,
    scale: number,
    rate: number,
    beta1: number,
    beta2: number,
    secondScale: number,
    epsilon: number,
  ): void;
  rmsprop(
    p: number,
    g: number,
    v: number,
    count: number,
    scale: number,
    rate: number,
    alpha: number,
    epsilon: number,
  ): void;
  polyak(target: number, source: number, count: number, tau: number): void;
  tanhInPlace(at: number, count: number): void;
  constantsEnd(): number;
}

/** Exports of `assembly/sparse.ts`. */
export interface SparseKernels {
  sparseForward(
    entries: number,
    end: number,
    kernel1: number,
    bias1: number,
    hidden: number,
    room: number,
    kernel2: number,
    bias2: number,
    outputs: number,
    out: number,
  ): void;
  sparseForwardRows(
    x: number,
    xRow: number,
    rows: number,
    columns: number,
    columnsEnd: number,
    entries: number,
    kernel1: number,
    bias1: number,
    hidden: number,
    room: number,
    kernel2: number,
    bias2: number,
    outputs: number,
    out: number,
    outRow: number,
  ): void;
  sigmoids(at: number, count: number): void;
  entropies(at: number, count: number): number;
}

/** Modes of the matrix product's last step, as numbered in `assembly/gemm.ts`. */
export const ACTIVATION_CODE = { linear: 0, tanh: 1, relu: 2 } as const;
export const GRADIENT_CODE = { linear: 0, tanh: 3, relu: 4 } as const;

export type KernelBuild = 'strict' | 'relaxed';

const FILES: Record<KernelBuild, string> = { strict: 'kernels.wasm', relaxed: 'kernels-relaxed.wasm' };
const modules = new Map<KernelBuild, Promise<WasmModule>>();

const urlOf = (build: KernelBuild): URL => new URL(`../../build/${FILES[build]}`, import.meta.url);

async function compile(build: KernelBuild): Promise<WasmModule> {
  const bytes = await readFile(urlOf(build));
  // Node 20 has relaxed SIMD behind a flag (V8 11.3; on by default from 11.4).
  if (build === 'relaxed' && !webAssembly.validate(bytes))
    setFlagsFromString('--experimental-wasm-relaxed-simd');
  return webAssembly.compile(bytes);
}

/** An instance of the kernels on `memory`; modules are compiled once a process. Throws when the build is missing. */
export async function instantiateKernels(build: KernelBuild, memory: WasmMemory): Promise<Kernels> {
  let module = modules.get(build);
  if (!module) {
    module = compile(build);
    modules.set(build, module);
  }
  const instance = await webAssembly.instantiate(await module, importsOf(memory));
  return instance.exports as Kernels;
}

let strict: WasmModule | null = null;

/** An instance of the strict kernels, at once. Throws when the build is missing. */
export function strictKernels(memory: WasmMemory): Kernels {
  strict ??= new webAssembly.Module(readFileSync(urlOf('strict')));
  return new webAssembly.Instance(strict, importsOf(memory)).exports as Kernels;
}

function importsOf(memory: WasmMemory) {
  const abort = () => {
    throw new Error('a WebAssembly kernel aborted');
  };
  return { env: { memory, abort } };
}
