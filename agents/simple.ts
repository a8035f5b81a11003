import { defaultRng, type Generator } from 'gymnasium-js';
import type { EnvOrLayout } from './common/base.js';
import { environmentBatch } from './common/environments.js';
import { uniformAction } from './common/greedy.js';
import { OptionError } from './common/options.js';
import { actionOf, perComponent, type SpaceLayout } from './common/spaces.js';
import type { Policy, PredictOptions } from './types.js';

/** Sizes of what a policy is made for. */
export function layoutFrom(env: EnvOrLayout): SpaceLayout {
  return 'observationSize' in env ? env : environmentBatch(env).layout;
}

/** Number of actions. @throws TypeError for an action space that is not Discrete */
export function requireDiscrete(kind: string, layout: SpaceLayout): number {
  if (!layout.discrete) throw new TypeError(`${kind} needs a Discrete action space, found MultiDiscrete`);
  return layout.nvec[0]!;
}

/** Uniform among the valid actions, component by component, whatever is observed (and `deterministic` or not). */
export class RandomPolicy<A = number> implements Policy<A> {
  private readonly layout: SpaceLayout;
  private readonly random: Generator;

  constructor(env: EnvOrLayout, { seed = 0 }: { readonly seed?: number } = {}) {
    this.layout = layoutFrom(env);
    this.random = defaultRng([seed, 2]);
  }

  predict(_observation: Float32Array, { actionMask }: PredictOptions = {}): A {
    const components = perComponent(this.layout.nvec, actionMask ?? null, (n, mask) =>
      uniformAction(mask, 0, n, this.random),
    );
    return actionOf(this.layout, components);
  }
}

/** The same action whenever it is valid, else the valid action of the lowest index. */
export class FixedPolicy implements Policy {
  private readonly n: number;
  readonly action: number;

  /** Throws an OptionError when `action` is not one of the environment's. */
  constructor(env: EnvOrLayout, { action = 0 }: { readonly action?: number } = {}) {
    this.n = requireDiscrete('fixed', layoutFrom(env));
    if (!Number.isInteger(action) || action < 0 || action >= this.n)
      throw new OptionError(
        `option "action" of fixed must be a whole number from 0 to ${this.n - 1}, found ${action}`,
      );
    this.action = action;
  }

  predict(_observation: Float32Array, { actionMask }: PredictOptions = {}): number {
    return fixedAction(this.action, actionMask ?? null, 0, this.n);
  }
}

/** Levels of the components as far as the mask allows them, else the first that it allows. */
export function fixedComponents(
  levels: ArrayLike<number>,
  mask: Uint8Array | null,
  nvec: readonly number[],
): Int32Array {
  return perComponent(nvec, mask, (n, own, c) => fixedAction(levels[c]!, own, 0, n));
}

/** `action` if row `row` of the masks allows it, else the first that it allows. */
export function fixedAction(action: number, masks: Uint8Array | null, row: number, n: number): number {
  if (masks === null || masks[row * n + action] !== 0) return action;
  for (let j = 0; j < n; j++) if (masks[row * n + j] !== 0) return j;
  throw new Error(`an action mask of ${n} actions allows none`);
}

/**
 * The actions of a list in turn, from the first one on in every episode; one that is not valid is passed over. So nothing is
 * repeated until the list has been gone through.
 */
export class CyclePolicy implements Policy {
  private readonly n: number;
  private readonly order: readonly number[];
  private at = 0;

  /** Throws an OptionError when `order` is empty or names an action that is not the environment's. */
  constructor(env: EnvOrLayout, { order }: { readonly order?: readonly number[] } = {}) {
    this.n = requireDiscrete('cycle', layoutFrom(env));
    this.order = order ?? Array.from({ length: this.n }, (_, action) => action);
    const wrong = this.order.find((action) => !Number.isInteger(action) || action < 0 || action >= this.n);
    if (this.order.length === 0 || wrong !== undefined)
      throw new OptionError(
        `option "order" of cycle must list whole numbers from 0 to ${this.n - 1}, found ${JSON.stringify(order)}`,
      );
  }

  resetEpisode(): void {
    this.at = 0;
  }

  predict(_observation: Float32Array, { actionMask }: PredictOptions = {}): number {
    for (let tried = 0; tried < this.order.length; tried++) {
      const action = this.order[this.at]!;
      this.at = (this.at + 1) % this.order.length;
      if (actionMask?.[action] !== 0) return action;
    }
    return fixedAction(this.order[0]!, actionMask ?? null, 0, this.n);
  }
}
