import type { Inventory } from '../../cloud/interface.js';
import type { Belief, Plan, Verdict, Verifier } from '../types.js';

/**
 * Says again what it has said of the same plan under the same belief and inventory: a model that is asked for several samples writes one
 * plan in seven twice. For verifiers that draw nothing at random and do not look at the time. Beliefs and inventories are snapshots, so the
 * same objects say the same.
 */
export class RememberingVerifier implements Verifier {
  readonly readsBelief: boolean;
  private belief: Belief | null = null;
  private inventory: Inventory | null = null;
  private said: { readonly plan: Plan; readonly verdict: Verdict }[] = [];

  constructor(private readonly inner: Verifier) {
    this.readsBelief = inner.readsBelief;
  }

  verify(...asked: Parameters<Verifier['verify']>): Verdict {
    const [plan, belief, inventory] = asked;
    if (belief !== this.belief || inventory !== this.inventory) {
      this.belief = belief;
      this.inventory = inventory;
      this.said = [];
    }
    for (const before of this.said) if (samePlan(before.plan, plan)) return before.verdict;
    const verdict = this.inner.verify(...asked);
    this.said.push({ plan, verdict });
    return verdict;
  }
}

function samePlan(a: Plan, b: Plan): boolean {
  if (a.steps.length !== b.steps.length || a.diagnosis.length !== b.diagnosis.length) return false;
  for (let i = 0; i < a.steps.length; i++) {
    const [one, other] = [a.steps[i]!, b.steps[i]!];
    if (one.name !== other.name || one.args.length !== other.args.length) return false;
    for (let k = 0; k < one.args.length; k++) if (one.args[k] !== other.args[k]) return false;
  }
  for (let i = 0; i < a.diagnosis.length; i++) {
    const [one, other] = [a.diagnosis[i]!, b.diagnosis[i]!];
    if (one.condition !== other.condition || one.component !== other.component) return false;
  }
  return true;
}
