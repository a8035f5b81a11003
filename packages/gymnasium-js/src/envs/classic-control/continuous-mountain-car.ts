import { Env, type Metadata, type ResetOptions, type ResetResult, type StepResult } from '../../core/env.js';
import { ResetNeeded } from '../../error.js';
import { Box } from '../../spaces/box.js';
import { warnNoRenderMode } from '../render-mode.js';
import { continuousAction, resetBounds } from './bounds.js';
import { type Car, drawHill, HILL, hillObservationSpace, type MountainCarOptions } from './mountain-car.js';

const GOAL = 0.45;
const POWER = 0.0015;
const { fround } = Math;

/** Rounding of one arithmetic step: none while the state is the reset's float64, to float32 afterwards. */
type Rounding = (x: number) => number;
const keep: Rounding = (x) => x;

/** Force × power: float32 as long as the action is not clipped to a Python number. */
function thrust(action: number): number {
  if (action > 1) return POWER;
  if (action < -1) return -POWER;
  return fround(action * fround(POWER));
}

/**
 * Moves the car one step under an engine force; returns whether it reached the goal fast enough. The state is float32 from the first step
 * of an episode on.
 */
export function drive(car: Car, action: number, firstStep: boolean, goalVelocity: number): boolean {
  const round = firstStep ? keep : fround;
  const slope = 0.0025 * Math.cos(round(3 * car.position));
  const force = thrust(action);
  const push = action > 1 || action < -1 ? force - slope : fround(force - fround(slope));
  let velocity = round(car.velocity + round(push));
  const limit = round(HILL.maxSpeed);
  if (velocity > limit) velocity = limit;
  if (velocity < -limit) velocity = -limit;
  let position = round(car.position + velocity);
  const [left, right] = [round(HILL.minPosition), round(HILL.maxPosition)];
  if (position > right) position = right;
  if (position < left) position = left;
  if (position === left && velocity < 0) velocity = 0;
  car.position = fround(position);
  car.velocity = fround(velocity);
  return position >= round(GOAL) && velocity >= round(goalVelocity);
}

export function driveReward(action: number, terminated: boolean): number {
  return (terminated ? 100 : 0) - action * action * 0.1;
}

/**
 * The mountain car with a continuous engine.
 *
 * | | |
 * |---|---|
 * | Action | `Float32Array(1)` in ±1: engine force (clipped) |
 * | Observation | `Float32Array(2)`: position (-1.2 to 0.6), velocity (±0.07) |
 * | Reward | -0.1 × action² each step, +100 on reaching the goal |
 * | Start | position uniform in [-0.6, -0.4], velocity 0; `reset({options: {low, high}})` changes the bounds |
 * | End | terminated at position ≥ 0.45 with velocity ≥ `goalVelocity`; truncated by `TimeLimit` after 999 steps |
 *
 * As in Python, the state is float32 from the first step on, and so is the arithmetic; the first step still adds to a float64.
 *
 * Version history: v0.
 */
export class ContinuousMountainCarEnv extends Env<Float32Array, Float32Array> {
  static override readonly metadata: Metadata = { renderModes: ['svg'], renderFps: 30 };

  override readonly observationSpace: Box = hillObservationSpace();
  override readonly actionSpace: Box = new Box(-1, 1, { shape: [1] });
  override readonly renderMode: string | null;
  readonly goalVelocity: number;
  readonly #car: Car = { position: Number.NaN, velocity: 0 };
  /** Whether the state is float32 already. */
  #stepped = false;

  constructor({ goalVelocity = 0, renderMode = null }: MountainCarOptions = {}) {
    super();
    this.goalVelocity = goalVelocity;
    this.renderMode = renderMode;
  }

  override reset(options: ResetOptions = {}): ResetResult<Float32Array> {
    super.reset(options);
    const [low, high] = resetBounds(options.options, -0.6, -0.4);
    this.#car.position = this.npRandom.uniform(low, high);
    this.#car.velocity = 0;
    this.#stepped = false;
    return [this.#observe(), {}];
  }

  /** @throws InvalidAction unless the action holds a number; ResetNeeded before the first reset */
  override step(action: Float32Array): StepResult<Float32Array> {
    if (Number.isNaN(this.#car.position)) throw new ResetNeeded('Call reset before using step method.');
    const force = continuousAction(action);
    const terminated = drive(this.#car, force, !this.#stepped, this.goalVelocity);
    this.#stepped = true;
    return [this.#observe(), driveReward(force, terminated), terminated, false, {}];
  }

  #observe(): Float32Array {
    return Float32Array.of(this.#car.position, this.#car.velocity);
  }

  override render(): string | null {
    if (this.renderMode === null) return warnNoRenderMode(this.spec?.id ?? 'MountainCarContinuous-v0', 'svg');
    return drawHill(this.#car.position, GOAL);
  }

  override getState(): unknown {
    const { position, velocity } = this.#car;
    const car = Number.isNaN(position) ? null : [position, velocity];
    return { base: super.getState(), car, stepped: this.#stepped };
  }

  override setState(state: unknown): void {
    const { base, car, stepped } = state as { base: unknown; car: [number, number] | null; stepped: boolean };
    super.setState(base);
    [this.#car.position, this.#car.velocity] = car ?? [Number.NaN, 0];
    this.#stepped = stepped;
  }
}
