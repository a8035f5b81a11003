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
/** Two angles and their velocities. */
export type Links = [theta1: number, theta2: number, dTheta1: number, dTheta2: number];

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

/** Writes the time derivative of `y` under a torque on the joint. Operations in the order of the reference, for equal bits. */
function derivative(y: Links, torque: number, nips: boolean, out: Links): void {
  const [theta1, theta2, d1, d2] = y;
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
  out[0] = d1;
  out[1] = d2;
  out[2] = -(inertia2 * acceleration2 + phi1) / inertia1;
  out[3] = acceleration2;
}

// Scratch space of one Runge-Kutta step.
const at: Links = [0, 0, 0, 0];
const slopes: readonly [Links, Links, Links, Links] = [
  [0, 0, 0, 0],
  [0, 0, 0, 0],
  [0, 0, 0, 0],
  [0, 0, 0, 0],
];

/** Writes `y + scale × slope` to `at`. */
function along(y: Links, scale: number, slope: Links): Links {
  for (let i = 0; i < 4; i++) at[i] = y[i]! + scale * slope[i]!;
  return at;
}

/**
 * Moves the links by `dt` seconds under a torque on the joint, by the classical fourth-order Runge-Kutta method; returns whether the free
 * end is above the bar.
 */
export function swingLinks(links: Links, torque: number, dt: number, nips: boolean): boolean {
  const half = dt / 2;
  const [k1, k2, k3, k4] = slopes;
  derivative(links, torque, nips, k1);
  derivative(along(links, half, k1), torque, nips, k2);
  derivative(along(links, half, k2), torque, nips, k3);
  derivative(along(links, dt, k3), torque, nips, k4);
  for (let i = 0; i < 4; i++) links[i] = links[i]! + (dt / 6) * (k1[i]! + 2 * k2[i]! + 2 * k3[i]! + k4[i]!);
  links[0] = wrap(links[0]);
  links[1] = wrap(links[1]);
  links[2] = bound(links[2], MAX_SPEED_1);
  links[3] = bound(links[3], MAX_SPEED_2);
  return -cos(links[0]) - cos(links[1] + links[0]) > 1;
}

export function acrobotObservationSpace(): Box {
  const high = [1, 1, 1, 1, MAX_SPEED_1, MAX_SPEED_2];
  return new Box(
    high.map((x) => -x),
    high,
  );
}

/** Torque on the joint of each action, N m. */
export const TORQUES = [-1, 0, 1] as const;

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

  override readonly observationSpace: Box = acrobotObservationSpace();
  override readonly actionSpace: Discrete = new Discrete(3);
  override readonly renderMode: string | null;
  readonly bookOrNips: 'book' | 'nips';
  readonly dt: number;
  #links: Links | null = null;

  constructor({ renderMode = null, bookOrNips = 'book', dt = 0.2 }: AcrobotOptions = {}) {
    super();
    this.renderMode = renderMode;
    this.bookOrNips = bookOrNips;
    this.dt = dt;
  }

  override reset(options: ResetOptions = {}): ResetResult<Float32Array> {
    super.reset(options);
    const [low, high] = resetBounds(options.options, -0.1, 0.1);
    const draw = () => Math.fround(this.npRandom.uniform(low, high));
    this.#links = [draw(), draw(), draw(), draw()];
    return [observeLinks(this.#links, new Float32Array(6)), {}];
  }

  /** @throws InvalidAction unless the action is 0, 1 or 2; ResetNeeded before the first reset */
  override step(action: number): StepResult<Float32Array> {
    if (this.#links === null) throw new ResetNeeded('Call reset before using AcrobotEnv object.');
    const torque = TORQUES[action];
    if (torque === undefined) throw new InvalidAction(`${String(action)} (${typeof action}) invalid`);
    const terminated = swingLinks(this.#links, torque, this.dt, this.bookOrNips === 'nips');
    return [observeLinks(this.#links, new Float32Array(6)), terminated ? 0 : -1, terminated, false, {}];
  }

  override render(): string | null {
    if (this.renderMode === null) return warnNoRenderMode(this.spec?.id ?? 'Acrobot-v1', 'svg');
    const [theta1, theta2] = this.#links ?? [0, 0];
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
    return { base: super.getState(), links: this.#links === null ? null : [...this.#links] };
  }

  override setState(state: unknown): void {
    const { base, links } = state as { base: unknown; links: Links | null };
    super.setState(base);
    this.#links = links === null ? null : [...links];
  }
}

/** Writes the six numbers of an observation, from `first` on. */
export function observeLinks([theta1, theta2, d1, d2]: Links, into: Float32Array, first = 0): Float32Array {
  into[first] = cos(theta1);
  into[first + 1] = sin(theta1);
  into[first + 2] = cos(theta2);
  into[first + 3] = sin(theta2);
  into[first + 4] = d1;
  into[first + 5] = d2;
  return into;
}
