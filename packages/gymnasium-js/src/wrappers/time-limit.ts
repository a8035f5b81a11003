import type { Env, ResetOptions, ResetResult, StepResult } from '../core/env.js';
import type { InMode, MaybePromise, Mode } from '../core/mode.js';
import { Wrapper } from '../core/wrapper.js';
import type { EnvSpec } from '../envs/registration/spec.js';

/**
 * Truncates an episode after `maxEpisodeSteps` steps. A step may be both terminated and truncated.
 *
 * @throws TypeError when the limit is no integer, RangeError when it is not positive
 */
export class TimeLimit<Obs, Act, M extends Mode = 'sync'> extends Wrapper<Obs, Act, M> {
  readonly maxEpisodeSteps: number;
  #elapsed = 0;

  constructor(env: Env<Obs, Act, M>, maxEpisodeSteps: number) {
    if (!Number.isInteger(maxEpisodeSteps)) {
      throw new TypeError(
        `Expect the \`maxEpisodeSteps\` to be an integer, actually: ${String(maxEpisodeSteps)}`,
      );
    }
    if (maxEpisodeSteps <= 0) {
      throw new RangeError(`Expect the \`maxEpisodeSteps\` to be positive, actually: ${maxEpisodeSteps}`);
    }
    super(env, { maxEpisodeSteps });
    this.maxEpisodeSteps = maxEpisodeSteps;
  }

  /** Steps since the last reset. */
  get elapsedSteps(): number {
    return this.#elapsed;
  }

  override reset(options: ResetOptions = {}): InMode<ResetResult<Obs>, M> {
    this.#elapsed = 0;
    return this.env.reset(options);
  }

  override step(action: Act): InMode<StepResult<Obs>, M> {
    const result = this.env.step(action) as MaybePromise<StepResult<Obs>>;
    // In place: this runs in every environment's inner loop.
    if (result instanceof Promise)
      return result.then((value) => this.#count(value)) as InMode<StepResult<Obs>, M>;
    return this.#count(result) as InMode<StepResult<Obs>, M>;
  }

  #count(result: StepResult<Obs>): StepResult<Obs> {
    if (++this.#elapsed >= this.maxEpisodeSteps) result[3] = true;
    return result;
  }

  protected override extendSpec(inner: EnvSpec): EnvSpec {
    return { ...inner, maxEpisodeSteps: this.maxEpisodeSteps };
  }

  protected override saveState(): unknown {
    return { elapsed: this.#elapsed };
  }

  protected override loadState(state: unknown): void {
    this.#elapsed = (state as { elapsed: number }).elapsed;
  }
}
