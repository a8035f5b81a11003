/** Return, length in steps and seconds of a finished episode (Gymnasium's `r`, `l`, `t`). */
export interface EpisodeStatistics {
  readonly r: number;
  readonly l: number;
  readonly t: number;
}

/** Auxiliary data of a reset or step: a plain object. Known fields are typed; an environment adds its own. */
export interface Info {
  /**
   * 1 for each action that may be chosen next, 0 for the others; length n (MultiDiscrete: the sum of nvec, concatenated).
   * Absent means all valid. On a terminal step: what would have been valid.
   */
  actionMask?: Uint8Array;
  /** Of the terminal step, added by `RecordEpisodeStatistics`. */
  episode?: EpisodeStatistics;
  [key: string]: unknown;
}
