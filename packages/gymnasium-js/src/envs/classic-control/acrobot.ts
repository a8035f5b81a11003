import { Env, type Metadata, type ResetOptions, type ResetResult, type StepResult } from '../../core/env.js';
import { InvalidAction, ResetNeeded } from '../../error.js';
import { circle, line, rod, svg } from '../../render/svg.js';
import { Box } from '../../spaces/box.js';
import { Discrete } from '../../spaces/discrete.js';
import { warnNoRenderMode } from '../render-mode.js';
import { resetBounds } from './bounds.js';

const { cos, sin, PI } = Math;

/** Two equal links; SI units. Source: Sutton (1996), Sutton and Barto's book. */
const LINK = { length: 1, mass: 1, centre: 0.5, inertia: 1, gravity: 9.8 } as const;
const MAX_SPEED_1 = 4 * PI;
const MAX_SPEED_2 = 9 * PI;
const TORQUES = [-1, 0, 1] as const;

/** Two angles and their velocities. */
type State = [theta1: number, theta2: number, dTheta1: number, dTheta2: number];

export interface AcrobotOptions {
  readonly renderMode?: string | null;
  /** Equations of the book (default) or of the NIPS paper, which lack a term. */
  readonly bookOrNips?: 'book' | 'nips';
  /** Seconds a step; default 0.2. */
  readonly dt?: number;
}

function wrap(x: number): number {
  let angle = x;
  while (angle > PI) angle -= 2 * PI;
  while (angle < -PI) angle += 2 * PI;
  return angle;
}

function bound(x: number, limit: number): number {
  return Math.min(Math.max(x, -limit), limit);
}

/** Time derivative of the state under a torque on the joint. Operations in the order of the reference, for equal bits. */
function derivative([theta1, theta2, d1, d2]: State, torque: number, nips: boolean): State {
  const { length: l1, mass: m, centre: lc, inertia, gravity: g } = LINK;
  const c2 = cos(theta2);
  const s2 = sin(theta2);
  const inertia1 = m * lc ** 2 + m * (l1 ** 2 + lc ** 2 + 2 * l1 * lc * c2) + inertia + inertia;
  const inertia2 = m * (lc ** 2 + l1 * lc * c2) + inertia;
  const phi2 = m * lc * g * cos(theta1 + theta2 - PI / 2);
  const phi1 =
    -m * l1 * lc * (d2 * d2) * s2 -
    2 * m * l1 * lc * d2 * d1 * s2 +
    (m * lc + m * l1) * g * cos(theta1 - PI / 2) +
    phi2;
  const coupling = nips ? 0 : m * l1 * lc * (d1 * d1) * s2;
  const drive = nips
    ? torque + (inertia2 / inertia1) * phi1 - phi2
    : torque + (inertia2 / inertia1) * phi1 - coupling - phi2;
  const acceleration2 = drive / (m * lc ** 2 + inertia - (inertia2 * inertia2) / inertia1);
  const acceleration1 = -(inertia2 * acceleration2 + phi1) / inertia1;
  return [d1, d2, acceleration1, acceleration2];
}

function plus(a: State, scale: number, b: State): State {
  return [a[0] + scale * b[0], a[1] + scale * b[1], a[2] + scale * b[2], a[3] + scale * b[3]];
}

/** One step of the classical fourth-order Runge-Kutta method. */
function rk4(y: State, torque: number, dt: number, nips: boolean): State {
  const half = dt / 2;
  const k1 = derivative(y, torque, nips);
  const k2 = derivative(plus(y, half, k1), torque, nips);
  const k3 = derivative(plus(y, half, k2), torque, nips);
  const k4 = derivative(plus(y, dt, k3), torque, nips);
  const next = (i: 0 | 1 | 2 | 3) => y[i] + (dt / 6) * (k1[i] + 2 * k2[i] + 2 * k3[i] + k4[i]);
  return [next(0), next(1), next(2), next(3)];
}

/**
 * Two links hanging from a pivot, driven at the joint between them: swing the free end above the bar.
 *
 * | | |
 * |---|---|
 * | Action | `Discrete(3)`: torque -1, 0 or 1 N m on the joint |
 * | Observation | `Float32Array(6)`: cos and sin of both angles, angular velocities (±4π, ±9π rad/s) |
 * | Reward | -1 each step, 0 on the last |
 * | Start | all four state values uniform in ±0.1 (float32); `reset({options: {low, high}})` changes the bounds |
 * | End | terminated when -cos θ1 - cos(θ1 + θ2) > 1; truncated by `TimeLimit` after 500 steps |
 *
 * Version history: v1.
 */
export class AcrobotEnv extends Env<Float32Array, number> {
  static override readonly metadata: Metadata = { renderModes: ['svg'], renderFps: 15 };

  override readonly observationSpace: Box;
  override readonly actionSpace: Discrete = new Discrete(3);
  override readonly renderMode: string | null;
  readonly bookOrNips: 'book' | 'nips';
  readonly dt: number;
  #state: State | null = null;

  constructor({ renderMode = null, bookOrNips = 'book', dt = 0.2 }: AcrobotOptions = {}) {
    super();
    const high = [1, 1, 1, 1, MAX_SPEED_1, MAX_SPEED_2];
    this.observationSpace = new Box(
      high.map((x) => -x),
      high,
    );
    this.renderMode = renderMode;
    this.bookOrNips = bookOrNips;
    this.dt = dt;
  }

  override reset(options: ResetOptions = {}): ResetResult<Float32Array> {
    super.reset(options);
    const [low, high] = resetBounds(options.options, -0.1, 0.1);
    const draw = () => Math.fround(this.npRandom.uniform(low, high));
    this.#state = [draw(), draw(), draw(), draw()];
    return [observe(this.#state), {}];
  }

  /** @throws InvalidAction unless the action is 0, 1 or 2; ResetNeeded before the first reset */
  override step(action: number): StepResult<Float32Array> {
    if (this.#state === null) throw new ResetNeeded('Call reset before using AcrobotEnv object.');
    const torque = TORQUES[action];
    if (torque === undefined) throw new InvalidAction(`${String(action)} (${typeof action}) invalid`);
    const next = rk4(this.#state, torque, this.dt, this.bookOrNips === 'nips');
    this.#state = [wrap(next[0]), wrap(next[1]), bound(next[2], MAX_SPEED_1), bound(next[3], MAX_SPEED_2)];
    const terminated = -cos(this.#state[0]) - cos(this.#state[1] + this.#state[0]) > 1;
    return [observe(this.#state), terminated ? 0 : -1, terminated, false, {}];
  }

  override render(): string | null {
    if (this.renderMode === null) return warnNoRenderMode(this.spec?.id ?? 'Acrobot-v1', 'svg');
    const [theta1, theta2] = this.#state ?? [0, 0];
    const scale = 500 / 4.4;
    const [x, y] = [250 + scale * sin(theta1), 250 + scale * cos(theta1)];
    return svg(500, 500, [
      line(0, 250 - scale, 500, 250 - scale),
      rod(250, 250, theta1, scale, 0.2 * scale, '#00cccc'),
      rod(x, y, theta1 + theta2, scale, 0.2 * scale, '#00cccc'),
      circle(250, 250, 0.1 * scale, '#cccc00'),
      circle(x, y, 0.1 * scale, '#cccc00'),
    ]);
  }

  override getState(): unknown {
    return { base: super.getState(), links: this.#state };
  }

  override setState(state: unknown): void {
    const { base, links } = state as { base: unknown; links: State | null };
    super.setState(base);
    this.#state = links === null ? null : [...links];
  }
}

function observe([theta1, theta2, d1, d2]: State): Float32Array {
  return Float32Array.of(cos(theta1), sin(theta1), cos(theta2), sin(theta2), d1, d2);
}
