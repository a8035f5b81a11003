import { validate } from 'pddl';
import type { Inventory } from '../cloud/interface.js';
import { acceptThreshold, type VerifierConstants, verifierConstants } from './constants.js';
import { type DomainModel, loadDomain } from './domain.js';
import { readPlan } from './read-plan.js';
import { type RecoveryTask, recoveryTask } from './recovery-task.js';
import { feasibilityOf, type Trial, tryPlan, unsafeTrials, weigh } from './trials.js';
import type {
  AdviceTree,
  Belief,
  Hypothesis,
  Plan,
  PlanFailure,
  Verdict,
  Verifier,
  VerifierOptions,
} from './types.js';

/** What a verifier may be made with beside its options; the defaults are the shipped ones. */
export interface VerifierParts {
  readonly domain?: DomainModel;
  readonly constants?: VerifierConstants;
}

/** Failures told for one plan: more explain the same again. */
const MAX_FAILURES = 4;
/** Hypotheses of which an unreached goal is told: the likeliest, and one alternative. */
const MAX_GOAL_FAILURES = 2;

/** A verifier of the given mode. Verifiers of one process share grounded tasks and constants. */
export function createVerifier(options: VerifierOptions, parts: VerifierParts = {}): Verifier {
  const domain = parts.domain ?? loadDomain();
  const constants = parts.constants ?? verifierConstants();
  switch (options.mode) {
    case 'none':
      return new TrustingVerifier(domain, constants);
    case 'syntax':
      return new SyntaxVerifier(domain, constants);
    case 'symbolic':
      return new SymbolicVerifier(options, domain, constants);
  }
}

/** Seconds that the steps of a plan take by the domain's durations; unknown primitives count nothing. */
export function plannedSeconds(plan: Plan, domain: DomainModel): number {
  return plan.steps.reduce(
    (sum, { name }) => sum + (domain.byName.get(name.toLowerCase())?.duration ?? 0),
    0,
  );
}

/** Mode `none`: executes whatever it is given, at once. */
class TrustingVerifier implements Verifier {
  constructor(
    private readonly domain: DomainModel,
    private readonly constants: VerifierConstants,
  ) {}

  verify(plan: Plan): Verdict {
    const { fitted, settleSeconds } = this.constants;
    return {
      accepted: true,
      feasibility: fitted.baseRate,
      predictedMttr: plannedSeconds(plan, this.domain) + settleSeconds,
      failures: [],
      seconds: 0,
    };
  }
}

/** Mode `syntax`: names, arity and types, as a schema validator would check them. */
class SyntaxVerifier implements Verifier {
  constructor(
    private readonly domain: DomainModel,
    private readonly constants: VerifierConstants,
  ) {}

  verify(plan: Plan, _belief: Belief, inventory: Inventory): Verdict {
    const { fitted, settleSeconds } = this.constants;
    const { failures } = readPlan(plan, recoveryTask(inventory, this.domain));
    return {
      accepted: failures.length === 0,
      feasibility: failures.length === 0 ? fitted.baseRate : 0,
      predictedMttr: plannedSeconds(plan, this.domain) + settleSeconds,
      failures: failures.slice(0, MAX_FAILURES),
      seconds: secondsOf(plan, this.constants),
    };
  }
}

/**
 * Mode `symbolic`: a plan must be executable without breaking an invariant under every hypothesis of some weight, and reach
 * the goal with enough probability over all of them.
 */
class SymbolicVerifier implements Verifier {
  private readonly threshold: number;

  constructor(
    private readonly options: VerifierOptions,
    private readonly domain: DomainModel,
    private readonly constants: VerifierConstants,
  ) {
    this.threshold = acceptThreshold(constants.fitted.rightPlanFeasibility, options.alpha);
  }

  verify(plan: Plan, belief: Belief, inventory: Inventory): Verdict {
    const task = recoveryTask(inventory, this.domain);
    const { actions, failures } = readPlan(plan, task);
    const seconds = secondsOf(plan, this.constants);
    if (failures.length > 0)
      return this.verdict(plan, false, 0, failures.slice(0, MAX_FAILURES), seconds, []);
    const { fitted } = this.constants;
    const trials = weigh(tryPlan(plan, actions, belief, inventory, this.options.k, task), belief, fitted);
    const feasibility = feasibilityOf(trials);
    const unsafe = unsafeTrials(trials, fitted.epsilon);
    const accepted = unsafe.length === 0 && feasibility >= this.threshold;
    const reasons = accepted ? [] : explain(plan, task, inventory, trials, unsafe);
    return this.verdict(plan, accepted, feasibility, reasons, seconds, trials);
  }

  private verdict(
    plan: Plan,
    accepted: boolean,
    feasibility: number,
    failures: readonly PlanFailure[],
    seconds: number,
    trials: readonly Trial[],
  ): Verdict {
    const works = trials.find(({ run }) => run.goal);
    const planned = works ? works.run.seconds : plannedSeconds(plan, this.domain);
    return {
      accepted,
      feasibility,
      predictedMttr: planned + this.constants.settleSeconds,
      failures,
      seconds,
    };
  }
}

function secondsOf(plan: Plan, { seconds }: VerifierConstants): number {
  return seconds.base + seconds.step * plan.steps.length;
}

/** Why a plan is rejected: first where it is unsafe, then where it falls short of the goal. */
function explain(
  plan: Plan,
  task: RecoveryTask,
  inventory: Inventory,
  trials: readonly Trial[],
  unsafe: readonly Trial[],
): PlanFailure[] {
  const failures: PlanFailure[] = [];
  const told = new Set<string>();
  const tell = ({ hypothesis }: Trial): void => {
    if (failures.length >= MAX_FAILURES) return;
    const failure = failureUnder(plan, task, inventory, hypothesis);
    if (!failure) return;
    const key = `${failure.step} ${failure.kind} ${failure.condition}`;
    if (told.has(key)) return;
    told.add(key);
    failures.push(failure);
  };
  unsafe.forEach(tell);
  const short = trials.filter(({ run }) => run.failure === null && !run.goal);
  // When safety already speaks against the plan, an unreached goal is the second thing to say, not the third.
  short.slice(0, unsafe.length > 0 ? 1 : MAX_GOAL_FAILURES).forEach(tell);
  if (failures.length === 0)
    trials
      .filter(({ run }) => !run.goal)
      .slice(0, 1)
      .forEach(tell);
  return failures;
}

/** The engine's own account of the first failure under a hypothesis. */
function failureUnder(
  plan: Plan,
  task: RecoveryTask,
  inventory: Inventory,
  hypothesis: Hypothesis,
): PlanFailure | null {
  const initial = task.state(inventory, hypothesis.conditions).clone();
  const result = validate(task.task, plan.steps, { state: initial });
  const failure = result.failures[0];
  if (!failure) return null;
  const { kind, step, actual } = failure;
  const advice = failure.advice && possibleAdvice(failure.advice, task.domain);
  return {
    layer: 'symbolic',
    kind,
    step: step === null ? null : Math.max(0, step - 1),
    // The goal of an incident names every condition of every service; only what is missing tells anything.
    condition: kind === 'goal' && advice ? wantedText(advice) : failure.condition,
    actual,
    advice,
    hypothesis,
  };
}

/**
 * Advice without what no primitive can change, such as snapshots of the past, where there is another way. The engine cannot
 * leave it out by itself: the task treats every fact as one that may differ from incident to incident.
 */
function possibleAdvice(advice: AdviceTree, domain: DomainModel): AdviceTree {
  if (advice.op === 'literal') return advice;
  const children = advice.children.map((child) => possibleAdvice(child, domain));
  if (advice.op === 'and') return { op: 'and', children };
  const possible = children.filter(
    (child) => child.op !== 'literal' || speaksOf(child.literal, domain.changeable),
  );
  if (possible.length === 0) return { op: 'or', children };
  return possible.length === 1 ? possible[0]! : { op: 'or', children: possible };
}

/** Some symbol of a literal's text is one of these. */
function speaksOf(literal: string, symbols: ReadonlySet<string>): boolean {
  return (literal.match(/[a-z][\w-]*/gi) ?? []).some((name) => symbols.has(name));
}

/** The literals that an advice tree wants, as PDDL text. */
function wantedText(advice: AdviceTree): string {
  if (advice.op === 'literal') return advice.wanted ? advice.literal : `(not ${advice.literal})`;
  const parts = advice.children.map(wantedText);
  return parts.length === 1 ? parts[0]! : `(${advice.op} ${parts.join(' ')})`;
}
