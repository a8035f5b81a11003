import type { Inventory } from '../../cloud/interface.js';
import type { DomainModel } from '../domain.js';
import type { Belief, Plan } from '../types.js';

/** Longest plan that the count of steps tells apart. */
const LONGEST = 12;

/**
 * Turns a plan under a belief into numbers, without the symbolic model: which primitives it uses, what is believed of their
 * targets, and what is believed of everything that it leaves alone. Sums over steps, so that plans of any length and topologies
 * of any size give the same columns:
 *
 * | columns | meaning |
 * |---|---|
 * | primitives | 1 where the plan uses the primitive |
 * | primitives × conditions | largest probability of the condition at a target of the primitive (anywhere, without parameters) |
 * | conditions | largest probability of the condition at components that no step targets |
 * | 5 | strangeness, steps / 12, quota exhausted, a target without previous version, share of targets that do not serve |
 */
export class OutcomeFeatures {
  readonly width: number;
  private readonly out: Float64Array;
  private readonly primitiveIndex: ReadonlyMap<string, number>;
  private readonly names: readonly string[];
  private readonly conditions: readonly string[];

  constructor(domain: DomainModel) {
    this.names = domain.primitives.map(({ name }) => name);
    this.conditions = domain.conditions;
    this.primitiveIndex = new Map(this.names.map((name, index) => [name, index]));
    const p = this.names.length;
    const c = this.conditions.length;
    this.width = p + p * c + c + 5;
    this.out = new Float64Array(this.width);
  }

  /** Names of what the columns stand for, to refuse weights of another domain. */
  get columns(): readonly string[] {
    return [...this.names, ...this.conditions];
  }

  /** The columns of a plan; overwritten by the next call. Steps of unknown primitives count as steps only. */
  of(plan: Plan, belief: Belief, inventory: Inventory): Float64Array {
    const { out } = this;
    const c = this.conditions.length;
    const p = this.names.length;
    out.fill(0);
    const targeted = new Set<number>();
    for (const { name, args } of plan.steps) {
      const primitive = this.primitiveIndex.get(name.toLowerCase());
      if (primitive === undefined) continue;
      out[primitive] = 1;
      const component = args.length > 0 ? belief.components.indexOf(args[0]!.toLowerCase()) : -1;
      if (component >= 0) targeted.add(component);
      const at = p + primitive * c;
      if (component >= 0) this.raise(at, belief, component);
      else for (let i = 0; i < belief.components.length; i++) this.raise(at, belief, i);
    }
    const rest = p + p * c;
    for (let i = 0; i < belief.components.length; i++) if (!targeted.has(i)) this.raise(rest, belief, i);
    this.writeContext(rest + c, plan, belief, inventory, targeted);
    return out;
  }

  private raise(at: number, { probability }: Belief, component: number): void {
    const c = this.conditions.length;
    for (let j = 0; j < c; j++) {
      const p = probability[component * c + j]!;
      if (p > this.out[at + j]!) this.out[at + j] = p;
    }
  }

  private writeContext(
    at: number,
    plan: Plan,
    belief: Belief,
    inventory: Inventory,
    targeted: ReadonlySet<number>,
  ): void {
    const { out } = this;
    out[at] = belief.outOfDistribution;
    out[at + 1] = Math.min(1, plan.steps.length / LONGEST);
    out[at + 2] = inventory.quotaLeft < 1 ? 1 : 0;
    if (targeted.size === 0) return;
    const ids = new Set(Array.from(targeted, (index) => belief.components[index]));
    const services = inventory.services.filter(({ id }) => ids.has(id));
    out[at + 3] = services.some(({ previousVersion }) => previousVersion === null) ? 1 : 0;
    out[at + 4] =
      services.filter(({ readyReplicas }) => readyReplicas === 0).length / Math.max(1, services.length);
  }
}
