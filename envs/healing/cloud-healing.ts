import { Discrete, type Mode } from 'gymnasium-js';
import { loadMetaPrompts, type MetaPrompt, maskFor } from '../synthesis/index.js';
import type { ActionSet, Choice } from './actions.js';
import { HealingEnv } from './healing-env.js';
import type { HealingLoop } from './loop.js';
import type { HealingInput, HealingOptions } from './options.js';
import { HealingVectorEnv, type HealingVectorInput } from './vector.js';
import { HealingWorld } from './world.js';

/** Meta-prompts of a catalogue as actions. */
class MetaPromptActions implements ActionSet<number> {
  readonly space: Discrete;
  readonly maskSize: number;
  readonly extraSize = 0;
  readonly metaPrompts: readonly MetaPrompt[];

  constructor({ metaPrompts, catalogue }: HealingOptions) {
    this.metaPrompts = loadMetaPrompts(metaPrompts, catalogue);
    this.maskSize = this.metaPrompts.length;
    this.space = new Discrete(this.maskSize);
  }

  choose(action: number): Choice {
    const metaPrompt = this.metaPrompts[action];
    if (metaPrompt) return { metaPrompt, ordinal: action };
    throw new RangeError(`CloudHealing: expected an action in 0…${this.maskSize - 1}, found ${action}`);
  }

  rowOf(batch: ArrayLike<number | bigint>, i: number): number {
    return Number(batch[i]);
  }

  writeMask(loop: HealingLoop, out: Uint8Array, at: number): void {
    out.set(maskFor(this.metaPrompts, loop.hasFeedback), at);
  }

  writeExtra(): void {}
}

/**
 * ## Description
 * The reason → plan → verify → adapt loop as an environment. An episode is one incident on a simulated cloud. A language model
 * writes recovery plans, a world model verifies them, accepted plans are executed; the action is which meta-prompt the model gets.
 *
 * ## Action space
 * `Discrete(n)`, n meta-prompts of the catalogue in the order of its file (`env.metaPrompts`). `info.actionMask` (length n): those
 * with feedback are valid only after a rejected or unreadable plan.
 *
 * ## Observation space
 * `Box(0, 1, (N,), float32)`; N depends on the number of conditions that the world model knows, not on the topology. The table of
 * its groups, with units, is `env.encoder.table` and stands in docs/environments.md. Nothing in it is hidden state.
 *
 * ## Rewards
 * A mathjs expression over named quantities (docs/environments.md), by default `feasibility-and-mttr` of configs/rewards.yaml.
 * Returns are undiscounted: steps last unequal seconds, and time enters the reward as time.
 *
 * ## Starting state
 * An incident (split, partition, index) at the moment it is detected. `reset({seed})` draws the index;
 * `reset({options: {index, fault, component}})` names it.
 *
 * ## Step
 * One turn: evidence, synthesis, verification and, if the plan is accepted, execution and watching; each takes simulated seconds.
 *
 * ## Episode end
 * Terminated when the service level holds to the cap of 1,800 s, when the plan is to hand over to a human, after
 * `limits.executions` executions, when the token budget is spent, or at the cap. Never truncated: all limits are observed.
 *
 * ## Arguments
 * Those of `healingSchema`: topology, overlay, prior, split, partition, synthesizer, verifier, reward, catalogue, metaPrompts,
 * limits, judgePlans, blind, renderMode (`ansi`, `svg`). Asynchronous exactly when the synthesizer calls a real model.
 *
 * ## Version history
 * - v0: first version.
 *
 * @throws ConfigError from the constructor for options that name nothing known
 */
export class CloudHealingEnv<M extends Mode = 'sync'> extends HealingEnv<number, M> {
  declare readonly actionSpace: Discrete;
  /** The actions, in order. */
  readonly metaPrompts: readonly MetaPrompt[];

  constructor(input: HealingInput = {}) {
    const world = new HealingWorld(input);
    const actions = new MetaPromptActions(world.options);
    super(world, actions);
    this.metaPrompts = actions.metaPrompts;
  }
}

/** Many `pase/CloudHealing-v0` in one: see {@link CloudHealingEnv}. Actions are an `Int32Array(numEnvs)`. */
export class CloudHealingVectorEnv<M extends Mode = 'sync'> extends HealingVectorEnv<number, M> {
  constructor(numEnvs: number, { autoresetMode, maxEpisodeSteps, ...input }: HealingVectorInput = {}) {
    const world = new HealingWorld(input);
    super(numEnvs, world, new MetaPromptActions(world.options), { autoresetMode, maxEpisodeSteps });
  }
}
