import type { Env, ResetOptions, ResetResult, StepResult } from '../core/env.js';
import { after, type InMode, type Mode } from '../core/mode.js';
import { Wrapper } from '../core/wrapper.js';

export interface RecordEpisodeStatisticsOptions {
  /** How many finished episodes the queues remember; default 100. */
  readonly bufferLength?: number;
  /** Field of the info that gets the statistics; default `episode`. */
  readonly statsKey?: string;
}

/** Seconds of wall time since `start`, to the microsecond. Only reported, never part of a simulation. */
export function secondsSince(start: number): number {
  return Math.round((performance.now() - start) * 1000) / 1e6;
}

/** Appends to a queue of bounded length. */
export function remember(queue: number[], value: number, length: number): void {
  queue.push(value);
  if (queue.length > length) queue.shift();
}

/**
 * Adds return, length and seconds of each finished episode to the terminal step's info as `{r, l, t}`.
 *
 * The last `bufferLength` of each stand in {@link returnQueue}, {@link lengthQueue} and {@link timeQueue}.
 */
export class RecordEpisodeStatistics<Obs, Act, M extends Mode = 'sync'> extends Wrapper<Obs, Act, M> {
  readonly returnQueue: number[] = [];
  readonly lengthQueue: number[] = [];
  readonly timeQueue: number[] = [];
  episodeCount = 0;
  episodeReturn = 0;
  episodeLength = 0;
  #startedAt = performance.now();
  readonly #bufferLength: number;
  readonly #statsKey: string;

  constructor(env: Env<Obs, Act, M>, options: RecordEpisodeStatisticsOptions = {}) {
    const { bufferLength = 100, statsKey = 'episode' } = options;
    super(env, { bufferLength, statsKey });
    this.#bufferLength = bufferLength;
    this.#statsKey = statsKey;
  }

  override reset(options: ResetOptions = {}): InMode<ResetResult<Obs>, M> {
    return after<ResetResult<Obs>, ResetResult<Obs>, M>(this.env.reset(options), (result) => {
      this.#startedAt = performance.now();
      this.episodeReturn = 0;
      this.episodeLength = 0;
      return result;
    });
  }

  /** @throws Error when the info already has the statistics' field */
  override step(action: Act): InMode<StepResult<Obs>, M> {
    return after<StepResult<Obs>, StepResult<Obs>, M>(this.env.step(action), (result) =>
      this.#record(result),
    );
  }

  #record(result: StepResult<Obs>): StepResult<Obs> {
    const [, reward, terminated, truncated, info] = result;
    this.episodeReturn += reward;
    this.episodeLength++;
    if (!terminated && !truncated) return result;
    if (this.#statsKey in info) {
      throw new Error(
        `Attempted to add episode stats with key '${this.#statsKey}' but this key already exists in info: ${Object.keys(info).join(', ')}`,
      );
    }
    const t = secondsSince(this.#startedAt);
    info[this.#statsKey] = { r: this.episodeReturn, l: this.episodeLength, t };
    remember(this.timeQueue, t, this.#bufferLength);
    remember(this.returnQueue, this.episodeReturn, this.#bufferLength);
    remember(this.lengthQueue, this.episodeLength, this.#bufferLength);
    this.episodeCount++;
    this.#startedAt = performance.now();
    return result;
  }

  protected override saveState(): unknown {
    const { episodeCount, episodeReturn, episodeLength, returnQueue, lengthQueue, timeQueue } = this;
    return {
      episodeCount,
      episodeReturn,
      episodeLength,
      returnQueue: [...returnQueue],
      lengthQueue: [...lengthQueue],
      timeQueue: [...timeQueue],
      elapsed: secondsSince(this.#startedAt),
    };
  }

  protected override loadState(state: unknown): void {
    const saved = state as Record<'episodeCount' | 'episodeReturn' | 'episodeLength' | 'elapsed', number> &
      Record<'returnQueue' | 'lengthQueue' | 'timeQueue', number[]>;
    this.episodeCount = saved.episodeCount;
    this.episodeReturn = saved.episodeReturn;
    this.episodeLength = saved.episodeLength;
    this.returnQueue.splice(0, Number.POSITIVE_INFINITY, ...saved.returnQueue);
    this.lengthQueue.splice(0, Number.POSITIVE_INFINITY, ...saved.lengthQueue);
    this.timeQueue.splice(0, Number.POSITIVE_INFINITY, ...saved.timeQueue);
    this.#startedAt = performance.now() - saved.elapsed * 1000;
  }
}
