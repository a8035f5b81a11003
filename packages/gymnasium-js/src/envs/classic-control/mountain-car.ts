import { Env, type Metadata, type ResetOptions, type ResetResult, type StepResult } from '../../core/env.js';
import { InvalidAction, ResetNeeded } from '../../error.js';
import { circle, line, polyline, svg } from '../../render/svg.js';
import { Box } from '../../spaces/box.js';
import { Discrete } from '../../spaces/discrete.js';
import { warnNoRenderMode } from '../render-mode.js';
import { resetBounds } from './bounds.js';

/** Limits shared by both mountain cars. Source: Moore (1990), as in Gymnasium. */
export const HILL = { minPosition: -1.2, maxPosition: 0.6, maxSpeed: 0.07, gravity: 0.0025 } as const;

const FORCE = 0.001;
const GOAL = 0.5;

/** Where a car is and how fast it goes. */
export interface Car {
  position: number;
  velocity: number;
}

export interface MountainCarOptions {
  /** Speed with which the goal must be reached; default 0. */
  readonly goalVelocity?: number;
  readonly renderMode?: string | null;
}

export function hillObservationSpace(): Box {
  return new Box([HILL.minPosition, -HILL.maxSpeed], [HILL.maxPosition, HILL.maxSpeed]);
}

function clamp(x: number, low: number, high: number): number {
  return Math.min(Math.max(x, low), high);
}

/** Moves the car one step under action 0, 1 or 2; returns whether it reached the goal fast enough. */
export function climb(car: Car, action: number, goalVelocity: number): boolean {
  const push = (action - 1) * FORCE + Math.cos(3 * car.position) * -HILL.gravity;
  let velocity = clamp(car.velocity + push, -HILL.maxSpeed, HILL.maxSpeed);
  const position = clamp(car.position + velocity, HILL.minPosition, HILL.maxPosition);
  if (position === HILL.minPosition && velocity < 0) velocity = 0;
  car.position = position;
  car.velocity = velocity;
  return position >= GOAL && velocity >= goalVelocity;
}

/**
 * A car in a valley too weak to drive straight up: it must swing.
 *
 * | | |
 * |---|---|
 * | Action | `Discrete(3)`: accelerate left, not at all, right |
 * | Observation | `Float32Array(2)`: position (-1.2 to 0.6), velocity (±0.07) |
 * | Reward | -1 each step |
 * | Start | position uniform in [-0.6, -0.4], velocity 0; `reset({options: {low, high}})` changes the bounds |
 * | End | terminated at position ≥ 0.5 with velocity ≥ `goalVelocity`; truncated by `TimeLimit` after 200 steps |
 *
 * Version history: v0.
 */
export class MountainCarEnv extends Env<Float32Array, number> {
  static override readonly metadata: Metadata = { renderModes: ['svg'], renderFps: 30 };

  override readonly observationSpace: Box = hillObservationSpace();
  override readonly actionSpace: Discrete = new Discrete(3);
  override readonly renderMode: string | null;
  readonly goalVelocity: number;
  readonly #car: Car = { position: Number.NaN, velocity: 0 };

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
    return [this.#observe(), {}];
  }

  /** @throws InvalidAction unless the action is 0, 1 or 2; ResetNeeded before the first reset */
  override step(action: number): StepResult<Float32Array> {
    if (!this.actionSpace.contains(action))
      throw new InvalidAction(`${String(action)} (${typeof action}) invalid`);
    if (Number.isNaN(this.#car.position)) throw new ResetNeeded('Call reset before using step method.');
    const terminated = climb(this.#car, action, this.goalVelocity);
    return [this.#observe(), -1, terminated, false, {}];
  }

  #observe(): Float32Array {
    return Float32Array.of(this.#car.position, this.#car.velocity);
  }

  override render(): string | null {
    if (this.renderMode === null) return warnNoRenderMode(this.spec?.id ?? 'MountainCar-v0', 'svg');
    return drawHill(this.#car.position, GOAL);
  }

  override getState(): unknown {
    return {
      base: super.getState(),
      car: Number.isNaN(this.#car.position) ? null : [this.#car.position, this.#car.velocity],
    };
  }

  override setState(state: unknown): void {
    const { base, car } = state as { base: unknown; car: [number, number] | null };
    super.setState(base);
    [this.#car.position, this.#car.velocity] = car ?? [Number.NaN, 0];
  }
}

function height(x: number): number {
  return Math.sin(3 * x) * 0.45 + 0.55;
}

/** The valley, the car and the goal's flag: 600 × 400 pixels. */
export function drawHill(position: number, goal: number): string {
  const scale = 600 / (HILL.maxPosition - HILL.minPosition);
  const at = (x: number): [number, number] => [(x - HILL.minPosition) * scale, 400 - height(x) * scale];
  const road = Array.from({ length: 100 }, (_, i) =>
    at(HILL.minPosition + ((HILL.maxPosition - HILL.minPosition) * i) / 99),
  );
  const [flagX, flagY] = at(goal);
  const car = Number.isNaN(position) ? [] : [circle(at(position)[0], at(position)[1] - 10, 10, '#000000')];
  return svg(600, 400, [
    polyline(road),
    line(flagX, flagY, flagX, flagY - 50),
    line(flagX, flagY - 50, flagX + 25, flagY - 40, '#cccc00', 4),
    ...car,
  ]);
}
