import { join } from 'node:path';
import type { EnvLike } from './common/environment.js';
import { type EvaluationOptions, type EvaluationResult, evaluatePolicy } from './evaluation.js';
import type { Agent, Callback, LogRow, StepContext } from './types.js';

export interface EvaluationCallbackOptions extends EvaluationOptions {
  /** An environment of its own: evaluating must not disturb the training one. */
  readonly env: EnvLike;
  /** Environment steps of training between evaluations. */
  readonly every: number;
  /** Where to save the agent whenever its mean return is the best so far. */
  readonly saveBestTo?: string;
  /** Stop training once the mean return reaches this. */
  readonly stopAt?: number;
  readonly onResult?: (result: EvaluationResult, timesteps: number) => void;
}

/** True once each time `timesteps` has passed another multiple of `every`. */
function crossed(last: number, timesteps: number, every: number): boolean {
  return Math.floor(timesteps / every) > Math.floor(last / every);
}

/** Evaluates the policy every so many steps. */
export class EvaluationCallback implements Callback {
  /** Every evaluation so far, in order. */
  readonly results: { readonly timesteps: number; readonly result: EvaluationResult }[] = [];
  best = Number.NEGATIVE_INFINITY;
  private last = 0;

  constructor(private readonly options: EvaluationCallbackOptions) {}

  onTrainingStart(agent: Agent<unknown>): void {
    this.last = agent.numTimesteps;
  }

  onStep({ agent, timesteps }: StepContext): boolean | Promise<boolean> {
    const due = crossed(this.last, timesteps, this.options.every);
    this.last = timesteps;
    return due ? this.evaluate(agent, timesteps) : true;
  }

  private async evaluate(agent: Agent<unknown>, timesteps: number): Promise<boolean> {
    const { env, saveBestTo, stopAt, onResult, ...rest } = this.options;
    const result = await evaluatePolicy(agent, env, rest);
    this.results.push({ timesteps, result });
    onResult?.(result, timesteps);
    if (result.mean > this.best) {
      this.best = result.mean;
      if (saveBestTo !== undefined) await agent.save(saveBestTo);
    }
    return stopAt === undefined || result.mean < stopAt;
  }
}

export interface CheckpointCallbackOptions {
  readonly directory: string;
  /** Environment steps between checkpoints. */
  readonly every: number;
  /** Keep each in a folder of its own, `step-<n>`; default: the latest only, in `directory` itself. */
  readonly keepAll?: boolean;
}

/** Saves the agent every so many steps. */
export class CheckpointCallback implements Callback {
  private last = 0;

  constructor(private readonly options: CheckpointCallbackOptions) {}

  onTrainingStart(agent: Agent<unknown>): void {
    this.last = agent.numTimesteps;
  }

  onStep({ agent, timesteps }: StepContext): undefined | Promise<undefined> {
    const { directory, every, keepAll = false } = this.options;
    const due = crossed(this.last, timesteps, every);
    this.last = timesteps;
    if (!due) return undefined;
    return agent.save(keepAll ? join(directory, `step-${timesteps}`) : directory).then(() => undefined);
  }
}

/** Stops training when the mean return of the latest `window` (default 100) finished episodes reaches `threshold`. */
export class StopOnReward implements Callback {
  private readonly returns: number[] = [];
  private reached = false;

  constructor(
    readonly threshold: number,
    readonly window = 100,
  ) {}

  onLog(row: LogRow): void {
    if (row.kind !== 'episode') return;
    this.returns.push(row.return);
    if (this.returns.length > this.window) this.returns.shift();
    const mean = this.returns.reduce((sum, value) => sum + value, 0) / this.returns.length;
    this.reached = this.returns.length === this.window && mean >= this.threshold;
  }

  onStep(): boolean {
    return !this.reached;
  }
}

/** Measures environment steps a second of the latest (or running) training; the clock gives milliseconds. */
export class ThroughputCallback implements Callback {
  private startedAt = 0;
  private startedWith = 0;
  private steps = 0;
  private endedAt: number | null = null;

  constructor(private readonly clock: () => number = () => performance.now()) {}

  onTrainingStart(agent: Agent<unknown>): void {
    this.startedAt = this.clock();
    this.startedWith = agent.numTimesteps;
    this.steps = 0;
    this.endedAt = null;
  }

  onStep({ timesteps }: StepContext): undefined {
    this.steps = timesteps - this.startedWith;
    return undefined;
  }

  onTrainingEnd(): void {
    this.endedAt = this.clock();
  }

  get stepsPerSecond(): number {
    return this.steps / (((this.endedAt ?? this.clock()) - this.startedAt) / 1000);
  }
}
