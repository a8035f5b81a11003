import type { Env, RenderFrame, ResetOptions, ResetResult, StepResult } from '../core/env.js';
import type { InMode, Mode } from '../core/mode.js';
import { Wrapper } from '../core/wrapper.js';
import type { EnvSpec } from '../envs/registration/spec.js';
import { ResetNeeded } from '../error.js';

export interface OrderEnforcingOptions {
  /** Allow `render` before `reset`. */
  readonly disableRenderOrderEnforcing?: boolean;
}

/** Makes `step` and `render` before the first `reset` an error. */
export class OrderEnforcing<Obs, Act, M extends Mode = 'sync'> extends Wrapper<Obs, Act, M> {
  #hasReset = false;
  readonly #freeRender: boolean;

  constructor(env: Env<Obs, Act, M>, { disableRenderOrderEnforcing = false }: OrderEnforcingOptions = {}) {
    super(env, { disableRenderOrderEnforcing });
    this.#freeRender = disableRenderOrderEnforcing;
  }

  get hasReset(): boolean {
    return this.#hasReset;
  }

  override reset(options: ResetOptions = {}): InMode<ResetResult<Obs>, M> {
    this.#hasReset = true;
    return this.env.reset(options);
  }

  /** @throws ResetNeeded before the first reset */
  override step(action: Act): InMode<StepResult<Obs>, M> {
    if (!this.#hasReset) throw new ResetNeeded('Cannot call env.step() before calling env.reset()');
    return this.env.step(action);
  }

  /** @throws ResetNeeded before the first reset */
  override render(): RenderFrame {
    if (!this.#freeRender && !this.#hasReset) {
      throw new ResetNeeded(
        'Cannot call `env.render()` before calling `env.reset()`, if this is an intended action, set `disableRenderOrderEnforcing: true` on the OrderEnforcing wrapper.',
      );
    }
    return this.env.render();
  }

  protected override extendSpec(inner: EnvSpec): EnvSpec {
    return { ...inner, orderEnforce: true };
  }

  protected override saveState(): unknown {
    return { hasReset: this.#hasReset };
  }

  protected override loadState(state: unknown): void {
    this.#hasReset = (state as { hasReset: boolean }).hasReset;
  }
}
