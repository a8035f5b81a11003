import { defaultRng, type Generator } from 'gymnasium-js';

/** What a draw decides. Draws are numbered inside their kind, so that one more of a kind moves no other. */
export const Decision = {
  Notice: 0,
  ProblemNoise: 1,
  ComponentNoise: 2,
  KnowsSign: 3,
  KnowsRemedy: 4,
  KnowsStep: 5,
  Learns: 6,
  PickRemedy: 7,
  PickNode: 8,
  Slip: 9,
  SlipKind: 10,
  SlipDetail: 11,
  GoalMiss: 12,
  Invented: 13,
  Longer: 14,
  LongerStep: 15,
  Unparseable: 16,
  Truncation: 17,
  Repairs: 18,
  Repeats: 19,
  ForcedSlip: 20,
  SamePersistentDiagnosis: 21,
  SamePersistentSlip: 22,
  Latency: 23,
} as const;
export type DecisionKind = (typeof Decision)[keyof typeof Decision];

/** Most draws of one kind. */
const KIND_SPAN = 1 << 20;

function scramble(x: number): number {
  let h = x;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/**
 * Numbered uniform draws in (0, 1): draw i is a function of the seed and i alone, so that only those that matter are
 * computed. MurmurHash3's finaliser over two seed words, twice; 32 bits of resolution.
 */
export class NumberedDraws {
  constructor(
    private readonly a: number,
    private readonly b: number,
  ) {}

  static from(rng: Generator): NumberedDraws {
    const first = Math.floor(rng.random() * 0x1_0000_0000) | 0;
    return new NumberedDraws(first, Math.floor(rng.random() * 0x1_0000_0000) | 0);
  }

  at(kind: DecisionKind, index = 0): number {
    const number = kind * KIND_SPAN + index;
    const mixed = scramble(scramble(this.a ^ Math.imul(number, 0x9e3779b1)) ^ this.b ^ number);
    return ((mixed >>> 0) + 0.5) / 0x1_0000_0000;
  }
}

/** Standard Gumbel noise from a uniform draw: adding it to scores and taking the largest samples their softmax. */
export function gumbel(u: number): number {
  return -Math.log(-Math.log(u));
}

/** Parts of (0, 1) by which noise is bounded. */
const PARTS = 1024;
const GUMBEL_BOUNDS = Float64Array.from({ length: PARTS }, (_, i) =>
  i + 1 < PARTS ? gumbel((i + 1) / PARTS) : Number.POSITIVE_INFINITY,
);

/** What {@link gumbel} does not exceed, without its logarithms. */
export function gumbelBound(u: number): number {
  return GUMBEL_BOUNDS[Math.floor(u * PARTS)]!;
}

/** Standard normal noise from two uniform draws (Box-Muller). */
export function normal(u: number, v: number): number {
  return Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * v);
}

/** Stream of the surrogate among the keyed draws of an incident. */
const SURROGATE_STREAM = 2_001;

/**
 * Draws of one completion. Knowledge belongs to the incident; misreadings and slips belong to the incident and the
 * evidence, and a share of completions repeats them; the rest is fresh.
 */
export interface Draws {
  /** Of the incident. */
  readonly knowledge: NumberedDraws;
  /** Of weighing the evidence. */
  readonly diagnosis: NumberedDraws;
  /** Of writing the steps. */
  readonly writing: NumberedDraws;
  readonly fresh: NumberedDraws;
}

function sameKey(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}

/** Keyed draws of the incident at hand; remembers the last incident, since its turns follow one another. */
export class IncidentDraws {
  private key: readonly number[] = [];
  private readonly byEvidence = new Map<number, NumberedDraws>();

  /** @param evidence bit set of the evidence shown; 0 for what belongs to the incident whatever is shown */
  of(key: readonly number[], evidence: number): NumberedDraws {
    if (!sameKey(key, this.key)) {
      this.key = [...key];
      this.byEvidence.clear();
    }
    let draws = this.byEvidence.get(evidence);
    if (!draws) {
      draws = NumberedDraws.from(defaultRng([...key, SURROGATE_STREAM, evidence]));
      this.byEvidence.set(evidence, draws);
    }
    return draws;
  }

  /**
   * @param persistence share of completions that repeat the incident's misreadings, and of those that repeat its slips
   */
  draws(key: readonly number[], evidence: number, persistence: number, rng: Generator): Draws {
    const fresh = NumberedDraws.from(rng);
    const persistent = this.of(key, evidence);
    return {
      knowledge: this.of(key, 0),
      diagnosis: fresh.at(Decision.SamePersistentDiagnosis) < persistence ? persistent : fresh,
      writing: fresh.at(Decision.SamePersistentSlip) < persistence ? persistent : fresh,
      fresh,
    };
  }
}
