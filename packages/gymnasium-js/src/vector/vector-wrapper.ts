import type { RenderFrame } from '../core/env.js';
import { after, type InMode, type Mode } from '../core/mode.js';
import type { EnvSpec } from '../envs/registration/spec.js';
import type { Generator } from '../random/index.js';
import type { Space } from '../spaces/space.js';
import {
  type AnyVectorEnv,
  VectorEnv,
  type VectorMetadata,
  type VectorResetOptions,
  type VectorResetResult,
  type VectorStepResult,
} from './vector-env.js';

/** A vector environment around a vector environment. See {@link Wrapper}. */
export abstract class VectorWrapper<
  Obs,
  Act,
  M extends Mode = 'sync',
  InnerObs = Obs,
  InnerAct = Act,
> extends VectorEnv<Obs, Act, M> {
  readonly env: VectorEnv<InnerObs, InnerAct, M>;
  override readonly numEnvs: number;
  override observationSpace: Space<Obs>;
  override actionSpace: Space<Act>;
  override singleObservationSpace: Space<unknown>;
  override singleActionSpace: Space<unknown>;
  override readonly metadata: VectorMetadata;
  override readonly renderMode: string | null;

  /** @throws TypeError when `env` is no vector environment */
  constructor(env: VectorEnv<InnerObs, InnerAct, M>) {
    super();
    if (!(env instanceof VectorEnv))
      throw new TypeError(`Expected env to be a VectorEnv but got ${typeof env}`);
    this.env = env;
    this.numEnvs = env.numEnvs;
    this.observationSpace = env.observationSpace as unknown as Space<Obs>;
    this.actionSpace = env.actionSpace as unknown as Space<Act>;
    this.singleObservationSpace = env.singleObservationSpace;
    this.singleActionSpace = env.singleActionSpace;
    this.metadata = env.metadata;
    this.renderMode = env.renderMode;
  }

  override reset(options: VectorResetOptions = {}): InMode<VectorResetResult<Obs>, M> {
    return this.env.reset(options) as InMode<VectorResetResult<unknown>, M> as InMode<
      VectorResetResult<Obs>,
      M
    >;
  }

  override step(actions: Act): InMode<VectorStepResult<Obs>, M> {
    const result = this.env.step(actions as unknown as InnerAct);
    return result as InMode<VectorStepResult<unknown>, M> as InMode<VectorStepResult<Obs>, M>;
  }

  override render(): readonly RenderFrame[] | null | Promise<readonly RenderFrame[] | null> {
    return this.env.render();
  }

  override close(): void | Promise<void> {
    return this.env.close();
  }

  override get closed(): boolean {
    return this.env.closed;
  }

  override get unwrapped(): AnyVectorEnv {
    return this.env.unwrapped;
  }

  override get spec(): EnvSpec | null {
    return this.env.spec;
  }

  override set spec(value: EnvSpec | null) {
    this.env.spec = value;
  }

  override get npRandom(): Generator {
    return this.env.npRandom;
  }

  override set npRandom(generator: Generator) {
    this.env.npRandom = generator;
  }

  override get npRandomSeed(): number | bigint | readonly (number | bigint)[] {
    return this.env.npRandomSeed;
  }

  override getState(): unknown {
    return { env: this.env.getState(), own: this.saveState() };
  }

  override setState(state: unknown): void {
    const { env, own } = state as { env: unknown; own: unknown };
    this.env.setState(env);
    this.loadState(own);
  }

  /** This layer's own state as plain data; null when it has none. */
  protected saveState(): unknown {
    return null;
  }

  protected loadState(_state: unknown): void {}

  override toString(): string {
    return `<${this.constructor.name}, ${this.env}>`;
  }
}

/** Changes batches of observations by {@link observations}; final observations of SameStep by {@link finalObservation}. */
export abstract class VectorObservationWrapper<
  Obs,
  Act,
  M extends Mode = 'sync',
  InnerObs = Obs,
> extends VectorWrapper<Obs, Act, M, InnerObs, Act> {
  abstract observations(observations: InnerObs): Obs;

  /** The last observation of one episode that ended under SameStep autoreset. */
  abstract finalObservation(observation: unknown): unknown;

  override reset(options: VectorResetOptions = {}): InMode<VectorResetResult<Obs>, M> {
    return after<VectorResetResult<InnerObs>, VectorResetResult<Obs>, M>(
      this.env.reset(options),
      ([obs, infos]) => [this.observations(obs), infos],
    );
  }

  override step(actions: Act): InMode<VectorStepResult<Obs>, M> {
    return after<VectorStepResult<InnerObs>, VectorStepResult<Obs>, M>(
      this.env.step(actions),
      ([obs, rewards, terminations, truncations, infos]) => {
        if (infos.finalObs !== undefined) {
          infos.finalObs = infos.finalObs.map((final) =>
            final === null ? null : this.finalObservation(final),
          );
        }
        return [this.observations(obs), rewards, terminations, truncations, infos];
      },
    );
  }
}

/** Changes batches of actions by {@link actions}. */
export abstract class VectorActionWrapper<
  Obs,
  Act,
  M extends Mode = 'sync',
  InnerAct = Act,
> extends VectorWrapper<Obs, Act, M, Obs, InnerAct> {
  abstract actions(actions: Act): InnerAct;

  override step(actions: Act): InMode<VectorStepResult<Obs>, M> {
    return this.env.step(this.actions(actions));
  }
}

/** Changes batches of rewards by {@link rewards}. */
export abstract class VectorRewardWrapper<Obs, Act, M extends Mode = 'sync'> extends VectorWrapper<
  Obs,
  Act,
  M
> {
  abstract rewards(rewards: Float64Array): Float64Array;

  override step(actions: Act): InMode<VectorStepResult<Obs>, M> {
    return after<VectorStepResult<Obs>, VectorStepResult<Obs>, M>(this.env.step(actions), (result) => {
      result[1] = this.rewards(result[1]);
      return result;
    });
  }
}
