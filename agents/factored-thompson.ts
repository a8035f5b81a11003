import { BaseAgent, type EnvOrLayout, loadAgent, type OwnState } from './common/base.js';
import { drawNormal } from './common/draw-normal.js';
import type { EnvironmentBatch } from './common/environment.js';
import type { EnvSource } from './common/environments.js';
import { LinearModel } from './common/linear-model.js';
import { mergeOptions, type OptionRule, rules } from './common/options.js';
import { COMMON_DEFAULTS, COMMON_RULES, type CommonOptions } from './common/policy-spec.js';
import type { TrainingSession } from './common/session.js';
import { actionOf, totalActions } from './common/spaces.js';
import { fixedComponents } from './simple.js';

export interface FactoredThompsonOptions extends CommonOptions {
  /** Ridge penalty: A starts as this times the identity. */
  readonly lambda: number;
  /** Standard deviation of an episode's return about the model. */
  readonly noise: number;
  /** Environment steps between rows of the log. */
  readonly logInterval: number;
}

const DEFAULTS: FactoredThompsonOptions = { ...COMMON_DEFAULTS, lambda: 1, noise: 0.5, logInterval: 1_000 };
const RULES: { readonly [K in keyof FactoredThompsonOptions]: OptionRule } = {
  ...COMMON_RULES,
  lambda: rules.positive,
  noise: rules.nonNegative,
  logInterval: rules.count,
};

/**
 * Composing one action out of components, whatever is observed: Thompson sampling on a linear model of an episode's return with a weight for
 * every level of every component, which is the first-order model of Hill et al. 2017 (arXiv 1810.09558; theirs may add pairs). Weights are
 * drawn from their posterior (Agrawal and Goyal 2013) when an episode begins, and the best level of every component is played throughout
 * it; where the mask forbids a level, the first that it allows is played. One episode tells something of every component, so that it
 * needs far fewer of them than trying combinations would. What it cannot find: levels that are good only together, and anything that
 * depends on the observation; it is what a policy that looks must beat.
 */
export class FactoredThompson<A = number> extends BaseAgent<A, FactoredThompsonOptions> {
  readonly kind = 'factored-thompson';
  private readonly model: LinearModel;
  private readonly x: Float64Array;
  /** First number of each component in the model; the constant stands last. */
  private readonly starts: readonly number[];
  /** What each environment plays throughout its episode, a row of components each. */
  private chosen!: Int32Array;
  private actions!: Int32Array;
  private lastLog = 0;

  constructor(env: EnvOrLayout, options: Partial<FactoredThompsonOptions> = {}) {
    super('mlp', env, mergeOptions('factored-thompson', DEFAULTS, RULES, options));
    const size = totalActions(this.layout) + 1;
    this.model = new LinearModel(size, this.options.lambda);
    this.x = new Float64Array(size);
    let next = 0;
    this.starts = this.layout.nvec.map((n) => {
      next += n;
      return next - n;
    });
  }

  static async load<A = number>(
    directory: string,
    env?: EnvSource,
    overrides: Partial<FactoredThompsonOptions> = {},
  ): Promise<FactoredThompson<A>> {
    return loadAgent(
      'factored-thompson',
      directory,
      env,
      overrides,
      (_, ...rest) => new FactoredThompson<A>(...rest),
    );
  }

  /** The best level of every component by the mean of the posterior. */
  get best(): Int32Array {
    return this.bestBy(this.model.theta);
  }

  protected networkSpecs() {
    return {};
  }

  protected prepare(envs: EnvironmentBatch): void {
    this.chosen = new Int32Array(envs.numEnvs * this.layout.nvec.length).fill(-1);
    this.actions = new Int32Array(this.chosen.length);
  }

  protected restart(): void {
    this.chosen.fill(-1);
    this.lastLog = 0;
  }

  protected async train(session: TrainingSession, envs: EnvironmentBatch): Promise<void> {
    while (!session.done) {
      for (let e = 0; e < envs.numEnvs; e++) this.act(e, envs);
      const pending = envs.step(this.actions);
      if (pending) await pending;
      this.numTimesteps += envs.numEnvs;
      session.countActions(this.actions);
      for (let e = 0; e < envs.numEnvs; e++) this.pay(e, envs);
      if (this.numTimesteps - this.lastLog >= this.options.logInterval || session.done) {
        session.logUpdate(this.updates, { meanReturn: this.worthOf(this.best) });
        this.lastLog = this.numTimesteps;
        await new Promise(setImmediate); // lets timers and messages of the process through
      }
      const more = session.afterStep();
      if (more === false || (more !== true && !(await more))) return;
    }
  }

  /** Plays what the environment's episode plays, drawn when it begins. */
  private act(e: number, envs: EnvironmentBatch): void {
    const { nvec } = this.layout;
    const from = e * nvec.length;
    if (this.chosen[from]! < 0) {
      const { theta, inverse } = this.model;
      this.chosen.set(this.bestBy(drawNormal(theta, inverse, this.options.noise, this.random)), from);
    }
    const width = this.x.length - 1;
    const mask = envs.masked ? envs.masks.subarray(e * width, (e + 1) * width) : null;
    this.actions.set(fixedComponents(this.chosen.subarray(from, from + nvec.length), mask, nvec), from);
  }

  /** Learns from an episode that has ended. */
  private pay(e: number, envs: EnvironmentBatch): void {
    if (envs.terminated[e] === 0 && envs.truncated[e] === 0) return;
    const from = e * this.layout.nvec.length;
    this.write(this.chosen.subarray(from, from + this.layout.nvec.length));
    this.model.update(this.x, envs.returns[e]!);
    this.updates++;
    this.chosen[from] = -1;
  }

  private write(levels: Int32Array): void {
    this.x.fill(0);
    this.starts.forEach((start, c) => {
      this.x[start + levels[c]!] = 1;
    });
    this.x[this.x.length - 1] = 1;
  }

  private worthOf(levels: Int32Array): number {
    this.write(levels);
    return this.model.predict(this.x);
  }

  private bestBy(weights: Float64Array): Int32Array {
    return Int32Array.from(this.layout.nvec, (n, c) => {
      const own = weights.subarray(this.starts[c]!, this.starts[c]! + n);
      return own.reduce((best, weight, level) => (weight > own[best]! ? level : best), 0);
    });
  }

  protected choose(_observation: Float32Array, mask: Uint8Array | null): A {
    return actionOf(this.layout, fixedComponents(this.best, mask, this.layout.nvec));
  }

  protected get discount(): number {
    return 1;
  }

  protected ownState(): OwnState {
    return { meta: { lastLog: this.lastLog }, arrays: { chosen: this.chosen } };
  }

  protected restoreOwnState({ meta, arrays }: OwnState): void {
    this.lastLog = meta.lastLog as number;
    this.chosen.set(arrays.chosen!);
  }

  protected override knowledge(): OwnState {
    const { inverse, b, theta } = this.model;
    return { meta: {}, arrays: { inverse, b, theta } };
  }

  protected override restoreKnowledge({ arrays }: OwnState): void {
    for (const part of ['inverse', 'b', 'theta'] as const) this.model[part].set(arrays[part]!);
  }
}
