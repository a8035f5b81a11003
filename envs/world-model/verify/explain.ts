import { type GroundAction, validate } from 'pddl';
import type { Inventory } from '../../cloud/interface.js';
import type { DomainModel } from '../domain.js';
import type { RecoveryTask } from '../recovery-task.js';
import type { Trial } from '../trials.js';
import type { AdviceTree, Hypothesis, Plan, PlanFailure } from '../types.js';

/** Failures told for one plan: more explain the same again. */
export const MAX_FAILURES = 4;
/** Hypotheses of which an unreached goal is told: the likeliest, and one alternative. */
const MAX_GOAL_FAILURES = 2;

/** Why a plan is rejected: first where it is unsafe, then where it falls short of the goal. */
export function explain(
  plan: Plan,
  actions: readonly GroundAction[],
  task: RecoveryTask,
  inventory: Inventory,
  trials: readonly Trial[],
  unsafe: readonly Trial[],
): PlanFailure[] {
  const failures: PlanFailure[] = [];
  const told = new Set<string>();
  const tell = ({ hypothesis, run }: Trial): void => {
    if (failures.length >= MAX_FAILURES) return;
    const failure =
      run.failure === null
        ? goalFailure(actions, task, inventory, hypothesis)
        : stepFailure(plan, task, inventory, hypothesis);
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

/** Literals named in the text of what holds instead, as the engine does; the advice has them all. */
const MAX_LITERALS = 8;

/** What a plan that runs through leaves undone under a hypothesis. */
function goalFailure(
  actions: readonly GroundAction[],
  task: RecoveryTask,
  inventory: Inventory,
  hypothesis: Hypothesis,
): PlanFailure {
  task.run(inventory, hypothesis.conditions, actions);
  const unmet = task.unmetGoal();
  const advice: AdviceTree = unmet.length === 1 ? unmet[0]! : { op: 'and', children: unmet };
  const actual = unmet.flatMap(({ literal, wanted, actual: values }) =>
    wanted ? values.split(', ').map((value) => `(= ${value.replace(' = ', ' ')})`) : [literal],
  );
  const left = actual.length - MAX_LITERALS;
  return {
    layer: 'symbolic',
    kind: 'goal',
    step: null,
    // The goal of an incident names every condition of every service; only what is missing tells anything.
    condition: wantedText(advice),
    actual: [...actual.slice(0, MAX_LITERALS), ...(left > 0 ? [`… ${left} more`] : [])].join(' '),
    advice,
    hypothesis,
  };
}

/** The engine's own account of the step that fails under a hypothesis. */
function stepFailure(
  plan: Plan,
  task: RecoveryTask,
  inventory: Inventory,
  hypothesis: Hypothesis,
): PlanFailure | null {
  const state = task.state(inventory, hypothesis.conditions).clone();
  const failure = validate(task.task, plan.steps, { state }).failures[0];
  if (!failure) return null;
  const { kind, step, condition, actual } = failure;
  return {
    layer: 'symbolic',
    kind,
    step: step === null ? null : Math.max(0, step - 1),
    condition,
    actual,
    advice: failure.advice && possibleAdvice(failure.advice, task.domain),
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
