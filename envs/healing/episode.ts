import { afterCall, type Info, type MaybePromise } from 'gymnasium-js';
import type { Choice } from './actions.js';
import { HealingLoop, type LoopState } from './loop.js';
import type { EpisodeResult, IncidentTruth, TurnRecord } from './types.js';
import type { HealingWorld } from './world.js';

/** Everything of an info but the mask, which the environment lays out. */
export interface EpisodeInfo extends Info {
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

/** Info of every reset and step. */
export interface HealingInfo extends EpisodeInfo {
  /** 1 for each action that may be chosen next; on the terminal step what would have been valid. */
  actionMask: Uint8Array;
}

export interface EpisodeStep {
  readonly reward: number;
  readonly terminated: boolean;
  readonly info: EpisodeInfo;
}

/** What `reset({options})` may say. */
export interface EpisodeOptions {
  readonly index?: number;
  readonly fault?: string;
  readonly component?: string;
}

/** A saved episode: plain data. */
export interface EpisodeState {
  readonly loop: LoopState | null;
  readonly decidedAt: number;
  readonly episodeReturn: number;
  readonly turn: TurnRecord | null;
  readonly result: EpisodeResult | null;
}

/** Incidents of a partition are numbered from 0; a reset without an index draws one below this. */
export const INDEX_RANGE = 2 ** 31 - 1;

/** One incident after another as episodes: the loop with its rewards and infos, without spaces, masks and seeds. */
export class HealingEpisode {
  private current: HealingLoop | null = null;
  private evidencePrices: readonly number[] = [];
  private truth: Truth | null = null;
  /** Simulated time of the last decision; onset before the first. */
  private decidedAt = 0;
  private episodeReturn = 0;
  private turn: TurnRecord | null = null;
  private result: EpisodeResult | null = null;

  constructor(private readonly world: HealingWorld) {}

  /** The incident in play. @throws Error before the first {@link begin} */
  get loop(): HealingLoop {
    if (!this.current) throw new Error('CloudHealing: no incident before the first reset');
    return this.current;
  }

  /** The latest turn, and what the incident came to once it has ended; null before. */
  get latest(): { readonly turn: TurnRecord | null; readonly result: EpisodeResult | null } {
    return { turn: this.turn, result: this.result };
  }

  /** Starts an incident at the moment it is detected. @param draw gives the index when the options do not */
  begin({ index, fault, component }: EpisodeOptions, draw: () => number): EpisodeInfo {
    const overrides = {
      ...(fault !== undefined && { fault }),
      ...(component !== undefined && { component }),
    };
    this.enter(new HealingLoop(this.world.parts, this.world.keyOf(index ?? draw()), overrides));
    this.decidedAt = 0;
    this.episodeReturn = 0;
    this.turn = null;
    this.result = null;
    return this.info(0, 0);
  }

  /** One turn. Asynchronous exactly when the synthesizer is. */
  step({ metaPrompt, ordinal }: Choice): MaybePromise<EpisodeStep> {
    const { loop } = this;
    const { violations, dataLost } = loop.harm();
    const { llmCalls, tokens } = loop.state;
    const before = { violations, dataLost, llmCalls, tokens };
    return afterCall(loop.turn(metaPrompt, ordinal), (turn) => this.finish(loop, turn, before));
  }

  /** Writes the encoder's part of the observation into `out[at …]`, which must be zeros. */
  observe(out: Float32Array, at: number): void {
    const { loop, world } = this;
    const { state } = loop;
    const { limits } = world.options;
    world.encoder.write(out, at, {
      time: loop.time,
      detectedAt: loop.detectedAt,
      cap: loop.cap,
      belief: loop.belief,
      telemetry: loop.telemetry,
      inventory: loop.inventory,
      evidencePrices: this.evidencePrices,
      profile: world.profile,
      turns: state.turns,
      executions: state.executions,
      maxExecutions: limits.executions,
      rejectionsInRow: state.rejectionsInRow,
      tokens: state.tokens,
      tokenBudget: limits.tokens,
      lastMetaPrompt: state.lastMetaPrompt,
      lastPlan: state.lastPlan,
      lastVerdict: state.lastVerdict,
      lastExecuted: state.lastExecuted,
      triedDiagnoses: state.triedDiagnoses,
    });
  }

  getState(): EpisodeState {
    const { decidedAt, episodeReturn, turn, result } = this;
    return { loop: this.current?.getState() ?? null, decidedAt, episodeReturn, turn, result };
  }

  setState({ loop, decidedAt, episodeReturn, turn, result }: EpisodeState): void {
    if (loop) this.enter(HealingLoop.restore(this.world.parts, loop));
    else this.leave();
    this.decidedAt = decidedAt;
    this.episodeReturn = episodeReturn;
    this.turn = turn;
    this.result = result;
  }

  /** Makes an incident the one in play, with what stays the same throughout it. */
  private enter(loop: HealingLoop): void {
    this.leave();
    this.current = loop;
    this.evidencePrices = loop.evidencePrices();
    this.truth = loop.truth();
  }

  /** An incident that has ended makes room for the next; one that is left in the middle may have a turn under way. */
  private leave(): void {
    if (this.current?.ending) this.current.release();
    this.current = null;
  }

  private finish(
    loop: HealingLoop,
    turn: TurnRecord,
    before: { violations: number; dataLost: boolean; llmCalls: number; tokens: number },
  ): EpisodeStep {
    const terminated = loop.ending !== null;
    const result = terminated ? loop.result() : null;
    const harm = loop.harm();
    const until = result?.recovered ? result.mttr : loop.time;
    const tokens = loop.state.tokens - before.tokens;
    const reward = this.world.reward({
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
    this.turn = turn;
    this.result = result && withReturn(result, this.episodeReturn);
    const info = this.info(loop.state.llmCalls - before.llmCalls, tokens);
    info.turn = turn;
    if (this.result) info.result = this.result;
    return { reward, terminated, info };
  }

  private info(llmCalls: number, tokens: number): EpisodeInfo {
    return { time: this.loop.time, llmCalls, tokens, truth: copyOf(this.truth!) };
  }
}

type Measured = ReturnType<HealingLoop['result']>;

/** Completes a result; a spread with a further field would take the engine's slow path. */
function withReturn(result: Measured, episodeReturn: number): EpisodeResult {
  const complete: Measured & { episodeReturn?: number } = result;
  complete.episodeReturn = episodeReturn;
  return complete as EpisodeResult;
}

type Truth = ReturnType<HealingLoop['truth']>;

/** A copy of its own for every info, so that whoever changes one changes no other. */
function copyOf({ faultType, family, component, conditions, nodes, zone }: Truth): Truth {
  return {
    faultType,
    family,
    component,
    conditions: conditions.map((one) => ({ condition: one.condition, component: one.component })),
    nodes: nodes.slice(),
    zone,
  };
}
