import {
  Box,
  Discrete,
  defaultRng,
  Env,
  type ResetOptions,
  type ResetResult,
  type StepResult,
} from 'gymnasium-js';
import { type Agent, type BanditOptions, createPolicy } from '../../agents/index.js';

export const ARMS = 5;
export const NOISE = 0.3;
const FEATURES = 4;

/** One step an episode: a context uniform on the sphere, the reward linear in it per arm, with normal noise. */
export class LinearProblem extends Env<Float32Array, number> {
  readonly observationSpace = new Box(-1, 1, { shape: [FEATURES] });
  readonly actionSpace = new Discrete(ARMS);
  /** Regret of all steps so far, at each step. */
  readonly regret: number[] = [0];
  private readonly theta: number[][];
  private context = new Float32Array(FEATURES);
  private mask = new Uint8Array(ARMS).fill(1);

  constructor(readonly masked = false) {
    super();
    const rng = defaultRng(77);
    this.theta = Array.from({ length: ARMS }, () =>
      Array.from({ length: FEATURES }, () => rng.standardNormal()),
    );
  }

  private value(arm: number): number {
    return this.theta[arm]!.reduce((sum, weight, i) => sum + weight * this.context[i]!, 0);
  }

  override reset(options: ResetOptions = {}): ResetResult<Float32Array> {
    super.reset(options);
    const draws = Array.from({ length: FEATURES }, () => this.npRandom.standardNormal());
    const norm = Math.hypot(...draws);
    this.context = Float32Array.from(draws, (x) => x / norm);
    if (this.masked)
      for (let arm = 0; arm < ARMS; arm++) this.mask[arm] = arm === 0 || this.npRandom.random() < 0.6 ? 1 : 0;
    return [this.context, { actionMask: this.mask.slice() }];
  }

  override step(arm: number): StepResult<Float32Array> {
    if (this.mask[arm] === 0) throw new Error(`invalid arm ${arm} taken`);
    const values = Array.from({ length: ARMS }, (_, a) =>
      this.mask[a] === 0 ? Number.NEGATIVE_INFINITY : this.value(a),
    );
    this.regret.push(this.regret.at(-1)! + Math.max(...values) - values[arm]!);
    return [
      this.context,
      values[arm]! + NOISE * this.npRandom.standardNormal(),
      true,
      false,
      { actionMask: this.mask },
    ];
  }
}

/** Regret at each step of a bandit's learning. */
export async function regretOf(
  kind: string,
  options: Partial<BanditOptions>,
  steps: number,
  masked = false,
): Promise<readonly number[]> {
  const env = new LinearProblem(masked);
  await (createPolicy(kind, env, { seed: 5, ...options }) as Agent).learn(steps);
  return env.regret;
}
