import type { Network } from 'nn-engines';
import { RolloutBuffer } from '../buffers/rollout.js';
import { Categorical } from './categorical.js';
import type { EnvironmentBatch } from './environment.js';
import type { ObservationNormalizer, RewardNormalizer } from './normalizer.js';
import { totalActions } from './spaces.js';

/** Heads of an actor-critic network, in this order. */
export const POLICY_HEAD = 0;
export const VALUE_HEAD = 1;

/**
 * Steps environments with a stochastic policy and writes what happened into a rollout buffer: the part that PPO, A2C and
 * REINFORCE share. Observations are stored as the network saw them (normalised), with the mask they were acted under.
 */
export class RolloutCollector {
  readonly buffer: RolloutBuffer;
  readonly distribution: Categorical;
  readonly actions: Int32Array;
  private readonly observations: Float32Array;
  private readonly finalObservation: Float32Array;
  private readonly rewards: Float64Array;

  constructor(
    private readonly envs: EnvironmentBatch,
    steps: number,
    private readonly network: Network,
    private readonly random: { random(): number },
    private readonly observationNormalizer: ObservationNormalizer | null,
  ) {
    const { layout, numEnvs } = envs;
    this.distribution = new Categorical(layout.nvec);
    this.buffer = new RolloutBuffer(
      steps,
      numEnvs,
      layout.observationSize,
      totalActions(layout),
      layout.nvec.length,
    );
    this.actions = new Int32Array(numEnvs * layout.nvec.length);
    this.observations = new Float32Array(numEnvs * layout.observationSize);
    this.finalObservation = new Float32Array(layout.observationSize);
    this.rewards = new Float64Array(numEnvs);
  }

  /** Draws actions for the current observations and stores what they were drawn from. */
  act(): Int32Array {
    const { envs, buffer, distribution, actions } = this;
    const { numEnvs } = envs;
    const outputs = this.network.forward(this.currentObservations());
    const logits = outputs[POLICY_HEAD]!;
    const values = outputs[VALUE_HEAD]!;
    const masks = envs.masked ? envs.masks : null;
    const row = buffer.rows;
    for (let e = 0; e < numEnvs; e++) {
      buffer.logProbabilities[row + e] = distribution.sample(logits, masks, e, this.random, actions);
      buffer.values[row + e] = values[e]!;
    }
    buffer.observations.set(this.observations, row * buffer.observationSize);
    buffer.masks.set(envs.masks, row * buffer.totalActions);
    buffer.actions.set(actions, row * buffer.components);
    return actions;
  }

  /** Stores the outcome of the step just made. */
  store(rewardNormalizer: RewardNormalizer | null): void {
    const { envs, buffer } = this;
    let { rewards } = envs;
    if (rewardNormalizer) {
      rewardNormalizer.step(rewards, envs.terminated, envs.truncated, this.rewards);
      rewards = this.rewards;
    }
    this.observationNormalizer?.moments.update(envs.observations, envs.numEnvs);
    const row = buffer.rows;
    for (let e = 0; e < envs.numEnvs; e++) {
      buffer.rewards[row + e] = rewards[e]!;
      buffer.terminated[row + e] = envs.terminated[e]!;
      buffer.truncated[row + e] = envs.truncated[e]!;
      const bootstrap = envs.truncated[e] !== 0 && envs.terminated[e] === 0;
      buffer.finalValues[row + e] = bootstrap ? this.finalValue(e) : 0;
    }
    buffer.position++;
  }

  /** Values of the observations after the last stored step. */
  lastValues(): Float32Array {
    return this.network.forward(this.currentObservations())[VALUE_HEAD]!;
  }

  private currentObservations(): Float32Array {
    const { observations, envs } = this;
    if (this.observationNormalizer) this.observationNormalizer.apply(envs.observations, observations);
    else observations.set(envs.observations);
    return observations;
  }

  private finalValue(e: number): number {
    const { finalObservation, envs } = this;
    const from = e * finalObservation.length;
    for (let j = 0; j < finalObservation.length; j++) finalObservation[j] = envs.nextObservations[from + j]!;
    this.observationNormalizer?.apply(finalObservation, finalObservation);
    return this.network.forward(finalObservation)[VALUE_HEAD]![0]!;
  }
}
