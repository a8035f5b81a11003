import type { Env, Metadata, RenderFrame, ResetOptions, ResetResult, StepResult } from '../core/env.js';
import { after, type InMode, type Mode } from '../core/mode.js';
import { Wrapper } from '../core/wrapper.js';

export interface RenderCollectionOptions {
  /** `render` empties the collection; default true. */
  readonly popFrames?: boolean;
  /** `reset` empties the collection; default true. */
  readonly resetClean?: boolean;
}

/**
 * Collects a frame at each reset and step; `render` gives them all. `make(id, {renderMode: 'ansi_list'})` applies it.
 *
 * @throws RangeError when the environment has no render mode, or a list one already
 */
export class RenderCollection<Obs, Act, M extends Mode = 'sync'> extends Wrapper<Obs, Act, M> {
  override readonly metadata: Metadata;
  override readonly renderMode: string;
  readonly #popFrames: boolean;
  readonly #resetClean: boolean;
  #frames: string[] = [];

  constructor(env: Env<Obs, Act, M>, { popFrames = true, resetClean = true }: RenderCollectionOptions = {}) {
    super(env, { popFrames, resetClean });
    if (env.renderMode === null) throw new RangeError('Expected env.renderMode to be not null');
    if (env.renderMode.endsWith('_list')) {
      throw new RangeError(`Expected env.renderMode to not end with '_list', got '${env.renderMode}'`);
    }
    this.#popFrames = popFrames;
    this.#resetClean = resetClean;
    this.renderMode = `${env.renderMode}_list`;
    const modes = env.metadata.renderModes ?? [];
    this.metadata = { ...env.metadata, renderModes: [...new Set([...modes, this.renderMode])] };
  }

  override reset(options: ResetOptions = {}): InMode<ResetResult<Obs>, M> {
    return after<ResetResult<Obs>, ResetResult<Obs>, M>(this.env.reset(options), (result) => {
      if (this.#resetClean) this.#frames = [];
      this.#collect();
      return result;
    });
  }

  override step(action: Act): InMode<StepResult<Obs>, M> {
    return after<StepResult<Obs>, StepResult<Obs>, M>(this.env.step(action), (result) => {
      this.#collect();
      return result;
    });
  }

  #collect(): void {
    const frame = this.env.render();
    if (typeof frame === 'string') this.#frames.push(frame);
  }

  override render(): RenderFrame {
    const frames = this.#frames;
    if (this.#popFrames) this.#frames = [];
    return frames;
  }

  protected override saveState(): unknown {
    return { frames: [...this.#frames] };
  }

  protected override loadState(state: unknown): void {
    this.#frames = [...(state as { frames: string[] }).frames];
  }
}
