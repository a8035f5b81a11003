import { exp, log, type Network, type NetworkSpec } from 'nn-engines';
import { ReplayBuffer } from './buffers/replay.js';
import { BaseAgent, type EnvOrLayout, loadAgent, type OwnState } from './common/base.js';
import { Categorical } from './common/categorical.js';
import { arraysUnder, prefixed } from './common/checkpoint.js';
import type { EnvironmentBatch } from './common/environment.js';
import type { EnvSource } from './common/environments.js';
import { uniformAction } from './common/greedy.js';
import { gatherRows } from './common/minibatch.js';
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

/** Names as Stable-Baselines3's SAC where it has them; defaults after CleanRL's discrete SAC, scaled to small problems. */
export interface SACOptions extends CommonOptions {
  readonly learningRate: Schedule;
  readonly bufferSize: number;
  readonly learningStarts: number;
  readonly batchSize: number;
  readonly tau: number;
  readonly gamma: number;
  /** Steps of each environment between rounds of updates. */
  readonly trainFreq: number;
  readonly gradientSteps: number;
  /** Environment steps between moves of the target critics. */
  readonly targetUpdateInterval: number;
  /** Entropy temperature: `auto` learns it, a number fixes it. */
  readonly entCoef: number | 'auto';
  /** With `auto`: the entropy aimed at, as a share of that of the uniform policy over the valid actions. */
  readonly targetEntropyRatio: number;
  readonly maxGradNorm: number;
  readonly logInterval: number;
}

const DEFAULTS: SACOptions = {
  ...COMMON_DEFAULTS,
  learningRate: 3e-4,
  bufferSize: 1_000_000,
  learningStarts: 100,
  batchSize: 64,
  tau: 0.005,
  gamma: 0.99,
  trainFreq: 1,
  gradientSteps: 1,
  targetUpdateInterval: 1,
  entCoef: 'auto',
  targetEntropyRatio: 0.5,
  maxGradNorm: 10,
  logInterval: 1_000,
};

const RULES: { readonly [K in keyof SACOptions]: OptionRule } = {
  ...COMMON_RULES,
  learningRate: rules.schedule,
  bufferSize: rules.count,
  learningStarts: rules.wholeNumber,
  batchSize: rules.count,
  tau: rules.fraction,
  gamma: rules.fraction,
  trainFreq: rules.count,
  gradientSteps: rules.count,
  targetUpdateInterval: rules.count,
  entCoef: (value) =>
    value === 'auto' || rules.nonNegative(value) === null ? null : 'a number of at least 0, or auto',
  targetEntropyRatio: rules.fraction,
  maxGradNorm: rules.positive,
  logInterval: rules.count,
};

const NETWORK: NetworkOptions = {
  hidden: [64, 64],
  activation: 'relu',
  trunks: 'shared',
  initialization: 'kaiming-uniform',
};

const emptySums = () => ({ criticLoss: 0, actorLoss: 0, entropy: 0, qValue: 0, gradientNorm: 0, count: 0 });

/**
 * Soft actor-critic for discrete actions (Christodoulou 2019, after Haarnoja et al. 2018): expectations over actions are
 * exact sums, over the valid actions only; two critics, the smaller counts; the temperature is learned towards an entropy
 * relative to what each state's mask leaves possible.
 */
export class DiscreteSAC extends BaseAgent<number, SACOptions> {
  readonly kind = 'sac';
  private readonly network: NetworkOptions;
  private readonly n: number;
  private readonly distribution: Categorical;
  private buffer!: ReplayBuffer;
  /** Valid actions of the stored states; the buffer keeps those of their successors. */
  private stateMasks = new Uint8Array(0);
  private actions!: Int32Array;
  private observations!: Float32Array;
  private masks!: Uint8Array;
  private rewards!: Float64Array;
  private indices!: Int32Array;
  private targets!: Float64Array;
  private batchMasks!: Uint8Array;
  private gradients!: Float32Array;
  private smaller!: Float32Array;
  private readonly chosen = new Int32Array(1);
  /** log of the temperature with Adam's moments and step count: one parameter, so kept here. */
  private temperature = { log: 0, first: 0, second: 0, steps: 0 };
  private calls = 0;
  private sums = emptySums();
  private lastLog = 0;

  /** Throws an OptionError for an unknown option or a value out of range, a TypeError for unsuitable spaces. */
  constructor(policy: PolicySpec, env: EnvOrLayout, options: Partial<SACOptions> = {}) {
    super(policy, env, mergeOptions('sac', DEFAULTS, RULES, options));
    if (!this.layout.discrete) throw new TypeError('sac needs a Discrete action space, found MultiDiscrete');
    this.network = networkOptions('sac', NETWORK, policy);
    this.n = this.layout.nvec[0]!;
    this.distribution = new Categorical([this.n]);
  }

  /** As PPO.load, for this kind. */
  static async load(
    directory: string,
    env?: EnvSource,
    overrides: Partial<SACOptions> = {},
  ): Promise<DiscreteSAC> {
    return loadAgent('sac', directory, env, overrides, (...parts) => new DiscreteSAC(...parts));
  }

  /** The entropy temperature alpha. */
  get alpha(): number {
    return this.options.entCoef === 'auto' ? exp(this.temperature.log) : this.options.entCoef;
  }

  protected networkSpecs(): Record<string, NetworkSpec> {
    const spec = (head: string) =>
      networkSpec(this.network, this.layout.observationSize, [{ name: head, size: this.n }], {
        kind: 'adam',
      });
    const critic = spec('q');
    return { actor: spec('policy'), critic1: critic, critic2: critic, target1: critic, target2: critic };
  }

  protected override networksReady(): void {
    this.networks.target1!.copyFrom(this.networks.critic1!);
    this.networks.target2!.copyFrom(this.networks.critic2!);
  }

  protected prepare(envs: EnvironmentBatch): void {
    const { bufferSize, batchSize } = this.options;
    this.buffer = new ReplayBuffer(bufferSize, this.layout.observationSize, this.n);
    this.stateMasks = new Uint8Array(0);
    this.actions = new Int32Array(envs.numEnvs);
    this.observations = new Float32Array(envs.numEnvs * this.layout.observationSize);
    this.masks = new Uint8Array(envs.numEnvs * this.n);
    this.rewards = new Float64Array(envs.numEnvs);
    this.indices = new Int32Array(batchSize);
    this.targets = new Float64Array(batchSize);
    this.batchMasks = new Uint8Array(batchSize * this.n);
    this.gradients = new Float32Array(batchSize * this.n);
    this.smaller = new Float32Array(batchSize * this.n);
  }

  protected restart(): void {
    this.lastLog = 0;
  }

  protected async train(session: TrainingSession, envs: EnvironmentBatch): Promise<void> {
    const { trainFreq, learningStarts, gradientSteps } = this.options;
    while (!session.done) {
      this.act(envs);
      const pending = envs.step(this.actions);
      if (pending) await pending;
      this.store(envs);
      this.numTimesteps += envs.numEnvs;
      this.calls++;
      session.countActions(this.actions);
      if (this.calls % trainFreq === 0 && this.numTimesteps > learningStarts)
        for (let round = 0; round < gradientSteps; round++) this.update(session, envs);
      if (this.numTimesteps - this.lastLog >= this.options.logInterval || session.done) {
        this.log(session);
        await new Promise(setImmediate); // lets timers and messages of the process through
      }
      const more = session.afterStep();
      if (more === false || (more !== true && !(await more))) return;
    }
  }

  private act(envs: EnvironmentBatch): void {
    this.observations.set(envs.observations);
    this.masks.set(envs.masks);
    const masks = envs.masked ? envs.masks : null;
    if (this.numTimesteps < this.options.learningStarts) {
      for (let e = 0; e < envs.numEnvs; e++) this.actions[e] = uniformAction(masks, e, this.n, this.random);
      return;
    }
    const actor = this.networks.actor!;
    const input = actor.inputBuffer(envs.numEnvs);
    input.set(this.observations);
    this.observationNormalizer?.apply(input, input);
    const logits = actor.forward(input)[0]!;
    for (let e = 0; e < envs.numEnvs; e++)
      this.distribution.sample(logits, masks, e, this.random, this.actions);
  }

  private store(envs: EnvironmentBatch): void {
    this.observationNormalizer?.moments.update(envs.observations, envs.numEnvs);
    let { rewards } = envs;
    if (this.rewardNormalizer) {
      this.rewardNormalizer.step(rewards, envs.terminated, envs.truncated, this.rewards);
      rewards = this.rewards;
    }
    const { n } = this;
    for (let e = 0; e < envs.numEnvs; e++) {
      const discount = envs.terminated[e] !== 0 ? 0 : this.options.gamma;
      const at = this.buffer.add(this.observations, e, this.actions[e]!, rewards[e]!, envs, e, discount);
      if ((at + 1) * n > this.stateMasks.length) {
        const bigger = new Uint8Array(Math.max(1024 * n, 2 * this.stateMasks.length));
        bigger.set(this.stateMasks);
        this.stateMasks = bigger;
      }
      for (let j = 0; j < n; j++) this.stateMasks[at * n + j] = this.masks[e * n + j]!;
    }
  }

  private update(session: TrainingSession, envs: EnvironmentBatch): void {
    const { options, networks, sums } = this;
    const { batchSize, maxGradNorm } = options;
    const learningRate = scheduled(options.learningRate, session.progress);
    for (let k = 0; k < batchSize; k++) this.indices[k] = Math.floor(this.random.random() * this.buffer.size);
    this.computeTargets(envs.masked);
    for (const critic of [networks.critic1!, networks.critic2!]) {
      this.backwardCritic(critic);
      sums.gradientNorm += critic.step(learningRate, maxGradNorm) / 2;
    }
    const excess = this.backwardActor(envs.masked);
    networks.actor!.step(learningRate, maxGradNorm);
    if (options.entCoef === 'auto') this.moveTemperature(excess, learningRate);
    const interval = Math.max(1, Math.floor(options.targetUpdateInterval / envs.numEnvs));
    if (this.updates % interval === 0) {
      networks.target1!.copyFrom(networks.critic1!, options.tau);
      networks.target2!.copyFrom(networks.critic2!, options.tau);
    }
    sums.count++;
    this.updates++;
  }

  private input(network: Network, source: Float32Array, train: boolean): Float32Array {
    const { batchSize } = this.options;
    const input = network.inputBuffer(batchSize, train ? TRAIN : undefined);
    gatherRows(source, this.layout.observationSize, this.indices, 0, batchSize, input);
    this.observationNormalizer?.apply(input, input);
    return input;
  }

  private gatherMasks(source: Uint8Array): Uint8Array {
    const { n, indices, batchMasks } = this;
    for (let k = 0; k < indices.length; k++)
      for (let j = 0; j < n; j++) batchMasks[k * n + j] = source[indices[k]! * n + j]!;
    return batchMasks;
  }

  /** The smaller of two critics' values, in a buffer of our own. */
  private smallerOf(first: Network, second: Network, source: Float32Array): Float32Array {
    const { smaller } = this;
    smaller.set(first.forward(this.input(first, source, false))[0]!);
    const other = second.forward(this.input(second, source, false))[0]!;
    for (let i = 0; i < smaller.length; i++) if (other[i]! < smaller[i]!) smaller[i] = other[i]!;
    return smaller;
  }

  /** y = r + discount * sum over valid a of pi(a|s') (min Q_target(s', a) - alpha log pi(a|s')). */
  private computeTargets(masked: boolean): void {
    const { buffer, networks, distribution, n } = this;
    const { target1, target2, actor } = networks;
    const { alpha } = this;
    const q = this.smallerOf(target1!, target2!, buffer.nextObservations);
    const logits = actor!.forward(this.input(actor!, buffer.nextObservations, false))[0]!;
    const masks = masked ? this.gatherMasks(buffer.nextMasks) : null;
    for (let k = 0; k < this.indices.length; k++) {
      const i = this.indices[k]!;
      const discount = buffer.discounts[i]!;
      let value = 0;
      // A terminal state's mask may allow nothing, and its value does not count.
      if (discount !== 0) {
        const p = distribution.probabilitiesOf(logits, masks, k);
        for (let j = 0; j < n; j++) if (p[j]! > 0) value += p[j]! * q[k * n + j]!;
        value += alpha * distribution.entropyOfLoaded();
      }
      this.targets[k] = buffer.rewards[i]! + discount * value;
    }
  }

  /** Mean of (Q(s, a) - y)^2; leaves its gradient in the critic. */
  private backwardCritic(critic: Network): void {
    const { buffer, indices, gradients, n } = this;
    const count = indices.length;
    const q = critic.forward(this.input(critic, buffer.observations, true), TRAIN)[0]!;
    gradients.fill(0);
    for (let k = 0; k < count; k++) {
      const at = k * n + buffer.actions[indices[k]!]!;
      const error = q[at]! - this.targets[k]!;
      gradients[at] = (2 * error) / count;
      this.sums.criticLoss += (error * error) / count / 2;
      this.sums.qValue += q[at]! / count / 2;
    }
    critic.backward([gradients]);
  }

  /**
   * L = mean over s of sum over a of pi(a|s) (alpha log pi(a|s) - min Q(s, a)); its gradient stays in the actor. With
   * g_a = alpha log pi_a - Q_a and L_s = sum pi_a g_a: dL_s / dlogit_j = pi_j (g_j - L_s).
   * Returns the mean of entropy minus target entropy.
   */
  private backwardActor(masked: boolean): number {
    const { buffer, networks, distribution, gradients, n, sums } = this;
    const { alpha } = this;
    const count = this.indices.length;
    const actor = networks.actor!;
    const q = this.smallerOf(networks.critic1!, networks.critic2!, buffer.observations);
    const logits = actor.forward(this.input(actor, buffer.observations, true), TRAIN)[0]!;
    const masks = masked ? this.gatherMasks(this.stateMasks) : null;
    let excess = 0;
    for (let k = 0; k < count; k++) {
      const p = distribution.probabilitiesOf(logits, masks, k);
      const logs = distribution.logsOfLoaded();
      let loss = 0;
      for (let j = 0; j < n; j++) if (p[j]! > 0) loss += p[j]! * (alpha * logs[j]! - q[k * n + j]!);
      for (let j = 0; j < n; j++)
        gradients[k * n + j] = p[j]! > 0 ? (p[j]! * (alpha * logs[j]! - q[k * n + j]! - loss)) / count : 0;
      const entropy = distribution.entropyOfLoaded();
      excess += (entropy - this.options.targetEntropyRatio * log(countValid(masks, k, n))) / count;
      sums.actorLoss += loss / count;
      sums.entropy += entropy / count;
    }
    actor.backward([gradients]);
    return excess;
  }

  /** Adam on log alpha: the temperature falls while the entropy is above its target. */
  private moveTemperature(excess: number, learningRate: number): void {
    const t = this.temperature;
    const gradient = excess * this.alpha;
    t.steps++;
    t.first = 0.9 * t.first + 0.1 * gradient;
    t.second = 0.999 * t.second + 0.001 * gradient * gradient;
    const first = t.first / (1 - exp(t.steps * log(0.9)));
    const second = t.second / (1 - exp(t.steps * log(0.999)));
    t.log -= (learningRate * first) / (Math.sqrt(second) + 1e-8);
  }

  private log(session: TrainingSession): void {
    const { count, ...sums } = this.sums;
    const means = Object.fromEntries(
      Object.entries(sums).map(([name, sum]) => [name, sum / Math.max(1, count)]),
    );
    session.logUpdate(this.updates, { ...means, alpha: this.alpha, bufferSize: this.buffer.size });
    this.sums = emptySums();
    this.lastLog = this.numTimesteps;
  }

  protected choose(observation: Float32Array, mask: Uint8Array | null, deterministic: boolean): number {
    const logits = this.networks.actor!.forward(observation)[0]!;
    if (deterministic) this.distribution.mode(logits, mask, 0, this.chosen);
    else this.distribution.sample(logits, mask, 0, this.predictRandom, this.chosen);
    return this.chosen[0]!;
  }

  protected get discount(): number {
    return this.options.gamma;
  }

  protected ownState(): OwnState {
    const { calls, sums, lastLog, temperature } = this;
    const masks = this.stateMasks.subarray(0, this.buffer.size * this.n);
    return {
      meta: { position: this.buffer.position, calls, sums, lastLog, temperature },
      arrays: { ...prefixed('buffer', this.buffer.arrays()), stateMasks: masks },
    };
  }

  protected restoreOwnState({ meta, arrays }: OwnState): void {
    this.calls = meta.calls as number;
    this.sums = meta.sums as DiscreteSAC['sums'];
    this.lastLog = meta.lastLog as number;
    this.temperature = meta.temperature as DiscreteSAC['temperature'];
    this.stateMasks = Uint8Array.from(arrays.stateMasks!);
    this.buffer.restore(meta.position as number, arraysUnder(arrays, 'buffer'));
  }
}

function countValid(masks: Uint8Array | null, row: number, n: number): number {
  if (masks === null) return n;
  let count = 0;
  for (let j = 0; j < n; j++) if (masks[row * n + j] !== 0) count++;
  return count;
}

const TRAIN = { train: true } as const;
