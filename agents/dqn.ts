import type { Network, NetworkSpec } from 'nn-engines';
import { NStepWriter } from './buffers/n-step.js';
import { Priorities } from './buffers/prioritized.js';
import { ReplayBuffer } from './buffers/replay.js';
import { BaseAgent, type EnvOrLayout, loadAgent, type OwnState } from './common/base.js';
import { arraysUnder, prefixed } from './common/checkpoint.js';
import type { EnvironmentBatch } from './common/environment.js';
import type { EnvSource } from './common/environments.js';
import { greedyAction, uniformAction } from './common/greedy.js';
import { gatherRows, Scratch } from './common/minibatch.js';
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

/** Names and defaults are those of Stable-Baselines3's DQN, in camel case; the last five are switches of our own. */
export interface DQNOptions extends CommonOptions {
  readonly learningRate: Schedule;
  readonly bufferSize: number;
  /** Environment steps before the first update. */
  readonly learningStarts: number;
  readonly batchSize: number;
  /** Share of the online network that the target takes over at each update; 1 copies it. */
  readonly tau: number;
  readonly gamma: number;
  /** Steps of each environment between rounds of updates. */
  readonly trainFreq: number;
  /** Updates a round; -1: as many as environment steps since the last. */
  readonly gradientSteps: number;
  /** Environment steps between updates of the target network. */
  readonly targetUpdateInterval: number;
  /** Share of training over which epsilon falls from its initial to its final value. */
  readonly explorationFraction: number;
  readonly explorationInitialEps: number;
  readonly explorationFinalEps: number;
  readonly maxGradNorm: number;
  readonly adamEpsilon: number;
  /** `huber` (smooth L1, width 1) or `mse` of the TD error. */
  readonly loss: 'huber' | 'mse';
  /** Environment steps between rows of the log. */
  readonly logInterval: number;
  /** Choose the next action with the online network, value it with the target's (van Hasselt et al. 2016). */
  readonly double: boolean;
  /** Separate heads for the state's value and the actions' advantages (Wang et al. 2016). */
  readonly dueling: boolean;
  /** Rewards summed before bootstrapping. */
  readonly nStep: number;
  /** Prioritised replay (Schaul et al. 2016): the exponent alpha, or null for uniform replay. */
  readonly prioritizedAlpha: number | null;
  /** Importance-weight exponent at the start; it rises to 1 over training. */
  readonly prioritizedBeta: number;
}

const DEFAULTS: DQNOptions = {
  ...COMMON_DEFAULTS,
  learningRate: 1e-4,
  bufferSize: 1_000_000,
  learningStarts: 100,
  batchSize: 32,
  tau: 1,
  gamma: 0.99,
  trainFreq: 4,
  gradientSteps: 1,
  targetUpdateInterval: 10_000,
  explorationFraction: 0.1,
  explorationInitialEps: 1,
  explorationFinalEps: 0.05,
  maxGradNorm: 10,
  adamEpsilon: 1e-8,
  loss: 'huber',
  logInterval: 1_000,
  double: false,
  dueling: false,
  nStep: 1,
  prioritizedAlpha: null,
  prioritizedBeta: 0.4,
};

const RULES: { readonly [K in keyof DQNOptions]: OptionRule } = {
  ...COMMON_RULES,
  learningRate: rules.schedule,
  bufferSize: rules.count,
  learningStarts: rules.wholeNumber,
  batchSize: rules.count,
  tau: rules.fraction,
  gamma: rules.fraction,
  trainFreq: rules.count,
  gradientSteps: (value) => (value === -1 ? null : rules.count(value) && `${rules.count(value)}, or -1`),
  targetUpdateInterval: rules.count,
  explorationFraction: rules.fraction,
  explorationInitialEps: rules.fraction,
  explorationFinalEps: rules.fraction,
  maxGradNorm: rules.positive,
  adamEpsilon: rules.positive,
  loss: rules.oneOf('huber', 'mse'),
  logInterval: rules.count,
  double: rules.boolean,
  dueling: rules.boolean,
  nStep: rules.count,
  prioritizedAlpha: rules.orNull(rules.fraction),
  prioritizedBeta: rules.fraction,
};

const NETWORK: NetworkOptions = {
  hidden: [64, 64],
  activation: 'relu',
  trunks: 'shared',
  initialization: 'kaiming-uniform',
};

/** The hyperparameters of CleanRL's `dqn.py` for CartPole (its network is 120-84). */
export const DQN_CLEANRL: Partial<DQNOptions> = {
  learningRate: 2.5e-4,
  bufferSize: 10_000,
  learningStarts: 10_000,
  batchSize: 128,
  trainFreq: 10,
  targetUpdateInterval: 500,
  explorationFraction: 0.5,
  maxGradNorm: Number.MAX_VALUE,
  loss: 'mse',
};

/**
 * Deep Q-learning (Mnih et al. 2015) with action masks in exploration and in the targets' maximum, and the double, dueling,
 * n-step and prioritised variants, each a switch.
 */
export class DQN extends BaseAgent<number, DQNOptions> {
  readonly kind = 'dqn';
  private readonly network: NetworkOptions;
  private readonly n: number;
  private buffer!: ReplayBuffer;
  private writer!: NStepWriter;
  private priorities: Priorities | null = null;
  private observations!: Float32Array;
  private rewards!: Float64Array;
  private actions!: Int32Array;
  private indices!: Int32Array;
  private weights!: Float64Array;
  private nextMasks!: Uint8Array;
  private targets!: Float64Array;
  private gradients!: readonly Scratch[];
  /** Steps of the batch of environments so far. */
  private calls = 0;
  private sums = { loss: 0, q: 0, tdError: 0, gradientNorm: 0, count: 0 };
  private lastLog = 0;

  /** Throws an OptionError for an unknown option or a value out of range, a TypeError for unsuitable spaces. */
  constructor(policy: PolicySpec, env: EnvOrLayout, options: Partial<DQNOptions> = {}) {
    super(policy, env, mergeOptions('dqn', DEFAULTS, RULES, options));
    if (!this.layout.discrete) throw new TypeError('dqn needs a Discrete action space, found MultiDiscrete');
    this.network = networkOptions('dqn', NETWORK, policy);
    this.n = this.layout.nvec[0]!;
  }

  /**
   * An agent from its checkpoint; without an environment it can predict but not learn. `overrides` replace saved options.
   * Throws when there is no checkpoint of this kind or the environment's spaces differ.
   */
  static async load(directory: string, env?: EnvSource, overrides: Partial<DQNOptions> = {}): Promise<DQN> {
    return loadAgent('dqn', directory, env, overrides, (...parts) => new DQN(...parts));
  }

  protected networkSpecs(): Record<string, NetworkSpec> {
    const heads = [{ name: this.options.dueling ? 'advantage' : 'q', size: this.n }];
    if (this.options.dueling) heads.push({ name: 'value', size: 1 });
    const optimizer = { kind: 'adam', epsilon: this.options.adamEpsilon } as const;
    const spec = networkSpec(this.network, this.layout.observationSize, heads, optimizer);
    return { online: spec, target: spec };
  }

  protected override networksReady(): void {
    this.networks.target!.copyFrom(this.networks.online!);
  }

  protected prepare(envs: EnvironmentBatch): void {
    const { bufferSize, batchSize, nStep, gamma, prioritizedAlpha } = this.options;
    const { observationSize } = this.layout;
    this.buffer = new ReplayBuffer(bufferSize, observationSize, this.n);
    this.writer = new NStepWriter(this.buffer, envs.numEnvs, nStep, gamma);
    this.priorities = prioritizedAlpha === null ? null : new Priorities(bufferSize, prioritizedAlpha);
    this.observations = new Float32Array(envs.numEnvs * observationSize);
    this.rewards = new Float64Array(envs.numEnvs);
    this.actions = new Int32Array(envs.numEnvs);
    this.indices = new Int32Array(batchSize);
    this.weights = new Float64Array(batchSize).fill(1);
    this.nextMasks = new Uint8Array(batchSize * this.n);
    this.targets = new Float64Array(batchSize);
    this.gradients = [new Scratch(batchSize * this.n), new Scratch(batchSize)];
  }

  protected restart(): void {
    this.writer.clear();
    this.lastLog = 0;
  }

  protected async train(session: TrainingSession, envs: EnvironmentBatch): Promise<void> {
    const { trainFreq, targetUpdateInterval, learningStarts, tau } = this.options;
    const targetCalls = Math.max(1, Math.floor(targetUpdateInterval / envs.numEnvs));
    const added = (index: number) => this.priorities?.added(index);
    while (!session.done) {
      this.act(session, envs);
      const pending = envs.step(this.actions);
      if (pending) await pending;
      this.observationNormalizer?.moments.update(envs.observations, envs.numEnvs);
      this.writer.push(this.observations, this.actions, this.scaledRewards(envs), envs, added);
      this.numTimesteps += envs.numEnvs;
      this.calls++;
      session.countActions(this.actions);
      if (this.calls % targetCalls === 0) this.networks.target!.copyFrom(this.networks.online!, tau);
      if (this.calls % trainFreq === 0 && this.numTimesteps > learningStarts && this.buffer.size > 0)
        this.update(session, envs);
      if (this.numTimesteps - this.lastLog >= this.options.logInterval || session.done) {
        this.log(session);
        await new Promise(setImmediate); // lets timers and messages of the process through
      }
      const more = session.afterStep();
      if (more === false || (more !== true && !(await more))) return;
    }
  }

  /** Keeps the raw observations (they go to the buffer) and chooses epsilon-greedily among the valid actions. */
  private act(session: TrainingSession, envs: EnvironmentBatch): void {
    this.observations.set(envs.observations);
    const epsilon = this.epsilon(session.progress);
    const masks = envs.masked ? envs.masks : null;
    const explore = this.numTimesteps < this.options.learningStarts;
    let values: ArrayLike<number> | null = null;
    for (let e = 0; e < envs.numEnvs; e++) {
      if (explore || this.random.random() < epsilon) {
        this.actions[e] = uniformAction(masks, e, this.n, this.random);
        continue;
      }
      values ??= this.qOrder(this.networks.online!, this.normalized(this.observations));
      this.actions[e] = greedyAction(values, masks, e, this.n);
    }
  }

  private epsilon(progress: number): number {
    const { explorationFraction, explorationInitialEps: from, explorationFinalEps: to } = this.options;
    return progress >= explorationFraction ? to : from + ((to - from) * progress) / explorationFraction;
  }

  /** Something that orders a state's actions as Q does: advantages do, without the value they share. */
  private qOrder(network: Network, observations: Float32Array): Float32Array {
    return network.forward(observations)[0]!;
  }

  private normalizedScratch: Float32Array = new Float32Array(0);

  private normalized(observations: Float32Array): Float32Array {
    if (!this.observationNormalizer) return observations;
    if (this.normalizedScratch.length !== observations.length)
      this.normalizedScratch = new Float32Array(observations.length);
    this.observationNormalizer.apply(observations, this.normalizedScratch);
    return this.normalizedScratch;
  }

  private scaledRewards(envs: EnvironmentBatch): Float64Array {
    if (!this.rewardNormalizer) return envs.rewards;
    this.rewardNormalizer.step(envs.rewards, envs.terminated, envs.truncated, this.rewards);
    return this.rewards;
  }

  private update(session: TrainingSession, envs: EnvironmentBatch): void {
    const { gradientSteps, trainFreq, maxGradNorm } = this.options;
    const rounds = gradientSteps === -1 ? trainFreq * envs.numEnvs : gradientSteps;
    const learningRate = scheduled(this.options.learningRate, session.progress);
    for (let round = 0; round < rounds; round++) {
      this.sample(session.progress);
      this.computeTargets(envs.masked);
      this.backward();
      this.sums.gradientNorm += this.networks.online!.step(learningRate, maxGradNorm);
      this.sums.count++;
      this.updates++;
    }
  }

  private sample(progress: number): void {
    const { batchSize, prioritizedBeta } = this.options;
    const { size } = this.buffer;
    if (this.priorities) {
      const beta = prioritizedBeta + (1 - prioritizedBeta) * progress;
      this.priorities.sample(size, batchSize, beta, this.random, this.indices, this.weights);
      return;
    }
    for (let k = 0; k < batchSize; k++) this.indices[k] = Math.floor(this.random.random() * size);
  }

  /** y = R + discount * Q_target(s', a*), a* the best valid action by the target, or with `double` by the online network. */
  private computeTargets(masked: boolean): void {
    const { buffer, indices, n } = this;
    const count = this.options.batchSize;
    const online = this.networks.online!;
    const target = this.networks.target!;
    const input = this.gather(target, buffer.nextObservations, false);
    let chooser: Float32Array | null = null;
    if (this.options.double) {
      const own = online.inputBuffer(count);
      own.set(input);
      chooser = online.forward(own)[0]!;
    }
    const outputs = target.forward(input);
    const values = outputs[0]!;
    if (masked) this.gatherMasks();
    const masks = masked ? this.nextMasks : null;
    for (let k = 0; k < count; k++) {
      const i = indices[k]!;
      const discount = buffer.discounts[i]!;
      let next = 0;
      // A terminal state's mask may allow nothing, and its value does not count.
      if (discount !== 0) next = this.q(outputs, k, greedyAction(chooser ?? values, masks, k, n));
      this.targets[k] = buffer.rewards[i]! + discount * next;
    }
  }

  /** Q(s, a) of row k: the head itself, or V + A(a) - mean A of the dueling heads. */
  private q(outputs: readonly Float32Array[], k: number, action: number): number {
    const { n } = this;
    const first = outputs[0]!;
    if (!this.options.dueling) return first[k * n + action]!;
    let mean = 0;
    for (let j = 0; j < n; j++) mean += first[k * n + j]!;
    return outputs[1]![k]! + first[k * n + action]! - mean / n;
  }

  /** Huber loss (or the square) of Q(s, a) - y, weighted when replay is prioritised; leaves its gradient in the online network. */
  private backward(): void {
    const { buffer, indices, n, sums } = this;
    const { dueling, batchSize: count } = this.options;
    const huber = this.options.loss === 'huber';
    const online = this.networks.online!;
    const outputs = online.forward(this.gather(online, buffer.observations, true), TRAIN);
    const first = this.gradients[0]!.first(count * n);
    const second = this.gradients[1]!.first(count);
    first.fill(0);
    for (let k = 0; k < count; k++) {
      const i = indices[k]!;
      const action = buffer.actions[i]!;
      const q = this.q(outputs, k, action);
      const error = q - this.targets[k]!;
      const size = Math.abs(error);
      const weight = this.weights[k]!;
      const slope = (weight * (huber ? Math.max(-1, Math.min(1, error)) : 2 * error)) / count;
      const loss = huber ? (size < 1 ? 0.5 * error * error : size - 0.5) : error * error;
      if (dueling) {
        for (let j = 0; j < n; j++) first[k * n + j] = -slope / n;
        second[k] = slope;
      }
      first[k * n + action]! += slope;
      sums.loss += (weight * loss) / count;
      sums.q += q / count;
      sums.tdError += size / count;
      this.priorities?.update(i, error);
    }
    online.backward(dueling ? [first, second] : [first]);
  }

  private gather(network: Network, source: Float32Array, train: boolean): Float32Array {
    const { batchSize } = this.options;
    const input = network.inputBuffer(batchSize, train ? TRAIN : undefined);
    gatherRows(source, this.layout.observationSize, this.indices, 0, batchSize, input);
    this.observationNormalizer?.apply(input, input);
    return input;
  }

  private gatherMasks(): void {
    const { n, buffer, indices, nextMasks } = this;
    for (let k = 0; k < this.options.batchSize; k++)
      for (let j = 0; j < n; j++) nextMasks[k * n + j] = buffer.nextMasks[indices[k]! * n + j]!;
  }

  private log(session: TrainingSession): void {
    const { sums } = this;
    const n = sums.count;
    this.lastLog = this.numTimesteps;
    const learned = n && {
      loss: sums.loss / n,
      qValue: sums.q / n,
      tdError: sums.tdError / n,
      gradientNorm: sums.gradientNorm / n,
    };
    session.logUpdate(this.updates, {
      ...learned,
      epsilon: this.epsilon(session.progress),
      learningRate: scheduled(this.options.learningRate, session.progress),
      bufferSize: this.buffer.size,
    });
    this.sums = { loss: 0, q: 0, tdError: 0, gradientNorm: 0, count: 0 };
  }

  /** Q of every action at an observation; of invalid ones too. */
  qValues(observation: Float32Array): number[] {
    const outputs = this.networks.online!.forward(this.normalize(observation));
    return Array.from({ length: this.n }, (_, action) => this.q(outputs, 0, action));
  }

  protected choose(observation: Float32Array, mask: Uint8Array | null, deterministic: boolean): number {
    // As in Stable-Baselines3, acting without `deterministic` explores with the final epsilon.
    if (!deterministic && this.predictRandom.random() < this.options.explorationFinalEps)
      return uniformAction(mask, 0, this.n, this.predictRandom);
    return greedyAction(this.qOrder(this.networks.online!, observation), mask, 0, this.n);
  }

  protected get discount(): number {
    return this.options.gamma;
  }

  protected ownState(): OwnState {
    const { position } = this.buffer;
    const { calls, sums, lastLog } = this;
    return {
      meta: { position, calls, sums, lastLog, largest: this.priorities?.largest ?? 1 },
      arrays: {
        ...prefixed('buffer', this.buffer.arrays()),
        ...prefixed('waiting', this.writer.arrays()),
        ...(this.priorities && { priorities: this.priorities.weights(this.buffer.size) }),
      },
    };
  }

  protected restoreOwnState({ meta, arrays }: OwnState): void {
    const saved = meta as {
      position: number;
      calls: number;
      sums: DQN['sums'];
      lastLog: number;
      largest: number;
    };
    this.calls = saved.calls;
    this.sums = saved.sums;
    this.lastLog = saved.lastLog;
    this.buffer.restore(saved.position, arraysUnder(arrays, 'buffer'));
    const waiting = arraysUnder(arrays, 'waiting');
    for (const [name, array] of Object.entries(this.writer.arrays())) array.set(waiting[name]!);
    const { priorities } = arrays;
    if (priorities) this.priorities?.restore(priorities, saved.largest);
  }
}

const TRAIN = { train: true } as const;
