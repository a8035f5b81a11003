/**
 * Steps of a batch of environments between two updates of an on-policy learner. Row `t * numEnvs + e` is step t of
 * environment e. Termination and truncation are stored apart: only the second is bootstrapped.
 */
export class RolloutBuffer {
  /** Steps stored; `rows` is that times the number of environments. */
  position = 0;
  readonly observations: Float32Array;
  readonly masks: Uint8Array;
  readonly actions: Int32Array;
  readonly logProbabilities: Float64Array;
  readonly values: Float64Array;
  readonly rewards: Float64Array;
  readonly terminated: Uint8Array;
  readonly truncated: Uint8Array;
  /** Value of the final observation of a truncated episode, 0 elsewhere. */
  readonly finalValues: Float64Array;
  readonly advantages: Float64Array;
  readonly returns: Float64Array;

  constructor(
    readonly steps: number,
    readonly numEnvs: number,
    readonly observationSize: number,
    readonly totalActions: number,
    readonly components: number,
  ) {
    const rows = steps * numEnvs;
    this.observations = new Float32Array(rows * observationSize);
    this.masks = new Uint8Array(rows * totalActions);
    this.actions = new Int32Array(rows * components);
    this.logProbabilities = new Float64Array(rows);
    this.values = new Float64Array(rows);
    this.rewards = new Float64Array(rows);
    this.terminated = new Uint8Array(rows);
    this.truncated = new Uint8Array(rows);
    this.finalValues = new Float64Array(rows);
    this.advantages = new Float64Array(rows);
    this.returns = new Float64Array(rows);
  }

  get rows(): number {
    return this.position * this.numEnvs;
  }

  get full(): boolean {
    return this.position === this.steps;
  }

  /**
   * Generalised advantage estimation (Schulman et al. 2016, eq. 16) over the stored steps:
   * delta_t = r_t + gamma V_{t+1} - V_t, A_t = delta_t + gamma lambda A_{t+1}, the chain cut where an episode ended.
   * V_{t+1} is 0 after termination and the final observation's value after truncation. `lastValues`: of the observations
   * after the last step, one an environment. Returns are A + V (the TD(lambda) targets of the value function).
   */
  computeAdvantages(lastValues: ArrayLike<number>, gamma: number, lambda: number): void {
    const { numEnvs } = this;
    for (let e = 0; e < numEnvs; e++) {
      let advantage = 0;
      let nextValue = lastValues[e]!;
      for (let t = this.position - 1; t >= 0; t--) {
        const i = t * numEnvs + e;
        if (this.terminated[i] !== 0 || this.truncated[i] !== 0) {
          advantage = 0;
          nextValue = this.terminated[i] !== 0 ? 0 : this.finalValues[i]!;
        }
        const value = this.values[i]!;
        advantage = this.rewards[i]! + gamma * nextValue - value + gamma * lambda * advantage;
        this.advantages[i] = advantage;
        this.returns[i] = advantage + value;
        nextValue = value;
      }
    }
  }

  /** Arrays that a checkpoint keeps; advantages and returns are made anew at each update. */
  arrays(): Record<string, Float32Array | Float64Array | Int32Array | Uint8Array> {
    const {
      observations,
      masks,
      actions,
      logProbabilities,
      values,
      rewards,
      terminated,
      truncated,
      finalValues,
    } = this;
    return {
      observations,
      masks,
      actions,
      logProbabilities,
      values,
      rewards,
      terminated,
      truncated,
      finalValues,
    };
  }
}

/** 1 - Var(returns - values) / Var(returns) over the first `rows`: 1 is perfect, 0 no better than the mean, NaN when returns are constant. */
export function explainedVariance(
  values: ArrayLike<number>,
  returns: ArrayLike<number>,
  rows: number,
): number {
  let meanReturn = 0;
  let meanError = 0;
  for (let i = 0; i < rows; i++) {
    meanReturn += returns[i]! / rows;
    meanError += (returns[i]! - values[i]!) / rows;
  }
  let varianceReturn = 0;
  let varianceError = 0;
  for (let i = 0; i < rows; i++) {
    varianceReturn += (returns[i]! - meanReturn) ** 2;
    varianceError += (returns[i]! - values[i]! - meanError) ** 2;
  }
  return varianceReturn === 0 ? Number.NaN : 1 - varianceError / varianceReturn;
}
