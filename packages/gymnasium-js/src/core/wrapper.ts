import { type EnvSpec, extendSpec } from '../envs/registration/spec.js';
import type { Generator } from '../random/index.js';
import type { Space } from '../spaces/space.js';
import {
  type AnyEnv,
  Env,
  type Metadata,
  type RenderFrame,
  type ResetOptions,
  type ResetResult,
  type StepResult,
} from './env.js';
import { after, type InMode, type Mode } from './mode.js';

interface WrapperState {
  readonly env: unknown;
  readonly own: unknown;
}

/**
 * An environment around an environment: changes what goes in or comes out and leaves the rest to the one below.
 *
 * Attributes are not forwarded implicitly; {@link getWrapperAttr} looks through all layers. Subclasses that keep state of
 * their own override {@link saveState} and {@link loadState}.
 *
 * @typeParam Obs - what this wrapper gives
 * @typeParam Act - what this wrapper takes
 * @typeParam M - mode of the wrapped environment
 * @typeParam InnerObs - what the wrapped environment gives
 * @typeParam InnerAct - what it takes
 */
export abstract class Wrapper<Obs, Act, M extends Mode = 'sync', InnerObs = Obs, InnerAct = Act> extends Env<
  Obs,
  Act,
  M
> {
  readonly env: Env<InnerObs, InnerAct, M>;
  override observationSpace: Space<Obs>;
  override actionSpace: Space<Act>;
  override readonly metadata: Metadata;
  override readonly renderMode: string | null;
  /** Arguments to build this wrapper again from a spec; null when it cannot be (a function among them). */
  protected readonly savedArgs: Readonly<Record<string, unknown>> | null;

  /** @throws TypeError when `env` is no environment */
  constructor(env: Env<InnerObs, InnerAct, M>, savedArgs: Readonly<Record<string, unknown>> | null = null) {
    super();
    if (!(env instanceof Env)) throw new TypeError(`Expected env to be an Env but got ${typeof env}`);
    this.env = env;
    // A wrapper that changes a space sets it after this constructor; the others share the wrapped environment's.
    this.observationSpace = env.observationSpace as unknown as Space<Obs>;
    this.actionSpace = env.actionSpace as unknown as Space<Act>;
    this.metadata = env.metadata;
    this.renderMode = env.renderMode;
    this.savedArgs = savedArgs;
  }

  override reset(options: ResetOptions = {}): InMode<ResetResult<Obs>, M> {
    return this.env.reset(options) as InMode<ResetResult<unknown>, M> as InMode<ResetResult<Obs>, M>;
  }

  override step(action: Act): InMode<StepResult<Obs>, M> {
    return this.env.step(action as unknown as InnerAct) as InMode<StepResult<unknown>, M> as InMode<
      StepResult<Obs>,
      M
    >;
  }

  override render(): RenderFrame {
    return this.env.render();
  }

  override close(): void | Promise<void> {
    return this.env.close();
  }

  override get unwrapped(): AnyEnv {
    return this.env.unwrapped;
  }

  override get spec(): EnvSpec | null {
    const inner = this.env.spec;
    return inner === null ? null : this.extendSpec(inner);
  }

  override set spec(value: EnvSpec | null) {
    this.env.spec = value;
  }

  /** How this layer shows in the spec: by default as an additional wrapper. */
  protected extendSpec(inner: EnvSpec): EnvSpec {
    return extendSpec(inner, { name: this.constructor.name, kwargs: this.savedArgs });
  }

  override get npRandom(): Generator {
    return this.env.npRandom;
  }

  override set npRandom(generator: Generator) {
    this.env.npRandom = generator;
  }

  override get npRandomSeed(): number | bigint {
    return this.env.npRandomSeed;
  }

  override getState(): unknown {
    const state: WrapperState = { env: this.env.getState(), own: this.saveState() };
    return state;
  }

  override setState(state: unknown): void {
    const { env, own } = state as WrapperState;
    this.env.setState(env);
    this.loadState(own);
  }

  /** This layer's own state as plain data; null when it has none. */
  protected saveState(): unknown {
    return null;
  }

  protected loadState(_state: unknown): void {}

  override hasWrapperAttr(name: string): boolean {
    return name in this || this.env.hasWrapperAttr(name);
  }

  override getWrapperAttr(name: string): unknown {
    if (name in this) return (this as unknown as Record<string, unknown>)[name];
    if (this.env.hasWrapperAttr(name)) return this.env.getWrapperAttr(name);
    throw new Error(`wrapper ${this.constructor.name} has no attribute '${name}'`);
  }

  override setWrapperAttr(name: string, value: unknown, { force = true }: { force?: boolean } = {}): boolean {
    if (name in this) {
      (this as unknown as Record<string, unknown>)[name] = value;
      return true;
    }
    if (this.env.setWrapperAttr(name, value, { force: false })) return true;
    if (!force) return false;
    (this as unknown as Record<string, unknown>)[name] = value;
    return true;
  }

  override toString(): string {
    return `<${this.constructor.name}${this.env}>`;
  }
}

/** Changes observations by {@link observation}. */
export abstract class ObservationWrapper<Obs, Act, M extends Mode = 'sync', InnerObs = Obs> extends Wrapper<
  Obs,
  Act,
  M,
  InnerObs,
  Act
> {
  abstract observation(observation: InnerObs): Obs;

  override reset(options: ResetOptions = {}): InMode<ResetResult<Obs>, M> {
    return after<ResetResult<InnerObs>, ResetResult<Obs>, M>(this.env.reset(options), ([obs, info]) => [
      this.observation(obs),
      info,
    ]);
  }

  override step(action: Act): InMode<StepResult<Obs>, M> {
    return after<StepResult<InnerObs>, StepResult<Obs>, M>(
      this.env.step(action),
      ([obs, reward, terminated, truncated, info]) => [
        this.observation(obs),
        reward,
        terminated,
        truncated,
        info,
      ],
    );
  }
}

/** Changes rewards by {@link reward}. */
export abstract class RewardWrapper<Obs, Act, M extends Mode = 'sync'> extends Wrapper<Obs, Act, M> {
  abstract reward(reward: number): number;

  override step(action: Act): InMode<StepResult<Obs>, M> {
    return after<StepResult<Obs>, StepResult<Obs>, M>(this.env.step(action), (result) => {
      result[1] = this.reward(result[1]);
      return result;
    });
  }
}

/** Changes actions by {@link action}. */
export abstract class ActionWrapper<Obs, Act, M extends Mode = 'sync', InnerAct = Act> extends Wrapper<
  Obs,
  Act,
  M,
  Obs,
  InnerAct
> {
  abstract action(action: Act): InnerAct;

  override step(action: Act): InMode<StepResult<Obs>, M> {
    return this.env.step(this.action(action));
  }
}
