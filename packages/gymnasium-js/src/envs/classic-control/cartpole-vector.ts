import { Discrete } from '../../spaces/discrete.js';
import type { Space } from '../../spaces/space.js';
import { padded } from '../../vector/native-kernels.js';
import {
  NativeVectorEnv,
  type NativeVectorOptions,
  type StartBounds,
} from '../../vector/native-vector-env.js';
import { checkDiscrete, resetBounds, sameBounds } from './bounds.js';
import { CARTPOLE, cartPoleObservationSpace } from './cartpole.js';

export interface CartPoleVectorOptions extends NativeVectorOptions {
  /** Reward 0 a step and -1 at the fall instead of 1 a step. */
  readonly suttonBartoReward?: boolean;
}

/** What the kernel reads, in its order: see `assembly/cartpole.ts`. */
function constants(suttonBarto: boolean): number[] {
  const { gravity, massPole, totalMass, length, poleMassLength, force, tau, thetaLimit, xLimit } = CARTPOLE;
  const [standing, fallen] = suttonBarto ? [0, -1] : [1, 1];
  const physics = [gravity, massPole, totalMass, length, poleMassLength, force, tau, thetaLimit, xLimit];
  return [...physics, standing!, fallen!];
}

/**
 * Many cart-poles in one loop: see {@link CartPoleEnv} for the task. Actions are 0 or 1 for each environment. The dynamics
 * are a WebAssembly kernel with vector instructions, to the bits of the single environment.
 *
 * Equal to Python's `CartPoleVectorEnv` for the same seed and actions.
 */
export class CartPoleVectorEnv extends NativeVectorEnv<Int32Array> {
  readonly #actions: Int32Array;
  readonly #constants: Float64Array;

  constructor(numEnvs = 1, options: CartPoleVectorOptions = {}) {
    const values = constants(options.suttonBartoReward ?? false);
    super(
      numEnvs,
      {
        observationSpace: cartPoleObservationSpace(),
        actionSpace: new Discrete(2) as Space<unknown>,
        bounds: sameBounds(4, [-0.05, 0.05]),
        room: [Int32Array.BYTES_PER_ELEMENT, Float64Array.BYTES_PER_ELEMENT * values.length],
      },
      { maxEpisodeSteps: 500, ...options },
    );
    this.#actions = this.memory.int32(numEnvs, padded(numEnvs));
    this.#constants = this.memory.float64(values.length);
    this.#constants.set(values);
  }

  protected override startBounds(options: Readonly<Record<string, unknown>> | null): StartBounds {
    return sameBounds(4, resetBounds(options, -0.05, 0.05));
  }

  protected override advance(actions: Int32Array): void {
    checkDiscrete(actions, this.numEnvs, 2);
    this.#actions.set(actions);
    this.memory.kernels.cartPole(
      this.numEnvs,
      this.state[0]!.byteOffset,
      8 * padded(this.numEnvs),
      this.#actions.byteOffset,
      this.rewards.byteOffset,
      this.terminations.byteOffset,
      this.observations.byteOffset,
      this.#constants.byteOffset,
    );
  }

  protected override observe(i: number): void {
    for (let variable = 0; variable < 4; variable++) {
      this.observations[4 * i + variable] = this.state[variable]![i]!;
    }
  }
}
