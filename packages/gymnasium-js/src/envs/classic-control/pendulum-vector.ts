import { Box } from '../../spaces/box.js';
import type { Space } from '../../spaces/space.js';
import {
  NativeVectorEnv,
  type NativeVectorOptions,
  type StartBounds,
} from '../../vector/native-vector-env.js';
import { normaliseAngle, PENDULUM, pendulumObservationSpace, pendulumStart } from './pendulum.js';

export interface PendulumVectorOptions extends NativeVectorOptions {
  /** Gravity, m/s²; default 10. */
  readonly g?: number;
}

const { fround } = Math;

/** Many pendulums in one loop: see {@link PendulumEnv} for the task. Actions are one torque for each environment. */
export class PendulumVectorEnv extends NativeVectorEnv<Float32Array> {
  readonly #g: number;

  constructor(numEnvs = 1, options: PendulumVectorOptions = {}) {
    const { maxTorque } = PENDULUM;
    const actions = new Box(-maxTorque, maxTorque, { shape: [1] }) as Space<unknown>;
    super(
      numEnvs,
      pendulumObservationSpace(),
      actions,
      starts(null),
      {},
      { maxEpisodeSteps: 200, ...options },
    );
    this.#g = options.g ?? 10;
  }

  protected override startBounds(options: Readonly<Record<string, unknown>> | null): StartBounds {
    return starts(options);
  }

  protected override advance(actions: Float32Array): void {
    const { maxSpeed, maxTorque, dt, mass, length } = PENDULUM;
    const [thetas, thetaDots] = this.state as [Float64Array, Float64Array];
    const gravity = (3 * this.#g) / (2 * length);
    const inertia = 3 / (mass * length ** 2);
    for (let i = 0; i < thetas.length; i++) {
      const theta = thetas[i]!;
      const thetaDot = thetaDots[i]!;
      const torque = Math.min(Math.max(fround(actions[i]!), -maxTorque), maxTorque);
      const angle = normaliseAngle(theta);
      this.rewards[i] = -(
        angle * angle +
        0.1 * (thetaDot * thetaDot) +
        fround(fround(0.001) * fround(torque * torque))
      );
      const speed = thetaDot + (gravity * Math.sin(theta) + fround(inertia * torque)) * dt;
      thetaDots[i] = Math.min(Math.max(speed, -maxSpeed), maxSpeed);
      thetas[i] = theta + thetaDots[i]! * dt;
    }
  }

  protected override observe(first: number, end: number): void {
    const [thetas, thetaDots] = this.state as [Float64Array, Float64Array];
    for (let i = first; i < end; i++) {
      this.observations[3 * i] = Math.cos(thetas[i]!);
      this.observations[3 * i + 1] = Math.sin(thetas[i]!);
      this.observations[3 * i + 2] = thetaDots[i]!;
    }
  }
}

function starts(options: Readonly<Record<string, unknown>> | null): StartBounds {
  const { x, y } = pendulumStart(options);
  return [
    [-x, x],
    [-y, y],
  ];
}
