import { defaultRng } from 'gymnasium-js';
import { unknownName } from '../../envs/config/index.js';
import { type JudgedPlanRange, judgedPlans } from '../../envs/healing/judged-plans.js';
import {
  createVerifier,
  isRight,
  type JudgedPlan,
  riskThreshold,
  type Share,
  VerdictScorer,
  type VerdictScores,
  type Verifier,
  type VerifierConstants,
  verifierConstants,
} from '../../envs/world-model/index.js';
import { type DrawnVerifier, verifierFigures } from '../figures/verifier.js';
import { print, printJson, wholeNumber } from './options.js';
import { writeAll } from './write.js';

export interface EvaluateVerifierOptions {
  readonly splits: string;
  readonly profiles: string;
  readonly topology: string;
  readonly incidents: string;
  readonly alpha: string;
  /** Also tell the plans of a split apart by this. */
  readonly by?: string;
  /** Folder for figures. */
  readonly figures?: string;
  readonly json?: boolean;
}

/** Stream of the draws of verifications here. */
const VERIFY_STREAM = 1_005;
const K = 8;
const CORRUPTIONS = [0.01, 0.05, 0.1, 0.2] as const;

/** One verifier on one split: every row of a split judges the same plans. */
export interface VerifierRow extends DrawnVerifier {
  /** Mean simulated seconds that a verdict takes. */
  readonly seconds: number;
  /** Mean simulated seconds that wrong verdicts cost a plan, executions in vain and turns in vain alike. */
  readonly cost: number;
  /**
   * False-reject rate up to which this verifier, with its false accepts, costs a plan less than accepting everything; above 1: it
   * pays whatever it rejects.
   */
  readonly paysUpTo: number;
}

/** `pase evaluate-verifier`: false accepts and rejects against the cloud, by mode, on plans for test incidents. */
export function evaluateVerifierCommand(options: EvaluateVerifierOptions): void {
  const incidents = wholeNumber('incidents', options.incidents, 1);
  const alpha = Number(options.alpha);
  const rows: VerifierRow[] = [];
  for (const split of options.splits.split(',')) {
    const plans = options.profiles.split(',').flatMap((profile, part) => [
      ...judgedPlans({
        topology: options.topology,
        overlay: 'production',
        prior: 'incident-statistics',
        partition: 'test',
        split: split as JudgedPlanRange['split'],
        writer: { kind: 'surrogate', profile },
        from: part * incidents,
        count: incidents,
      }),
    ]);
    for (const [group, part] of groups(plans, options.by)) {
      for (const [name, verifier] of verifiers(alpha))
        rows.push({ split, group, verifier: name, ...score(verifier, part) });
    }
  }
  if (options.figures !== undefined) writeAll(options.figures, verifierFigures(rows));
  if (options.json) printJson(rows);
  else table(rows);
}

const LENGTHS = [
  { name: '1 step', most: 1 },
  { name: '2 steps', most: 2 },
  { name: '3 steps', most: 3 },
  { name: '4-5 steps', most: 5 },
  { name: '6 steps or more', most: Number.POSITIVE_INFINITY },
] as const;

/** How `--by` names the part of a split that a plan belongs to. */
const GROUPINGS: Readonly<Record<string, (plan: JudgedPlan) => string>> = {
  family: ({ family }) => family ?? 'unknown',
  length: ({ plan }) => LENGTHS.find(({ most }) => plan.steps.length <= most)!.name,
};

/** All plans of a split, and its parts in the order of their names. @throws ConfigError for an unknown grouping */
function groups(plans: readonly JudgedPlan[], by: string | undefined): [name: string, JudgedPlan[]][] {
  const all: [string, JudgedPlan[]][] = [['all', [...plans]]];
  if (by === undefined) return all;
  const nameOf = GROUPINGS[by];
  if (!nameOf) throw unknownName('--by', 'a grouping', by, Object.keys(GROUPINGS));
  const parts = new Map<string, JudgedPlan[]>();
  for (const plan of plans) {
    const name = nameOf(plan);
    parts.set(name, [...(parts.get(name) ?? []), plan]);
  }
  return [...all, ...[...parts].sort(([a], [b]) => (a < b ? -1 : 1))];
}

function verifiers(alpha: number): [name: string, verifier: Verifier][] {
  const make = (mode: Parameters<typeof createVerifier>[0]['mode'], constants?: VerifierConstants) =>
    createVerifier({ mode, k: K, alpha }, constants ? { constants } : {});
  const shipped = verifierConstants();
  const withoutDiagnosis: VerifierConstants = {
    ...shipped,
    fitted: { ...shipped.fitted, diagnosisWeight: { familiar: 0, strange: 0 } },
  };
  // Feasibility is the weight of the hypotheses that reach the goal: all of it, but for rounding.
  const goalUnderAll: VerifierConstants = {
    ...shipped,
    fitted: { ...shipped.fitted, rightPlanFeasibility: [0.999, 0.999] },
  };
  const breakEven = riskThreshold('conformal', shipped.fitted, alpha);
  const conformal: VerifierConstants = {
    ...shipped,
    fitted: { ...shipped.fitted, neural: { ...shipped.fitted.neural, breakEven } },
  };
  return [
    ['none', make('none')],
    ['syntax', make('syntax')],
    ['symbolic', make('symbolic')],
    ['symbolic, own diagnosis ignored', make('symbolic', withoutDiagnosis)],
    ['symbolic, goal under all hypotheses', make('symbolic', goalUnderAll)],
    ['neural', make('neural')],
    // Layer 2 alone at the conformal threshold: its false rejects are what its coverage lacks to 1.
    ['neural at the conformal threshold', make('neural', conformal)],
    ['neural-symbolic', make('neural-symbolic')],
    ['neural-symbolic+conformal', make('neural-symbolic+conformal')],
    ...CORRUPTIONS.map((corruption): [string, Verifier] => [
      `corrupted ${100 * corruption} %`,
      createVerifier({ mode: 'corrupted', k: K, alpha, corruption }),
    ]),
  ];
}

function score(
  verifier: Verifier,
  plans: readonly JudgedPlan[],
): VerdictScores & { seconds: number; cost: number; paysUpTo: number } {
  const scorer = new VerdictScorer();
  let seconds = 0;
  let cost = 0;
  plans.forEach((judged, ordinal) => {
    const { plan, belief, inventory, incident } = judged;
    const rng = defaultRng([incident, VERIFY_STREAM, ordinal]);
    const verdict = verifier.verify(plan, belief, inventory, { time: inventory.time, rng });
    const right = isRight(judged);
    scorer.add(verdict, right);
    seconds += verdict.seconds;
    if (verdict.accepted && !right) cost += judged.seconds;
    if (!verdict.accepted && right) cost += judged.turnSeconds;
  });
  const n = Math.max(1, plans.length);
  const scores = scorer.scores();
  const inVain = sum(plans.filter((judged) => !isRight(judged)).map((judged) => judged.seconds));
  const turns = sum(plans.filter(isRight).map((judged) => judged.turnSeconds));
  const saved = (1 - scores.falseAccepts.share) * inVain - seconds;
  const paysUpTo = turns > 0 ? saved / turns : Number.POSITIVE_INFINITY;
  return { ...scores, seconds: seconds / n, cost: (cost + seconds) / n, paysUpTo };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

function table(rows: readonly VerifierRow[]): void {
  const percent = ({ share, low, high }: Share) =>
    `${(100 * share).toFixed(1)} % [${(100 * low).toFixed(1)}, ${(100 * high).toFixed(1)}]`;
  print(
    '| split | of | verifier | plans | false accepts | false rejects | ECE | Brier | verification s | cost of wrong verdicts s | pays up to false rejects of |',
  );
  print('|---|---|---|---|---|---|---|---|---|---|---|');
  for (const row of rows) {
    const { split, group, verifier, plans, falseAccepts, falseRejects, ece, brier, seconds, cost, paysUpTo } =
      row;
    const cells = [
      split,
      group,
      verifier,
      plans,
      percent(falseAccepts),
      percent(falseRejects),
      ece.toFixed(3),
      brier.toFixed(3),
    ];
    const limit = paysUpTo >= 1 ? 'any' : `${(100 * Math.max(0, paysUpTo)).toFixed(1)} %`;
    print(`| ${[...cells, seconds.toFixed(2), cost.toFixed(1), limit].join(' | ')} |`);
  }
}
