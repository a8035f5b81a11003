import { Box } from '../../spaces/box.js';
import type { Space } from '../../spaces/space.js';
import { checkContinuous } from './bounds.js';
import { drive, driveReward } from './continuous-mountain-car.js';
import { HillVectorEnv, type MountainCarVectorOptions } from './hill-vector.js';

/** Many mountain cars with continuous engines in one loop: see {@link ContinuousMountainCarEnv}. Actions are one force for each environment. */
export class ContinuousMountainCarVectorEnv extends HillVectorEnv<Float32Array> {
  constructor(numEnvs = 1, options: MountainCarVectorOptions = {}) {
    super(numEnvs, new Box(-1, 1, { shape: [1] }) as Space<unknown>, { maxEpisodeSteps: 999, ...options });
  }

  protected override advance(actions: Float32Array): void {
    checkContinuous(actions, this.numEnvs);
    const [positions, velocities] = this.state as [Float64Array, Float64Array];
    const { car } = this;
    for (let i = 0; i < positions.length; i++) {
      const force = actions[i]!;
      car.position = positions[i]!;
      car.velocity = velocities[i]!;
      const terminated = drive(car, force, this.steps[i] === 0, this.goalVelocity);
      positions[i] = car.position;
      velocities[i] = car.velocity;
      this.terminations[i] = terminated ? 1 : 0;
      this.rewards[i] = driveReward(force, terminated);
      this.observe(i);
    }
  }
}
