import { Discrete } from '../../spaces/discrete.js';
import type { Space } from '../../spaces/space.js';
import {
  NativeVectorEnv,
  type NativeVectorOptions,
  type StartBounds,
} from '../../vector/native-vector-env.js';
import { AT_REST, checkDiscrete, resetBounds } from './bounds.js';
import { type Car, climb, hillObservationSpace } from './mountain-car.js';

export interface MountainCarVectorOptions extends NativeVectorOptions {
  readonly goalVelocity?: number;
}

/** Many mountain cars in one loop: see {@link MountainCarEnv} for the task. Actions are 0, 1 or 2. */
export class MountainCarVectorEnv extends NativeVectorEnv<Int32Array> {
  readonly #goalVelocity: number;
  /** The car being moved; scratch space. */
  readonly #car: Car = { position: 0, velocity: 0 };

  constructor(numEnvs = 1, options: MountainCarVectorOptions = {}) {
    super(
      numEnvs,
      {
        observationSpace: hillObservationSpace(),
        actionSpace: new Discrete(3) as Space<unknown>,
        bounds: [[-0.6, -0.4], AT_REST],
      },
      { maxEpisodeSteps: 200, ...options },
    );
    this.#goalVelocity = options.goalVelocity ?? 0;
  }

  protected override startBounds(options: Readonly<Record<string, unknown>> | null): StartBounds {
    return [resetBounds(options, -0.6, -0.4), AT_REST];
  }

  protected override advance(actions: Int32Array): void {
    checkDiscrete(actions, this.numEnvs, 3);
    const [positions, velocities] = this.state as [Float64Array, Float64Array];
    const car = this.#car;
    for (let i = 0; i < positions.length; i++) {
      car.position = positions[i]!;
      car.velocity = velocities[i]!;
      this.terminations[i] = climb(car, actions[i]!, this.#goalVelocity) ? 1 : 0;
      positions[i] = car.position;
      velocities[i] = car.velocity;
      this.rewards[i] = -1;
      this.observe(i);
    }
  }

  protected override observe(i: number): void {
    this.observations[2 * i] = this.state[0]![i]!;
    this.observations[2 * i + 1] = this.state[1]![i]!;
  }
}
