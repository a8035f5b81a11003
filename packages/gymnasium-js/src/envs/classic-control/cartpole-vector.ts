import { Discrete } from '../../spaces/discrete.js';
import type { Space } from '../../spaces/space.js';
import { smallCos, smallSin } from '../../utils/small-angles.js';
import {
  NativeVectorEnv,
  type NativeVectorOptions,
  type StartBounds,
} from '../../vector/native-vector-env.js';
import { resetBounds } from './bounds.js';
import { CARTPOLE, cartPoleObservationSpace } from './cartpole.js';

export interface CartPoleVectorOptions extends NativeVectorOptions {
  /** Reward 0 a step and -1 at the fall instead of 1 a step. */
  readonly suttonBartoReward?: boolean;
}

function bounds(low: number, high: number): StartBounds {
  return Array.from({ length: 4 }, () => [low, high] as const);
}

/**
 * Many cart-poles in one loop: see {@link CartPoleEnv} for the task. Actions are 0 or 1 for each environment, unchecked.
 *
 * Equal to Python's `CartPoleVectorEnv` for the same seed and actions.
 */
export class CartPoleVectorEnv extends NativeVectorEnv<Int32Array> {
  readonly #suttonBarto: boolean;

  constructor(numEnvs = 1, options: CartPoleVectorOptions = {}) {
    super(
      numEnvs,
      cartPoleObservationSpace(),
      new Discrete(2) as Space<unknown>,
      bounds(-0.05, 0.05),
      {},
      {
        maxEpisodeSteps: 500,
        ...options,
      },
    );
    this.#suttonBarto = options.suttonBartoReward ?? false;
  }

  protected override startBounds(options: Readonly<Record<string, unknown>> | null): StartBounds {
    return bounds(...resetBounds(options, -0.05, 0.05));
  }

  protected override advance(actions: Int32Array): void {
    const { gravity, massPole, totalMass, length, poleMassLength, tau, force, xLimit, thetaLimit } = CARTPOLE;
    const [xs, xDots, thetas, thetaDots] = this.state as [
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
    ];
    const { rewards, terminations } = this;
    const standing = this.#suttonBarto ? 0 : 1;
    const fallen = this.#suttonBarto ? -1 : 1;
    for (let i = 0; i < xs.length; i++) {
      const theta = thetas[i]!;
      const thetaDot = thetaDots[i]!;
      const cos = smallCos(theta);
      const sin = smallSin(theta);
      const push = actions[i] === 1 ? force : -force;
      const temp = (push + poleMassLength * (thetaDot * thetaDot) * sin) / totalMass;
      const thetaAcc =
        (gravity * sin - cos * temp) / (length * (4.0 / 3.0 - (massPole * (cos * cos)) / totalMass));
      const xAcc = temp - (poleMassLength * thetaAcc * cos) / totalMass;
      const x = xs[i]! + tau * xDots[i]!;
      const angle = theta + tau * thetaDot;
      xs[i] = x;
      xDots[i] = xDots[i]! + tau * xAcc;
      thetas[i] = angle;
      thetaDots[i] = thetaDot + tau * thetaAcc;
      const fell = x < -xLimit || x > xLimit || angle < -thetaLimit || angle > thetaLimit;
      terminations[i] = fell ? 1 : 0;
      rewards[i] = fell ? fallen : standing;
    }
  }

  protected override observe(first: number, end: number): void {
    const [xs, xDots, thetas, thetaDots] = this.state as [
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
    ];
    const out = this.observations;
    for (let i = first; i < end; i++) {
      const at = 4 * i;
      out[at] = xs[i]!;
      out[at + 1] = xDots[i]!;
      out[at + 2] = thetas[i]!;
      out[at + 3] = thetaDots[i]!;
    }
  }
}
