import type { EpisodeResult } from '../../envs/healing/index.js';
import type { JsonLines } from './files.js';

/** Points of a learning curve over a training budget. */
const CURVE_POINTS = 50;

/** One line of `metrics.jsonl`: what training came to since the line before. */
export interface CurvePoint {
  /** Turns of the loop (environment steps) so far. */
  readonly step: number;
  readonly llmCalls: number;
  /** Prompt and completion tokens of finished episodes so far. */
  readonly tokens: number;
  readonly episodes: number;
  /** Seconds of computing so far; the only number here that differs between runs. */
  readonly wallSeconds: number;
  /** Means over the episodes since the line before; null when there were none. */
  readonly mttr_s: number | null;
  readonly recovered: number | null;
  readonly return: number | null;
  readonly violations_per_100: number | null;
  readonly llm_calls: number | null;
  /** What the learner reports of itself: losses, entropy and the like. */
  readonly learner?: Readonly<Record<string, number>>;
}

/**
 * Counts what training uses, writes every episode to `episodes.jsonl` and the learning curve to `metrics.jsonl`, and says
 * when the budget is spent.
 */
export class TrainingLog {
  llmCalls = 0;
  steps = 0;
  tokens = 0;
  episodes = 0;
  private since: EpisodeResult[] = [];
  private learner: Record<string, number> = {};
  private nextPoint: number;
  private readonly startedAt = performance.now();

  /** @param budget language-model calls, all environments of the learner together. */
  constructor(
    readonly budget: number,
    private readonly metrics: JsonLines,
    private readonly episodeLines: JsonLines,
    private readonly onProgress: (fraction: number) => void = () => {},
  ) {
    this.nextPoint = budget / CURVE_POINTS;
  }

  get spent(): boolean {
    return this.used >= this.budget;
  }

  /** Calls, or steps for a learner that asks no language model: it gets as many steps as others get calls. */
  private get used(): number {
    return Math.max(this.llmCalls, this.steps);
  }

  /** Takes in one step. @param result of the episode, on its last step. */
  step(llmCalls: number, result: EpisodeResult | undefined): void {
    this.steps += 1;
    this.llmCalls += llmCalls;
    if (result) {
      this.episodes += 1;
      this.tokens += result.tokens;
      this.since.push(result);
      this.episodeLines.append({
        phase: 'train',
        globalStep: this.steps,
        globalLlmCalls: this.llmCalls,
        ...result,
      });
    }
    if (this.llmCalls >= this.nextPoint) {
      this.writePoint();
      this.nextPoint =
        (Math.floor((this.llmCalls * CURVE_POINTS) / this.budget) + 1) * (this.budget / CURVE_POINTS);
    }
  }

  /** What the learner says of itself goes into the next point. */
  report(values: Readonly<Record<string, number>>): void {
    Object.assign(this.learner, values);
  }

  private writePoint(): void {
    const over = (value: (result: EpisodeResult) => number): number | null =>
      this.since.length === 0
        ? null
        : this.since.reduce((sum, result) => sum + value(result), 0) / this.since.length;
    const point: CurvePoint = {
      step: this.steps,
      llmCalls: this.llmCalls,
      tokens: this.tokens,
      episodes: this.episodes,
      wallSeconds: (performance.now() - this.startedAt) / 1000,
      mttr_s: over((result) => result.mttr),
      recovered: over((result) => Number(result.recovered)),
      return: over((result) => result.episodeReturn),
      violations_per_100: over((result) => 100 * result.violations),
      llm_calls: over((result) => result.llmCalls),
      ...(Object.keys(this.learner).length > 0 && { learner: this.learner }),
    };
    this.metrics.append(point);
    this.metrics.flush();
    this.since = [];
    this.learner = {};
    this.onProgress(Math.min(1, this.used / this.budget));
  }
}
