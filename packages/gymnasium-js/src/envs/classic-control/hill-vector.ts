import type { Space } from '../../spaces/space.js';
import {
  NativeVectorEnv,
  type NativeVectorOptions,
  type StartBounds,
} from '../../vector/native-vector-env.js';
import { AT_REST, resetBounds } from './bounds.js';
import { type Car, hillObservationSpace } from './mountain-car.js';

export interface MountainCarVectorOptions extends NativeVectorOptions {
  readonly goalVelocity?: number;
}

/** Where a car starts, at rest, unless reset's options say otherwise. */
const [LOW, HIGH] = [-0.6, -0.4];

/** Many cars on the hill: what the versions with three and with continuous engines share. */
export abstract class HillVectorEnv<Act extends Float32Array | Int32Array> extends NativeVectorEnv<Act> {
  protected readonly goalVelocity: number;
  /** The car being moved; scratch space. */
  protected readonly car: Car = { position: 0, velocity: 0 };

  constructor(numEnvs: number, actionSpace: Space<unknown>, options: MountainCarVectorOptions) {
    super(
      numEnvs,
      { observationSpace: hillObservationSpace(), actionSpace, bounds: [[LOW, HIGH], AT_REST] },
      options,
    );
    this.goalVelocity = options.goalVelocity ?? 0;
  }

  protected override startBounds(options: Readonly<Record<string, unknown>> | null): StartBounds {
    return [resetBounds(options, LOW, HIGH), AT_REST];
  }

  protected override observe(i: number): void {
    this.observations[2 * i] = this.state[0]![i]!;
    this.observations[2 * i + 1] = this.state[1]![i]!;
  }
}
