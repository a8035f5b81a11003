import type { Belief, ConditionAt } from '../types.js';
import type { LabelledExample } from './dataset.js';
import { topologyView } from './topology-view.js';

/** Precision, recall and their harmonic mean; 0 where nothing was there to be found or nothing was said. */
export interface F1 {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

export function f1Of(hits: number, said: number, true_: number): F1 {
  const precision = said > 0 ? hits / said : 0;
  const recall = true_ > 0 ? hits / true_ : 0;
  return { precision, recall, f1: hits > 0 ? (2 * precision * recall) / (precision + recall) : 0 };
}

/** The score from which on saying "wrong" gives the best F1; infinite when nothing is wrong. */
export function bestThreshold(scored: readonly (readonly [score: number, wrong: boolean])[]): number {
  const order = [...scored].sort((a, b) => b[0] - a[0]);
  const wrong = scored.filter(([, isWrong]) => isWrong).length;
  let hits = 0;
  let best = { f1: 0, threshold: Number.POSITIVE_INFINITY };
  order.forEach(([score, isWrong], index) => {
    if (isWrong) hits++;
    const { f1 } = f1Of(hits, index + 1, wrong);
    if (f1 > best.f1) best = { f1, threshold: score };
  });
  return best.threshold;
}

/** How well beliefs match the truth. */
export interface PerceptionScores {
  readonly examples: number;
  /** "Something is wrong" against "nothing is". */
  readonly detection: F1 & { readonly falseAlarms: number };
  /** Is an unhealthy component among the first k of those ranked by their largest probability? */
  readonly localisation: { readonly ac1: number; readonly ac3: number; readonly avg5: number };
  /** Single conditions of components at probability 0.5, over all of them and by name. */
  readonly conditions: F1;
  readonly byCondition: Readonly<Record<string, F1 & { readonly positives: number }>>;
  /** The set of all conditions above 0.5 is exactly the truth. */
  readonly exact: number;
  /** Expected calibration error over ten equal bins, of probabilities of at least 1 %. */
  readonly ece: number;
  readonly brier: number;
  readonly reliability: readonly { readonly said: number; readonly held: number; readonly count: number }[];
  readonly outOfDistribution: number;
}

const BINS = 10;
/** Probabilities below this are the mass of healthy components, right by default; they would hide any miscalibration. */
const LEAST_SAID = 0.01;

/** Adds up how a perception does, one example at a time. */
export class PerceptionScorer {
  private examples = 0;
  private readonly detected = { hits: 0, said: 0, true: 0, healthy: 0, false: 0 };
  private readonly found = [0, 0, 0, 0, 0];
  private faulty = 0;
  private exact = 0;
  private strange = 0;
  private readonly perCondition = new Map<string, { hits: number; said: number; true: number }>();
  private readonly bins = Array.from({ length: BINS }, () => ({ said: 0, held: 0, count: 0 }));
  private squared = 0;

  /** @param alarm whether a look is taken for one at a fault; by default when some condition is likelier than not */
  constructor(
    private readonly alarm: (look: LabelledExample, belief: Belief) => boolean = (_, { probability }) =>
      Math.max(...probability) >= 0.5,
  ) {}

  add(example: LabelledExample, belief: Belief): void {
    const { components } = topologyView(example.inventory);
    const truth = new Set(example.conditions.map(({ condition, component }) => `${component} ${condition}`));
    this.examples++;
    this.strange += belief.outOfDistribution;
    this.addDetection(truth.size > 0, this.alarm(example, belief));
    if (truth.size > 0) this.addLocalisation(example.conditions, belief, components);
    this.addConditions(truth, belief, components);
  }

  private addDetection(wrong: boolean, said: boolean): void {
    if (said) this.detected.said++;
    if (wrong) this.detected.true++;
    else this.detected.healthy++;
    if (said && wrong) this.detected.hits++;
    if (said && !wrong) this.detected.false++;
  }

  private addLocalisation(
    truth: readonly ConditionAt[],
    belief: Belief,
    components: readonly string[],
  ): void {
    const wanted = new Set(truth.map(({ component }) => component));
    const rank = rankComponents(belief).findIndex((index) => wanted.has(components[index]!));
    this.faulty++;
    for (let k = 0; k < 5; k++) if (rank >= 0 && rank <= k) this.found[k]!++;
  }

  private addConditions(truth: ReadonlySet<string>, belief: Belief, components: readonly string[]): void {
    const { conditions, probability } = belief;
    let exact = true;
    for (let i = 0; i < probability.length; i++) {
      const name = conditions[i % conditions.length]!;
      const holds = truth.has(`${components[Math.floor(i / conditions.length)]} ${name}`);
      const p = probability[i]!;
      const counts = this.perCondition.get(name) ?? { hits: 0, said: 0, true: 0 };
      this.perCondition.set(name, counts);
      if (p >= 0.5) counts.said++;
      if (holds) counts.true++;
      if (p >= 0.5 && holds) counts.hits++;
      if (p >= 0.5 !== holds) exact = false;
      this.squared += (p - Number(holds)) ** 2 / probability.length;
      if (p < LEAST_SAID) continue;
      const bin = this.bins[Math.min(BINS - 1, Math.floor(p * BINS))]!;
      bin.count++;
      bin.said += p;
      bin.held += Number(holds);
    }
    if (exact) this.exact++;
  }

  scores(): PerceptionScores {
    const counts = [...this.perCondition.values()];
    const total = (key: 'hits' | 'said' | 'true') => counts.reduce((sum, one) => sum + one[key], 0);
    const ac = (k: number) => (this.faulty > 0 ? this.found[k - 1]! / this.faulty : 0);
    const filled = this.bins.filter(({ count }) => count > 0);
    const all = filled.reduce((sum, { count }) => sum + count, 0);
    return {
      examples: this.examples,
      detection: {
        ...f1Of(this.detected.hits, this.detected.said, this.detected.true),
        falseAlarms: this.detected.healthy > 0 ? this.detected.false / this.detected.healthy : 0,
      },
      localisation: { ac1: ac(1), ac3: ac(3), avg5: (ac(1) + ac(2) + ac(3) + ac(4) + ac(5)) / 5 },
      conditions: f1Of(total('hits'), total('said'), total('true')),
      byCondition: Object.fromEntries(
        [...this.perCondition].map(([name, { hits, said, true: holds }]) => [
          name,
          { ...f1Of(hits, said, holds), positives: holds },
        ]),
      ),
      exact: this.examples > 0 ? this.exact / this.examples : 0,
      ece: filled.reduce((sum, { said, held, count }) => sum + Math.abs(said - held) / (all || count), 0),
      brier: this.examples > 0 ? this.squared / this.examples : 0,
      reliability: filled.map(({ said, held, count }) => ({ said: said / count, held: held / count, count })),
      outOfDistribution: this.examples > 0 ? this.strange / this.examples : 0,
    };
  }
}

/** Component indices, the most suspected first. */
export function rankComponents(belief: Belief): number[] {
  const c = belief.conditions.length;
  const score = belief.components.map((_, i) => {
    let max = 0;
    for (let j = 0; j < c; j++) max = Math.max(max, belief.probability[i * c + j]!);
    return max;
  });
  return [...score.keys()].sort((a, b) => score[b]! - score[a]! || a - b);
}
