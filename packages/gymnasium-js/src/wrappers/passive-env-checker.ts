import type { Env, RenderFrame, ResetOptions, ResetResult, StepResult } from '../core/env.js';
import type { Info } from '../core/info.js';
import { after, type InMode, type Mode } from '../core/mode.js';
import { Wrapper } from '../core/wrapper.js';
import type { EnvSpec } from '../envs/registration/spec.js';
import {
  checkActionSpace,
  checkDataReuse,
  checkObservationSpace,
  checkRender,
  checkResetResult,
  checkStepResult,
} from '../utils/passive-checks.js';

/**
 * Checks the first reset, step and render of an environment and leaves everything unchanged. `make` applies it by default; after
 * the second step it costs one comparison a call.
 *
 * @throws CheckError for what cannot be right; what is only doubtful is a warning
 */
export class PassiveEnvChecker<Obs, Act, M extends Mode = 'sync'> extends Wrapper<Obs, Act, M> {
  #checkedReset = false;
  #checkedRender = false;
  #checkedSteps = 0;
  #previous: readonly [unknown, Info] | null = null;

  constructor(env: Env<Obs, Act, M>) {
    super(env, {});
    checkActionSpace(env.actionSpace);
    checkObservationSpace(env.observationSpace);
  }

  override reset(options: ResetOptions = {}): InMode<ResetResult<Obs>, M> {
    const result = this.env.reset(options);
    if (this.#checkedReset) return result;
    this.#checkedReset = true;
    return after<ResetResult<Obs>, ResetResult<Obs>, M>(result, (value) => {
      checkResetResult(value, this.env.observationSpace, this.env.actionSpace);
      this.#previous = value;
      return value;
    });
  }

  override step(action: Act): InMode<StepResult<Obs>, M> {
    const result = this.env.step(action);
    if (this.#checkedSteps >= 2) return result;
    return after<StepResult<Obs>, StepResult<Obs>, M>(result, (value) => this.#check(value));
  }

  #check(value: StepResult<Obs>): StepResult<Obs> {
    this.#checkedSteps++;
    if (this.#checkedSteps === 1) checkStepResult(value, this.env.observationSpace, this.env.actionSpace);
    const data = [value[0], value[4]] as const;
    if (this.#previous !== null)
      checkDataReuse(this.#previous, data, this.#checkedSteps === 1 ? 'reset' : 'step');
    this.#previous = this.#checkedSteps === 1 ? data : null;
    return value;
  }

  override render(): RenderFrame {
    if (this.#checkedRender) return this.env.render();
    this.#checkedRender = true;
    return checkRender(this.env);
  }

  protected override extendSpec(inner: EnvSpec): EnvSpec {
    return { ...inner, disableEnvChecker: false };
  }
}
