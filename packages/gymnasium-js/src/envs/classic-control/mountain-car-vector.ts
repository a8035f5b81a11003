import { Discrete } from '../../spaces/discrete.js';
import type { Space } from '../../spaces/space.js';
import {
  NativeVectorEnv,
  type NativeVectorOptions,
  type StartBounds,
} from '../../vector/native-vector-env.js';
import { resetBounds } from './bounds.js';
import { HILL, hillObservationSpace } from './mountain-car.js';

export interface MountainCarVectorOptions extends NativeVectorOptions {
  readonly goalVelocity?: number;
}

const FORCE = 0.001;
const GOAL = 0.5;

/** Many mountain cars in one loop: see {@link MountainCarEnv} for the task. Actions are 0, 1 or 2, unchecked. */
export class MountainCarVectorEnv extends NativeVectorEnv<Int32Array> {
  readonly #goalVelocity: number;

  constructor(numEnvs = 1, options: MountainCarVectorOptions = {}) {
    super(
      numEnvs,
      hillObservationSpace(),
      new Discrete(3) as Space<unknown>,
      [
        [-0.6, -0.4],
        [0, 0],
      ],
      {},
      {
        maxEpisodeSteps: 200,
        ...options,
      },
    );
    this.#goalVelocity = options.goalVelocity ?? 0;
  }

  protected override startBounds(options: Readonly<Record<string, unknown>> | null): StartBounds {
    return [resetBounds(options, -0.6, -0.4), [0, 0]];
  }

  protected override advance(actions: Int32Array): void {
    const { minPosition, maxPosition, maxSpeed, gravity } = HILL;
    const [positions, velocities] = this.state as [Float64Array, Float64Array];
    const goalVelocity = this.#goalVelocity;
    for (let i = 0; i < positions.length; i++) {
      const push = (actions[i]! - 1) * FORCE + Math.cos(3 * positions[i]!) * -gravity;
      let velocity = Math.min(Math.max(velocities[i]! + push, -maxSpeed), maxSpeed);
      const position = Math.min(Math.max(positions[i]! + velocity, minPosition), maxPosition);
      if (position === minPosition && velocity < 0) velocity = 0;
      positions[i] = position;
      velocities[i] = velocity;
      this.rewards[i] = -1;
      this.terminations[i] = position >= GOAL && velocity >= goalVelocity ? 1 : 0;
    }
  }

  protected override observe(first: number, end: number): void {
    const [positions, velocities] = this.state as [Float64Array, Float64Array];
    for (let i = first; i < end; i++) {
      this.observations[2 * i] = positions[i]!;
      this.observations[2 * i + 1] = velocities[i]!;
    }
  }
}
