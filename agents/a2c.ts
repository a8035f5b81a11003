import type { NetworkSpec, OptimizerSpec } from 'nn-engines';
import { explainedVariance } from './buffers/rollout.js';
import { BaseAgent, type EnvOrLayout, loadAgent, type OwnState } from './common/base.js';
import { Categorical } from './common/categorical.js';
import { POLICY_HEAD, RolloutCollector, VALUE_HEAD } from './common/collector.js';
import type { EnvironmentBatch } from './common/environment.js';
import type { EnvSource } from './common/environments.js';
import { Scratch } from './common/minibatch.js';
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
import { restoreRollout, rolloutState } from './common/rollout-state.js';
import type { TrainingSession } from './common/session.js';
import { actionOf, totalActions } from './common/spaces.js';

/** Names and defaults are those of Stable-Baselines3's A2C, in camel case. */
export interface A2COptions extends CommonOptions {
  readonly learningRate: Schedule;
  /** Steps of each environment between updates. */
  readonly nSteps: number;
  readonly gamma: number;
  readonly gaeLambda: number;
  readonly normalizeAdvantage: boolean;
  readonly entCoef: number;
  readonly vfCoef: number;
  readonly maxGradNorm: number;
  /** RMSprop if true, else Adam. */
  readonly useRmsProp: boolean;
  readonly rmsPropEps: number;
  /** Environment steps between rows of the log. */
  readonly logInterval: number;
}

const DEFAULTS: A2COptions = {
  ...COMMON_DEFAULTS,
  learningRate: 7e-4,
  nSteps: 5,
  gamma: 0.99,
  gaeLambda: 1,
  normalizeAdvantage: false,
  entCoef: 0,
  vfCoef: 0.5,
  maxGradNorm: 0.5,
  useRmsProp: true,
  rmsPropEps: 1e-5,
  logInterval: 1_000,
};

const RULES: { readonly [K in keyof A2COptions]: OptionRule } = {
  ...COMMON_RULES,
  learningRate: rules.schedule,
  nSteps: rules.count,
  gamma: rules.fraction,
  gaeLambda: rules.fraction,
  normalizeAdvantage: rules.boolean,
  entCoef: rules.nonNegative,
  vfCoef: rules.nonNegative,
  maxGradNorm: rules.positive,
  useRmsProp: rules.boolean,
  rmsPropEps: rules.positive,
  logInterval: rules.count,
};

const NETWORK: NetworkOptions = {
  hidden: [64, 64],
  activation: 'tanh',
  trunks: 'separate',
  initialization: 'orthogonal',
};

/** Means over updates since the last row. */
const emptySums = () => ({
  policyLoss: 0,
  valueLoss: 0,
  entropy: 0,
  gradientNorm: 0,
  explainedVariance: 0,
  count: 0,
});

/**
 * Advantage actor-critic, the synchronous form of A3C (Mnih et al. 2016): one gradient step on every short rollout, with
 * invalid actions masked out.
 */
export class A2C<A = number> extends BaseAgent<A, A2COptions> {
  readonly kind = 'a2c';
  private readonly network: NetworkOptions;
  private readonly acting: Categorical;
  private readonly chosen: Int32Array;
  private collector!: RolloutCollector;
  private logitGradients!: Scratch;
  private valueGradients!: Scratch;
  private sums = emptySums();
  private lastLog = 0;

  /** Throws an OptionError for an unknown option or a value out of range, a TypeError for unsuitable spaces. */
  constructor(policy: PolicySpec, env: EnvOrLayout, options: Partial<A2COptions> = {}) {
    super(policy, env, mergeOptions('a2c', DEFAULTS, RULES, options));
    this.network = networkOptions('a2c', NETWORK, policy);
    this.acting = new Categorical(this.layout.nvec);
    this.chosen = new Int32Array(this.layout.nvec.length);
  }

  /**
   * An agent from its checkpoint; without an environment it can predict but not learn. `overrides` replace saved options.
   * Throws when there is no checkpoint of this kind or the environment's spaces differ.
   */
  static async load<A = number>(
    directory: string,
    env?: EnvSource,
    overrides: Partial<A2COptions> = {},
  ): Promise<A2C<A>> {
    return loadAgent('a2c', directory, env, overrides, (...parts) => new A2C<A>(...parts));
  }

  protected networkSpecs(): Record<string, NetworkSpec> {
    const { useRmsProp, rmsPropEps } = this.options;
    const heads = [
      { name: 'policy', size: totalActions(this.layout), gain: 0.01 },
      { name: 'value', size: 1, gain: 1 },
    ];
    const optimizer: OptimizerSpec = useRmsProp
      ? { kind: 'rmsprop', alpha: 0.99, epsilon: rmsPropEps }
      : { kind: 'adam', epsilon: rmsPropEps };
    return { actorCritic: networkSpec(this.network, this.layout.observationSize, heads, optimizer) };
  }

  protected prepare(envs: EnvironmentBatch): void {
    const { nSteps } = this.options;
    const { actorCritic } = this.networks;
    this.collector = new RolloutCollector(
      envs,
      nSteps,
      actorCritic!,
      this.random,
      this.observationNormalizer,
    );
    const rows = nSteps * envs.numEnvs;
    this.logitGradients = new Scratch(rows * totalActions(this.layout));
    this.valueGradients = new Scratch(rows);
  }

  protected restart(): void {
    this.collector.buffer.position = 0;
    this.lastLog = 0;
  }

  protected async train(session: TrainingSession, envs: EnvironmentBatch): Promise<void> {
    const { collector } = this;
    while (!session.done) {
      const actions = collector.act();
      const pending = envs.step(actions);
      if (pending) await pending;
      collector.store(this.rewardNormalizer);
      this.numTimesteps += envs.numEnvs;
      session.countActions(actions);
      if (collector.buffer.full || session.done) this.update(session, envs);
      if (this.numTimesteps - this.lastLog >= this.options.logInterval || session.done) {
        this.log(session);
        await new Promise(setImmediate); // lets timers and messages of the process through
      }
      const more = session.afterStep();
      if (more === false || (more !== true && !(await more))) return;
    }
  }

  /** One step on L = -A log pi(a|s) - entCoef * H + vfCoef * (V - R)^2 over the rollout, which is then forgotten. */
  private update(session: TrainingSession, envs: EnvironmentBatch): void {
    const { options, acting: distribution, sums } = this;
    const { buffer } = this.collector;
    const network = this.networks.actorCritic!;
    buffer.computeAdvantages(this.collector.lastValues(), options.gamma, options.gaeLambda);
    const rows = buffer.rows;
    const [mean, scale] = this.advantageMoments(rows);
    const input = network.inputBuffer(rows, TRAIN);
    for (let j = 0; j < input.length; j++) input[j] = buffer.observations[j]!;
    const outputs = network.forward(input, TRAIN);
    const logits = outputs[POLICY_HEAD]!;
    const values = outputs[VALUE_HEAD]!;
    const logitGradients = this.logitGradients.first(logits.length);
    const valueGradients = this.valueGradients.first(rows);
    const masks = envs.masked ? buffer.masks : null;
    for (let i = 0; i < rows; i++) {
      distribution.evaluate(logits, masks, i, buffer.actions);
      const advantage = (buffer.advantages[i]! - mean) * scale;
      distribution.writeGradient(
        i,
        buffer.actions,
        -advantage / rows,
        -options.entCoef / rows,
        logitGradients,
      );
      const error = values[i]! - buffer.returns[i]!;
      valueGradients[i] = (2 * options.vfCoef * error) / rows;
      sums.policyLoss -= (advantage * distribution.logProbability) / rows;
      sums.valueLoss += (error * error) / rows;
      sums.entropy += distribution.entropy / rows;
    }
    network.backward([logitGradients, valueGradients]);
    sums.gradientNorm += network.step(scheduled(options.learningRate, session.progress), options.maxGradNorm);
    const explained = explainedVariance(buffer.values, buffer.returns, rows);
    // Constant returns explain nothing and would turn the mean over many small rollouts into NaN.
    sums.explainedVariance += Number.isNaN(explained) ? 0 : explained;
    sums.count++;
    this.updates++;
    buffer.position = 0;
  }

  private advantageMoments(rows: number): readonly [number, number] {
    if (!this.options.normalizeAdvantage || rows < 2) return [0, 1];
    const { advantages } = this.collector.buffer;
    let mean = 0;
    for (let i = 0; i < rows; i++) mean += advantages[i]! / rows;
    let squares = 0;
    for (let i = 0; i < rows; i++) squares += (advantages[i]! - mean) ** 2;
    return [mean, 1 / (Math.sqrt(squares / (rows - 1)) + 1e-8)];
  }

  private log(session: TrainingSession): void {
    const { count, ...sums } = this.sums;
    const means = Object.fromEntries(
      Object.entries(sums).map(([name, sum]) => [name, sum / Math.max(1, count)]),
    );
    const learningRate = scheduled(this.options.learningRate, session.progress);
    session.logUpdate(this.updates, { ...means, learningRate });
    this.sums = emptySums();
    this.lastLog = this.numTimesteps;
  }

  /** The value function at an observation. */
  value(observation: Float32Array): number {
    return this.networks.actorCritic!.forward(this.normalize(observation))[VALUE_HEAD]![0]!;
  }

  protected choose(observation: Float32Array, mask: Uint8Array | null, deterministic: boolean): A {
    const logits = this.networks.actorCritic!.forward(observation)[POLICY_HEAD]!;
    if (deterministic) this.acting.mode(logits, mask, 0, this.chosen);
    else this.acting.sample(logits, mask, 0, this.predictRandom, this.chosen);
    return actionOf<A>(this.layout, this.chosen);
  }

  protected get discount(): number {
    return this.options.gamma;
  }

  protected ownState(): OwnState {
    const { meta, arrays } = rolloutState(this.collector.buffer);
    return { meta: { ...meta, sums: this.sums, lastLog: this.lastLog }, arrays };
  }

  protected restoreOwnState(state: OwnState): void {
    restoreRollout(this.collector.buffer, state);
    this.sums = state.meta.sums as A2C['sums'];
    this.lastLog = state.meta.lastLog as number;
  }
}

const TRAIN = { train: true } as const;
