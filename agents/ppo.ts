import type { NetworkSpec } from 'nn-engines';
import { exp } from 'nn-engines';
import { explainedVariance } from './buffers/rollout.js';
import { BaseAgent, type EnvOrLayout, loadAgent, type OwnState } from './common/base.js';
import { Categorical } from './common/categorical.js';
import { POLICY_HEAD, RolloutCollector, VALUE_HEAD } from './common/collector.js';
import type { EnvironmentBatch } from './common/environment.js';
import type { EnvSource } from './common/environments.js';
import { gatherRows, Permutation, Scratch } from './common/minibatch.js';
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

/** Names and defaults are those of Stable-Baselines3's PPO, in camel case. */
export interface PPOOptions extends CommonOptions {
  readonly learningRate: Schedule;
  /** Steps of each environment between updates. */
  readonly nSteps: number;
  readonly batchSize: number;
  readonly nEpochs: number;
  /** Discount; 1 for undiscounted episodic tasks. */
  readonly gamma: number;
  readonly gaeLambda: number;
  readonly clipRange: Schedule;
  /** Clip the value function's move too, by this much; null: no. */
  readonly clipRangeVf: Schedule | null;
  /** Standardise advantages within each minibatch. */
  readonly normalizeAdvantage: boolean;
  readonly entCoef: number;
  readonly vfCoef: number;
  readonly maxGradNorm: number;
  /** Stop an update's epochs when the approximate KL divergence exceeds 1.5 times this; null: never. */
  readonly targetKl: number | null;
  readonly adamEpsilon: number;
}

const DEFAULTS: PPOOptions = {
  ...COMMON_DEFAULTS,
  learningRate: 3e-4,
  nSteps: 2048,
  batchSize: 64,
  nEpochs: 10,
  gamma: 0.99,
  gaeLambda: 0.95,
  clipRange: 0.2,
  clipRangeVf: null,
  normalizeAdvantage: true,
  entCoef: 0,
  vfCoef: 0.5,
  maxGradNorm: 0.5,
  targetKl: null,
  adamEpsilon: 1e-5,
};

const RULES: { readonly [K in keyof PPOOptions]: OptionRule } = {
  ...COMMON_RULES,
  learningRate: rules.schedule,
  nSteps: rules.count,
  batchSize: rules.count,
  nEpochs: rules.count,
  gamma: rules.fraction,
  gaeLambda: rules.fraction,
  clipRange: rules.schedule,
  clipRangeVf: rules.orNull(rules.schedule),
  normalizeAdvantage: rules.boolean,
  entCoef: rules.nonNegative,
  vfCoef: rules.nonNegative,
  maxGradNorm: rules.positive,
  targetKl: rules.orNull(rules.positive),
  adamEpsilon: rules.positive,
};

const NETWORK: NetworkOptions = {
  hidden: [64, 64],
  activation: 'tanh',
  trunks: 'separate',
  initialization: 'orthogonal',
};

/**
 * The hyperparameters of CleanRL's `ppo.py` for four environments of CartPole. Its value loss carries a factor 1/2 that
 * ours (as Stable-Baselines3's) does not, so its coefficient 0.5 is 0.25 here.
 */
export const PPO_CLEANRL: Partial<PPOOptions> = {
  learningRate: { from: 2.5e-4, to: 0 },
  nSteps: 128,
  batchSize: 128,
  nEpochs: 4,
  clipRangeVf: 0.2,
  entCoef: 0.01,
  vfCoef: 0.25,
};

/** Sums of one update's diagnostics over its minibatches. */
interface UpdateSums {
  policyLoss: number;
  valueLoss: number;
  entropy: number;
  approxKl: number;
  clipFraction: number;
  gradientNorm: number;
  minibatches: number;
}

/**
 * Proximal policy optimisation with a clipped objective (Schulman et al. 2017) and invalid-action masking (Huang and
 * Ontañón 2022). Details after Stable-Baselines3 and Huang et al., "The 37 implementation details of PPO" (2022).
 */
export class PPO<A = number> extends BaseAgent<A, PPOOptions> {
  readonly kind = 'ppo';
  private readonly network: NetworkOptions;
  private readonly acting: Categorical;
  private readonly chosen: Int32Array;
  private collector!: RolloutCollector;
  private permutation!: Permutation;
  private logitGradients!: Scratch;
  private valueGradients!: Scratch;
  private batchActions!: Int32Array;
  private batchMasks!: Uint8Array;

  /** Throws an OptionError for an unknown option or a value out of range, a TypeError for unsuitable spaces. */
  constructor(policy: PolicySpec, env: EnvOrLayout, options: Partial<PPOOptions> = {}) {
    super(policy, env, mergeOptions('ppo', DEFAULTS, RULES, options));
    this.network = networkOptions('ppo', NETWORK, policy);
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
    overrides: Partial<PPOOptions> = {},
  ): Promise<PPO<A>> {
    return loadAgent('ppo', directory, env, overrides, (...parts) => new PPO<A>(...parts));
  }

  protected networkSpecs(): Record<string, NetworkSpec> {
    // A small last policy layer starts near the uniform policy (detail 2 of the 37).
    const heads = [
      { name: 'policy', size: totalActions(this.layout), gain: 0.01 },
      { name: 'value', size: 1, gain: 1 },
    ];
    const optimizer = { kind: 'adam', epsilon: this.options.adamEpsilon } as const;
    return { actorCritic: networkSpec(this.network, this.layout.observationSize, heads, optimizer) };
  }

  protected prepare(envs: EnvironmentBatch): void {
    const { nSteps, batchSize } = this.options;
    const { actorCritic } = this.networks;
    this.collector = new RolloutCollector(
      envs,
      nSteps,
      actorCritic!,
      this.random,
      this.observationNormalizer,
    );
    const rows = nSteps * envs.numEnvs;
    const batch = Math.min(batchSize, rows);
    const total = totalActions(this.layout);
    this.permutation = new Permutation(rows);
    this.logitGradients = new Scratch(batch * total);
    this.valueGradients = new Scratch(batch);
    this.batchActions = new Int32Array(batch * this.layout.nvec.length);
    this.batchMasks = new Uint8Array(batch * total);
  }

  protected restart(): void {
    this.collector.buffer.position = 0;
  }

  protected async train(session: TrainingSession, envs: EnvironmentBatch): Promise<void> {
    const { collector } = this;
    const { buffer } = collector;
    while (!session.done) {
      const actions = collector.act();
      const pending = envs.step(actions);
      if (pending) await pending;
      collector.store(this.rewardNormalizer);
      this.numTimesteps += envs.numEnvs;
      session.countActions(actions);
      // The last rollout may be short: the budget is kept to the step, and what it bought is learned from.
      if (buffer.full || session.done) {
        this.update(session, envs);
        await new Promise(setImmediate); // lets timers and messages of the process through
      }
      const more = session.afterStep();
      if (more === false || (more !== true && !(await more))) return;
    }
  }

  /** Epochs of minibatches over the rollout, which is then forgotten. */
  private update(session: TrainingSession, envs: EnvironmentBatch): void {
    const { buffer } = this.collector;
    const { gamma, gaeLambda, nEpochs, batchSize, targetKl } = this.options;
    buffer.computeAdvantages(this.collector.lastValues(), gamma, gaeLambda);
    const rows = buffer.rows;
    const learningRate = scheduled(this.options.learningRate, session.progress);
    const sums: UpdateSums = {
      policyLoss: 0,
      valueLoss: 0,
      entropy: 0,
      approxKl: 0,
      clipFraction: 0,
      gradientNorm: 0,
      minibatches: 0,
    };
    let epochs = 0;
    let lastKl = 0;
    for (; epochs < nEpochs; epochs++) {
      const order = this.permutation.draw(rows, this.random);
      let stopped = false;
      for (let from = 0; from < rows && !stopped; from += batchSize) {
        const count = Math.min(batchSize, rows - from);
        lastKl = this.minibatch(order, from, count, session.progress, envs.masked, sums);
        if (targetKl !== null && lastKl > 1.5 * targetKl) stopped = true;
        else sums.gradientNorm += this.networks.actorCritic!.step(learningRate, this.options.maxGradNorm);
      }
      if (stopped) break;
    }
    this.updates++;
    const explained = explainedVariance(buffer.values, buffer.returns, rows);
    buffer.position = 0;
    const n = sums.minibatches;
    session.logUpdate(this.updates, {
      policyLoss: sums.policyLoss / n,
      valueLoss: sums.valueLoss / n,
      entropy: sums.entropy / n,
      approxKl: sums.approxKl / n,
      clipFraction: sums.clipFraction / n,
      gradientNorm: sums.gradientNorm / n,
      explainedVariance: explained,
      epochs,
      learningRate,
    });
  }

  /**
   * Gradient of one minibatch's loss, L = L_clip - entCoef * H + vfCoef * (V - R)^2, left in the network.
   * Returns the mean of (r - 1) - log r, an unbiased estimate of the KL divergence (Schulman, "Approximating KL
   * divergence", 2020).
   */
  private minibatch(
    order: Int32Array,
    from: number,
    count: number,
    progress: number,
    masked: boolean,
    sums: UpdateSums,
  ): number {
    const { options, acting: distribution, batchActions } = this;
    const { buffer } = this.collector;
    const { total } = distribution;
    const { components } = buffer;
    const network = this.networks.actorCritic!;
    const clip = scheduled(options.clipRange, progress);
    const clipValue = options.clipRangeVf === null ? null : scheduled(options.clipRangeVf, progress);
    const input = network.inputBuffer(count, TRAIN);
    gatherRows(buffer.observations, buffer.observationSize, order, from, count, input);
    const masks = masked ? this.gatherMasks(order, from, count) : null;
    const outputs = network.forward(input, TRAIN);
    const logits = outputs[POLICY_HEAD]!;
    const values = outputs[VALUE_HEAD]!;
    const logitGradients = this.logitGradients.first(count * total);
    const valueGradients = this.valueGradients.first(count);
    const [mean, scale] = this.advantageMoments(order, from, count);
    let policyLoss = 0;
    let valueLoss = 0;
    let entropy = 0;
    let kl = 0;
    let clipped = 0;
    for (let k = 0; k < count; k++) {
      const i = order[from + k]!;
      for (let c = 0; c < components; c++)
        batchActions[k * components + c] = buffer.actions[i * components + c]!;
      distribution.evaluate(logits, masks, k, batchActions);
      const logRatio = distribution.logProbability - buffer.logProbabilities[i]!;
      const ratio = exp(logRatio);
      const advantage = (buffer.advantages[i]! - mean) * scale;
      const bounded = Math.min(1 + clip, Math.max(1 - clip, ratio));
      // Where the clipped term is the smaller one it is constant, and the gradient vanishes.
      const active = ratio * advantage <= bounded * advantage;
      policyLoss -= Math.min(ratio * advantage, bounded * advantage);
      const dLogProbability = active ? (-ratio * advantage) / count : 0;
      distribution.writeGradient(k, batchActions, dLogProbability, -options.entCoef / count, logitGradients);
      entropy += distribution.entropy;
      kl += ratio - 1 - logRatio;
      if (Math.abs(ratio - 1) > clip) clipped++;

      const value = values[k]!;
      const error = value - buffer.returns[i]!;
      let loss = error * error;
      let slope = 2 * error;
      if (clipValue !== null) {
        const old = buffer.values[i]!;
        const near = old + Math.min(clipValue, Math.max(-clipValue, value - old));
        const nearError = near - buffer.returns[i]!;
        if (nearError * nearError > loss) {
          loss = nearError * nearError;
          slope = near === value ? 2 * nearError : 0;
        }
      }
      valueLoss += loss;
      valueGradients[k] = (options.vfCoef * slope) / count;
    }
    network.backward([logitGradients, valueGradients]);
    sums.policyLoss += policyLoss / count;
    sums.valueLoss += valueLoss / count;
    sums.entropy += entropy / count;
    sums.approxKl += kl / count;
    sums.clipFraction += clipped / count;
    sums.minibatches++;
    return kl / count;
  }

  /** Mean and 1 / (standard deviation + 1e-8) of a minibatch's advantages, or 0 and 1 without normalisation. */
  private advantageMoments(order: Int32Array, from: number, count: number): readonly [number, number] {
    if (!this.options.normalizeAdvantage || count < 2) return IDENTITY;
    const { advantages } = this.collector.buffer;
    let mean = 0;
    for (let k = 0; k < count; k++) mean += advantages[order[from + k]!]!;
    mean /= count;
    let squares = 0;
    for (let k = 0; k < count; k++) squares += (advantages[order[from + k]!]! - mean) ** 2;
    return [mean, 1 / (Math.sqrt(squares / (count - 1)) + 1e-8)];
  }

  private gatherMasks(order: Int32Array, from: number, count: number): Uint8Array {
    const { masks, totalActions: width } = this.collector.buffer;
    for (let k = 0; k < count; k++) {
      const at = order[from + k]! * width;
      for (let j = 0; j < width; j++) this.batchMasks[k * width + j] = masks[at + j]!;
    }
    return this.batchMasks;
  }

  /** The value function at an observation. */
  value(observation: Float32Array): number {
    return this.networks.actorCritic!.forward(this.normalize(observation))[VALUE_HEAD]![0]!;
  }

  /** The policy's logits at an observation, before masking. */
  logits(observation: Float32Array): Float32Array {
    return this.networks.actorCritic!.forward(this.normalize(observation))[POLICY_HEAD]!.slice();
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
    return rolloutState(this.collector.buffer);
  }

  protected restoreOwnState(state: OwnState): void {
    restoreRollout(this.collector.buffer, state);
  }
}

const TRAIN = { train: true } as const;
const IDENTITY = [0, 1] as const;
