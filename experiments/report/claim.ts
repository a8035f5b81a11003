import { settingsOf, type Variant } from '../config/variants.js';
import type { Collected } from '../runner/collect.js';
import { isReference } from '../runner/reference-kinds.js';
import type { ComparisonRow, SummaryRow } from '../statistics/index.js';
import { escapeHtml } from './page.js';

/** The claim of the paper: mean time to recovery more than this share below the previous best. */
const CLAIMED = 0.4;

/** The answer for one split. */
export interface ClaimAnswer {
  readonly split: string;
  /** The setting of the environment that both are compared in, empty where the run has one. */
  readonly setting: string;
  /** The verified language model of lowest mean MTTR where it was chosen. */
  readonly ours: string;
  /** The strongest other method where it was chosen. */
  readonly previousBest: string;
  /** Whether both were chosen on incidents of `select`, and not on the test incidents themselves. */
  readonly chosenOnSelect: boolean;
  /** 1 − mean(ours) / mean(previous best), with its 95 % interval. */
  readonly reduction: number;
  readonly low: number;
  readonly high: number;
  readonly answer: 'yes' | 'no' | 'undecided';
}

/** Synthesizers of which no language model writes the plans. */
const WITHOUT_MODEL = ['runbook', 'restart-loop', 'planner', 'do-nothing', 'hand-over', 'diagnosis-planner'];

/** A language model whose plans are verified: the kind of method that the claim is about. */
function isVerifiedModel({ config }: Variant): boolean {
  return config.verifier.mode !== 'none' && !WITHOUT_MODEL.includes(String(config.synthesizer.kind));
}

/**
 * Whether a verified method's mean MTTR is more than 40 % below the previous best's, for every split and every setting of the
 * environment. Previous best is the strongest of all others (plan-writing baselines, the language model alone, learners of primitives); references
 * (the oracle, hindsight) are no competitors. Both sides are chosen on the scenario `select`, where the run has it.
 */
export function claimAnswers({
  index,
  summary,
  comparisons,
}: Pick<Collected, 'index' | 'summary' | 'comparisons'>): ClaimAnswer[] {
  const competing = index.variants.filter(({ config }) => !isReference(config.policy.kind));
  const settings = settingsOf(competing);
  const mttr = summary.filter((row) => row.metric === 'mttr_s');
  const splits = [...new Set(mttr.map((row) => row.split))].filter((split) => !split.includes('@'));
  return splits.flatMap((split) =>
    [...new Set(settings.values())].flatMap((setting) => {
      const here = competing.filter(({ name }) => settings.get(name) === setting);
      const onSelect = mttr.filter((row) => row.split === `${split}@select`);
      const chosenOn = onSelect.length > 0 ? onSelect : mttr.filter((row) => row.split === split);
      const ours = fastest(chosenOn, here.filter(isVerifiedModel));
      const previousBest = fastest(
        chosenOn,
        here.filter((variant) => !isVerifiedModel(variant)),
      );
      const row = ours && previousBest ? between(comparisons, split, ours, previousBest) : null;
      if (!row) return [];
      return [
        {
          split,
          setting,
          ours: ours!,
          previousBest: previousBest!,
          chosenOnSelect: onSelect.length > 0,
          ...row,
        },
      ];
    }),
  );
}

function fastest(rows: readonly SummaryRow[], among: readonly Variant[]): string | null {
  const candidates = rows.filter((row) => among.some(({ name }) => name === row.variant));
  const best = candidates.reduce<SummaryRow | null>(
    (least, row) => (least && least.mean <= row.mean ? least : row),
    null,
  );
  return best?.variant ?? null;
}

function between(
  comparisons: readonly ComparisonRow[],
  split: string,
  ours: string,
  other: string,
): Pick<ClaimAnswer, 'reduction' | 'low' | 'high' | 'answer'> | null {
  const find = (a: string, b: string): ComparisonRow | undefined =>
    comparisons.find((row) => row.split === split && row.metric === 'mttr_s' && row.a === a && row.b === b);
  const direct = find(ours, other);
  const reversed = find(other, ours);
  if (direct?.reduction !== null && direct !== undefined)
    return judged(direct.reduction, direct.reductionLow!, direct.reductionHigh!);
  // comparisons.json holds each pair once; 1 − 1/(1 − r) turns the saving of one side into that of the other.
  const turn = (r: number): number => 1 - 1 / (1 - r);
  if (reversed?.reduction === null || reversed === undefined) return null;
  return judged(turn(reversed.reduction), turn(reversed.reductionHigh!), turn(reversed.reductionLow!));
}

function judged(
  reduction: number,
  low: number,
  high: number,
): Pick<ClaimAnswer, 'reduction' | 'low' | 'high' | 'answer'> {
  if (low > CLAIMED) return { reduction, low, high, answer: 'yes' };
  return { reduction, low, high, answer: high <= CLAIMED ? 'no' : 'undecided' };
}

/** What an answer is about: its split, and its setting where the run has several. */
export function claimWhere({ split, setting }: ClaimAnswer): string {
  return setting === '' ? split : `${split}, ${setting}`;
}

export const CLAIM_QUESTION =
  'Is the mean time to recovery of the best verified method more than 40 % below that of the strongest other method?';

/** What an answer rests on, in a sentence. */
export function claimSentence({
  ours,
  previousBest,
  reduction,
  low,
  high,
  chosenOnSelect,
}: ClaimAnswer): string {
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  const side = `${percent(Math.abs(reduction))} ${reduction < 0 ? 'above' : 'below'}`;
  const chosen = chosenOnSelect
    ? 'both chosen on select'
    : 'both chosen on these very incidents, which flatters the faster';
  return `The MTTR of ${ours} is ${side} that of ${previousBest}, 95 % interval of the saving [${percent(low)}, ${percent(high)}] (${chosen}).`;
}

/** The answers as sentences of the page. */
export function claimText(answers: readonly ClaimAnswer[]): string {
  const items = answers.map(
    (given) =>
      `<li><b>${escapeHtml(claimWhere(given))}: ${given.answer}.</b> ${escapeHtml(claimSentence(given))}</li>`,
  );
  return `<p>${CLAIM_QUESTION}</p><ul>${items.join('')}</ul>`;
}
