import { after, type InMode, type Mode } from '../../core/mode.js';
import type { AutoresetMode } from '../../vector/vector-env.js';
import {
  splitResetMask,
  type VectorEnv,
  type VectorResetOptions,
  type VectorResetResult,
  type VectorStepResult,
} from '../../vector/vector-env.js';
import { VectorWrapper } from '../../vector/vector-wrapper.js';
import { type RecordEpisodeStatisticsOptions, remember, secondsSince } from '../record-episode-statistics.js';

/**
 * Adds returns, lengths and seconds of the episodes that end in a step to its infos, as `episode: {r, l, t}` with one entry for each
 * environment (zero where none ended) and `_episode` to say which.
 *
 * Under NextStep the resetting step counts for no episode. A partial reset (`resetMask`) starts the counts of those environments
 * anew and leaves the running ones alone.
 */
export class RecordEpisodeStatistics<Obs, Act, M extends Mode = 'sync'> extends VectorWrapper<Obs, Act, M> {
  readonly returnQueue: number[] = [];
  readonly lengthQueue: number[] = [];
  readonly timeQueue: number[] = [];
  episodeCount = 0;
  readonly episodeReturns: Float64Array;
  readonly episodeLengths: Int32Array;
  readonly #startedAt: Float64Array;
  /** 1 where the last step ended an episode that the next step will reset. */
  readonly #ended: Uint8Array;
  readonly #autoresetMode: AutoresetMode;
  readonly #bufferLength: number;
  readonly #statsKey: string;

  constructor(env: VectorEnv<Obs, Act, M>, options: RecordEpisodeStatisticsOptions = {}) {
    super(env);
    const { bufferLength = 100, statsKey = 'episode' } = options;
    this.#bufferLength = bufferLength;
    this.#statsKey = statsKey;
    this.#autoresetMode = env.metadata.autoresetMode ?? 'NextStep';
    this.episodeReturns = new Float64Array(this.numEnvs);
    this.episodeLengths = new Int32Array(this.numEnvs);
    this.#startedAt = new Float64Array(this.numEnvs).fill(performance.now());
    this.#ended = new Uint8Array(this.numEnvs);
  }

  override reset(options: VectorResetOptions = {}): InMode<VectorResetResult<Obs>, M> {
    const { mask } = splitResetMask(options.options, this.numEnvs);
    return after<VectorResetResult<Obs>, VectorResetResult<Obs>, M>(this.env.reset(options), (result) => {
      for (let i = 0; i < this.numEnvs; i++) if (mask === null || mask[i]) this.#restart(i);
      return result;
    });
  }

  #restart(i: number): void {
    this.episodeReturns[i] = 0;
    this.episodeLengths[i] = 0;
    this.#startedAt[i] = performance.now();
    this.#ended[i] = 0;
  }

  /** @throws Error when the infos already have the statistics' field */
  override step(actions: Act): InMode<VectorStepResult<Obs>, M> {
    return after<VectorStepResult<Obs>, VectorStepResult<Obs>, M>(this.env.step(actions), (result) =>
      this.#record(result),
    );
  }

  #record(result: VectorStepResult<Obs>): VectorStepResult<Obs> {
    const [, rewards, terminations, truncations, infos] = result;
    let over = 0;
    for (let i = 0; i < this.numEnvs; i++) {
      if (this.#ended[i] === 1) {
        this.#restart(i);
      } else {
        this.episodeReturns[i]! += rewards[i]!;
        this.episodeLengths[i]!++;
      }
      if (terminations[i] || truncations[i]) {
        this.#ended[i] = 1;
        over++;
      }
    }
    if (over > 0) this.#report(infos);
    return result;
  }

  #report(infos: VectorStepResult<Obs>[4]): void {
    const key = this.#statsKey;
    if (key in infos || `_${key}` in infos) {
      throw new Error(
        `Attempted to add episode stats with key '${key}' but this key already exists in info: ${Object.keys(infos).join(', ')}`,
      );
    }
    const n = this.numEnvs;
    const [r, l, t] = [new Float64Array(n), new Float64Array(n), new Float64Array(n)];
    const over = this.#ended.slice();
    for (let i = 0; i < n; i++) {
      if (over[i] !== 1) continue;
      r[i] = this.episodeReturns[i]!;
      l[i] = this.episodeLengths[i]!;
      t[i] = secondsSince(this.#startedAt[i]!);
      remember(this.returnQueue, r[i]!, this.#bufferLength);
      remember(this.lengthQueue, l[i]!, this.#bufferLength);
      remember(this.timeQueue, t[i]!, this.#bufferLength);
      this.episodeCount++;
      // The environment has been reset already: its next episode starts with the next step.
      if (this.#autoresetMode === 'SameStep') this.#restart(i);
    }
    infos[key] = { r, l, t };
    infos[`_${key}`] = over;
  }

  protected override saveState(): unknown {
    const { episodeCount, returnQueue, lengthQueue, timeQueue } = this;
    return {
      episodeCount,
      returnQueue: [...returnQueue],
      lengthQueue: [...lengthQueue],
      timeQueue: [...timeQueue],
      returns: [...this.episodeReturns],
      lengths: [...this.episodeLengths],
      ended: [...this.#ended],
      elapsed: Array.from(this.#startedAt, secondsSince),
    };
  }

  protected override loadState(state: unknown): void {
    const saved = state as Record<
      'returnQueue' | 'lengthQueue' | 'timeQueue' | 'returns' | 'lengths' | 'ended' | 'elapsed',
      number[]
    > & { episodeCount: number };
    this.episodeCount = saved.episodeCount;
    this.returnQueue.splice(0, Number.POSITIVE_INFINITY, ...saved.returnQueue);
    this.lengthQueue.splice(0, Number.POSITIVE_INFINITY, ...saved.lengthQueue);
    this.timeQueue.splice(0, Number.POSITIVE_INFINITY, ...saved.timeQueue);
    this.episodeReturns.set(saved.returns);
    this.episodeLengths.set(saved.lengths);
    this.#ended.set(saved.ended);
    const now = performance.now();
    this.#startedAt.set(saved.elapsed.map((seconds) => now - seconds * 1000));
  }
}
