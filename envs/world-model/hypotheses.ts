import type { Belief, ConditionAt, Hypothesis } from './types.js';

/**
 * Odds of one more unhealthy component, given one: conditions of a fault sit together far more often than independent
 * probabilities say, and two independent faults at once are rare (assumption: 1 in 20).
 */
const COMPOUND_ODDS = 0.05;
/** Components and conditions considered; those beyond have no part in any likely hypothesis. */
const MAX_COMPONENTS = 4;
const MAX_CONDITIONS = 5;
/** Probabilities are kept off 0 and 1, where a perception cannot be right. */
const MIN_PROBABILITY = 0.005;

/** A set of conditions of one component with its log odds against that component being healthy. */
interface Local {
  readonly component: number;
  /** Bit per entry of the component's considered conditions. */
  readonly mask: number;
  readonly logOdds: number;
}

interface Candidate {
  readonly component: number;
  /** Considered conditions, most likely first. */
  readonly conditions: readonly number[];
  /** Non-empty sets of them, most likely first. */
  readonly sets: readonly Local[];
}

/**
 * The `k` most likely sets of conditions of a belief, and the plan's own diagnosis. Conditions of one component are taken as
 * independent given the belief; several unhealthy components at once are discounted, and "nothing is wrong" is left out: who
 * verifies a plan has an incident. Weights of the belief's sets sum to 1 over all sets considered, kept or not, so what was
 * left out counts as unexplained; the diagnosis has probability 0 unless it is one of them, and the caller weighs it.
 *
 * @param diagnosis the plan's, or null
 */
export function hypotheses(
  belief: Belief,
  k: number,
  diagnosis: readonly ConditionAt[] | null,
): Hypothesis[] {
  const found = k > 0 ? [...likely(belief, k)] : [];
  if (!diagnosis || diagnosis.length === 0) return found;
  const own = known(belief, diagnosis);
  const key = keyOf(own);
  if (own.length > 0 && !found.some((one) => keyOf(one.conditions) === key)) {
    found.push({ conditions: own, probability: 0, source: 'diagnosis' });
  }
  return found;
}

/** Order-free identity of a set of conditions. */
export function keyOf(conditions: readonly ConditionAt[]): string {
  return conditions
    .map(({ condition, component }) => `${component} ${condition}`)
    .sort()
    .join(', ');
}

/** The part of a diagnosis that the model has words for, without repetitions, lower case. */
function known(belief: Belief, diagnosis: readonly ConditionAt[]): ConditionAt[] {
  const out = new Map<string, ConditionAt>();
  for (const one of diagnosis) {
    const condition = one.condition.toLowerCase();
    const component = one.component.toLowerCase();
    if (!belief.conditions.includes(condition) || !belief.components.includes(component)) continue;
    out.set(`${component} ${condition}`, { condition, component });
  }
  return [...out.values()];
}

/** The hypotheses of beliefs met before: the plans of one turn are held against the same belief. */
const remembered = new WeakMap<Belief, { readonly k: number; readonly found: readonly Hypothesis[] }>();

function likely(belief: Belief, k: number): readonly Hypothesis[] {
  const known = remembered.get(belief);
  if (known?.k === k) return known.found;
  const found = likeliest(belief, k);
  remembered.set(belief, { k, found });
  return found;
}

function likeliest(belief: Belief, k: number): Hypothesis[] {
  const candidates = likelyComponents(belief);
  const singles = candidates.flatMap((candidate) => candidate.sets.slice(0, k));
  const sets: { readonly parts: readonly Local[]; readonly logOdds: number }[] = singles.map((one) => ({
    parts: [one],
    logOdds: one.logOdds,
  }));
  // Pairs only of the likelier sets of different components: all others are too unlikely to be among the first k.
  const compound = Math.log(COMPOUND_ODDS);
  for (let a = 0; a < candidates.length; a++) {
    for (let b = a + 1; b < candidates.length; b++) {
      for (const one of candidates[a]!.sets.slice(0, 3)) {
        for (const other of candidates[b]!.sets.slice(0, 3)) {
          sets.push({ parts: [one, other], logOdds: one.logOdds + other.logOdds + compound });
        }
      }
    }
  }
  sets.sort((x, y) => y.logOdds - x.logOdds);
  const highest = sets[0]?.logOdds ?? 0;
  const total = sets.reduce((sum, { logOdds }) => sum + Math.exp(logOdds - highest), 0);
  return sets.slice(0, k).map(({ parts, logOdds }) => ({
    conditions: parts.flatMap((part) => conditionsOf(belief, candidates, part)),
    probability: Math.exp(logOdds - highest) / total,
    source: 'belief',
  }));
}

function conditionsOf(
  belief: Belief,
  candidates: readonly Candidate[],
  { component, mask }: Local,
): ConditionAt[] {
  const { conditions } = candidates.find((candidate) => candidate.component === component)!;
  return conditions
    .filter((_, bit) => mask & (1 << bit))
    .map((condition) => ({
      condition: belief.conditions[condition]!,
      component: belief.components[component]!,
    }));
}

function likelyComponents(belief: Belief): Candidate[] {
  const { probability, components, conditions } = belief;
  const c = conditions.length;
  const score = components.map((_, i) => {
    let max = 0;
    for (let j = 0; j < c; j++) max = Math.max(max, probability[i * c + j]!);
    return max;
  });
  return largest(score, 0, score.length, MAX_COMPONENTS).map((component) =>
    candidateOf(probability, component, c),
  );
}

/** Places, from `at` on, of the `most` largest of `count` values, largest first, the first of equals first. */
function largest(values: ArrayLike<number>, at: number, count: number, most: number): number[] {
  const places: number[] = [];
  for (let i = 0; i < count; i++) {
    let rank = places.length;
    while (rank > 0 && values[at + places[rank - 1]!]! < values[at + i]!) rank--;
    if (rank >= most) continue;
    places.splice(rank, 0, i);
    if (places.length > most) places.pop();
  }
  return places;
}

function candidateOf(probability: Float64Array, component: number, c: number): Candidate {
  const at = component * c;
  const considered = largest(probability, at, c, MAX_CONDITIONS);
  const logOdds = considered.map((j) => {
    const p = Math.min(1 - MIN_PROBABILITY, Math.max(MIN_PROBABILITY, probability[at + j]!));
    return Math.log(p / (1 - p));
  });
  const sets: Local[] = [];
  for (let mask = 1; mask < 1 << considered.length; mask++) {
    let sum = 0;
    for (let bit = 0; bit < considered.length; bit++) if (mask & (1 << bit)) sum += logOdds[bit]!;
    sets.push({ component, mask, logOdds: sum });
  }
  sets.sort((a, b) => b.logOdds - a.logOdds || a.mask - b.mask);
  return { component, conditions: considered, sets };
}
