import { type Mode, MultiDiscrete } from 'gymnasium-js';
import { z } from 'zod';
import { EVIDENCE_KINDS, type EvidenceKind } from '../cloud/interface.js';
import { findConfig, loadYaml } from '../config/index.js';
import { type MetaPrompt, metaPromptSchema } from '../synthesis/index.js';
import { type Choice, HealingEnv } from './healing-env.js';
import type { HealingInput } from './options.js';

const shape = metaPromptSchema.shape;
const several = <T extends z.ZodType>(value: T) => z.array(value).min(1);

const factorsSchema = z.strictObject({
  strategy: several(shape.strategy),
  metrics: several(z.boolean()),
  events: several(z.boolean()),
  logs: several(z.boolean()),
  changes: several(z.boolean()),
  schema: several(shape.schema),
  exemplars: several(shape.exemplars),
  feedback: several(shape.feedback),
  samples: several(shape.samples),
  temperature: several(shape.temperature),
  effort: several(shape.effort),
});
type Factors = z.infer<typeof factorsSchema>;

/** Evidence that costs nothing and is always included. */
const FREE: readonly EvidenceKind[] = ['alerts', 'topology'];

/**
 * The loop with the meta-prompt chosen factor by factor.
 *
 * | | |
 * |---|---|
 * | Action | `MultiDiscrete(nvec)`, one component a factor of `configs/meta-prompts/factors.yaml` (strategy, each priced kind of evidence, schema, exemplars, feedback, samples, temperature, effort); `info.actionMask` has length sum(nvec) and forbids feedback styles other than `none` until a plan was rejected |
 * | Observation, reward, start, step, end | as `pase/CloudHealing-v0` |
 *
 * Version history: v0, first version.
 */
export class CloudHealingFactoredEnv<M extends Mode = 'sync'> extends HealingEnv<
  ArrayLike<number | bigint>,
  M
> {
  override readonly actionSpace: MultiDiscrete;
  private readonly factors: Factors;
  private readonly names: readonly (keyof Factors)[];
  private readonly nvec: readonly number[];

  constructor(input: HealingInput = {}) {
    super(input);
    this.factors = loadYaml(findConfig('meta-prompts/factors.yaml'), factorsSchema);
    this.names = Object.keys(factorsSchema.shape) as (keyof Factors)[];
    this.nvec = this.names.map((name) => this.factors[name].length);
    this.actionSpace = new MultiDiscrete([...this.nvec]);
  }

  protected override choose(action: ArrayLike<number | bigint>): Choice {
    const indices = this.nvec.map((n, i) => {
      const index = Number(action[i]);
      if (Number.isInteger(index) && index >= 0 && index < n) return index;
      throw new RangeError(
        `CloudHealingFactored: expected ${this.names[i]} in 0…${n - 1}, found ${String(action[i])}`,
      );
    });
    // Mixed radix: one number per point of the space, for the record of actions.
    const ordinal = indices.reduce((sum, index, i) => sum * this.nvec[i]! + index, 0);
    return { metaPrompt: this.metaPrompt(indices, ordinal), ordinal };
  }

  private metaPrompt(indices: readonly number[], ordinal: number): MetaPrompt {
    const pick = <K extends keyof Factors>(name: K): Factors[K][number] =>
      this.factors[name][indices[this.names.indexOf(name)]!] as Factors[K][number];
    const evidence = EVIDENCE_KINDS.filter(
      (kind) => FREE.includes(kind) || pick(kind as 'metrics' | 'events' | 'logs' | 'changes'),
    );
    return {
      name: `factored-${ordinal}`,
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

  protected override mask(): Uint8Array {
    const mask = new Uint8Array(this.nvec.reduce((sum, n) => sum + n, 0)).fill(1);
    if (this.incident.hasFeedback) return mask;
    const at = this.nvec.slice(0, this.names.indexOf('feedback')).reduce((sum, n) => sum + n, 0);
    this.factors.feedback.forEach((style, i) => {
      if (style !== 'none') mask[at + i] = 0;
    });
    return mask;
  }
}
