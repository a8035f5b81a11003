import type { EnvironmentBatch } from '../common/environment.js';
import type { ReplayBuffer } from './replay.js';

/**
 * Turns steps into n-step transitions: R = r_0 + gamma r_1 + … + gamma^(n-1) r_(n-1), s' the observation n steps on. Where an
 * episode ends earlier the sum is shorter; its discount is then gamma^k after truncation and 0 after termination.
 */
export class NStepWriter {
  /** Steps waiting, per environment: a ring of n rows. */
  readonly observations: Float32Array;
  readonly actions: Int32Array;
  readonly rewards: Float64Array;
  readonly counts: Int32Array;
  readonly starts: Int32Array;

  constructor(
    private readonly buffer: ReplayBuffer,
    readonly numEnvs: number,
    readonly n: number,
    private readonly gamma: number,
  ) {
    this.observations = new Float32Array(numEnvs * n * buffer.observationSize);
    this.actions = new Int32Array(numEnvs * n);
    this.rewards = new Float64Array(numEnvs * n);
    this.counts = new Int32Array(numEnvs);
    this.starts = new Int32Array(numEnvs);
  }

  clear(): void {
    this.counts.fill(0);
    this.starts.fill(0);
  }

  /** Takes in a step of every environment; `observations` are what the actions were chosen on. Calls `added` for each transition. */
  push(
    observations: Float32Array,
    actions: Int32Array,
    rewards: Float64Array,
    envs: EnvironmentBatch,
    added: (index: number) => void,
  ): void {
    const { n, buffer } = this;
    const width = buffer.observationSize;
    for (let e = 0; e < this.numEnvs; e++) {
      const slot = e * n + ((this.starts[e]! + this.counts[e]!) % n);
      for (let j = 0; j < width; j++) this.observations[slot * width + j] = observations[e * width + j]!;
      this.actions[slot] = actions[e]!;
      this.rewards[slot] = rewards[e]!;
      this.counts[e]!++;
      const ended = envs.terminated[e] !== 0 || envs.truncated[e] !== 0;
      if (this.counts[e] === n) this.emit(e, envs, added);
      if (ended) while (this.counts[e]! > 0) this.emit(e, envs, added);
    }
  }

  /** The oldest waiting step of environment e as a transition up to the latest observation. */
  private emit(e: number, envs: EnvironmentBatch, added: (index: number) => void): void {
    const { n, gamma, buffer } = this;
    const start = this.starts[e]!;
    let reward = 0;
    let discount = 1;
    for (let k = 0; k < this.counts[e]!; k++) {
      reward += discount * this.rewards[e * n + ((start + k) % n)]!;
      discount *= gamma;
    }
    if (envs.terminated[e] !== 0) discount = 0;
    const slot = e * n + start;
    const at = buffer.add(this.observations, slot, this.actions[slot]!, reward, envs, e, discount);
    this.starts[e] = (start + 1) % n;
    this.counts[e]!--;
    added(at);
  }

  arrays(): Record<string, Float32Array | Float64Array | Int32Array> {
    const { observations, actions, rewards, counts, starts } = this;
    return { observations, actions, rewards, counts, starts };
  }
}
