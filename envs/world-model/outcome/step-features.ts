import type { Inventory, PrimitiveCall } from '../../cloud/interface.js';
import type { DomainModel } from '../domain.js';

/**
 * What the step networks see of one step of a plan: which primitive, what is wrong with its target and elsewhere, and what
 * the inventory says of the target. The same columns for plans of any length and topologies of any size.
 *
 * | columns | of | meaning |
 * |---|---|---|
 * | primitives | both | 1 for the primitive of the step |
 * | 6 | both | target: share of baseline replicas ready, none ready, no previous version, stateful; quota exhausted; a target that is no service |
 * | conditions | both | probability of each condition at the component in question |
 * | conditions | step | largest probability of each condition at any other component |
 * | conditions + 2 | survival | 1 for the condition in question; it is at the target; the step has no service as target |
 *
 * The `step` network says what the step does as a whole: seconds, whether it completes, violations. The `survival` network says
 * of one condition at one component whether it still holds afterwards.
 */
export class StepFeatures {
  readonly stepWidth: number;
  readonly survivalWidth: number;
  readonly step: Float64Array;
  readonly survival: Float64Array;
  private readonly primitiveIndex: ReadonlyMap<string, number>;
  private readonly shared: Float64Array;

  constructor(private readonly domain: DomainModel) {
    const p = domain.primitives.length;
    const c = domain.conditions.length;
    this.primitiveIndex = new Map(domain.primitives.map(({ name }, index) => [name, index]));
    this.shared = new Float64Array(p + CONTEXT);
    this.stepWidth = p + CONTEXT + 2 * c;
    this.survivalWidth = p + CONTEXT + 2 * c + 2;
    this.step = new Float64Array(this.stepWidth);
    this.survival = new Float64Array(this.survivalWidth);
  }

  /**
   * Fills {@link step} for a call, and prepares {@link survival} for {@link forCondition}. Returns the row of the target in
   * `components`, or -1 when the target is no component. Unknown primitives have no column.
   * @param probability row-major `components × conditions`
   */
  forStep(
    { name, args }: PrimitiveCall,
    components: readonly string[],
    probability: Float64Array,
    inventory: Inventory,
  ): number {
    const p = this.domain.primitives.length;
    const c = this.domain.conditions.length;
    const target = args.length > 0 ? components.indexOf(args[0]!.toLowerCase()) : -1;
    this.shared.fill(0);
    const primitive = this.primitiveIndex.get(name.toLowerCase());
    if (primitive !== undefined) this.shared[primitive] = 1;
    this.writeContext(p, target < 0 ? null : components[target]!, inventory);
    this.step.fill(0);
    this.step.set(this.shared);
    const { step } = this;
    for (let i = 0; i < components.length; i++) {
      const at = p + CONTEXT + (i === target ? 0 : c);
      for (let j = 0; j < c; j++) {
        const one = probability[i * c + j]!;
        if (one > step[at + j]!) step[at + j] = one;
      }
    }
    this.survival.set(this.shared);
    return target;
  }

  /** Number of columns, the first ones, that {@link survival} has in common for all conditions of a step. */
  get sharedWidth(): number {
    return this.shared.length;
  }

  /** Fills {@link survival} for a condition at a component, after {@link forStep}. */
  forCondition(
    condition: number,
    component: number,
    target: number,
    probability: Float64Array,
  ): Float64Array {
    const c = this.domain.conditions.length;
    const at = this.shared.length;
    const x = this.survival;
    x.fill(0, at + c);
    for (let j = 0; j < c; j++) x[at + j] = j === condition ? 0 : probability[component * c + j]!;
    x[at + c + condition] = 1;
    x[at + 2 * c] = component === target ? 1 : 0;
    x[at + 2 * c + 1] = target < 0 ? 1 : 0;
    return x;
  }

  private writeContext(at: number, target: string | null, inventory: Inventory): void {
    const x = this.shared;
    x[at + 4] = inventory.quotaLeft < 1 ? 1 : 0;
    const service = target === null ? undefined : inventory.services.find(({ id }) => id === target);
    if (!service) {
      x[at + 5] = 1;
      return;
    }
    x[at] = service.readyReplicas / Math.max(1, service.baselineReplicas);
    x[at + 1] = service.readyReplicas === 0 ? 1 : 0;
    x[at + 2] = service.previousVersion === null ? 1 : 0;
    x[at + 3] = service.stateful ? 1 : 0;
  }
}

/** Columns of the target's context. */
const CONTEXT = 6;
