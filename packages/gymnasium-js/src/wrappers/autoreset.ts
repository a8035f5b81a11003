import type { Env, ResetOptions, ResetResult, StepResult } from '../core/env.js';
import { after, type InMode, type Mode } from '../core/mode.js';
import { Wrapper } from '../core/wrapper.js';

/** Resets on the step after an episode's end, as vector environments do with NextStep: that step has reward 0. */
export class Autoreset<Obs, Act, M extends Mode = 'sync'> extends Wrapper<Obs, Act, M> {
  #ended = false;

  constructor(env: Env<Obs, Act, M>) {
    super(env, {});
  }

  override reset(options: ResetOptions = {}): InMode<ResetResult<Obs>, M> {
    this.#ended = false;
    return this.env.reset(options);
  }

  override step(action: Act): InMode<StepResult<Obs>, M> {
    if (this.#ended) {
      this.#ended = false;
      return after<ResetResult<Obs>, StepResult<Obs>, M>(this.env.reset(), ([obs, info]) => [
        obs,
        0,
        false,
        false,
        info,
      ]);
    }
    return after<StepResult<Obs>, StepResult<Obs>, M>(this.env.step(action), (result) => {
      this.#ended = result[2] || result[3];
      return result;
    });
  }

  protected override saveState(): unknown {
    return { ended: this.#ended };
  }

  protected override loadState(state: unknown): void {
    this.#ended = (state as { ended: boolean }).ended;
  }
}
