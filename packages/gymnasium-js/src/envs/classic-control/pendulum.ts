import { Env, type Metadata, type ResetOptions, type ResetResult, type StepResult } from '../../core/env.js';
import { ResetNeeded } from '../../error.js';
import { circle, rod, svg } from '../../render/svg.js';
import { Box } from '../../spaces/box.js';
import { warnNoRenderMode } from '../render-mode.js';
import { continuousAction } from './bounds.js';

// SI units; DT is the seconds a step.
const MAX_SPEED = 8;
const MAX_TORQUE = 2;
const DT = 0.05;
const MASS = 1;
const LENGTH = 1;
const { fround } = Math;

export interface PendulumOptions {
  /** Gravity, m/s²; default 10. */
  readonly g?: number;
  readonly renderMode?: string | null;
}

export function pendulumObservationSpace(): Box {
  return new Box([-1, -1, -MAX_SPEED], [1, 1, MAX_SPEED]);
}

export function pendulumActionSpace(): Box {
  return new Box(-MAX_TORQUE, MAX_TORQUE, { shape: [1] });
}

/** The angle in [-π, π), by Python's modulo, whose sign is the divisor's. */
function normaliseAngle(x: number): number {
  const turn = 2 * Math.PI;
  let rest = (x + Math.PI) % turn;
  if (rest < 0) rest += turn;
  return rest - Math.PI;
}

/** Angle (0 is upright) and angular velocity. */
export interface Pole {
  theta: number;
  thetaDot: number;
}

/** Moves the pole one step under a torque within the limits and gravity `g`; returns the reward. The torque is float32 in Python, and so are its terms. */
export function swing(pole: Pole, torque: number, g: number): number {
  const { theta, thetaDot } = pole;
  const angle = normaliseAngle(theta);
  const cost = angle * angle + 0.1 * (thetaDot * thetaDot) + fround(fround(0.001) * fround(torque * torque));
  const pull = ((3 * g) / (2 * LENGTH)) * Math.sin(theta);
  const push = fround((3 / (MASS * LENGTH ** 2)) * torque);
  const speed = thetaDot + (pull + push) * DT;
  pole.thetaDot = Math.min(Math.max(speed, -MAX_SPEED), MAX_SPEED);
  pole.theta = theta + pole.thetaDot * DT;
  return -cost;
}

/** A torque in float32, within the limits. */
export function clipTorque(action: number): number {
  return Math.min(Math.max(fround(action), -MAX_TORQUE), MAX_TORQUE);
}

/** An option as a number. @throws RangeError when it is none */
function option(options: ResetOptions['options'], name: string, fallback: number): number {
  const value = options?.[name] ?? fallback;
  const number = Number(value);
  if (Number.isNaN(number))
    throw new RangeError(`An option (${String(value)}) could not be converted to a number.`);
  return number;
}

/** Half-widths of the start's bounds, of angle and velocity. @throws RangeError when an option is no number */
export function pendulumStart(options: ResetOptions['options']): { x: number; y: number } {
  return { x: option(options, 'x_init', Math.PI), y: option(options, 'y_init', 1) };
}

/**
 * Swing a pendulum up and hold it there.
 *
 * | | |
 * |---|---|
 * | Action | `Float32Array(1)`: torque in ±2 N m (clipped) |
 * | Observation | `Float32Array(3)`: cos and sin of the angle (0 is upright), angular velocity (±8 rad/s) |
 * | Reward | -(angle² + 0.1 velocity² + 0.001 torque²) |
 * | Start | angle uniform in ±π, velocity in ±1; `reset({options: {x_init, y_init}})` changes the bounds |
 * | End | truncated by `TimeLimit` after 200 steps |
 *
 * Version history: v1.
 */
export class PendulumEnv extends Env<Float32Array, Float32Array> {
  static override readonly metadata: Metadata = { renderModes: ['svg'], renderFps: 30 };

  override readonly observationSpace: Box = pendulumObservationSpace();
  override readonly actionSpace: Box = pendulumActionSpace();
  override readonly renderMode: string | null;
  readonly g: number;
  readonly #pole: Pole = { theta: Number.NaN, thetaDot: 0 };
  /** Torque of the last step, for rendering. */
  #torque: number | null = null;

  constructor({ g = 10, renderMode = null }: PendulumOptions = {}) {
    super();
    this.g = g;
    this.renderMode = renderMode;
  }

  override reset(options: ResetOptions = {}): ResetResult<Float32Array> {
    super.reset(options);
    const { x, y } = pendulumStart(options.options);
    this.#pole.theta = this.npRandom.uniform(-x, x);
    this.#pole.thetaDot = this.npRandom.uniform(-y, y);
    this.#torque = null;
    return [this.#observe(), {}];
  }

  /** @throws InvalidAction unless the action holds a number; ResetNeeded before the first reset */
  override step(action: Float32Array): StepResult<Float32Array> {
    if (Number.isNaN(this.#pole.theta)) throw new ResetNeeded('Call reset before using step method.');
    const torque = clipTorque(continuousAction(action));
    this.#torque = torque;
    const reward = swing(this.#pole, torque, this.g);
    return [this.#observe(), reward, false, false, {}];
  }

  #observe(): Float32Array {
    const { theta, thetaDot } = this.#pole;
    return Float32Array.of(Math.cos(theta), Math.sin(theta), thetaDot);
  }

  override render(): string | null {
    if (this.renderMode === null) return warnNoRenderMode(this.spec?.id ?? 'Pendulum-v1', 'svg');
    const angle = Number.isNaN(this.#pole.theta) ? 0 : this.#pole.theta;
    const push = this.#torque === null ? 0 : this.#torque / MAX_TORQUE;
    return svg(500, 500, [
      rod(250, 250, Math.PI + angle, 113, 34, '#cc4d4d'),
      rod(250, 250, Math.PI + (push * Math.PI) / 2, 40, 4, '#4d4dcc'),
      circle(250, 250, 6, '#000000'),
    ]);
  }

  override getState(): unknown {
    const { theta, thetaDot } = this.#pole;
    const pole = Number.isNaN(theta) ? null : [theta, thetaDot];
    return { base: super.getState(), pole, torque: this.#torque };
  }

  override setState(state: unknown): void {
    const { base, pole, torque } = state as {
      base: unknown;
      pole: [number, number] | null;
      torque: number | null;
    };
    super.setState(base);
    [this.#pole.theta, this.#pole.thetaDot] = pole ?? [Number.NaN, 0];
    this.#torque = torque;
  }
}
