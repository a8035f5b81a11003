import type { Inventory } from '../../cloud/interface.js';
import type { DomainModel } from '../domain.js';
import type { Belief, Plan } from '../types.js';
import type { Rollout } from './rollout.js';

/** Longest plan that the count of steps tells apart. */
const LONGEST = 12;
const CONTEXT = 8;
/** Least probability in a logarithm. */
const LEAST = 1e-4;

/**
 * What the recovery network sees of a plan after its rollout; the same columns for plans of any length and topologies of any size:
 *
 * | columns | meaning |
 * |---|---|
 * | primitives | 1 where the plan uses the primitive |
 * | primitives × conditions | largest probability of the condition, before the plan, at a target of the primitive (anywhere, without parameters) |
 * | conditions | largest probability of the condition anywhere, after the rollout |
 * | conditions | largest probability of the condition, before the plan, at components that no step targets |
 * | harms | probability of each kind of violation in the rollout |
 * | 8 | strangeness, steps / 12, quota exhausted, a target without previous version, share of targets that do not serve; of the rollout: log10 of the probability that nothing is left, probability that all steps complete, log of seconds |
 */
export class PlanFeatures {
  readonly width: number;
  private readonly out: Float64Array;
  private readonly primitiveIndex: ReadonlyMap<string, number>;
  private readonly conditions: number;
  private readonly primitives: number;
  private logged: Belief | null = null;
  private logs = new Float64Array(0);

  constructor(domain: DomainModel, harms: number) {
    this.primitives = domain.primitives.length;
    this.conditions = domain.conditions.length;
    this.primitiveIndex = new Map(domain.primitives.map(({ name }, index) => [name, index]));
    this.width = this.primitives * (1 + this.conditions) + 2 * this.conditions + harms + CONTEXT;
    this.out = new Float64Array(this.width);
  }

  /** The columns of a plan and its rollout; overwritten by the next call. Steps of unknown primitives count as steps only. */
  of(plan: Plan, belief: Belief, inventory: Inventory, rollout: Rollout): Float64Array {
    const { out } = this;
    const c = this.conditions;
    out.fill(0);
    const targeted = this.writeSteps(plan, belief);
    const after = this.primitives * (1 + c);
    for (let i = 0; i < belief.components.length; i++) {
      this.raise(after, rollout.remaining, i);
      if (!targeted.has(i)) this.raise(after + c, belief.probability, i);
    }
    out.set(rollout.harm, after + 2 * c);
    this.writeContext(after + 2 * c + rollout.harm.length, plan, belief, inventory, targeted, rollout);
    return out;
  }

  private writeSteps(plan: Plan, belief: Belief): ReadonlySet<number> {
    const targeted = new Set<number>();
    for (const { name, args } of plan.steps) {
      const primitive = this.primitiveIndex.get(name.toLowerCase());
      if (primitive === undefined) continue;
      this.out[primitive] = 1;
      const component = args.length > 0 ? belief.components.indexOf(args[0]!.toLowerCase()) : -1;
      if (component >= 0) targeted.add(component);
      const at = this.primitives + primitive * this.conditions;
      if (component >= 0) this.raise(at, belief.probability, component);
      else for (let i = 0; i < belief.components.length; i++) this.raise(at, belief.probability, i);
    }
    return targeted;
  }

  private raise(at: number, probability: Float64Array, component: number): void {
    const c = this.conditions;
    for (let j = 0; j < c; j++) {
      const p = probability[component * c + j]!;
      if (p > this.out[at + j]!) this.out[at + j] = p;
    }
  }

  /** Of every probability of a belief, {@link logOfRest}: most are left as they were by most plans and members. */
  private logsOf(belief: Belief): Float64Array {
    if (this.logged !== belief) {
      const { probability } = belief;
      if (this.logs.length !== probability.length) this.logs = new Float64Array(probability.length);
      for (let i = 0; i < probability.length; i++) this.logs[i] = logOfRest(probability[i]!);
      this.logged = belief;
    }
    return this.logs;
  }

  private writeContext(
    at: number,
    plan: Plan,
    belief: Belief,
    inventory: Inventory,
    targeted: ReadonlySet<number>,
    { remaining, completes, seconds }: Rollout,
  ): void {
    const { out } = this;
    out[at] = belief.outOfDistribution;
    out[at + 1] = Math.min(1, plan.steps.length / LONGEST);
    out[at + 2] = inventory.quotaLeft < 1 ? 1 : 0;
    let clear = 0;
    const { probability } = belief;
    const logs = this.logsOf(belief);
    for (let i = 0; i < remaining.length; i++)
      clear += remaining[i] === probability[i] ? logs[i]! : logOfRest(remaining[i]!);
    out[at + 5] = Math.max(Math.log10(LEAST), clear);
    out[at + 6] = completes;
    out[at + 7] = Math.log(1 + seconds);
    if (targeted.size === 0) return;
    const ids = new Set(Array.from(targeted, (index) => belief.components[index]));
    const services = inventory.services.filter(({ id }) => ids.has(id));
    out[at + 3] = services.some(({ previousVersion }) => previousVersion === null) ? 1 : 0;
    out[at + 4] =
      services.filter(({ readyReplicas }) => readyReplicas === 0).length / Math.max(1, services.length);
  }
}

/** log10 of the probability that something is not so, kept off minus infinity. */
function logOfRest(probability: number): number {
  return Math.log10(Math.max(LEAST, 1 - probability));
}
