import { defaultRng, type Generator } from 'gymnasium-js';
import { BaseAgent, type EnvOrLayout, loadAgent, type OwnState } from './common/base.js';
import type { EnvironmentBatch } from './common/environment.js';
import { type EnvSource, environmentBatch } from './common/environments.js';
import { greedyAction, uniformAction } from './common/greedy.js';
import { mergeOptions, OptionError } from './common/options.js';
import { COMMON_DEFAULTS, COMMON_RULES, type CommonOptions } from './common/policy-spec.js';
import type { TrainingSession } from './common/session.js';
import type { SpaceLayout } from './common/spaces.js';
import type { Policy, PredictOptions } from './types.js';

/** Sizes of what a policy is made for. */
export function layoutFrom(env: EnvOrLayout): SpaceLayout {
  return 'observationSize' in env ? env : environmentBatch(env).layout;
}

function requireDiscrete(kind: string, layout: SpaceLayout): number {
  if (!layout.discrete) throw new TypeError(`${kind} needs a Discrete action space, found MultiDiscrete`);
  return layout.nvec[0]!;
}

/** Uniform among the valid actions, whatever is observed (and `deterministic` or not). */
export class RandomPolicy implements Policy {
  private readonly n: number;
  private readonly random: Generator;

  constructor(env: EnvOrLayout, { seed = 0 }: { readonly seed?: number } = {}) {
    this.n = requireDiscrete('random', layoutFrom(env));
    this.random = defaultRng([seed, 2]);
  }

  predict(_observation: Float32Array, { actionMask }: PredictOptions = {}): number {
    return uniformAction(actionMask ?? null, 0, this.n, this.random);
  }
}

/** The same action whenever it is valid, else the valid action of the lowest index. */
export class FixedPolicy implements Policy {
  private readonly n: number;
  readonly action: number;

  /** Throws an OptionError when `action` is not one of the environment's. */
  constructor(env: EnvOrLayout, { action = 0 }: { readonly action?: number } = {}) {
    this.n = requireDiscrete('fixed', layoutFrom(env));
    if (!Number.isInteger(action) || action < 0 || action >= this.n)
      throw new OptionError(
        `option "action" of fixed must be a whole number from 0 to ${this.n - 1}, found ${action}`,
      );
    this.action = action;
  }

  predict(_observation: Float32Array, { actionMask }: PredictOptions = {}): number {
    return fixedAction(this.action, actionMask ?? null, 0, this.n);
  }
}

/** `action` if row `row` of the masks allows it, else the first that it allows. */
export function fixedAction(action: number, masks: Uint8Array | null, row: number, n: number): number {
  if (masks === null || masks[row * n + action] !== 0) return action;
  for (let j = 0; j < n; j++) if (masks[row * n + j] !== 0) return j;
  throw new Error(`an action mask of ${n} actions allows none`);
}

/** Of the common options only the seed matters here. */
export type BestFixedOptions = CommonOptions;

/**
 * Tries every action as a fixed policy, one episode after the other in turn, and keeps the one of the highest mean return.
 * Episode k of each arm is seeded alike, so that all arms meet the same cases.
 */
export class BestFixed extends BaseAgent<number, BestFixedOptions> {
  readonly kind = 'best-fixed';
  private readonly n: number;
  /** Sum of returns and number of finished episodes per arm. */
  private readonly totals: Float64Array;
  private readonly counts: Float64Array;
  /** Arm each environment is playing. */
  private playing!: Int32Array;
  /** Episodes begun. */
  private begun = 0;
  private actions!: Int32Array;

  constructor(env: EnvOrLayout, options: Partial<BestFixedOptions> = {}) {
    super('mlp', env, mergeOptions('best-fixed', COMMON_DEFAULTS, COMMON_RULES, options));
    this.n = requireDiscrete('best-fixed', this.layout);
    this.totals = new Float64Array(this.n);
    this.counts = new Float64Array(this.n);
  }

  static async load(
    directory: string,
    env?: EnvSource,
    overrides: Partial<BestFixedOptions> = {},
  ): Promise<BestFixed> {
    return loadAgent(
      'best-fixed',
      directory,
      env,
      overrides,
      (_, source, options) => new BestFixed(source, options),
    );
  }

  /** Mean return of each arm so far; NaN for an arm without a finished episode. */
  get means(): number[] {
    return Array.from(this.totals, (total, arm) => total / this.counts[arm]!);
  }

  /** The arm of the highest mean return, the first of equals; the first arm before any episode has ended. */
  get best(): number {
    const means = this.means.map((mean) => (Number.isNaN(mean) ? Number.NEGATIVE_INFINITY : mean));
    return greedyAction(means, null, 0, this.n);
  }

  protected networkSpecs() {
    return {};
  }

  protected prepare(envs: EnvironmentBatch): void {
    this.playing = new Int32Array(envs.numEnvs);
    this.actions = new Int32Array(envs.numEnvs);
  }

  protected restart(): void {
    this.totals.fill(0);
    this.counts.fill(0);
    this.begun = 0;
  }

  protected async train(session: TrainingSession, envs: EnvironmentBatch): Promise<void> {
    envs.resetSeed = (e) => this.assign(e);
    const { numEnvs } = envs;
    while (!session.done) {
      for (let e = 0; e < numEnvs; e++)
        this.actions[e] = fixedAction(this.playing[e]!, envs.masked ? envs.masks : null, e, this.n);
      const played = this.playing.slice();
      const pending = envs.step(this.actions);
      if (pending) await pending;
      this.numTimesteps += numEnvs;
      session.countActions(this.actions);
      for (let e = 0; e < numEnvs; e++) {
        if (envs.terminated[e] === 0 && envs.truncated[e] === 0) continue;
        this.totals[played[e]!]! += envs.returns[e]!;
        this.counts[played[e]!]!++;
      }
      const more = session.afterStep();
      if (more === false || (more !== true && !(await more))) break;
    }
    envs.resetSeed = null;
    const { best } = this;
    session.logUpdate(1, {
      best,
      meanReturn: this.means[best]!,
      episodes: this.counts.reduce((a, b) => a + b, 0),
    });
  }

  protected override firstSeed(e: number): number {
    return this.assign(e);
  }

  /** Gives environment e the next arm in turn; returns the seed of its round. */
  private assign(e: number): number {
    const k = this.begun++;
    this.playing[e] = k % this.n;
    return this.options.seed + Math.floor(k / this.n);
  }

  protected choose(_observation: Float32Array, mask: Uint8Array | null): number {
    return fixedAction(this.best, mask, 0, this.n);
  }

  protected get discount(): number {
    return 1;
  }

  protected ownState(): OwnState {
    return { meta: {}, arrays: { playing: this.playing } };
  }

  protected restoreOwnState({ arrays }: OwnState): void {
    this.playing.set(arrays.playing!);
  }

  protected override knowledge(): OwnState {
    return { meta: { begun: this.begun }, arrays: { totals: this.totals, counts: this.counts } };
  }

  protected override restoreKnowledge({ meta, arrays }: OwnState): void {
    this.begun = meta.begun as number;
    this.totals.set(arrays.totals!);
    this.counts.set(arrays.counts!);
  }
}
