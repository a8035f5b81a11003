import type { Space } from '../../spaces/space.js';
import {
  NativeVectorEnv,
  type NativeVectorOptions,
  type StartBounds,
} from '../../vector/native-vector-env.js';
import { checkContinuous } from './bounds.js';
import {
  clipTorque,
  type Pole,
  pendulumActionSpace,
  pendulumObservationSpace,
  pendulumStart,
  swing,
} from './pendulum.js';

export interface PendulumVectorOptions extends NativeVectorOptions {
  /** Gravity, m/s²; default 10. */
  readonly g?: number;
}

/** Many pendulums in one loop: see {@link PendulumEnv} for the task. Actions are one torque for each environment. */
export class PendulumVectorEnv extends NativeVectorEnv<Float32Array> {
  readonly #g: number;
  /** The pole being moved; scratch space. */
  readonly #pole: Pole = { theta: 0, thetaDot: 0 };

  constructor(numEnvs = 1, options: PendulumVectorOptions = {}) {
    super(
      numEnvs,
      {
        observationSpace: pendulumObservationSpace(),
        actionSpace: pendulumActionSpace() as Space<unknown>,
        bounds: starts(null),
      },
      { maxEpisodeSteps: 200, ...options },
    );
    this.#g = options.g ?? 10;
  }

  protected override startBounds(options: Readonly<Record<string, unknown>> | null): StartBounds {
    return starts(options);
  }

  protected override advance(actions: Float32Array): void {
    checkContinuous(actions, this.numEnvs);
    const [thetas, thetaDots] = this.state as [Float64Array, Float64Array];
    const pole = this.#pole;
    for (let i = 0; i < thetas.length; i++) {
      pole.theta = thetas[i]!;
      pole.thetaDot = thetaDots[i]!;
      this.rewards[i] = swing(pole, clipTorque(actions[i]!), this.#g);
      thetas[i] = pole.theta;
      thetaDots[i] = pole.thetaDot;
      this.observe(i);
    }
  }

  protected override observe(i: number): void {
    const theta = this.state[0]![i]!;
    this.observations[3 * i] = Math.cos(theta);
    this.observations[3 * i + 1] = Math.sin(theta);
    this.observations[3 * i + 2] = this.state[1]![i]!;
  }
}

function starts(options: Readonly<Record<string, unknown>> | null): StartBounds {
  const { x, y } = pendulumStart(options);
  return [
    [-x, x],
    [-y, y],
  ];
}
