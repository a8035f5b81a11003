/** Any synchronous environment with its results as promises: for running shared tests in asynchronous mode. */
import {
  type AnyEnv,
  Env,
  type ResetOptions,
  type ResetResult,
  type Space,
  type StepResult,
} from 'gymnasium-js';

export class Later extends Env<unknown, unknown, 'async'> {
  override readonly observationSpace: Space<unknown>;
  override readonly actionSpace: Space<unknown>;
  override readonly renderMode: string | null;

  constructor(private readonly inner: AnyEnv) {
    super();
    this.observationSpace = inner.observationSpace;
    this.actionSpace = inner.actionSpace;
    this.renderMode = inner.renderMode;
    this.spec = inner.spec;
  }

  override async reset(options: ResetOptions = {}): Promise<ResetResult<unknown>> {
    void super.reset(options);
    await Promise.resolve();
    return this.inner.reset(options) as ResetResult<unknown>;
  }

  override async step(action: unknown): Promise<StepResult<unknown>> {
    await Promise.resolve();
    return this.inner.step(action) as StepResult<unknown>;
  }

  override render(): ReturnType<AnyEnv['render']> {
    return this.inner.render();
  }

  // The stream is the inner environment's, so that wrappers draw the same in both modes.
  override get npRandom(): AnyEnv['npRandom'] {
    return this.inner.npRandom;
  }

  override getState(): unknown {
    return this.inner.getState();
  }

  override setState(state: unknown): void {
    this.inner.setState(state);
  }
}
