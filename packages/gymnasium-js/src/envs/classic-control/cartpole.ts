import { Env, type Metadata, type ResetOptions, type ResetResult, type StepResult } from '../../core/env.js';
import { InvalidAction, ResetNeeded } from '../../error.js';
import { warn } from '../../logger.js';
import { circle, element, line, rod, svg } from '../../render/svg.js';
import { Box } from '../../spaces/box.js';
import { Discrete } from '../../spaces/discrete.js';
import { smallCos, smallSin } from '../../utils/small-angles.js';
import { warnNoRenderMode } from '../render-mode.js';
import { resetBounds } from './bounds.js';

/** Constants of the cart and pole; SI units. Source: Barto, Sutton and Anderson (1983), as in Gymnasium. */
export const CARTPOLE = {
  gravity: 9.8,
  massPole: 0.1,
  totalMass: 0.1 + 1.0,
  /** Half the pole's length. */
  length: 0.5,
  poleMassLength: 0.1 * 0.5,
  force: 10.0,
  /** Seconds a step. */
  tau: 0.02,
  thetaLimit: (12 * 2 * Math.PI) / 360,
  xLimit: 2.4,
} as const;

export interface CartPoleOptions {
  /** Reward 0 a step and -1 at the fall (Sutton and Barto) instead of 1 a step. */
  readonly suttonBartoReward?: boolean;
  readonly renderMode?: string | null;
}

export function cartPoleObservationSpace(): Box {
  const high = [
    CARTPOLE.xLimit * 2,
    Number.POSITIVE_INFINITY,
    CARTPOLE.thetaLimit * 2,
    Number.POSITIVE_INFINITY,
  ];
  return new Box(
    high.map((x) => -x),
    high,
  );
}

/**
 * A pole on a cart: push left or right so that it does not fall.
 *
 * | | |
 * |---|---|
 * | Action | `Discrete(2)`: 0 pushes the cart left, 1 right, with 10 N |
 * | Observation | `Float32Array(4)`: cart position (m, ±4.8), velocity (m/s), pole angle (rad, ±0.418), angular velocity (rad/s) |
 * | Reward | 1 each step, the last included (with `suttonBartoReward`: 0, and -1 at the fall) |
 * | Start | all four uniform in ±0.05; `reset({options: {low, high}})` changes the bounds |
 * | End | terminated at an angle beyond ±12° or a position beyond ±2.4 m; truncated by `TimeLimit` after 500 steps (v0: 200) |
 *
 * Explicit Euler with 0.02 s, in float64; observations are rounded to float32. `sin` and `cos` are this package's own for small angles,
 * so that a trajectory is the same on every machine; it equals Python's in float32 (docs: parity).
 *
 * Version history: v1, 500 steps; v0, 200 steps.
 */
export class CartPoleEnv extends Env<Float32Array, number> {
  static override readonly metadata: Metadata = { renderModes: ['svg'], renderFps: 50 };

  override readonly observationSpace: Box = cartPoleObservationSpace();
  override readonly actionSpace: Discrete = new Discrete(2);
  override readonly renderMode: string | null;
  readonly #suttonBarto: boolean;
  #x = 0;
  #xDot = 0;
  #theta = 0;
  #thetaDot = 0;
  #started = false;
  /** Steps after the fall; -1 while the pole stands. */
  #beyond = -1;

  constructor({ suttonBartoReward = false, renderMode = null }: CartPoleOptions = {}) {
    super();
    this.#suttonBarto = suttonBartoReward;
    this.renderMode = renderMode;
  }

  override reset(options: ResetOptions = {}): ResetResult<Float32Array> {
    super.reset(options);
    const [low, high] = resetBounds(options.options, -0.05, 0.05);
    const random = this.npRandom;
    this.#x = random.uniform(low, high);
    this.#xDot = random.uniform(low, high);
    this.#theta = random.uniform(low, high);
    this.#thetaDot = random.uniform(low, high);
    this.#started = true;
    this.#beyond = -1;
    return [this.#observe(), {}];
  }

  /** @throws InvalidAction unless the action is 0 or 1; ResetNeeded before the first reset */
  override step(action: number): StepResult<Float32Array> {
    if (action !== 0 && action !== 1) throw new InvalidAction(`${String(action)} (${typeof action}) invalid`);
    if (!this.#started) throw new ResetNeeded('Call reset before using step method.');
    this.#advance(action === 1 ? CARTPOLE.force : -CARTPOLE.force);
    const x = this.#x;
    const theta = this.#theta;
    const terminated =
      x < -CARTPOLE.xLimit ||
      x > CARTPOLE.xLimit ||
      theta < -CARTPOLE.thetaLimit ||
      theta > CARTPOLE.thetaLimit;
    const reward = terminated ? this.#fall() : this.#suttonBarto ? 0 : 1;
    return [this.#observe(), reward, terminated, false, {}];
  }

  #advance(force: number): void {
    const { gravity, massPole, totalMass, length, poleMassLength, tau } = CARTPOLE;
    const theta = this.#theta;
    const thetaDot = this.#thetaDot;
    const cos = smallCos(theta);
    const sin = smallSin(theta);
    const temp = (force + poleMassLength * (thetaDot * thetaDot) * sin) / totalMass;
    const thetaAcc =
      (gravity * sin - cos * temp) / (length * (4.0 / 3.0 - (massPole * (cos * cos)) / totalMass));
    const xAcc = temp - (poleMassLength * thetaAcc * cos) / totalMass;
    this.#x += tau * this.#xDot;
    this.#xDot += tau * xAcc;
    this.#theta = theta + tau * thetaDot;
    this.#thetaDot = thetaDot + tau * thetaAcc;
  }

  #fall(): number {
    this.#beyond++;
    if (this.#beyond === 0) return this.#suttonBarto ? -1 : 1;
    if (this.#beyond === 1) {
      warn(
        "You are calling 'step()' even though this environment has already returned terminated = True. You should always call 'reset()' once you receive 'terminated = True' -- any further steps are undefined behavior.",
      );
    }
    return this.#suttonBarto ? -1 : 0;
  }

  #observe(): Float32Array {
    const observation = new Float32Array(4);
    observation[0] = this.#x;
    observation[1] = this.#xDot;
    observation[2] = this.#theta;
    observation[3] = this.#thetaDot;
    return observation;
  }

  override render(): string | null {
    if (this.renderMode === null) return warnNoRenderMode(this.spec?.id ?? 'CartPole-v1', 'svg');
    return drawCartPole(this.#x, this.#theta);
  }

  override getState(): unknown {
    const physics = [this.#x, this.#xDot, this.#theta, this.#thetaDot];
    return { base: super.getState(), physics, started: this.#started, beyond: this.#beyond };
  }

  override setState(state: unknown): void {
    const { base, physics, started, beyond } = state as {
      base: unknown;
      physics: [number, number, number, number];
      started: boolean;
      beyond: number;
    };
    super.setState(base);
    [this.#x, this.#xDot, this.#theta, this.#thetaDot] = physics;
    this.#started = started;
    this.#beyond = beyond;
  }
}

/** The scene, 600 × 400 pixels for ±4.8 m. */
function drawCartPole(x: number, theta: number): string {
  const scale = 600 / (CARTPOLE.xLimit * 4);
  const cart = 300 + x * scale;
  const ground = 300;
  return svg(600, 400, [
    line(0, ground, 600, ground),
    element('rect', { x: cart - 25, y: ground - 15, width: 50, height: 30, fill: '#000000' }),
    // The pole's angle is clockwise from upright, a rod's from straight down.
    rod(cart, ground - 7.5, Math.PI - theta, scale * 2 * CARTPOLE.length, 10, '#ca9865'),
    circle(cart, ground - 7.5, 5, '#8184cb'),
  ]);
}
