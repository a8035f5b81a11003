import type { ConditionAt } from '../../world-model/types.js';
import type { FeedbackContents } from '../feedback.js';
import type { Practice } from '../practice.js';
import type { PromptContents } from '../prompt.js';
import type { Draws } from './decisions.js';
import type { Hint, Reading } from './diagnose.js';
import type { Draft, Drafter, DraftStep } from './draft.js';

/**
 * Share of wrong steps among those that repair that make the plan invalid; the others clear the same condition in another way or
 * swap what may be swapped. Fitted by `scripts/synthesis/repair.ts --fit`, so that answers come to the profiles' odds ratios.
 */
export const HARMFUL_SHARE = 0.68;

/** Odds of feedback repair: a fixed ratio to the odds of a fresh valid plan, as a probability. */
export function repairProbability(oddsRatio: number, fresh: number): number {
  return (oddsRatio * fresh) / (1 - fresh + oddsRatio * fresh);
}

/** Conditions that the advice says hold and must not: what the verifier believes is wrong. */
export function hintsOf(
  told: FeedbackContents,
  contents: PromptContents,
  conditions: readonly string[],
): Hint[] {
  const { services } = contents.objects;
  const hints: Hint[] = [];
  const add = (condition: string, component: string | undefined) => {
    if (component === undefined || !conditions.includes(condition) || !services.includes(component)) return;
    if (!hints.some((hint) => hint.condition === condition && hint.component === component))
      hints.push({ condition, component });
  };
  for (const { predicate, args, wanted } of told.advice ?? []) if (!wanted) add(predicate, args[0]);
  for (const { condition, component } of told.hypothesis ?? []) add(condition, component);
  return hints;
}

/**
 * Mends a rejected plan with what the feedback tells. A precondition that some condition blocks gets the remedy of that
 * condition put before the step; one that the advice does not explain gets the step replaced or left out; a goal that
 * is missed is planned anew for what the verifier believes (`reading` already weighs its hints); a name or argument that
 * does not exist is written anew.
 */
export class Mender {
  constructor(
    private readonly practice: Practice,
    private readonly drafter: Drafter,
  ) {}

  /** @param anew what the planner would write had nothing been rejected */
  mend(told: FeedbackContents, reading: Reading, anew: Draft, contents: PromptContents, draws: Draws): Draft {
    if (told.kind === 'precondition' || told.kind === 'constraint')
      return this.unblock(told, reading, anew, contents, draws);
    if (told.kind === 'goal' || told.kind === 'risk')
      return told.plan ? this.complete(told, reading, anew, contents, draws) : anew;
    return anew;
  }

  /** The rejected plan where the prompt repeats it, else what the planner writes again. */
  private base(told: FeedbackContents, anew: Draft): Draft {
    if (!told.plan) return anew;
    const steps = told.plan.steps.map((call) => {
      const operation = this.drafter.operationOf(call.name) ?? call.name;
      return { operation, call, essential: this.practice.operations.get(operation)?.class !== 'observe' };
    });
    return { diagnosis: told.plan.diagnosis, steps };
  }

  private unblock(
    told: FeedbackContents,
    reading: Reading,
    anew: Draft,
    contents: PromptContents,
    draws: Draws,
  ): Draft {
    const base = this.base(told, anew);
    const at = base.steps.findIndex(
      ({ call }) => call.name === told.call?.name && call.args.join(' ') === told.call.args.join(' '),
    );
    if (at < 0) return anew;
    const blocking = hintsOf({ ...told, hypothesis: null }, contents, this.drafter.vocabulary.conditions);
    const enabling = blocking.flatMap((hint) => this.against(hint, reading, contents, draws));
    const before = base.steps.slice(0, at);
    const after = base.steps.slice(at);
    if (enabling.length > 0) {
      const diagnosis = [...base.diagnosis, ...blocking.filter((hint) => !names(base.diagnosis, hint))];
      return { diagnosis, steps: dedupe([...before, ...enabling, ...after]) };
    }
    if (told.kind === 'constraint') {
      const safer = this.gentler(base, at, contents, draws) ?? this.pause(base, at, reading, contents, draws);
      if (safer) return safer;
    }
    return this.without(told, reading, base, at, contents, draws);
  }

  /** The same plan with the step done by a less disruptive operation. */
  private gentler(base: Draft, at: number, contents: PromptContents, draws: Draws): Draft | null {
    const { operation, call } = base.steps[at]!;
    const other = this.practice.operations.get(operation)?.gentler;
    if (other === undefined || call.args[0] === undefined) return null;
    const step = this.drafter.step(other, 'culprit', call.args[0], contents, draws);
    if (!step) return null;
    // A node's step keeps its node, whatever node the drafter would choose now.
    const kept = { ...step, call: { name: step.call.name, args: [call.args[0]] } };
    return { diagnosis: base.diagnosis, steps: base.steps.map((one, i) => (i === at ? kept : one)) };
  }

  /** The same plan with a pause before the step, so that what the step before began is over. */
  private pause(
    base: Draft,
    at: number,
    reading: Reading,
    contents: PromptContents,
    draws: Draws,
  ): Draft | null {
    const before = base.steps[at - 1];
    if (!before?.essential) return null;
    const component = before.call.args[0] ?? reading.component;
    const step = this.drafter.step('await-rollout', 'culprit', component, contents, draws);
    return (
      step && {
        diagnosis: base.diagnosis,
        steps: [...base.steps.slice(0, at), step, ...base.steps.slice(at)],
      }
    );
  }

  /** Another way to the same end that does without the operation, else the plan without the step. */
  private without(
    told: FeedbackContents,
    reading: Reading,
    base: Draft,
    at: number,
    contents: PromptContents,
    draws: Draws,
  ): Draft {
    const operation = base.steps[at]!.operation;
    const other = this.drafter.draft(reading, contents, draws, new Set([operation]));
    if (!other.steps.some((step) => step.operation === operation)) return other;
    const rest = base.steps.filter((_, i) => i !== at);
    return rest.some((step) => step.essential)
      ? { diagnosis: base.diagnosis, steps: rest }
      : { ...base, steps: told.plan ? other.steps : base.steps };
  }

  /** The rejected plan with the remedies of what it leaves wrong put at its end. */
  private complete(
    told: FeedbackContents,
    reading: Reading,
    anew: Draft,
    contents: PromptContents,
    draws: Draws,
  ): Draft {
    const base = this.base(told, anew);
    const left = hintsOf({ ...told, hypothesis: null }, contents, this.drafter.vocabulary.conditions).filter(
      (hint) => hint.component === reading.component,
    );
    const sameService = base.diagnosis.some(({ component }) => component === reading.component);
    if (!sameService || left.length === 0) return anew;
    const added = left.flatMap((hint) => this.against(hint, reading, contents, draws));
    if (added.length === 0) return anew;
    return {
      diagnosis: [...base.diagnosis, ...left.filter((hint) => !names(base.diagnosis, hint))],
      steps: dedupe([...base.steps, ...added]),
    };
  }

  /** Essential steps of practice against one condition: of the reading's problem if it has the condition, else of the commonest that does. */
  private against(
    { condition, component }: Hint,
    reading: Reading,
    contents: PromptContents,
    draws: Draws,
  ): DraftStep[] {
    const { problems } = this.practice;
    const having = problems
      .map((problem, i) => ({ problem, i }))
      .filter(({ i }) => this.drafter.said(i, contents).includes(condition));
    const own = having.find(({ i }) => i === reading.problem);
    // A condition that a problem says first is what the problem is about.
    const about = having.filter(({ i }) => this.drafter.said(i, contents)[0] === condition);
    const chosen =
      own ?? (about.length > 0 ? about : having).sort((a, b) => b.problem.share - a.problem.share)[0];
    if (!chosen) return [];
    const core = this.drafter
      .core({ problem: chosen.i, component }, contents, draws)
      .filter((step) => step.essential);
    return own || this.drafter.said(chosen.i, contents).length === 1 ? core : core.slice(0, 1);
  }
}

function names(diagnosis: readonly ConditionAt[], { condition, component }: Hint): boolean {
  return diagnosis.some((entry) => entry.condition === condition && entry.component === component);
}

function dedupe(steps: readonly DraftStep[]): DraftStep[] {
  const seen = new Set<string>();
  return steps.filter(({ call, essential }) => {
    const key = `${call.name} ${call.args.join(' ')}`;
    if (essential && seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
