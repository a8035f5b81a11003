import type { LlmProfile } from './profile.js';
import { cleanProbability } from './surrogate/slips.js';

/** `malformed`: names, arity or types. `wrongOperation`: a call that no repair needs. `badStructure`: order, or something left out. */
export type Mistake = keyof LlmProfile['slip']['kinds'];

/** How one plan fared, judged by whoever knows what was really wrong. */
export interface JudgedPlan {
  /** Steps of the plan. */
  readonly length: number;
  /** Index of the first step that cannot be executed, or null when all can. */
  readonly failedStep: number | null;
  /** What is wrong with a plan that cannot be executed, after R2Act's kinds; null when it can. */
  readonly mistake: Mistake | null;
  readonly reachesGoal: boolean;
}

/** One completion of a bank with its judgement. */
export interface JudgedCompletion {
  /** Null when the completion is no plan. */
  readonly plan: JudgedPlan | null;
  /** It answers a rejection. */
  readonly repair: boolean;
  /** It repeats the rejected plan. */
  readonly repeats: boolean;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly seconds: number;
}

/** What a bank says of a model, in the terms of a profile. */
export interface Fit {
  readonly hazard: number;
  readonly goalMiss: number;
  /** Shares of the plans that cannot be executed; null without one. */
  readonly kinds: LlmProfile['slip']['kinds'] | null;
  readonly unparseable: number;
  /** Null without answers to rejections. */
  readonly repairOddsRatio: number | null;
  readonly repeats: number | null;
  readonly latency: Pick<LlmProfile['latency'], 'ttftMedian' | 'ttftSigma' | 'outputPerSecond'>;
  /** Mean difference, in percentage points, between (1 - h)^L (1 - g) and the valid share of plans of each length. */
  readonly error: number;
  /** Fresh plans that the figures rest on. */
  readonly plans: number;
  readonly byLength: readonly {
    readonly length: number;
    readonly plans: number;
    readonly valid: number;
    readonly fitted: number;
  }[];
}

const isValid = (plan: JudgedPlan) => plan.failedStep === null && plan.reachesGoal;

/**
 * Fits the surrogate's slip model to judged completions. The hazard is the maximum-likelihood estimate of a geometric first
 * failure, first failures per step executed or tried; g is the share of executable plans that miss the goal.
 * @throws RangeError without a fresh plan: there is nothing to fit
 */
export function fitProfile(completions: readonly JudgedCompletion[]): Fit {
  const fresh = completions.filter((completion) => !completion.repair);
  const plans = fresh.map((completion) => completion.plan).filter((plan) => plan !== null);
  if (plans.length === 0)
    throw new RangeError('expected at least one plan that answers no rejection, found none');
  const failed = plans.filter((plan) => plan.failedStep !== null);
  const tried = plans.reduce(
    (sum, plan) => sum + (plan.failedStep === null ? plan.length : plan.failedStep + 1),
    0,
  );
  const executable = plans.filter((plan) => plan.failedStep === null);
  const hazard = tried === 0 ? 0 : failed.length / tried;
  const goalMiss =
    executable.length === 0 ? 0 : executable.filter((plan) => !plan.reachesGoal).length / executable.length;
  const lengths = byLength(plans, hazard, goalMiss);
  const total = plans.length;
  return {
    hazard,
    goalMiss,
    kinds: failed.length === 0 ? null : kindsOf(failed),
    unparseable: 1 - plans.length / fresh.length,
    ...repairs(completions, plans),
    latency: fitLatency(completions),
    error:
      (100 *
        lengths.reduce((sum, { plans: count, valid, fitted }) => sum + count * Math.abs(valid - fitted), 0)) /
      total,
    plans: total,
    byLength: lengths,
  };
}

function kindsOf(failed: readonly JudgedPlan[]): LlmProfile['slip']['kinds'] {
  const share = (kind: Mistake) => failed.filter(({ mistake }) => mistake === kind).length / failed.length;
  return {
    wrongOperation: share('wrongOperation'),
    badStructure: share('badStructure'),
    malformed: share('malformed'),
  };
}

function byLength(plans: readonly JudgedPlan[], hazard: number, goalMiss: number): Fit['byLength'] {
  const lengths = [...new Set(plans.map((plan) => plan.length))].sort((a, b) => a - b);
  return lengths.map((length) => {
    const ofLength = plans.filter((plan) => plan.length === length);
    return {
      length,
      plans: ofLength.length,
      valid: ofLength.filter(isValid).length / ofLength.length,
      fitted: cleanProbability(hazard, goalMiss, length),
    };
  });
}

function repairs(
  completions: readonly JudgedCompletion[],
  fresh: readonly JudgedPlan[],
): Pick<Fit, 'repairOddsRatio' | 'repeats'> {
  const answers = completions.filter((completion) => completion.repair);
  if (answers.length === 0) return { repairOddsRatio: null, repeats: null };
  // Half a case is added to each cell, so that none or all valid still has odds (Haldane and Anscombe's correction).
  const odds = (valid: number, count: number) => (valid + 0.5) / (count - valid + 0.5);
  const repaired = answers.filter(({ plan }) => plan !== null && isValid(plan)).length;
  return {
    repairOddsRatio: odds(repaired, answers.length) / odds(fresh.filter(isValid).length, fresh.length),
    repeats: answers.filter((answer) => answer.repeats).length / answers.length,
  };
}

/** Least squares of seconds on completion tokens: the slope is the output rate, the intercept the wait before. */
function fitLatency(completions: readonly JudgedCompletion[]): Fit['latency'] {
  const n = completions.length;
  const mean = (value: (completion: JudgedCompletion) => number) =>
    completions.reduce((sum, completion) => sum + value(completion), 0) / n;
  const tokens = mean((completion) => completion.completionTokens);
  const seconds = mean((completion) => completion.seconds);
  const variance = mean((completion) => (completion.completionTokens - tokens) ** 2);
  const covariance = mean(
    (completion) => (completion.completionTokens - tokens) * (completion.seconds - seconds),
  );
  // Where all answers are as long as each other, or noise makes long ones quicker, the mean rate is all that is known.
  const slope = variance > 0 && covariance > 0 ? covariance / variance : seconds / Math.max(1, tokens);
  const waits = completions
    .map((completion) => Math.max(0.001, completion.seconds - slope * completion.completionTokens))
    .sort((a, b) => a - b);
  const logs = waits.map(Math.log);
  const centre = logs.reduce((sum, log) => sum + log, 0) / n;
  return {
    ttftMedian: waits[Math.floor(n / 2)]!,
    ttftSigma: Math.sqrt(logs.reduce((sum, log) => sum + (log - centre) ** 2, 0) / n),
    outputPerSecond: 1 / Math.max(1e-6, slope),
  };
}

/** A profile with the fitted figures in the place of `base`'s; what a bank cannot tell stays. */
export function fittedProfile(name: string, fit: Fit, base: LlmProfile): LlmProfile {
  const round = (value: number) => Number(value.toPrecision(4));
  const { badStructure, malformed } = fit.kinds ?? base.slip.kinds;
  const shares = { badStructure: round(badStructure), malformed: round(malformed) };
  return {
    ...base,
    name,
    slip: {
      ...base.slip,
      hazard: round(fit.hazard),
      goalMiss: round(fit.goalMiss),
      // What is left, so that the rounded shares still sum to 1.
      kinds: { wrongOperation: 1 - shares.badStructure - shares.malformed, ...shares },
    },
    repair: {
      oddsRatio: fit.repairOddsRatio === null ? base.repair.oddsRatio : round(fit.repairOddsRatio),
      repeats: fit.repeats === null ? base.repair.repeats : round(fit.repeats),
    },
    answer: { ...base.answer, unparseable: round(fit.unparseable) },
    latency: {
      ...base.latency,
      ttftMedian: round(fit.latency.ttftMedian),
      ttftSigma: round(fit.latency.ttftSigma),
      outputPerSecond: round(fit.latency.outputPerSecond),
    },
  };
}
