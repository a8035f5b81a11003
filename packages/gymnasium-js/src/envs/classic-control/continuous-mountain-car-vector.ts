import { Box } from '../../spaces/box.js';
import type { Space } from '../../spaces/space.js';
import { NativeVectorEnv, type StartBounds } from '../../vector/native-vector-env.js';
import { AT_REST, checkContinuous, resetBounds } from './bounds.js';
import { drive, driveReward } from './continuous-mountain-car.js';
import { type Car, hillObservationSpace } from './mountain-car.js';
import type { MountainCarVectorOptions } from './mountain-car-vector.js';

/** Many mountain cars with continuous engines in one loop: see {@link ContinuousMountainCarEnv}. Actions are one force for each environment. */
export class ContinuousMountainCarVectorEnv extends NativeVectorEnv<Float32Array> {
  readonly #goalVelocity: number;
  /** The car being moved; scratch space. */
  readonly #car: Car = { position: 0, velocity: 0 };

  constructor(numEnvs = 1, options: MountainCarVectorOptions = {}) {
    super(
      numEnvs,
      {
        observationSpace: hillObservationSpace(),
        actionSpace: new Box(-1, 1, { shape: [1] }) as Space<unknown>,
        bounds: [[-0.6, -0.4], AT_REST],
      },
      { maxEpisodeSteps: 999, ...options },
    );
    this.#goalVelocity = options.goalVelocity ?? 0;
  }

  protected override startBounds(options: Readonly<Record<string, unknown>> | null): StartBounds {
    return [resetBounds(options, -0.6, -0.4), AT_REST];
  }

  protected override advance(actions: Float32Array): void {
    checkContinuous(actions, this.numEnvs);
    const [positions, velocities] = this.state as [Float64Array, Float64Array];
    const car = this.#car;
    for (let i = 0; i < positions.length; i++) {
      const force = actions[i]!;
      car.position = positions[i]!;
      car.velocity = velocities[i]!;
      const terminated = drive(car, force, this.steps[i] === 0, this.#goalVelocity);
      positions[i] = car.position;
      velocities[i] = car.velocity;
      this.terminations[i] = terminated ? 1 : 0;
      this.rewards[i] = driveReward(force, terminated);
      this.observe(i);
    }
  }

  protected override observe(i: number): void {
    this.observations[2 * i] = this.state[0]![i]!;
    this.observations[2 * i + 1] = this.state[1]![i]!;
  }
}
