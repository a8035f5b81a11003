import type { Env, StepResult } from '../core/env.js';
import { after, type InMode, type Mode } from '../core/mode.js';
import { Wrapper } from '../core/wrapper.js';
import { InvalidBound } from '../error.js';
import { checkEpsilon } from './normalize-observation.js';
import { RunningMeanStd, type RunningMeanStdState } from './running-mean-std.js';

export interface NormalizeRewardOptions {
  /** Discount of the running return; default 0.99. */
  readonly gamma?: number;
  readonly epsilon?: number;
}

/** @throws InvalidBound outside [0, 1] */
export function checkGamma(gamma: number): void {
  if (!(gamma >= 0 && gamma <= 1)) {
    throw new InvalidBound(`\`gamma\` should be in the interval [0, 1]. Received ${gamma}`);
  }
}

/**
 * Rewards divided by the standard deviation of the running discounted return.
 *
 * Set `updateRunningMean` to false for evaluation. As in Gymnasium, the return restarts on termination, not on truncation or reset.
 *
 * @throws InvalidBound when gamma or epsilon is out of range
 */
export class NormalizeReward<Obs, Act, M extends Mode = 'sync'> extends Wrapper<Obs, Act, M> {
  readonly statistics = new RunningMeanStd(1);
  updateRunningMean = true;
  discountedReward = 0;
  readonly #gamma: number;
  readonly #epsilon: number;

  constructor(env: Env<Obs, Act, M>, { gamma = 0.99, epsilon = 1e-8 }: NormalizeRewardOptions = {}) {
    checkGamma(gamma);
    checkEpsilon(epsilon);
    super(env, { gamma, epsilon });
    this.#gamma = gamma;
    this.#epsilon = epsilon;
  }

  override step(action: Act): InMode<StepResult<Obs>, M> {
    return after<StepResult<Obs>, StepResult<Obs>, M>(this.env.step(action), (result) => {
      const [, reward, terminated] = result;
      this.discountedReward = this.discountedReward * this.#gamma * (terminated ? 0 : 1) + reward;
      if (this.updateRunningMean) this.statistics.updateOne([this.discountedReward]);
      result[1] = reward / Math.sqrt(this.statistics.variance[0]! + this.#epsilon);
      return result;
    });
  }

  protected override saveState(): unknown {
    const { discountedReward, updateRunningMean } = this;
    return { statistics: this.statistics.getState(), discountedReward, updateRunningMean };
  }

  protected override loadState(state: unknown): void {
    const saved = state as {
      statistics: RunningMeanStdState;
      discountedReward: number;
      updateRunningMean: boolean;
    };
    this.statistics.setState(saved.statistics);
    this.discountedReward = saved.discountedReward;
    this.updateRunningMean = saved.updateRunningMean;
  }
}
