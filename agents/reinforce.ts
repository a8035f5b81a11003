import type { NetworkSpec } from 'nn-engines';
import { explainedVariance } from './buffers/rollout.js';
import { BaseAgent, type EnvOrLayout, loadAgent, type OwnState } from './common/base.js';
import { Categorical } from './common/categorical.js';
import { POLICY_HEAD, VALUE_HEAD } from './common/collector.js';
import type { EnvironmentBatch } from './common/environment.js';
import type { EnvSource } from './common/environments.js';
import { mergeOptions, type OptionRule, rules, type Schedule, scheduled } from './common/options.js';
import {
  COMMON_DEFAULTS,
  COMMON_RULES,
  type CommonOptions,
  type NetworkOptions,
  networkOptions,
  networkSpec,
  type PolicySpec,
} from './common/policy-spec.js';
import type { TrainingSession } from './common/session.js';
import { actionOf, totalActions } from './common/spaces.js';

export interface ReinforceOptions extends CommonOptions {
  readonly learningRate: Schedule;
  /** Finished episodes between updates. */
  readonly episodesPerUpdate: number;
  readonly gamma: number;
  /** Standardise the advantages of an update. */
  readonly normalizeAdvantage: boolean;
  readonly entCoef: number;
  /** Weight of the baseline's squared error; 0 trains no baseline and subtracts none. */
  readonly vfCoef: number;
  readonly maxGradNorm: number;
}

const DEFAULTS: ReinforceOptions = {
  ...COMMON_DEFAULTS,
  learningRate: 1e-3,
  episodesPerUpdate: 8,
  gamma: 0.99,
  normalizeAdvantage: true,
  entCoef: 0,
  vfCoef: 0.5,
  maxGradNorm: 0.5,
};

const RULES: { readonly [K in keyof ReinforceOptions]: OptionRule } = {
  ...COMMON_RULES,
  learningRate: rules.schedule,
  episodesPerUpdate: rules.count,
  gamma: rules.fraction,
  normalizeAdvantage: rules.boolean,
  entCoef: rules.nonNegative,
  vfCoef: rules.nonNegative,
  maxGradNorm: rules.positive,
};

const NETWORK: NetworkOptions = {
  hidden: [64, 64],
  activation: 'tanh',
  trunks: 'separate',
  initialization: 'orthogonal',
};

/** Steps of one environment's running episode, or of all finished ones. */
interface Steps {
  observations: number[];
  masks: number[];
  actions: number[];
  /** Rewards while the episode runs; returns to go once it has ended. */
  returns: number[];
}

const emptySteps = (): Steps => ({ observations: [], masks: [], actions: [], returns: [] });

/**
 * REINFORCE with a learned baseline (Williams 1992; Sutton and Barto 2018, section 13.4): Monte Carlo returns of whole
 * episodes, one gradient step per batch of episodes. A truncated episode's return is bootstrapped with the baseline.
 */
export class Reinforce<A = number> extends BaseAgent<A, ReinforceOptions> {
  readonly kind = 'reinforce';
  private readonly network: NetworkOptions;
  private readonly distribution: Categorical;
  private readonly chosen: Int32Array;
  private running: Steps[] = [];
  private finished = emptySteps();
  private episodes = 0;
  private actions!: Int32Array;
  private observations!: Float32Array;
  private rewards!: Float64Array;

  /** Throws an OptionError for an unknown option or a value out of range, a TypeError for unsuitable spaces. */
  constructor(policy: PolicySpec, env: EnvOrLayout, options: Partial<ReinforceOptions> = {}) {
    super(policy, env, mergeOptions('reinforce', DEFAULTS, RULES, options));
    this.network = networkOptions('reinforce', NETWORK, policy);
    this.distribution = new Categorical(this.layout.nvec);
    this.chosen = new Int32Array(this.layout.nvec.length);
  }

  /** As PPO.load, for this kind. */
  static async load<A = number>(
    directory: string,
    env?: EnvSource,
    overrides: Partial<ReinforceOptions> = {},
  ): Promise<Reinforce<A>> {
    return loadAgent('reinforce', directory, env, overrides, (...parts) => new Reinforce<A>(...parts));
  }

  protected networkSpecs(): Record<string, NetworkSpec> {
    const heads = [
      { name: 'policy', size: totalActions(this.layout), gain: 0.01 },
      { name: 'value', size: 1, gain: 1 },
    ];
    return { actorCritic: networkSpec(this.network, this.layout.observationSize, heads, { kind: 'adam' }) };
  }

  protected prepare(envs: EnvironmentBatch): void {
    this.actions = new Int32Array(envs.numEnvs * this.layout.nvec.length);
    this.observations = new Float32Array(envs.numEnvs * this.layout.observationSize);
    this.rewards = new Float64Array(envs.numEnvs);
    this.running = Array.from({ length: envs.numEnvs }, emptySteps);
  }

  protected restart(): void {
    this.running = this.running.map(emptySteps);
    this.finished = emptySteps();
    this.episodes = 0;
  }

  protected async train(session: TrainingSession, envs: EnvironmentBatch): Promise<void> {
    while (!session.done) {
      this.act(envs);
      const pending = envs.step(this.actions);
      if (pending) await pending;
      this.store(envs);
      this.numTimesteps += envs.numEnvs;
      session.countActions(this.actions);
      if (this.episodes >= this.options.episodesPerUpdate || (session.done && this.episodes > 0)) {
        this.update(session, envs);
        await new Promise(setImmediate); // lets timers and messages of the process through
      }
      const more = session.afterStep();
      if (more === false || (more !== true && !(await more))) return;
    }
  }

  private act(envs: EnvironmentBatch): void {
    const { observations, actions, distribution } = this;
    observations.set(envs.observations);
    this.observationNormalizer?.apply(observations, observations);
    const logits = this.networks.actorCritic!.forward(observations)[POLICY_HEAD]!;
    const masks = envs.masked ? envs.masks : null;
    const { observationSize } = this.layout;
    const components = this.layout.nvec.length;
    for (let e = 0; e < envs.numEnvs; e++) {
      distribution.sample(logits, masks, e, this.random, actions);
      const steps = this.running[e]!;
      for (let j = 0; j < observationSize; j++)
        steps.observations.push(observations[e * observationSize + j]!);
      for (let j = 0; j < distribution.total; j++) steps.masks.push(envs.masks[e * distribution.total + j]!);
      for (let c = 0; c < components; c++) steps.actions.push(actions[e * components + c]!);
    }
  }

  private store(envs: EnvironmentBatch): void {
    let { rewards } = envs;
    if (this.rewardNormalizer) {
      this.rewardNormalizer.step(rewards, envs.terminated, envs.truncated, this.rewards);
      rewards = this.rewards;
    }
    this.observationNormalizer?.moments.update(envs.observations, envs.numEnvs);
    for (let e = 0; e < envs.numEnvs; e++) {
      this.running[e]!.returns.push(rewards[e]!);
      if (envs.terminated[e] !== 0 || envs.truncated[e] !== 0) this.finish(e, envs);
    }
  }

  /** Turns rewards into returns to go and moves the episode to the finished ones. */
  private finish(e: number, envs: EnvironmentBatch): void {
    const steps = this.running[e]!;
    const { observationSize } = this.layout;
    let following = 0;
    if (envs.terminated[e] === 0 && this.options.vfCoef > 0) {
      const last = envs.nextObservations.slice(e * observationSize, (e + 1) * observationSize);
      following = this.value(last);
    }
    for (let t = steps.returns.length - 1; t >= 0; t--) {
      following = steps.returns[t]! + this.options.gamma * following;
      steps.returns[t] = following;
    }
    for (const part of ['observations', 'masks', 'actions', 'returns'] as const)
      for (const value of steps[part]) this.finished[part].push(value);
    this.running[e] = emptySteps();
    this.episodes++;
  }

  /** One step on L = -(G - b(s)) log pi(a|s) - entCoef * H + vfCoef * (b(s) - G)^2 over the finished episodes. */
  private update(session: TrainingSession, envs: EnvironmentBatch): void {
    const { options, distribution, finished } = this;
    const network = this.networks.actorCritic!;
    const rows = finished.returns.length;
    const outputs = network.forward(Float32Array.from(finished.observations), TRAIN);
    const logits = outputs[POLICY_HEAD]!;
    const values = outputs[VALUE_HEAD]!;
    const masks = envs.masked ? Uint8Array.from(finished.masks) : null;
    const actions = Int32Array.from(finished.actions);
    const logitGradients = new Float32Array(logits.length);
    const valueGradients = new Float32Array(rows);
    const baseline = options.vfCoef > 0;
    const advantages = finished.returns.map((value, i) => value - (baseline ? values[i]! : 0));
    const explained = explainedVariance(values, finished.returns, rows);
    if (options.normalizeAdvantage && rows > 1) standardize(advantages);
    let policyLoss = 0;
    let valueLoss = 0;
    let entropy = 0;
    for (let i = 0; i < rows; i++) {
      distribution.evaluate(logits, masks, i, actions);
      distribution.writeGradient(i, actions, -advantages[i]! / rows, -options.entCoef / rows, logitGradients);
      const error = values[i]! - finished.returns[i]!;
      valueGradients[i] = (2 * options.vfCoef * error) / rows;
      policyLoss -= (advantages[i]! * distribution.logProbability) / rows;
      valueLoss += (error * error) / rows;
      entropy += distribution.entropy / rows;
    }
    network.backward([logitGradients, valueGradients]);
    const learningRate = scheduled(options.learningRate, session.progress);
    const gradientNorm = network.step(learningRate, options.maxGradNorm);
    this.updates++;
    const { episodes } = this;
    this.finished = emptySteps();
    this.episodes = 0;
    session.logUpdate(this.updates, {
      ...{
        policyLoss,
        valueLoss,
        entropy,
        gradientNorm,
        explainedVariance: explained,
        episodes,
        learningRate,
      },
    });
  }

  /** The baseline at an observation. */
  value(observation: Float32Array): number {
    return this.networks.actorCritic!.forward(this.normalize(observation))[VALUE_HEAD]![0]!;
  }

  protected choose(observation: Float32Array, mask: Uint8Array | null, deterministic: boolean): A {
    const logits = this.networks.actorCritic!.forward(observation)[POLICY_HEAD]!;
    if (deterministic) this.distribution.mode(logits, mask, 0, this.chosen);
    else this.distribution.sample(logits, mask, 0, this.predictRandom, this.chosen);
    return actionOf<A>(this.layout, this.chosen);
  }

  protected get discount(): number {
    return this.options.gamma;
  }

  protected ownState(): OwnState {
    return { meta: { running: this.running, finished: this.finished, episodes: this.episodes }, arrays: {} };
  }

  protected restoreOwnState({ meta }: OwnState): void {
    this.running = meta.running as Steps[];
    this.finished = meta.finished as Steps;
    this.episodes = meta.episodes as number;
  }
}

function standardize(values: number[]): void {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const scale = 1 / (Math.sqrt(squares / (values.length - 1)) + 1e-8);
  for (let i = 0; i < values.length; i++) values[i] = (values[i]! - mean) * scale;
}

const TRAIN = { train: true } as const;
