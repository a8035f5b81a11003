import type { ConditionAt } from '../../world-model/types.js';
import type { Practice } from '../practice.js';
import type { LlmProfile } from '../profile.js';
import type { PromptContents } from '../prompt.js';
import { Decision, type Draws, gumbel, gumbelBound } from './decisions.js';
import { EvidenceReader } from './evidence.js';

/** A condition that the verifier's advice points at. */
export interface Hint {
  readonly condition: string;
  readonly component: string;
}

/** What the planner thinks is wrong. */
export interface Reading {
  readonly problem: number;
  readonly component: string;
}

/** Weight of a hint of the verifier's against the planner's own evidence, in nats. Assumption: it is believed. */
const HINT_WEIGHT = 4;
/** How much less a diagnosis is believed after a plan for it was executed in vain, in nats. */
const FAILED_PENALTY = 4;
/** More than what the order of additions changes in a score. */
const ROUNDING = 1e-9;
/**
 * Weight of the prior odds relative to Bayes' rule. People judge by how much a case resembles the explanation and give base
 * rates too little weight (Kahneman & Tversky 1973); language models do likewise and recall base rates badly (Li & Rui
 * 2024, arXiv 2412.11009). The value is an assumption.
 */
const BASE_RATE_WEIGHT = 0.5;

/**
 * Forms a diagnosis from what a prompt contains. For each problem p and service s
 *
 *     score(p, s) = b ln share(p) + sum of the weights of noticed, known signs + suspicion(s) + c (G_p + G_s)
 *
 * with Gumbel noise G of the profile's scale c and b the weight given to base rates; the largest score is the diagnosis.
 */
export class Diagnostician {
  private readonly reader: EvidenceReader;
  private readonly prior: Float64Array;
  /** Problems by the first of their names. */
  private readonly problemsOf = new Map<string, number[]>();
  /** Noise by service; overwritten by the next diagnosis. */
  private noise = new Float64Array(0);
  /** Row-major problems x services: see {@link penalties}. */
  private penalty = new Float64Array(0);

  constructor(
    private readonly practice: Practice,
    private readonly profile: LlmProfile,
    /** Names that each problem's diagnosis has when the conditions are listed, in the order of the practice. */
    private readonly said: readonly (readonly string[])[],
  ) {
    this.reader = new EvidenceReader(practice, profile);
    said.forEach(([main], problem) => {
      if (main !== undefined) this.problemsOf.set(main, [...(this.problemsOf.get(main) ?? []), problem]);
    });
    this.prior = Float64Array.from(
      practice.problems,
      (problem) => BASE_RATE_WEIGHT * Math.log(problem.share),
    );
  }

  /** @param expressible false for problems that cannot be said with the conditions listed */
  diagnose(
    contents: PromptContents,
    draws: Draws,
    hints: readonly Hint[],
    expressible: (problem: number) => boolean,
  ): Reading {
    const { services } = contents.objects;
    const { scores, peaks, suspicion } = this.reader.read(contents, draws);
    const scale = this.noiseScale(contents);
    const noise = this.componentNoise(services.length, scale, draws);
    const most = largestSum(noise, suspicion) + HINT_WEIGHT * hints.length + ROUNDING;
    const penalty = this.penalties(this.lessons(contents, draws), services);
    let problem = 0;
    let service = 0;
    let bestScore = Number.NEGATIVE_INFINITY;
    for (let p = 0; p < this.practice.problems.length; p++) {
      if (!expressible(p)) continue;
      const u = draws.diagnosis.at(Decision.ProblemNoise, p);
      // Most problems cannot win, whatever their noise and wherever: no need to work out either.
      if (this.prior[p]! + scale * gumbelBound(u) + peaks[p]! + most < bestScore) continue;
      const base = this.prior[p]! + scale * gumbel(u);
      for (let s = 0; s < services.length; s++) {
        const cell = p * services.length + s;
        let score = base + noise[s]! + scores[cell]! + suspicion[s]!;
        if (hints.length > 0) score += HINT_WEIGHT * this.agreement(p, services[s]!, hints);
        if (penalty) score -= penalty[cell]!;
        if (score > bestScore) {
          bestScore = score;
          problem = p;
          service = s;
        }
      }
    }
    return { problem, component: services[service] ?? '' };
  }

  private componentNoise(services: number, scale: number, { diagnosis }: Draws): Float64Array {
    if (this.noise.length !== services) this.noise = new Float64Array(services);
    for (let s = 0; s < services; s++)
      this.noise[s] = scale * gumbel(diagnosis.at(Decision.ComponentNoise, s));
    return this.noise;
  }

  private noiseScale({ strategy, effort }: PromptContents): number {
    const { confusion, diagnoseFirst, effort: byEffort } = this.profile.diagnosis;
    return confusion * (strategy === 'diagnose-first' ? diagnoseFirst : 1) * byEffort[effort];
  }

  /** How many of the hints the problem explains, less those of its conditions that no hint names. */
  private agreement(problem: number, component: string, hints: readonly Hint[]): number {
    const said = this.said[problem]!;
    const matched = hints.filter(
      (hint) => hint.component === component && said.includes(hint.condition),
    ).length;
    return matched === 0 ? 0 : matched - 0.25 * (said.length - matched);
  }

  /** Diagnoses of plans executed in vain that the planner has learnt from. */
  private lessons({ executed }: PromptContents, { knowledge }: Draws): readonly (readonly ConditionAt[])[] {
    const { learnsFromFailure } = this.profile.diagnosis;
    const lessons: (readonly ConditionAt[])[] = [];
    for (let index = 0; index < executed.length; index++) {
      const { diagnosis } = executed[index]!.plan;
      if (diagnosis.length > 0 && knowledge.at(Decision.Learns, index) < learnsFromFailure)
        lessons.push(diagnosis);
    }
    return lessons;
  }

  /** What each problem at each service loses by the lessons in which it was tried, each lesson counting once; null without lessons. */
  private penalties(
    lessons: readonly (readonly ConditionAt[])[],
    services: readonly string[],
  ): Float64Array | null {
    if (lessons.length === 0) return null;
    const cells = this.said.length * services.length;
    if (this.penalty.length === cells) this.penalty.fill(0);
    else this.penalty = new Float64Array(cells);
    for (const diagnosis of lessons) {
      diagnosis.forEach((tried, i) => {
        const s = services.indexOf(tried.component);
        if (s < 0 || diagnosis.findIndex((one) => isSame(one, tried)) < i) return;
        for (const p of this.problemsOf.get(tried.condition) ?? [])
          this.penalty[p * services.length + s]! += FAILED_PENALTY;
      });
    }
    return this.penalty;
  }
}

/** Largest sum of two values at one place. */
function largestSum(a: Float64Array, b: Float64Array): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, a[i]! + b[i]!);
  return largest;
}

function isSame(a: ConditionAt, b: ConditionAt): boolean {
  return a.component === b.component && a.condition === b.condition;
}
