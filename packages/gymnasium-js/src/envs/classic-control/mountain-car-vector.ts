import { Discrete } from '../../spaces/discrete.js';
import type { Space } from '../../spaces/space.js';
import { checkDiscrete } from './bounds.js';
import { HillVectorEnv, type MountainCarVectorOptions } from './hill-vector.js';
import { climb } from './mountain-car.js';

/** Many mountain cars in one loop: see {@link MountainCarEnv} for the task. Actions are 0, 1 or 2. */
export class MountainCarVectorEnv extends HillVectorEnv<Int32Array> {
  constructor(numEnvs = 1, options: MountainCarVectorOptions = {}) {
    super(numEnvs, new Discrete(3) as Space<unknown>, { maxEpisodeSteps: 200, ...options });
  }

  protected override advance(actions: Int32Array): void {
    checkDiscrete(actions, this.numEnvs, 3);
    const [positions, velocities] = this.state as [Float64Array, Float64Array];
    const { car } = this;
    for (let i = 0; i < positions.length; i++) {
      car.position = positions[i]!;
      car.velocity = velocities[i]!;
      this.terminations[i] = climb(car, actions[i]!, this.goalVelocity) ? 1 : 0;
      positions[i] = car.position;
      velocities[i] = car.velocity;
      this.rewards[i] = -1;
      this.observe(i);
    }
  }
}
