/** A share with its Wilson 95 % interval. */
export interface Share {
  readonly share: number;
  readonly low: number;
  readonly high: number;
  readonly of: number;
}

/** Normal quantile of a 95 % interval. */
const Z = 1.959963984540054;

/** Wilson's score interval of `count` successes in `of`; the whole of [0, 1] when there is nothing to tell from. */
export function wilson(count: number, of: number): Share {
  if (of === 0) return { share: 0, low: 0, high: 1, of };
  const p = count / of;
  const z2 = Z * Z;
  const centre = (p + z2 / (2 * of)) / (1 + z2 / of);
  const half = (Z / (1 + z2 / of)) * Math.sqrt((p * (1 - p)) / of + z2 / (4 * of * of));
  return { share: p, low: Math.max(0, centre - half), high: Math.min(1, centre + half), of };
}

/** How verdicts compare with the cloud. */
export interface VerdictScores {
  readonly plans: number;
  /** Of wrong plans, the share accepted. */
  readonly falseAccepts: Share;
  /** Of right plans, the share rejected. */
  readonly falseRejects: Share;
  /** Expected calibration error of the feasibility, over ten equal bins, and its Brier score. */
  readonly ece: number;
  readonly brier: number;
  /** Bins of feasibility that are not empty: mean of what was said, share that was right, plans. */
  readonly reliability: readonly { readonly said: number; readonly held: number; readonly count: number }[];
}

const BINS = 10;

/** Adds up verdicts against what the cloud made of the plans. */
export class VerdictScorer {
  private right = 0;
  private wrong = 0;
  private falseAccepts = 0;
  private falseRejects = 0;
  private squared = 0;
  private readonly bins = Array.from({ length: BINS }, () => ({ said: 0, held: 0, count: 0 }));

  /** @param weight how often the verdict counts */
  add(
    verdict: { readonly accepted: boolean; readonly feasibility: number },
    right: boolean,
    weight = 1,
  ): void {
    if (right) this.right += weight;
    else this.wrong += weight;
    if (right && !verdict.accepted) this.falseRejects += weight;
    if (!right && verdict.accepted) this.falseAccepts += weight;
    const p = verdict.feasibility;
    this.squared += weight * (p - Number(right)) ** 2;
    const bin = this.bins[Math.min(BINS - 1, Math.floor(p * BINS))]!;
    bin.said += weight * p;
    bin.held += weight * Number(right);
    bin.count += weight;
  }

  scores(): VerdictScores {
    const plans = this.right + this.wrong;
    return {
      plans,
      falseAccepts: wilson(this.falseAccepts, this.wrong),
      falseRejects: wilson(this.falseRejects, this.right),
      ece: this.bins.reduce((sum, { said, held }) => sum + Math.abs(said - held), 0) / Math.max(1, plans),
      brier: this.squared / Math.max(1, plans),
      reliability: this.bins
        .filter(({ count }) => count > 0)
        .map(({ said, held, count }) => ({ said: said / count, held: held / count, count })),
    };
  }
}
