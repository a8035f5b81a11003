import { Env, type Metadata, type ResetOptions, type ResetResult, type StepResult } from '../../core/env.js';
import { ResetNeeded } from '../../error.js';
import { Box } from '../../spaces/box.js';
import { warnNoRenderMode } from '../render-mode.js';
import { continuousAction, resetBounds } from './bounds.js';
import { drawHill, HILL, hillObservationSpace, type MountainCarOptions } from './mountain-car.js';

const GOAL = 0.45;
const POWER = 0.0015;
const { fround } = Math;

/** Rounding of one arithmetic step: none while the state is the reset's float64, to float32 afterwards. */
type Rounding = (x: number) => number;
const keep: Rounding = (x) => x;

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
  #position = Number.NaN;
  #velocity = 0;
  #round: Rounding = keep;

  constructor({ goalVelocity = 0, renderMode = null }: MountainCarOptions = {}) {
    super();
    this.goalVelocity = goalVelocity;
    this.renderMode = renderMode;
  }

  override reset(options: ResetOptions = {}): ResetResult<Float32Array> {
    super.reset(options);
    const [low, high] = resetBounds(options.options, -0.6, -0.4);
    this.#position = this.npRandom.uniform(low, high);
    this.#velocity = 0;
    this.#round = keep;
    return [Float32Array.of(this.#position, 0), {}];
  }

  /** @throws InvalidAction unless the action holds a number; ResetNeeded before the first reset */
  override step(action: Float32Array): StepResult<Float32Array> {
    if (Number.isNaN(this.#position)) throw new ResetNeeded('Call reset before using step method.');
    const round = this.#round;
    const given = continuousAction(action);
    const thrust = this.#thrust(given);
    const slope = 0.0025 * Math.cos(round(3 * this.#position));
    const push = given > 1 || given < -1 ? thrust - slope : fround(thrust - fround(slope));
    let velocity = round(this.#velocity + round(push));
    const limit = round(HILL.maxSpeed);
    if (velocity > limit) velocity = limit;
    if (velocity < -limit) velocity = -limit;
    let position = round(this.#position + velocity);
    const [left, right] = [round(HILL.minPosition), round(HILL.maxPosition)];
    if (position > right) position = right;
    if (position < left) position = left;
    if (position === left && velocity < 0) velocity = 0;
    const terminated = position >= round(GOAL) && velocity >= round(this.goalVelocity);
    const reward = (terminated ? 100 : 0) - given * given * 0.1;
    this.#position = fround(position);
    this.#velocity = fround(velocity);
    this.#round = fround;
    return [Float32Array.of(position, velocity), reward, terminated, false, {}];
  }

  /** Force × power: float32 as long as the action is not clipped to a Python number. */
  #thrust(action: number): number {
    if (action > 1) return POWER;
    if (action < -1) return -POWER;
    return fround(action * fround(POWER));
  }

  override render(): string | null {
    if (this.renderMode === null) return warnNoRenderMode(this.spec?.id ?? 'MountainCarContinuous-v0', 'svg');
    return drawHill(this.#position, GOAL);
  }

  override getState(): unknown {
    const car = Number.isNaN(this.#position) ? null : [this.#position, this.#velocity];
    return { base: super.getState(), car, stepped: this.#round !== keep };
  }

  override setState(state: unknown): void {
    const { base, car, stepped } = state as { base: unknown; car: [number, number] | null; stepped: boolean };
    super.setState(base);
    [this.#position, this.#velocity] = car ?? [Number.NaN, 0];
    this.#round = stepped ? fround : keep;
  }
}
