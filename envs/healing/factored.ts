import { type Mode, MultiDiscrete } from 'gymnasium-js';
import { EVIDENCE_KINDS, type EvidenceKind } from '../cloud/interface.js';
import { findConfig, loadYaml } from '../config/index.js';
import type { MetaPrompt } from '../synthesis/index.js';
import type { ActionSet, Choice } from './actions.js';
import { type Factors, factorsSchema } from './factors.js';
import { HealingEnv } from './healing-env.js';
import type { HealingLoop } from './loop.js';
import type { HealingInput, HealingOptions } from './options.js';
import { HealingVectorEnv, type HealingVectorInput } from './vector.js';
import { HealingWorld } from './world.js';

/** Evidence that costs nothing and is always included. */
const FREE: readonly EvidenceKind[] = ['alerts', 'topology'];

type FactoredAction = ArrayLike<number | bigint>;

/** In the order of the action's components. */
const FACTOR_NAMES = Object.keys(factorsSchema.shape) as (keyof Factors)[];
/** What the name of a composed meta-prompt begins with; the number of its point of the space follows. */
const COMPOSED = 'factored-';

let shipped: Factors | null = null;

/** The choices of every factor: those shipped, but for those given. @throws ConfigError */
function factorsWith(own: HealingOptions['factors']): Factors {
  shipped ??= loadYaml(findConfig('meta-prompts/factors.yaml'), factorsSchema);
  return { ...shipped, ...own } as Factors;
}

/**
 * What a composed meta-prompt is made of, read off its name: `factor: level` for every factor that has a choice; null for another name.
 * @param own the environment's option `factors` @throws ConfigError
 */
export function compositionOf(name: string, own?: HealingOptions['factors']): string[] | null {
  const point = name.slice(COMPOSED.length);
  if (!name.startsWith(COMPOSED) || !/^\d+$/.test(point)) return null;
  const factors = factorsWith(own);
  let rest = Number(point);
  const levels = FACTOR_NAMES.toReversed().map((factor) => {
    const choices = factors[factor];
    const level = choices[rest % choices.length];
    rest = Math.floor(rest / choices.length);
    return choices.length > 1 ? `${factor}: ${level}` : null;
  });
  return levels.toReversed().filter((level) => level !== null);
}

/** One component a factor, in the order of the schema. */
class FactoredActions implements ActionSet<FactoredAction> {
  readonly space: MultiDiscrete;
  readonly maskSize: number;
  readonly extraSize = 0;
  private readonly factors: Factors;
  private readonly names: readonly (keyof Factors)[];
  private readonly nvec: readonly number[];
  /** Where the mask of the feedback factor begins. */
  private readonly feedbackAt: number;

  constructor({ factors }: HealingOptions) {
    this.factors = factorsWith(factors);
    this.names = FACTOR_NAMES;
    this.nvec = this.names.map((name) => this.factors[name].length);
    this.space = new MultiDiscrete([...this.nvec]);
    this.maskSize = sum(this.nvec);
    this.feedbackAt = sum(this.nvec.slice(0, this.names.indexOf('feedback')));
  }

  choose(action: FactoredAction): Choice {
    const indices = this.nvec.map((n, i) => {
      const index = Number(action[i]);
      if (Number.isInteger(index) && index >= 0 && index < n) return index;
      throw new RangeError(
        `CloudHealingFactored: expected ${this.names[i]} in 0…${n - 1}, found ${String(action[i])}`,
      );
    });
    // Mixed radix: one number per point of the space, for the record of actions.
    const ordinal = indices.reduce((total, index, i) => total * this.nvec[i]! + index, 0);
    return { metaPrompt: this.metaPrompt(indices, ordinal), ordinal };
  }

  private metaPrompt(indices: readonly number[], ordinal: number): MetaPrompt {
    const pick = <K extends keyof Factors>(name: K): Factors[K][number] =>
      this.factors[name][indices[this.names.indexOf(name)]!] as Factors[K][number];
    const evidence = EVIDENCE_KINDS.filter(
      (kind) => FREE.includes(kind) || pick(kind as 'metrics' | 'events' | 'logs' | 'changes'),
    );
    return {
      name: `${COMPOSED}${ordinal}`,
      strategy: pick('strategy'),
      evidence,
      schema: pick('schema'),
      exemplars: pick('exemplars'),
      feedback: pick('feedback'),
      samples: pick('samples'),
      temperature: pick('temperature'),
      effort: pick('effort'),
    };
  }

  rowOf(batch: ArrayLike<number | bigint>, i: number): number[] {
    const n = this.nvec.length;
    return this.nvec.map((_, c) => Number(batch[i * n + c]));
  }

  writeMask(loop: HealingLoop, out: Uint8Array, at: number): void {
    out.fill(1, at, at + this.maskSize);
    if (loop.hasFeedback) return;
    this.factors.feedback.forEach((style, i) => {
      if (style !== 'none') out[at + this.feedbackAt + i] = 0;
    });
  }

  writeExtra(): void {}
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/**
 * ## Description
 * The loop of `pase/CloudHealing-v0` with the meta-prompt chosen factor by factor instead of from a catalogue.
 *
 * ## Action space
 * `MultiDiscrete(nvec)`, one component a factor of `configs/meta-prompts/factors.yaml`: strategy, each priced kind of evidence,
 * schema, exemplars, feedback, samples, temperature, effort. `info.actionMask` has length sum(nvec) and forbids feedback styles other
 * than `none` until a plan was rejected.
 *
 * ## Observation space, rewards, starting state, step, episode end, arguments
 * As `pase/CloudHealing-v0`; `catalogue` and `metaPrompts` mean nothing here; `factors` gives a factor other choices (one choice: the
 * factor is fixed).
 *
 * ## Version history
 * - v0: first version.
 *
 * @throws ConfigError from the constructor for options that name nothing known
 */
export class CloudHealingFactoredEnv<M extends Mode = 'sync'> extends HealingEnv<FactoredAction, M> {
  declare readonly actionSpace: MultiDiscrete;

  constructor(input: HealingInput = {}) {
    const world = new HealingWorld(input);
    super(world, new FactoredActions(world.options));
  }
}

/** Many `pase/CloudHealingFactored-v0` in one: see {@link CloudHealingFactoredEnv}. Actions are numEnvs rows of components. */
export class CloudHealingFactoredVectorEnv<M extends Mode = 'sync'> extends HealingVectorEnv<
  FactoredAction,
  M
> {
  constructor(numEnvs: number, { autoresetMode, maxEpisodeSteps, ...input }: HealingVectorInput = {}) {
    const world = new HealingWorld(input);
    super(numEnvs, world, new FactoredActions(world.options), { autoresetMode, maxEpisodeSteps });
  }
}
