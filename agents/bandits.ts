import { BaseAgent, type EnvOrLayout, loadAgent, type OwnState } from './common/base.js';
import type { CheckpointArray } from './common/checkpoint.js';
import type { EnvironmentBatch } from './common/environment.js';
import type { EnvSource } from './common/environments.js';
import { greedyAction, uniformAction } from './common/greedy.js';
import { LinearModel } from './common/linear-model.js';
import { mergeOptions, type OptionRule, rules, type Schedule, scheduled } from './common/options.js';
import { COMMON_DEFAULTS, COMMON_RULES, type CommonOptions } from './common/policy-spec.js';
import type { TrainingSession } from './common/session.js';
import { fixedAction } from './simple.js';

export interface BanditOptions extends CommonOptions {
  /**
   * `episode`: choose once, on an episode's first observation, keep the arm (where the mask allows it) and learn from the
   * episode's return. `step`: choose at every step and learn from its reward alone.
   */
  readonly scope: 'episode' | 'step';
  /** Ridge penalty: A starts as this times the identity. */
  readonly lambda: number;
  /** epsilon-greedy: chance of a uniform draw among the valid arms. */
  readonly epsilon: Schedule;
  /** LinUCB: width of the confidence bound. */
  readonly alpha: number;
  /** Thompson: standard deviation of the reward's noise. */
  readonly noise: number;
  /** Environment steps between rows of the log. */
  readonly logInterval: number;
}

const DEFAULTS: BanditOptions = {
  ...COMMON_DEFAULTS,
  scope: 'episode',
  lambda: 1,
  epsilon: 0.1,
  alpha: 1,
  noise: 0.5,
  logInterval: 1_000,
};

const RULES: { readonly [K in keyof BanditOptions]: OptionRule } = {
  ...COMMON_RULES,
  scope: rules.oneOf('episode', 'step'),
  lambda: rules.positive,
  epsilon: rules.schedule,
  alpha: rules.nonNegative,
  noise: rules.nonNegative,
  logInterval: rules.count,
};

/** What each kind may be told beside the common options. */
const OWN: Record<string, readonly (keyof BanditOptions)[]> = {
  'epsilon-greedy': ['epsilon'],
  linucb: ['alpha'],
  thompson: ['noise'],
};

/**
 * Contextual bandits with a ridge regression per arm on the observation and a constant. Subclasses say how a prediction and
 * its uncertainty make a score; the best valid score is chosen.
 */
export abstract class LinearBandit extends BaseAgent<number, BanditOptions> {
  protected readonly n: number;
  protected readonly models: readonly LinearModel[];
  private readonly context: Float64Array;
  protected readonly scores: Float64Array;
  /** Arms and contexts of the choices not yet paid for, one an environment; -1: none. */
  private arms!: Int32Array;
  private contexts!: Float64Array;
  private actions!: Int32Array;
  /** What `predict` has chosen for the running episode; null: it is to choose. */
  private kept: number | null = null;
  private lastLog = 0;

  protected constructor(kind: string, env: EnvOrLayout, given: Partial<BanditOptions>) {
    const others = Object.entries(OWN).flatMap(([other, names]) => (other === kind ? [] : names));
    const mine = <T extends object>(all: T) =>
      Object.fromEntries(Object.entries(all).filter(([name]) => !others.includes(name as never))) as T;
    super('mlp', env, mergeOptions(kind, mine(DEFAULTS), mine(RULES), given));
    if (!this.layout.discrete)
      throw new TypeError(`${kind} needs a Discrete action space, found MultiDiscrete`);
    this.n = this.layout.nvec[0]!;
    const size = this.layout.observationSize + 1;
    this.models = Array.from({ length: this.n }, () => new LinearModel(size, this.options.lambda));
    this.context = new Float64Array(size);
    this.scores = new Float64Array(this.n);
  }

  /** Fills `scores` for a context. */
  protected abstract score(context: Float64Array): void;

  /** How arms are tried in training. Default: the best score. */
  protected explore(context: Float64Array, masks: Uint8Array | null, row: number, _progress: number): number {
    this.score(context);
    return greedyAction(this.scores, masks, row, this.n);
  }

  protected networkSpecs() {
    return {};
  }

  protected prepare(envs: EnvironmentBatch): void {
    this.arms = new Int32Array(envs.numEnvs).fill(-1);
    this.contexts = new Float64Array(envs.numEnvs * this.context.length);
    this.actions = new Int32Array(envs.numEnvs);
  }

  protected restart(): void {
    this.arms.fill(-1);
    this.lastLog = 0;
  }

  protected async train(session: TrainingSession, envs: EnvironmentBatch): Promise<void> {
    while (!session.done) {
      for (let e = 0; e < envs.numEnvs; e++) this.act(e, envs, session.progress);
      const pending = envs.step(this.actions);
      if (pending) await pending;
      this.numTimesteps += envs.numEnvs;
      session.countActions(this.actions);
      for (let e = 0; e < envs.numEnvs; e++) this.pay(e, envs);
      this.observationNormalizer?.moments.update(envs.observations, envs.numEnvs);
      if (this.numTimesteps - this.lastLog >= this.options.logInterval || session.done) {
        session.logUpdate(this.updates, { parameterNorm: this.parameterNorm() });
        this.lastLog = this.numTimesteps;
        await new Promise(setImmediate); // lets timers and messages of the process through
      }
      const more = session.afterStep();
      if (more === false || (more !== true && !(await more))) return;
    }
  }

  private act(e: number, envs: EnvironmentBatch, progress: number): void {
    const masks = envs.masked ? envs.masks : null;
    if (this.arms[e]! < 0) {
      const { observationSize } = this.layout;
      const from = e * observationSize;
      this.read(this.normalize(envs.observations.subarray(from, from + observationSize)));
      this.arms[e] = this.explore(this.context, masks, e, progress);
      this.contexts.set(this.context, e * this.context.length);
    }
    this.actions[e] = fixedAction(this.arms[e]!, masks, e, this.n);
  }

  /** Learns from the step if it settles a choice: any step, or an episode's last. */
  private pay(e: number, envs: EnvironmentBatch): void {
    const ended = envs.terminated[e] !== 0 || envs.truncated[e] !== 0;
    const perStep = this.options.scope === 'step';
    if (!ended && !perStep) return;
    const width = this.context.length;
    const context = this.contexts.subarray(e * width, (e + 1) * width);
    this.models[this.arms[e]!]!.update(context, perStep ? envs.rewards[e]! : envs.returns[e]!);
    this.updates++;
    this.arms[e] = -1;
  }

  private read(observation: Float32Array): void {
    for (let i = 0; i < observation.length; i++) this.context[i] = observation[i]!;
    this.context[observation.length] = 1;
  }

  private parameterNorm(): number {
    let squares = 0;
    for (const { theta } of this.models) for (const value of theta) squares += value * value;
    return Math.sqrt(squares);
  }

  resetEpisode(): void {
    this.kept = null;
  }

  /** The arm of the best prediction; with scope `episode` it is kept until `resetEpisode`. */
  protected choose(observation: Float32Array, mask: Uint8Array | null): number {
    if (this.kept === null) {
      this.read(observation);
      for (let arm = 0; arm < this.n; arm++) this.scores[arm] = this.models[arm]!.predict(this.context);
      const arm = greedyAction(this.scores, mask, 0, this.n);
      if (this.options.scope === 'step') return arm;
      this.kept = arm;
    }
    return fixedAction(this.kept, mask, 0, this.n);
  }

  protected get discount(): number {
    return 1;
  }

  protected ownState(): OwnState {
    return { meta: { lastLog: this.lastLog }, arrays: { arms: this.arms, contexts: this.contexts } };
  }

  protected restoreOwnState({ meta, arrays }: OwnState): void {
    this.lastLog = meta.lastLog as number;
    this.arms.set(arrays.arms!);
    this.contexts.set(arrays.contexts!);
  }

  protected override knowledge(): OwnState {
    const arrays: Record<string, CheckpointArray> = {};
    for (const [arm, { inverse, b, theta }] of this.models.entries())
      Object.assign(arrays, { [`${arm}/inverse`]: inverse, [`${arm}/b`]: b, [`${arm}/theta`]: theta });
    return { meta: {}, arrays };
  }

  protected override restoreKnowledge({ arrays }: OwnState): void {
    for (const [arm, model] of this.models.entries())
      for (const part of ['inverse', 'b', 'theta'] as const) model[part].set(arrays[`${arm}/${part}`]!);
  }
}

/** The best prediction, or with probability epsilon any valid arm (Sutton and Barto 2018, section 2.2). */
export class EpsilonGreedy extends LinearBandit {
  readonly kind = 'epsilon-greedy';

  constructor(env: EnvOrLayout, options: Partial<BanditOptions> = {}) {
    super('epsilon-greedy', env, options);
  }

  static async load(
    directory: string,
    env?: EnvSource,
    overrides: Partial<BanditOptions> = {},
  ): Promise<EpsilonGreedy> {
    return loadAgent('epsilon-greedy', directory, env, overrides, (_, ...rest) => new EpsilonGreedy(...rest));
  }

  protected score(context: Float64Array): void {
    for (let arm = 0; arm < this.n; arm++) this.scores[arm] = this.models[arm]!.predict(context);
  }

  protected override explore(
    context: Float64Array,
    masks: Uint8Array | null,
    row: number,
    progress: number,
  ): number {
    if (this.random.random() < scheduled(this.options.epsilon, progress))
      return uniformAction(masks, row, this.n, this.random);
    return super.explore(context, masks, row, progress);
  }
}

/** Optimism: the prediction plus alpha standard deviations of it (Li et al. 2010, algorithm 1, disjoint models). */
export class LinUCB extends LinearBandit {
  readonly kind = 'linucb';

  constructor(env: EnvOrLayout, options: Partial<BanditOptions> = {}) {
    super('linucb', env, options);
  }

  static async load(
    directory: string,
    env?: EnvSource,
    overrides: Partial<BanditOptions> = {},
  ): Promise<LinUCB> {
    return loadAgent('linucb', directory, env, overrides, (_, ...rest) => new LinUCB(...rest));
  }

  protected score(context: Float64Array): void {
    for (let arm = 0; arm < this.n; arm++) {
      const model = this.models[arm]!;
      this.scores[arm] = model.predict(context) + this.options.alpha * Math.sqrt(model.variance(context));
    }
  }
}

/** Linear Thompson sampling: each arm's value drawn from its posterior (Agrawal and Goyal 2013, disjoint models). */
export class Thompson extends LinearBandit {
  readonly kind = 'thompson';

  constructor(env: EnvOrLayout, options: Partial<BanditOptions> = {}) {
    super('thompson', env, options);
  }

  static async load(
    directory: string,
    env?: EnvSource,
    overrides: Partial<BanditOptions> = {},
  ): Promise<Thompson> {
    return loadAgent('thompson', directory, env, overrides, (_, ...rest) => new Thompson(...rest));
  }

  protected score(context: Float64Array): void {
    for (let arm = 0; arm < this.n; arm++)
      this.scores[arm] = this.models[arm]!.drawPrediction(context, this.options.noise, this.random);
  }
}
