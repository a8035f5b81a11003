import { Env, type ResetOptions, type ResetResult, type StepResult } from '../../core/env.js';
import type { Info } from '../../core/info.js';
import { InvalidAction, ResetNeeded } from '../../error.js';
import type { Generator } from '../../random/index.js';
import { Discrete } from '../../spaces/discrete.js';

/** One possible outcome of an action. */
export type Transition = readonly [probability: number, state: number, reward: number, terminated: boolean];

/** `table[state][action]`: the outcomes. Gymnasium's `P`. */
export type TransitionTable = readonly (readonly (readonly Transition[])[])[];

/** Index of the first running sum of `probabilities` above a draw; 0 when rounding leaves none. */
export function categorical(probabilities: readonly number[], generator: Generator): number {
  const u = generator.random();
  let sum = 0;
  for (let i = 0; i < probabilities.length; i++) {
    sum += probabilities[i]!;
    if (sum > u) return i;
  }
  return 0;
}

/** An environment that is a table: numbered states, listed outcomes. Subclasses build the table and render. */
export abstract class TabularEnv extends Env<number, number> {
  override readonly observationSpace: Discrete;
  override readonly actionSpace: Discrete;
  override readonly renderMode: string | null;
  /** Outcomes of every action in every state. */
  readonly P: TransitionTable;
  /** Probability that an episode starts in a state. */
  readonly initialStateDistribution: readonly number[];
  protected state = -1;
  protected lastAction: number | null = null;

  constructor(table: TransitionTable, start: readonly number[], actions: number, renderMode: string | null) {
    super();
    this.P = table;
    this.initialStateDistribution = start;
    this.observationSpace = new Discrete(table.length);
    this.actionSpace = new Discrete(actions);
    this.renderMode = renderMode;
  }

  /** Info beside the probability of what happened. */
  protected info(probability: number): Info {
    return { prob: probability };
  }

  override reset(options: ResetOptions = {}): ResetResult<number> {
    super.reset(options);
    this.state = categorical(this.initialStateDistribution, this.npRandom);
    this.lastAction = null;
    return [this.state, this.info(1)];
  }

  /** @throws InvalidAction for an action outside the space; ResetNeeded before the first reset */
  override step(action: number): StepResult<number> {
    const [probability, state, reward, terminated] = this.transit(action);
    this.state = state;
    return [state, reward, terminated, false, this.info(probability)];
  }

  /** Draws the outcome of an action. */
  protected transit(action: number): Transition {
    if (this.state < 0) throw new ResetNeeded('Call reset before using step method.');
    const outcomes = this.P[this.state]![action];
    if (outcomes === undefined) throw new InvalidAction(`${String(action)} (${typeof action}) invalid`);
    this.lastAction = action;
    const chosen = categorical(
      outcomes.map(([probability]) => probability),
      this.npRandom,
    );
    return outcomes[chosen]!;
  }

  override getState(): unknown {
    return { base: super.getState(), state: this.state, lastAction: this.lastAction };
  }

  override setState(saved: unknown): void {
    const { base, state, lastAction } = saved as { base: unknown; state: number; lastAction: number | null };
    super.setState(base);
    this.state = state;
    this.lastAction = lastAction;
  }
}
