import {
  afterCall,
  Box,
  Env,
  type InMode,
  type MaybePromise,
  type Metadata,
  type Mode,
  type RenderFrame,
  type ResetOptions,
  type Space,
} from 'gymnasium-js';
import type { ActionSet } from './actions.js';
import type { ObservationEncoder } from './encoder.js';
import {
  type EpisodeOptions,
  type EpisodeState,
  type EpisodeStep,
  HealingEpisode,
  type HealingInfo,
  INDEX_RANGE,
} from './episode.js';
import type { HealingLoop } from './loop.js';
import type { HealingOptions } from './options.js';
import { RENDER_METADATA, renderFrame } from './render/index.js';
import type { HealingWorld } from './world.js';

type StepOf = [Float32Array, number, boolean, boolean, HealingInfo];

/** The observation space of a world with an action set. */
export function observationSpaceOf(
  world: HealingWorld,
  { extraSize }: Pick<ActionSet<unknown>, 'extraSize'>,
): Box {
  return new Box(0, 1, { shape: [world.encoder.size + extraSize], dtype: 'float32' });
}

/**
 * What the healing environments share: one incident an episode, one turn of the loop a step, the reward, the infos, rendering,
 * saving and restoring. A subclass says what an action is.
 *
 * `reset({seed, options: {index?, fault?, component?}})`: `index` plays that incident of the partition, else one is drawn;
 * `fault` and `component` override what the key would draw.
 */
export abstract class HealingEnv<Act, M extends Mode = 'sync'> extends Env<Float32Array, Act, M> {
  static override readonly metadata: Metadata = RENDER_METADATA;

  override readonly observationSpace: Box;
  override readonly actionSpace: Space<Act>;
  override readonly renderMode: 'ansi' | 'svg' | null;
  readonly options: HealingOptions;
  readonly encoder: ObservationEncoder;
  private readonly episode: HealingEpisode;

  constructor(
    private readonly world: HealingWorld,
    private readonly actions: ActionSet<Act>,
  ) {
    super();
    this.options = world.options;
    this.encoder = world.encoder;
    this.renderMode = world.options.renderMode ?? null;
    this.actionSpace = actions.space;
    this.observationSpace = observationSpaceOf(world, actions);
    this.episode = new HealingEpisode(world);
  }

  /** The incident in play. @throws Error before the first reset */
  get incident(): HealingLoop {
    return this.episode.loop;
  }

  override reset(options: ResetOptions = {}): InMode<[Float32Array, HealingInfo], M> {
    super.reset(options);
    const info = this.episode.begin((options.options ?? {}) as EpisodeOptions, () =>
      Number(this.npRandom.integers(0, INDEX_RANGE)),
    );
    const result: [Float32Array, HealingInfo] = [this.observe(), { actionMask: this.mask(), ...info }];
    return this.inMode(result);
  }

  override step(action: Act): InMode<StepOf, M> {
    const { episode } = this;
    // Before the choice, so that a step without a reset says so.
    void episode.loop;
    const choice = this.actions.choose(action);
    return this.inMode(
      afterCall(episode.step(choice), ({ reward, terminated, info }: EpisodeStep): StepOf => {
        return [this.observe(), reward, terminated, false, { actionMask: this.mask(), ...info }];
      }),
    );
  }

  override render(): RenderFrame {
    return renderFrame(this.renderMode, this.spec?.id ?? this.constructor.name, this.episode, this.world);
  }

  /** The episode as plain data; {@link setState} continues it as if never interrupted. */
  override getState(): unknown {
    return { base: super.getState(), episode: this.episode.getState() };
  }

  override setState(state: unknown): void {
    const { base, episode } = state as { base: unknown; episode: EpisodeState };
    super.setState(base);
    this.episode.setState(episode);
  }

  private inMode<T>(value: MaybePromise<T>): InMode<T, M> {
    return (this.world.isAsync ? Promise.resolve(value) : value) as InMode<T, M>;
  }

  private mask(): Uint8Array {
    const mask = new Uint8Array(this.actions.maskSize);
    this.actions.writeMask(this.incident, mask, 0);
    return mask;
  }

  private observe(): Float32Array {
    const out = new Float32Array(this.observationSpace.size);
    if (this.options.blind) return out;
    this.episode.observe(out, 0);
    this.actions.writeExtra(this.incident, out, this.encoder.size);
    return out;
  }
}
