import type { Agent, Callback, EpisodeRow, Info, LearnOptions, LogRow, StepContext } from '../types.js';
import { CollapseDetector } from './collapse.js';
import type { EnvironmentBatch } from './environment.js';

/** One call of `learn`: who listens, how far it goes, and what has been counted since the last row. */
export class TrainingSession {
  readonly target: number;
  private readonly callbacks: readonly Callback[];
  private readonly steppers: readonly Callback[];
  private readonly histogram: number[];
  private readonly collapse: CollapseDetector;
  private readonly context: StepContext;
  private percent = 0;

  constructor(
    private readonly agent: Agent<unknown>,
    private readonly envs: EnvironmentBatch,
    target: number,
    private readonly options: LearnOptions,
  ) {
    this.target = target;
    const { callbacks = [] } = options;
    this.callbacks = Array.isArray(callbacks) ? callbacks : [callbacks as Callback];
    this.steppers = this.callbacks.filter((callback) => callback.onStep !== undefined);
    this.histogram = new Array(envs.layout.nvec.reduce((sum, n) => sum + n, 0)).fill(0);
    this.collapse = new CollapseDetector(envs.layout.nvec);
    this.context = {
      agent,
      get timesteps() {
        return agent.numTimesteps;
      },
      totalTimesteps: target,
      rewards: envs.rewards,
      terminated: envs.terminated,
      truncated: envs.truncated,
      get infos() {
        return envs.infos;
      },
    };
  }

  /** Share of training done, 0 to 1: what schedules run on. */
  get progress(): number {
    return Math.min(1, this.agent.numTimesteps / this.target);
  }

  get done(): boolean {
    return this.agent.numTimesteps >= this.target;
  }

  async start(): Promise<void> {
    for (const callback of this.callbacks) await callback.onTrainingStart?.(this.agent, this.target);
  }

  async end(): Promise<void> {
    for (const callback of this.callbacks) await callback.onTrainingEnd?.(this.agent);
  }

  countActions(actions: Int32Array): void {
    const { nvec } = this.envs.layout;
    const components = nvec.length;
    for (let i = 0; i < actions.length; i += components) {
      let from = 0;
      for (let c = 0; c < components; c++) {
        this.histogram[from + actions[i + c]!]!++;
        from += nvec[c]!;
      }
    }
  }

  /** After a step and whatever update it caused: rows of finished episodes, progress, callbacks. False stops training. */
  afterStep(): boolean | Promise<boolean> {
    const { envs } = this;
    for (let e = 0; e < envs.numEnvs; e++)
      if (envs.terminated[e] !== 0 || envs.truncated[e] !== 0) this.emit(this.episodeRow(e));
    this.reportProgress();
    if (this.steppers.length === 0) return true;
    for (let c = 0; c < this.steppers.length; c++) {
      const verdict = this.steppers[c]!.onStep!(this.context);
      if (verdict === false) return false;
      if (verdict instanceof Promise) return this.finishCallbacks(c + 1, verdict);
    }
    return true;
  }

  private async finishCallbacks(from: number, first: Promise<boolean | undefined>): Promise<boolean> {
    if ((await first) === false) return false;
    for (const callback of this.steppers.slice(from))
      if ((await callback.onStep!(this.context)) === false) return false;
    return true;
  }

  private episodeRow(e: number): EpisodeRow {
    const { envs } = this;
    return {
      kind: 'episode',
      timesteps: this.agent.numTimesteps,
      environment: e,
      return: envs.returns[e]!,
      length: envs.lengths[e]!,
      terminated: envs.terminated[e] !== 0,
      info: envs.infos[e] as Info,
    };
  }

  private reportProgress(): void {
    const percent = Math.floor(this.progress * 100);
    if (percent === this.percent) return;
    this.percent = percent;
    this.options.progress?.(this.progress, this.agent.numTimesteps);
  }

  /** A row of an update, with the actions counted since the one before; warns when they have collapsed onto one. */
  logUpdate(updates: number, metrics: Readonly<Record<string, number>>): void {
    const { numTimesteps: timesteps } = this.agent;
    const actionHistogram = [...this.histogram];
    this.histogram.fill(0);
    this.emit({ kind: 'update', timesteps, updates, metrics, actionHistogram });
    const message = this.collapse.check(actionHistogram);
    if (message) this.emit({ kind: 'warning', timesteps, code: 'policy-collapse', message });
  }

  private emit(row: LogRow): void {
    for (const callback of this.callbacks) callback.onLog?.(row);
  }
}
