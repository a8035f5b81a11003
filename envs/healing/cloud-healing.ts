import { Discrete, type Mode } from 'gymnasium-js';
import { loadMetaPrompts, type MetaPrompt, maskFor } from '../synthesis/index.js';
import { type Choice, HealingEnv } from './healing-env.js';
import type { HealingInput } from './options.js';

/**
 * The reason → plan → verify → adapt loop as an environment: the action is which meta-prompt the language model gets.
 *
 * | | |
 * |---|---|
 * | Action | `Discrete(n)`, n meta-prompts of the catalogue, with `info.actionMask`: those with feedback are valid only after a rejected or unreadable plan |
 * | Observation | `Box(0, 1, (N,), float32)`; the table of N is `env.encoder.table` and stands in docs/environments.md |
 * | Reward | a mathjs expression over named quantities, by default `feasibility-and-mttr` (configs/rewards.yaml) |
 * | Start | an incident (split, partition, index) at the moment it is detected |
 * | Step | one turn: evidence, synthesis, verification and, if the plan is accepted, execution and watching |
 * | End | terminated when the service level holds to the cap, on hand-over, after 4 executions, when the token budget is spent, or at the cap of 1,800 s; never truncated, since all limits are observed |
 *
 * Returns are undiscounted: steps last unequal seconds, and time enters the reward as time.
 *
 * Version history: v0, first version.
 *
 * @throws ConfigError from the constructor for options that name nothing known
 */
export class CloudHealingEnv<M extends Mode = 'sync'> extends HealingEnv<number, M> {
  override readonly actionSpace: Discrete;
  /** The actions, in order. */
  readonly metaPrompts: readonly MetaPrompt[];

  constructor(input: HealingInput = {}) {
    super(input);
    this.metaPrompts = loadMetaPrompts(this.options.metaPrompts);
    this.actionSpace = new Discrete(this.metaPrompts.length);
  }

  protected override choose(action: number): Choice {
    const metaPrompt = this.metaPrompts[action];
    if (metaPrompt) return { metaPrompt, ordinal: action };
    throw new RangeError(
      `CloudHealing: expected an action in 0…${this.metaPrompts.length - 1}, found ${action}`,
    );
  }

  protected override mask(): Uint8Array {
    return maskFor(this.metaPrompts, this.incident.hasFeedback);
  }
}
