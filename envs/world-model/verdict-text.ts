import type { AdviceTree, ConditionAt, Hypothesis, Plan, PlanFailure, Verdict } from './types.js';

/** How much of a verdict to tell. */
export interface VerdictTextOptions {
  /** `step`: only which step failed and how; `advice`: also what would have to change. Default `advice`. */
  readonly detail?: 'step' | 'advice';
  /** The judged plan, so that steps can be quoted. */
  readonly plan?: Plan;
  /** Failures told at most. Default 3: more of them make a prompt longer, not a repair likelier. */
  readonly limit?: number;
}

/** A verdict in sentences that a person or a language model can act on. */
export function renderVerdict(verdict: Verdict, options: VerdictTextOptions = {}): string {
  const { limit = 3 } = options;
  const head = verdict.accepted
    ? `Accepted: feasible with probability ${percent(verdict.feasibility)}, recovery expected ${Math.round(verdict.predictedMttr)} s from now.`
    : `Rejected: feasible with probability ${percent(verdict.feasibility)}.`;
  const told = verdict.failures.slice(0, limit).map((failure) => `- ${renderFailure(failure, options)}`);
  const left = verdict.failures.length - told.length;
  if (left > 0) told.push(`- and ${left} more.`);
  return [head, ...told].join('\n');
}

/** One reason against a plan, as one line. */
export function renderFailure(failure: PlanFailure, options: VerdictTextOptions = {}): string {
  const parts = [`${whereOf(failure, options.plan)}: ${whatOf(failure)}`];
  if (failure.hypothesis) parts.push(`if ${renderHypothesis(failure.hypothesis)}`);
  let line = `${parts.join(', ')}.`;
  if (options.detail !== 'step') {
    if (failure.actual) line += ` Holds instead: ${failure.actual}.`;
    if (failure.advice) line += ` To repair it: ${renderAdvice(failure.advice)}.`;
  }
  return line;
}

function whereOf({ step }: PlanFailure, plan: Plan | undefined): string {
  if (step === null) return 'Whole plan';
  const call = plan?.steps[step];
  const text = call ? ` (${[call.name, ...call.args].join(' ')})` : '';
  return `Step ${step + 1}${text}`;
}

/** What each kind of failure says, before the condition that shows it. */
const SENTENCES: Readonly<Record<PlanFailure['kind'], string>> = {
  parse: 'the plan cannot be read',
  arity: 'wrong number of arguments',
  type: 'an argument of the wrong type',
  'unknown-action': 'there is no such primitive',
  'unknown-object': 'there is no such component',
  precondition: 'its precondition does not hold',
  'conflicting-effects': 'its effects contradict each other',
  'undefined-fluent': 'it needs a number that is not known',
  constraint: 'it breaks a safety invariant',
  goal: 'the incident would not be over afterwards',
  risk: 'it is too risky',
};

function whatOf(failure: PlanFailure): string {
  const sentence = SENTENCES[failure.kind];
  return failure.condition ? `${sentence}: ${failure.condition}` : sentence;
}

/** `config-bad(cartservice) and process-stale(cartservice) were true (probability 31 %)`. */
export function renderHypothesis({ conditions, probability, source }: Hypothesis): string {
  const said = source === 'diagnosis' ? 'by its own diagnosis ' : '';
  const likelihood = probability > 0 ? ` (probability ${percent(probability)})` : '';
  return `${said}${renderConditions(conditions)} ${conditions.length === 1 ? 'is' : 'are'} the cause${likelihood}`;
}

export function renderConditions(conditions: readonly ConditionAt[]): string {
  return (
    conditions.map(({ condition, component }) => `${condition}(${component})`).join(' and ') || 'nothing'
  );
}

/** The literals to change, as a sentence with `and` and `or`. */
export function renderAdvice(advice: AdviceTree): string {
  if (advice.op === 'literal')
    return `make ${advice.literal} ${advice.wanted ? 'true' : 'false'} (now ${advice.actual})`;
  if (advice.children.length === 0) return advice.op === 'and' ? 'nothing' : 'impossible';
  const parts = advice.children.map((child) =>
    child.op === 'literal' || child.children.length < 2 ? renderAdvice(child) : `(${renderAdvice(child)})`,
  );
  return parts.join(advice.op === 'and' ? ' and ' : ' or ');
}

function percent(x: number): string {
  return `${Math.round(100 * x)} %`;
}
