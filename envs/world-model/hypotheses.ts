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
  if (own.length > 0 && !found.some((one) => sameConditions(one.conditions, own))) {
    found.push({ conditions: own, probability: 0, source: 'diagnosis' });
  }
  return found;
}

/** Whether a set of conditions, none of them twice, is what a list says in any order. */
export function sameConditions(set: readonly ConditionAt[], list: readonly ConditionAt[]): boolean {
  if (set.length !== list.length) return false;
  for (let i = 0; i < set.length; i++) if (!says(list, set[i]!)) return false;
  return true;
}

function says(list: readonly ConditionAt[], { condition, component }: ConditionAt): boolean {
  for (let i = 0; i < list.length; i++)
    if (list[i]!.condition === condition && list[i]!.component === component) return true;
  return false;
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

/** Most sets of conditions of one component: all but the empty one. */
const SETS = 2 ** MAX_CONDITIONS - 1;
/** Sets of each of two components that are paired: with any less likely the pair is not among the first few. */
const PAIRED = 3;
/** Most candidates: every set by itself, and pairs. */
const MOST = MAX_COMPONENTS * SETS + ((MAX_COMPONENTS * (MAX_COMPONENTS - 1)) / 2) * PAIRED ** 2;

/**
 * Scratch of one belief, overwritten by the next. Conditions that are considered, by component, likeliest first.
 */
const considered = new Int32Array(MAX_COMPONENTS * MAX_CONDITIONS);
/** Log odds of every set of a component's conditions, a bit each. */
const setOdds = new Float64Array(SETS + 1);
/** The likelier sets, by component, likeliest first, with their log odds against the component being healthy. */
const masks = new Uint8Array(MAX_COMPONENTS * SETS);
const maskOdds = new Float64Array(MAX_COMPONENTS * SETS);
/** Candidates, likeliest first: places of one or two sets in `masks` as `first + PLACES * other` (0: no other), and log odds. */
const candidates = new Int32Array(MOST);
const odds = new Float64Array(MOST);
const PLACES = MAX_COMPONENTS * SETS;
/** Largest probability of any condition, by component. */
let scores = new Float64Array(0);

function likeliest(belief: Belief, k: number): Hypothesis[] {
  const c = belief.conditions.length;
  const components = likelyComponents(belief);
  const sets = Math.min(2 ** Math.min(c, MAX_CONDITIONS) - 1, Math.max(k, PAIRED));
  for (let a = 0; a < components.length; a++) orderSets(belief.probability, components[a]!, c, a, sets);
  const count = orderCandidates(components.length, sets, k);
  const highest = count > 0 ? odds[0]! : 0;
  let total = 0;
  for (let i = 0; i < count; i++) total += Math.exp(odds[i]! - highest);
  return Array.from({ length: Math.min(k, count) }, (_, i) => ({
    conditions: conditionsOf(belief, components, candidates[i]!),
    probability: Math.exp(odds[i]! - highest) / total,
    source: 'belief' as const,
  }));
}

/** Components of the likeliest conditions. */
function likelyComponents({ probability, components, conditions }: Belief): number[] {
  const c = conditions.length;
  const n = components.length;
  if (scores.length < n) scores = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let score = 0;
    for (let at = i * c; at < (i + 1) * c; at++) if (probability[at]! > score) score = probability[at]!;
    scores[i] = score;
  }
  return largest(scores, 0, n, MAX_COMPONENTS);
}

/** Places, from `at` on, of the `most` largest of `count` values, largest first, the first of equals first. */
function largest(values: Float64Array, at: number, count: number, most: number): number[] {
  const places: number[] = [];
  for (let i = 0; i < count; i++) {
    let rank = places.length;
    while (rank > 0 && values[at + places[rank - 1]!]! < values[at + i]!) rank--;
    if (rank >= most) continue;
    if (places.length < most) places.push(i);
    for (let r = places.length - 1; r > rank; r--) places[r] = places[r - 1]!;
    places[rank] = i;
  }
  return places;
}

/**
 * Orders the `most` likeliest sets of the likeliest conditions of a component, the `a`-th considered, by insertion; of equals the
 * smaller mask comes first.
 */
function orderSets(probability: Float64Array, component: number, c: number, a: number, most: number): void {
  const at = a * MAX_CONDITIONS;
  const chosen = largest(probability, component * c, c, MAX_CONDITIONS);
  const from = a * SETS;
  let count = 0;
  for (let bit = 0; bit < chosen.length; bit++) {
    const seen = probability[component * c + chosen[bit]!]!;
    const p = Math.min(1 - MIN_PROBABILITY, Math.max(MIN_PROBABILITY, seen));
    const logOdds = Math.log(p / (1 - p));
    considered[at + bit] = chosen[bit]!;
    for (let rest = 0; rest < 1 << bit; rest++) {
      const sum = setOdds[rest]! + logOdds;
      setOdds[rest + (1 << bit)] = sum;
      count = insertSet(rest + (1 << bit), sum, from, count, most);
    }
  }
}

/** Puts a set among the `count` from `from` on, behind all that are as likely, if it is among the first `most`; returns how many there are. */
function insertSet(mask: number, logOdds: number, from: number, count: number, most: number): number {
  let place = from + count;
  if (count === most) {
    if (!(maskOdds[place - 1]! < logOdds)) return count;
    place--;
  }
  const filled = place - from + 1;
  for (; place > from && maskOdds[place - 1]! < logOdds; place--) {
    masks[place] = masks[place - 1]!;
    maskOdds[place] = maskOdds[place - 1]!;
  }
  masks[place] = mask;
  maskOdds[place] = logOdds;
  return filled;
}

/** Orders the sets by themselves, the first `k` of each component, and pairs of the likelier sets of different components; returns how many. */
function orderCandidates(components: number, sets: number, k: number): number {
  const compound = Math.log(COMPOUND_ODDS);
  let count = 0;
  for (let a = 0; a < components; a++)
    for (let i = 0; i < Math.min(sets, k); i++) count = insert(a * SETS + i, maskOdds[a * SETS + i]!, count);
  const paired = Math.min(sets, PAIRED);
  for (let a = 0; a < components; a++)
    for (let b = a + 1; b < components; b++)
      for (let i = a * SETS; i < a * SETS + paired; i++)
        for (let j = b * SETS; j < b * SETS + paired; j++)
          count = insert(i + PLACES * j, maskOdds[i]! + maskOdds[j]! + compound, count);
  return count;
}

/** Puts a candidate behind all that are as likely. */
function insert(candidate: number, logOdds: number, count: number): number {
  let place = count;
  for (; place > 0 && odds[place - 1]! < logOdds; place--) {
    candidates[place] = candidates[place - 1]!;
    odds[place] = odds[place - 1]!;
  }
  candidates[place] = candidate;
  odds[place] = logOdds;
  return count + 1;
}

/** The conditions of a candidate, those of a set likeliest first. */
function conditionsOf(belief: Belief, components: readonly number[], candidate: number): ConditionAt[] {
  const out: ConditionAt[] = [];
  addConditions(belief, components, candidate % PLACES, out);
  // A second set is never of the first component, so its place is never 0.
  if (candidate >= PLACES) addConditions(belief, components, Math.floor(candidate / PLACES), out);
  return out;
}

function addConditions(
  belief: Belief,
  components: readonly number[],
  place: number,
  out: ConditionAt[],
): void {
  const a = Math.floor(place / SETS);
  const component = belief.components[components[a]!]!;
  for (let bit = 0; bit < MAX_CONDITIONS; bit++) {
    if ((masks[place]! & (1 << bit)) === 0) continue;
    out.push({ condition: belief.conditions[considered[a * MAX_CONDITIONS + bit]!]!, component });
  }
}
