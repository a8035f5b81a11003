import {
  afterCall,
  Box,
  Env,
  type Info,
  type InMode,
  type MaybePromise,
  type Mode,
  type ResetOptions,
  type Space,
} from 'gymnasium-js';
import { type IncidentKey, loadCloudModel } from '../cloud/index.js';
import { createSynthesizer, type MetaPrompt, type Synthesizer } from '../synthesis/index.js';
import { createVerifier, loadDomain, perceive } from '../world-model/index.js';
import { ObservationEncoder } from './encoder.js';
import { HealingLoop, type LoopParts, type LoopState } from './loop.js';
import { type HealingInput, type HealingOptions, healingOptions } from './options.js';
import { compileReward, type RewardFunction } from './reward.js';
import type { EpisodeResult, IncidentTruth, TurnRecord } from './types.js';

/** Incidents of a partition are numbered from 0; a reset without an index draws one below this. */
const INDEX_RANGE = 2 ** 31 - 1;

/** Info of every reset and step. */
export interface HealingInfo extends Info {
  /** 1 for each meta-prompt that may be chosen next; on the terminal step what would have been valid. */
  actionMask: Uint8Array;
  /** Simulated seconds since onset. */
  time: number;
  /** Language-model calls of this step (0 on reset). */
  llmCalls: number;
  /** Prompt and completion tokens of this step (0 on reset). */
  tokens: number;
  /** Hidden truth, for analysis only. */
  truth: IncidentTruth;
  turn?: TurnRecord;
  /** On the terminal step. */
  result?: EpisodeResult;
}

type StepOf = [Float32Array, number, boolean, boolean, HealingInfo];

/** What the chosen action means to the loop. */
export interface Choice {
  readonly metaPrompt: MetaPrompt;
  /** What {@link EpisodeResult.actions} records. */
  readonly ordinal: number;
}

/**
 * What the healing environments share: one incident an episode, one turn of the loop a step, the reward, the infos, and
 * saving and restoring. A subclass says what an action is.
 *
 * `reset({seed, options: {index?, fault?, component?}})`: `index` plays that incident of the partition, else one is drawn;
 * `fault` and `component` override what the key would draw.
 */
export abstract class HealingEnv<Act, M extends Mode = 'sync'> extends Env<Float32Array, Act, M> {
  override readonly observationSpace: Box;
  abstract override readonly actionSpace: Space<Act>;
  readonly options: HealingOptions;
  readonly encoder: ObservationEncoder;
  protected readonly parts: LoopParts;
  private readonly reward: RewardFunction;
  private readonly profile: string | null;
  private loop: HealingLoop | null = null;
  private evidencePrices: readonly number[] = [];
  private truth: IncidentTruth | null = null;
  /** Simulated time of the last decision; onset before the first. */
  private decidedAt = 0;
  private episodeReturn = 0;

  /** @param synthesizer instead of the one that the options name */
  constructor(input: HealingInput, synthesizer?: Synthesizer) {
    super();
    this.options = healingOptions(input);
    const { options } = this;
    const model = loadCloudModel({
      topology: options.topology,
      overlay: options.overlay,
      prior: options.prior,
    });
    this.parts = {
      model,
      synthesizer: synthesizer ?? createSynthesizer(options.synthesizer),
      verifier: createVerifier(options.verifier),
      perceive,
      limits: options.limits,
      judgeFirstPlan: options.judgeFirstPlan,
    };
    this.reward = compileReward(options.reward);
    this.profile = options.synthesizer.kind === 'surrogate' ? options.synthesizer.profile : null;
    this.encoder = new ObservationEncoder(loadDomain().conditions);
    this.observationSpace = new Box(0, 1, { shape: [this.encoder.size + this.extraSize], dtype: 'float32' });
  }

  /** Numbers that a subclass appends to the encoder's. */
  protected get extraSize(): number {
    return 0;
  }

  /** Services of the topology, in the order of the belief. */
  protected get services(): readonly string[] {
    return this.parts.model.topology.ids;
  }

  protected get nodes(): readonly string[] {
    return this.parts.model.topology.nodes;
  }

  protected get zones(): readonly string[] {
    return this.parts.model.topology.zoneNames;
  }

  /** @throws RangeError for an action outside the space */
  protected abstract choose(action: Act): Choice;

  /** Which actions are valid now, as `info.actionMask`. */
  protected abstract mask(): Uint8Array;

  /** The incident in play. @throws Error before the first reset */
  get incident(): HealingLoop {
    if (!this.loop) throw new Error('CloudHealing: no incident before the first reset');
    return this.loop;
  }

  override reset(options: ResetOptions = {}): InMode<[Float32Array, HealingInfo], M> {
    super.reset(options);
    const { index, fault, component } = (options.options ?? {}) as {
      index?: number;
      fault?: string;
      component?: string;
    };
    const key: IncidentKey = {
      split: this.options.split,
      partition: this.options.partition,
      index: index ?? Number(this.npRandom.integers(0, INDEX_RANGE)),
    };
    const overrides = {
      ...(fault !== undefined && { fault }),
      ...(component !== undefined && { component }),
    };
    this.enter(new HealingLoop(this.parts, key, overrides));
    this.decidedAt = 0;
    this.episodeReturn = 0;
    const result: [Float32Array, HealingInfo] = [this.observe(), this.info(0, 0)];
    return this.inMode(result);
  }

  override step(action: Act): InMode<StepOf, M> {
    const loop = this.incident;
    const { metaPrompt, ordinal } = this.choose(action);
    const before = { ...loop.harm(), llmCalls: loop.state.llmCalls, tokens: loop.state.tokens };
    const result = afterCall(loop.turn(metaPrompt, ordinal), (turn) => this.finish(loop, turn, before));
    return this.inMode(result);
  }

  /** The episode as plain data; {@link setState} continues it as if never interrupted. */
  override getState(): unknown {
    const { loop, decidedAt, episodeReturn } = this;
    return { base: super.getState(), loop: loop?.getState() ?? null, decidedAt, episodeReturn };
  }

  override setState(state: unknown): void {
    const { base, loop, decidedAt, episodeReturn } = state as {
      base: unknown;
      loop: LoopState | null;
      decidedAt: number;
      episodeReturn: number;
    };
    super.setState(base);
    this.loop = null;
    if (loop) {
      const saved = new HealingLoop(this.parts, loop.key);
      saved.setState(loop);
      this.enter(saved);
    }
    this.decidedAt = decidedAt;
    this.episodeReturn = episodeReturn;
  }

  /** Makes an incident the one in play, with what stays the same throughout it. */
  private enter(loop: HealingLoop): void {
    this.loop = loop;
    this.evidencePrices = loop.evidencePrices();
    this.truth = loop.truth();
  }

  private inMode<T>(value: MaybePromise<T>): InMode<T, M> {
    return (this.parts.synthesizer.mode === 'async' ? Promise.resolve(value) : value) as InMode<T, M>;
  }

  private finish(
    loop: HealingLoop,
    turn: TurnRecord,
    before: { violations: number; dataLost: boolean; llmCalls: number; tokens: number },
  ): StepOf {
    const terminated = loop.ending !== null;
    const result = terminated ? loop.result() : null;
    const harm = loop.harm();
    const until = result?.recovered ? result.mttr : loop.time;
    const tokens = loop.state.tokens - before.tokens;
    const reward = this.reward({
      elapsed: until - this.decidedAt,
      remaining: result && !result.recovered ? loop.cap - until : 0,
      cap: loop.cap,
      accepted: turn.executed ? 1 : 0,
      feasible: turn.plan ? turn.verdict.feasibility : 0,
      recovered: result?.recovered ? 1 : 0,
      violations: harm.violations - before.violations,
      dataLost: harm.dataLost && !before.dataLost ? 1 : 0,
      tokens,
      attempt: loop.state.turns,
    });
    this.decidedAt = until;
    this.episodeReturn += reward;
    const info = this.info(loop.state.llmCalls - before.llmCalls, tokens);
    info.turn = turn;
    if (result) info.result = { ...result, episodeReturn: this.episodeReturn };
    return [this.observe(), reward, terminated, false, info];
  }

  private info(llmCalls: number, tokens: number): HealingInfo {
    const loop = this.incident;
    return {
      actionMask: this.mask(),
      time: loop.time,
      llmCalls,
      tokens,
      truth: structuredClone(this.truth!),
    };
  }

  protected observe(): Float32Array {
    const loop = this.incident;
    const { state } = loop;
    return this.encoder.encode({
      time: loop.time,
      detectedAt: loop.detectedAt,
      cap: loop.cap,
      belief: loop.belief,
      telemetry: loop.telemetry,
      inventory: loop.inventory,
      evidencePrices: this.evidencePrices,
      profile: this.profile,
      turns: state.turns,
      executions: state.executions,
      maxExecutions: this.options.limits.executions,
      rejectionsInRow: state.rejectionsInRow,
      tokens: state.tokens,
      tokenBudget: this.options.limits.tokens,
      lastMetaPrompt: state.lastMetaPrompt,
      lastPlan: state.lastPlan,
      lastVerdict: state.lastVerdict,
      lastExecuted: state.lastExecuted,
      triedDiagnoses: state.triedDiagnoses,
    });
  }
}
