import {
  AUTORESET_MODES,
  type AutoresetMode,
  addInfo,
  type BatchOf,
  type Box,
  batchSpace,
  demandReset,
  Generator,
  type GeneratorState,
  type InMode,
  type MaybePromise,
  type Mode,
  npRandom,
  type RenderFrame,
  type Space,
  splitResetMask,
  spreadSeeds,
  VectorEnv,
  type VectorInfo,
  type VectorMetadata,
  type VectorResetOptions,
  type VectorResetResult,
  type VectorStepResult,
} from 'gymnasium-js';
import type { ActionSet } from './actions.js';
import {
  type EpisodeInfo,
  type EpisodeOptions,
  type EpisodeState,
  HealingEpisode,
  INDEX_RANGE,
} from './episode.js';
import { observationSpaceOf } from './healing-env.js';
import type { HealingInput } from './options.js';
import { RENDER_METADATA, renderFrame } from './render/index.js';
import type { HealingWorld } from './world.js';

/** Options of the batched healing environments: those of a single one, and how episodes follow each other. */
export type HealingVectorInput = HealingInput & {
  /** Default `NextStep`. */
  readonly autoresetMode?: AutoresetMode | undefined;
  /** Steps after which an episode is truncated, as `TimeLimit` does to a single environment; default none. */
  readonly maxEpisodeSteps?: number | null | undefined;
};

interface VectorState {
  readonly base: unknown;
  readonly randoms: readonly GeneratorState[];
  readonly episodes: readonly EpisodeState[];
  readonly ended: readonly number[];
  readonly steps: readonly number[];
}

/**
 * Many incidents stepped together: one cloud model, one synthesizer, one verifier and one batch of observations and masks, which
 * the incidents write their rows into. Each environment has its own random stream, so trajectories equal those of single
 * environments with the same seeds. With a synthesizer that calls a real model all its calls of a step are under way at once.
 */
export abstract class HealingVectorEnv<Act, M extends Mode = 'sync'> extends VectorEnv<
  Float32Array,
  BatchOf<Act>,
  M
> {
  override readonly numEnvs: number;
  override readonly observationSpace: Space<Float32Array>;
  override readonly actionSpace: Space<BatchOf<Act>>;
  override readonly singleObservationSpace: Box;
  override readonly singleActionSpace: Space<Act>;
  override readonly metadata: VectorMetadata;
  override readonly renderMode: 'ansi' | 'svg' | null;
  readonly autoresetMode: AutoresetMode;
  private readonly episodes: readonly HealingEpisode[];
  private readonly randoms: Generator[] = [];
  /** 1 where an episode has ended and no reset has followed. */
  private readonly ended: Uint8Array;
  private readonly maxEpisodeSteps: number;
  /** Steps of each environment's episode. */
  private readonly steps: Int32Array;

  /** @throws RangeError for a number of environments or a mode that is none; ConfigError as the single environment */
  constructor(
    numEnvs: number,
    private readonly world: HealingWorld,
    private readonly actions: ActionSet<Act>,
    {
      autoresetMode = 'NextStep',
      maxEpisodeSteps,
    }: Pick<HealingVectorInput, 'autoresetMode' | 'maxEpisodeSteps'>,
  ) {
    super();
    if (!Number.isInteger(numEnvs) || numEnvs < 1)
      throw new RangeError(`numEnvs must be a positive integer, got ${String(numEnvs)}`);
    if (!AUTORESET_MODES.includes(autoresetMode))
      throw new RangeError(
        `'${String(autoresetMode)}' is not a valid AutoresetMode (${AUTORESET_MODES.join(', ')})`,
      );
    this.numEnvs = numEnvs;
    this.autoresetMode = autoresetMode;
    this.metadata = { ...RENDER_METADATA, autoresetMode };
    this.renderMode = world.options.renderMode ?? null;
    this.singleObservationSpace = observationSpaceOf(world, actions);
    this.singleActionSpace = actions.space;
    this.observationSpace = batchSpace(
      this.singleObservationSpace as Space<unknown>,
      numEnvs,
    ) as Space<Float32Array>;
    this.actionSpace = batchSpace(actions.space as Space<unknown>, numEnvs) as Space<BatchOf<Act>>;
    this.episodes = Array.from({ length: numEnvs }, () => new HealingEpisode(world));
    this.ended = new Uint8Array(numEnvs);
    this.steps = new Int32Array(numEnvs);
    this.maxEpisodeSteps = maxEpisodeSteps ?? Number.POSITIVE_INFINITY;
  }

  override reset(options: VectorResetOptions = {}): InMode<VectorResetResult<Float32Array>, M> {
    this.assertOpen('reset');
    const seeds = spreadSeeds(options.seed, this.numEnvs);
    const { mask, rest } = splitResetMask(options.options, this.numEnvs);
    const infos: VectorInfo = {};
    for (let i = 0; i < this.numEnvs; i++) {
      const seed = seeds[i] ?? null;
      if (seed !== null || !this.randoms[i]) this.randoms[i] = npRandom(seed)[0];
      if (mask && !mask[i]) continue;
      this.ended[i] = 0;
      this.addInfoOf(infos, this.begin(i, rest ?? {}), i);
    }
    return this.inMode<VectorResetResult<Float32Array>>([this.observe(), infos]);
  }

  /** @throws Error before the first reset; under Disabled autoreset when an ended episode was not reset */
  override step(actions: BatchOf<Act>): InMode<VectorStepResult<Float32Array>, M> {
    this.assertOpen('step');
    if (this.autoresetMode === 'Disabled') demandReset(this.ended);
    const n = this.numEnvs;
    const batch: Batch = {
      rewards: new Float64Array(n),
      terminations: new Uint8Array(n),
      truncations: new Uint8Array(n),
      infos: new Array<EpisodeInfo | null>(n).fill(null),
    };
    const pending: Promise<void>[] = [];
    for (let i = 0; i < n; i++) {
      const done = this.advance(i, actions as ArrayLike<number | bigint>, batch);
      if (done) pending.push(done);
    }
    if (pending.length === 0) return this.inMode(this.finish(batch));
    return Promise.all(pending).then(() => this.finish(batch)) as InMode<VectorStepResult<Float32Array>, M>;
  }

  override render(): readonly RenderFrame[] {
    const id = this.spec?.id ?? this.constructor.name;
    return this.episodes.map((episode) => renderFrame(this.renderMode, id, episode, this.world));
  }

  override getState(): unknown {
    const state: VectorState = {
      base: super.getState(),
      randoms: this.randoms.map((random) => random.getState()),
      episodes: this.episodes.map((episode) => episode.getState()),
      ended: [...this.ended],
      steps: [...this.steps],
    };
    return state;
  }

  override setState(state: unknown): void {
    const { base, randoms, episodes, ended, steps } = state as VectorState;
    super.setState(base);
    randoms.forEach((random, i) => {
      this.randoms[i] = Generator.fromState(random);
    });
    this.episodes.forEach((episode, i) => {
      episode.setState(episodes[i]!);
    });
    this.ended.set(ended);
    this.steps.set(steps);
  }

  private begin(i: number, options: EpisodeOptions): EpisodeInfo {
    this.steps[i] = 0;
    return this.episodes[i]!.begin(options, () => Number(this.randoms[i]!.integers(0, INDEX_RANGE)));
  }

  /** One turn of environment i, or, under NextStep, the reset that is due. */
  private advance(i: number, actions: ArrayLike<number | bigint>, batch: Batch): Promise<void> | void {
    if (this.autoresetMode === 'NextStep' && this.ended[i]) {
      this.ended[i] = 0;
      batch.infos[i] = this.begin(i, {});
      return;
    }
    const episode = this.episodes[i]!;
    void episode.loop;
    const stepped = episode.step(this.actions.choose(this.actions.rowOf(actions, i)));
    const keep = ({ reward, terminated, info }: Awaited<typeof stepped>): void => {
      batch.rewards[i] = reward;
      batch.terminations[i] = terminated ? 1 : 0;
      batch.infos[i] = info;
      this.steps[i]!++;
      const truncated = this.steps[i]! >= this.maxEpisodeSteps;
      batch.truncations[i] = truncated ? 1 : 0;
      this.ended[i] = terminated || truncated ? 1 : 0;
    };
    if (stepped instanceof Promise) return stepped.then(keep);
    keep(stepped);
  }

  /** The results of a step; under SameStep ended episodes leave their last observation and info and start anew. */
  private finish({ rewards, terminations, truncations, infos }: Batch): VectorStepResult<Float32Array> {
    const n = this.numEnvs;
    const all: VectorInfo = {};
    for (let i = 0; i < n; i++) {
      let info = infos[i]!;
      if (this.autoresetMode === 'SameStep' && this.ended[i]) {
        const finalObs = new Float32Array(this.singleObservationSpace.size);
        this.observeOne(i, finalObs, 0);
        addInfo(all, { finalObs, finalInfo: this.withMask(info, i) }, i, n);
        this.ended[i] = 0;
        info = this.begin(i, {});
      }
      this.addInfoOf(all, info, i);
    }
    return [this.observe(), rewards, terminations, truncations, all];
  }

  private observe(): Float32Array {
    const { size } = this.singleObservationSpace;
    const out = new Float32Array(this.numEnvs * size);
    for (let i = 0; i < this.numEnvs; i++) this.observeOne(i, out, i * size);
    return out;
  }

  private observeOne(i: number, out: Float32Array, at: number): void {
    if (this.world.options.blind) return;
    const episode = this.episodes[i]!;
    episode.observe(out, at);
    this.actions.writeExtra(episode.loop, out, at + this.world.encoder.size);
  }

  private withMask(info: EpisodeInfo, i: number): EpisodeInfo & { actionMask: Uint8Array } {
    const actionMask = new Uint8Array(this.actions.maskSize);
    this.actions.writeMask(this.episodes[i]!.loop, actionMask, 0);
    return { actionMask, ...info };
  }

  private addInfoOf(infos: VectorInfo, info: EpisodeInfo, i: number): void {
    addInfo(infos, this.withMask(info, i), i, this.numEnvs);
  }

  private inMode<T>(value: MaybePromise<T>): InMode<T, M> {
    return (this.world.isAsync ? Promise.resolve(value) : value) as InMode<T, M>;
  }
}

/** What the environments of one step leave, one entry each. */
interface Batch {
  readonly rewards: Float64Array;
  readonly terminations: Uint8Array;
  readonly truncations: Uint8Array;
  readonly infos: (EpisodeInfo | null)[];
}
