import type { Belief } from './types.js';

/** One condition over all components of a belief. */
export interface ConditionSummary {
  readonly condition: string;
  /** Largest probability over components. */
  readonly max: number;
  /** Component that has it. */
  readonly component: string;
  /** Mean probability over components. */
  readonly mean: number;
  /** Mean binary entropy over components, in bits. */
  readonly entropy: number;
}

function binaryEntropy(p: number): number {
  return p <= 0 || p >= 1 ? 0 : -(p * Math.log2(p) + (1 - p) * Math.log2(1 - p));
}

/** Largest, mean and entropy per condition: what does not depend on the size of the topology. */
export function beliefSummary(belief: Belief): ConditionSummary[] {
  const { components, conditions, probability } = belief;
  return conditions.map((condition, j) => {
    let max = -1;
    let where = 0;
    let sum = 0;
    let entropy = 0;
    for (let i = 0; i < components.length; i++) {
      const p = probability[i * conditions.length + j]!;
      if (p > max) {
        max = p;
        where = i;
      }
      sum += p;
      entropy += binaryEntropy(p);
    }
    const count = Math.max(1, components.length);
    return {
      condition,
      max: Math.max(0, max),
      component: components[where] ?? '',
      mean: sum / count,
      entropy: entropy / count,
    };
  });
}

/** The conditions that a belief holds more likely than not, most likely first; for people and for the planner. */
export function believed(
  belief: Belief,
  threshold = 0.5,
): { readonly condition: string; readonly component: string; readonly probability: number }[] {
  const out = [];
  for (let i = 0; i < belief.probability.length; i++) {
    const probability = belief.probability[i]!;
    if (probability < threshold) continue;
    const c = belief.conditions.length;
    out.push({
      condition: belief.conditions[i % c]!,
      component: belief.components[Math.floor(i / c)]!,
      probability,
    });
  }
  return out.sort((a, b) => b.probability - a.probability);
}
