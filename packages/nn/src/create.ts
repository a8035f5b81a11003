import { TensorFlowNetwork } from './tensorflow/network.js';
import type { EngineName, Network, NetworkSpec, RandomSource } from './types.js';
import { WasmNetwork } from './wasm/network.js';

export const ENGINES: readonly EngineName[] = ['wasm', 'wasm-relaxed', 'tensorflow'];

/**
 * Makes a network; the initial parameters depend on the spec and the random stream only, not on the engine.
 * Throws a RangeError on an impossible spec or an unknown engine, an Error when `tensorflow` is asked for and not installed.
 */
export async function createNetwork(
  spec: NetworkSpec,
  random: RandomSource,
  engine: EngineName = 'wasm',
): Promise<Network> {
  switch (engine) {
    case 'wasm':
      return WasmNetwork.create(spec, random, 'strict');
    case 'wasm-relaxed':
      return WasmNetwork.create(spec, random, 'relaxed');
    case 'tensorflow':
      return TensorFlowNetwork.create(spec, random);
    default:
      throw new RangeError(`unknown engine "${String(engine)}"; there are ${ENGINES.join(', ')}`);
  }
}
