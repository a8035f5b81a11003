import { acceptThreshold, type VerifierConstants } from './constants.js';
import { loadDomain } from './domain.js';
import { isRight, type JudgedPlan } from './outcome/executed.js';
import type { OutcomeModel } from './outcome/model.js';
import { readPlan } from './read-plan.js';
import { recoveryTask } from './recovery-task.js';
import { feasibilityOf, type Trial, tryPlan, unsafeTrials, weigh } from './trials.js';

export interface VerifierFit {
  readonly fitted: VerifierConstants['fitted'];
  readonly report: {
    readonly plans: number;
    readonly right: number;
    /** Of wrong plans, the share accepted; of right plans, the share rejected; at the error level that was asked for. */
    readonly falseAccepts: number;
    readonly falseRejects: number;
    /** Right plans rejected by preconditions and invariants alone, whatever the threshold. */
    readonly unsafeRejects: number;
    readonly brier: number;
    readonly costOfFalseAccept: number;
    readonly costOfFalseReject: number;
  };
}

/** A readable plan with its trials, kept because they do not depend on what is fitted. */
interface Case {
  readonly judged: JudgedPlan;
  readonly trials: readonly Trial[];
}

const WEIGHTS = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];
const EPSILONS = [0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.7];
const QUANTILES = 20;
/** Finer, since conformal thresholds are read at any error level. */
const NEURAL_QUANTILES = 100;

/**
 * Fits the verifier's constants on judged plans of the `calibrate` partition: first the weight of a plan's own diagnosis, by the
 * Brier score of the feasibility; then epsilon, by the mean seconds that wrong verdicts cost; then the threshold's quantiles.
 * Break-even and quantiles of layer 2 come from the same plans.
 * @param k hypotheses of the belief @param alpha error level of the report and of the choice of epsilon
 * @throws RangeError when no plan is right or none is wrong: nothing can be fitted then
 */
export function fitVerifier(
  judged: readonly JudgedPlan[],
  k: number,
  alpha: number,
  command: string,
  outcome: Pick<OutcomeModel, 'predict'>,
): VerifierFit {
  const cases = judged.flatMap((one): Case[] => {
    const task = recoveryTask(one.inventory, loadDomain());
    const { actions, failures } = readPlan(one.plan, task);
    if (failures.length > 0) return [];
    return [{ judged: one, trials: tryPlan(one.plan, actions, one.belief, one.inventory, k, task) }];
  });
  const right = cases.filter((one) => isRight(one.judged));
  const wrong = cases.filter((one) => !isRight(one.judged));
  if (right.length === 0 || wrong.length === 0) {
    throw new RangeError(`cannot fit on ${right.length} right plans and ${wrong.length} wrong ones`);
  }
  const costs = {
    accept: mean(wrong.map((one) => one.judged.seconds)),
    reject: mean(right.map((one) => one.judged.turnSeconds)),
  };
  const diagnosisWeight = bestWeight(cases);
  const epsilon = bestEpsilon(right, wrong, diagnosisWeight, alpha, costs);
  const rightPlanFeasibility = quantiles(safeFeasibilities(right, diagnosisWeight, epsilon));
  const baseRate = right.length / cases.length;
  // Conformal coverage is promised for incidents like those of `calibrate`, under the perception that is shipped.
  const familiar = right.filter((one) => one.judged.familiar ?? true);
  const neural = {
    rightPlanProbability: quantiles(
      familiar.map(
        ({ judged: { plan, belief, inventory } }) => outcome.predict(plan, belief, inventory).probability,
      ),
      NEURAL_QUANTILES,
    ),
    rightPlans: familiar.length,
    breakEven: round(costs.accept / (costs.accept + costs.reject)),
  };
  const fitted = {
    command,
    epsilon,
    diagnosisWeight,
    rightPlanFeasibility,
    baseRate: round(baseRate),
    neural,
  };
  const threshold = acceptThreshold(rightPlanFeasibility, alpha);
  const accepts = (one: Case) => verdictOf(one, diagnosisWeight, epsilon, threshold);
  return {
    fitted,
    report: {
      plans: judged.length,
      right: right.length,
      falseAccepts: wrong.filter(accepts).length / wrong.length,
      falseRejects: right.filter((one) => !accepts(one)).length / right.length,
      unsafeRejects: right.filter((one) => unsafe(one, diagnosisWeight, epsilon)).length / right.length,
      brier: brierOf(cases, diagnosisWeight),
      costOfFalseAccept: costs.accept,
      costOfFalseReject: costs.reject,
    },
  };
}

type DiagnosisWeight = VerifierConstants['fitted']['diagnosisWeight'];

const mean = (xs: readonly number[]): number => xs.reduce((sum, x) => sum + x, 0) / xs.length;
const round = (x: number): number => Number(x.toFixed(4));
/** Rounded down: a threshold a hair above the feasibility of many equal plans would reject them all. */
const roundDown = (x: number): number => Math.floor(x * 1e4) / 1e4;

const weighed = ({ judged, trials }: Case, diagnosisWeight: DiagnosisWeight): Trial[] =>
  weigh(trials, judged.belief, { diagnosisWeight });

function brierOf(cases: readonly Case[], weight: DiagnosisWeight): number {
  return mean(cases.map((one) => (feasibilityOf(weighed(one, weight)) - Number(isRight(one.judged))) ** 2));
}

function bestWeight(cases: readonly Case[]): DiagnosisWeight {
  let best = { familiar: 0, strange: 0 };
  let least = Number.POSITIVE_INFINITY;
  for (const familiar of WEIGHTS) {
    for (const strange of WEIGHTS) {
      const brier = brierOf(cases, { familiar, strange });
      if (brier >= least) continue;
      least = brier;
      best = { familiar, strange };
    }
  }
  return best;
}

function unsafe(one: Case, weight: DiagnosisWeight, epsilon: number): boolean {
  return unsafeTrials(weighed(one, weight), epsilon).length > 0;
}

function verdictOf(one: Case, weight: DiagnosisWeight, epsilon: number, threshold: number): boolean {
  return !unsafe(one, weight, epsilon) && feasibilityOf(weighed(one, weight)) >= threshold;
}

function safeFeasibilities(right: readonly Case[], weight: DiagnosisWeight, epsilon: number): number[] {
  const safe = right.filter((one) => !unsafe(one, weight, epsilon));
  return safe.map((one) => feasibilityOf(weighed(one, weight)));
}

/** The epsilon whose wrong verdicts cost least: mean seconds over all plans, at the error level's threshold. */
function bestEpsilon(
  right: readonly Case[],
  wrong: readonly Case[],
  weight: DiagnosisWeight,
  alpha: number,
  costs: { accept: number; reject: number },
): number {
  let best = EPSILONS[0]!;
  let least = Number.POSITIVE_INFINITY;
  for (const epsilon of EPSILONS) {
    const safe = safeFeasibilities(right, weight, epsilon);
    if (safe.length === 0) continue;
    const threshold = acceptThreshold(quantiles(safe), alpha);
    const accepts = (one: Case) => verdictOf(one, weight, epsilon, threshold);
    const cost =
      wrong.filter(accepts).length * costs.accept +
      right.filter((one) => !accepts(one)).length * costs.reject;
    if (cost >= least) continue;
    least = cost;
    best = epsilon;
  }
  return best;
}

function quantiles(sample: readonly number[], count: number = QUANTILES): number[] {
  const sorted = [...sample].sort((a, b) => a - b);
  return Array.from({ length: count + 1 }, (_, i) =>
    roundDown(sorted[Math.floor((i / count) * (sorted.length - 1))]!),
  );
}
