/** What an environment tells beside the observation. */
export type Info = Readonly<Record<string, unknown>>;

export interface PredictOptions {
  /** 1 for each valid action; MultiDiscrete: the masks of all components, concatenated. Absent: all valid. */
  readonly actionMask?: Uint8Array | undefined;
  /** The most probable (or most valuable) action instead of a drawn one. Default false. */
  readonly deterministic?: boolean | undefined;
}

/** Anything that chooses actions. `A` is a number for Discrete and one number a component for MultiDiscrete. */
export interface Policy<A = number> {
  /** Throws when no action is valid, or when the observation has another length than the policy was made for. */
  predict(observation: Float32Array, options?: PredictOptions): A;
  /** Called when an episode starts, by policies that remember something within one. */
  resetEpisode?(): void;
}

/** One finished episode of training. */
export interface EpisodeRow {
  readonly kind: 'episode';
  /** Environment steps so far, over all environments, this one included. */
  readonly timesteps: number;
  /** Which environment of the batch. */
  readonly environment: number;
  /** Sum of the environment's own (not normalised) rewards. */
  readonly return: number;
  readonly length: number;
  readonly terminated: boolean;
  /** Info of the terminal step. */
  readonly info: Info;
}

/** One update of the policy, or for learners that update every step, the mean over `logInterval` steps. */
export interface UpdateRow {
  readonly kind: 'update';
  readonly timesteps: number;
  readonly updates: number;
  /** Losses, explained variance, KL and the like; docs/agents says what each learner reports. */
  readonly metrics: Readonly<Record<string, number>>;
  /** How often each action was taken since the last row; MultiDiscrete: components concatenated. */
  readonly actionHistogram: readonly number[];
}

/** Something a researcher should look at; `code` names the kind. */
export interface WarningRow {
  readonly kind: 'warning';
  readonly timesteps: number;
  readonly code: 'policy-collapse';
  readonly message: string;
}

export type LogRow = EpisodeRow | UpdateRow | WarningRow;

/** What a callback sees after each step of the batch of environments. Arrays are the learner's own: read, do not keep. */
export interface StepContext {
  readonly agent: Agent<unknown>;
  readonly timesteps: number;
  readonly totalTimesteps: number;
  readonly rewards: Readonly<Float64Array>;
  readonly terminated: Readonly<Uint8Array>;
  readonly truncated: Readonly<Uint8Array>;
  /** One an environment; of the terminal step where an episode ended. */
  readonly infos: readonly Info[];
}

export interface Callback {
  onTrainingStart?(agent: Agent<unknown>, totalTimesteps: number): void | Promise<void>;
  /** Returning false stops training (the convention of Stable-Baselines3). */
  onStep?(context: StepContext): boolean | undefined | Promise<boolean | undefined>;
  onLog?(row: LogRow): void;
  onTrainingEnd?(agent: Agent<unknown>): void | Promise<void>;
}

export interface LearnOptions {
  readonly callbacks?: Callback | readonly Callback[];
  /** Called at most once a percent with the share of `totalTimesteps` done. */
  readonly progress?: (fraction: number, timesteps: number) => void;
  /**
   * Go on from `numTimesteps` up to `totalTimesteps` without resetting environments, buffers or schedules: what an
   * interrupted training does after `load`. Default false: `totalTimesteps` more steps from fresh episodes.
   */
  readonly resume?: boolean;
}

/** A policy that learns. `initialize` (called by `learn`, `save` and `load` too) must have ended before `predict`. */
export interface Agent<A = number> extends Policy<A> {
  readonly kind: string;
  /** Environment steps trained on. */
  readonly numTimesteps: number;
  initialize(): Promise<void>;
  learn(totalTimesteps: number, options?: LearnOptions): Promise<this>;
  /** Writes a checkpoint; a crash at any moment leaves the old one or the new one, never a mixture. */
  save(directory: string): Promise<void>;
}
