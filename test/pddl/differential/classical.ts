import type { ActionDeclaration, Condition, Constraint, Domain, Effect, Problem } from 'pddl';

/** Holds always: what a comparison becomes in the classical part of a domain. */
const TRUE: Condition = { kind: 'and', parts: [] };

/**
 * The part of a task that classical planners know: without numbers but costs (comparisons count as true, numeric effects
 * but those on `total-cost` go), and with `always` constraints as preconditions of every action and part of the goal,
 * which says the same: each state before an action and the last one must satisfy them.
 */
export function classicalPart(domain: Domain, problem: Problem): { domain: Domain; problem: Problem } {
  const invariants = [domain.constraints, problem.constraints].flatMap((part) =>
    part === null ? [] : invariantsOf(part),
  );
  const actions = domain.actions.map((action): ActionDeclaration => {
    const own = action.precondition === null ? [] : [withoutNumbers(action.precondition)];
    const effect = action.effect === null ? null : withoutNumericEffects(action.effect);
    return { ...action, precondition: { kind: 'and', parts: [...own, ...invariants] }, effect };
  });
  const isCost = ({ name }: { readonly name: string }) => name === 'total-cost';
  return {
    domain: { ...domain, constraints: null, functions: domain.functions.filter(isCost), actions },
    problem: {
      ...problem,
      constraints: null,
      fluents: problem.fluents.filter((item) => item.function === 'total-cost'),
      goal: { kind: 'and', parts: [withoutNumbers(problem.goal), ...invariants] },
    },
  };
}

function invariantsOf(constraint: Constraint): Condition[] {
  switch (constraint.kind) {
    case 'and':
      return constraint.parts.flatMap(invariantsOf);
    case 'forall':
      return invariantsOf(constraint.part).map((part) => ({
        kind: 'forall',
        variables: constraint.variables,
        part,
      }));
    case 'always':
      return [withoutNumbers(constraint.condition)];
    default:
      throw new Error(`${constraint.kind} has no classical form here`);
  }
}

function withoutNumbers(condition: Condition): Condition {
  switch (condition.kind) {
    case 'compare':
      return TRUE;
    case 'not':
      return condition.part.kind === 'compare' ? TRUE : { kind: 'not', part: withoutNumbers(condition.part) };
    case 'and':
    case 'or':
      return { kind: condition.kind, parts: condition.parts.map(withoutNumbers) };
    case 'imply':
      return {
        kind: 'imply',
        premise: withoutNumbers(condition.premise),
        conclusion: withoutNumbers(condition.conclusion),
      };
    case 'forall':
    case 'exists':
      return { ...condition, part: withoutNumbers(condition.part) };
    default:
      return condition;
  }
}

/** Null when nothing is left: Fast Downward reads no empty effect inside of another. */
function withoutNumericEffects(effect: Effect): Effect | null {
  switch (effect.kind) {
    case 'numeric':
      return effect.fluent.function === 'total-cost' ? effect : null;
    case 'and': {
      const parts = effect.parts.map(withoutNumericEffects).filter((part) => part !== null);
      return parts.length === 0 ? null : { kind: 'and', parts };
    }
    case 'when': {
      const inner = withoutNumericEffects(effect.effect);
      return inner && { kind: 'when', condition: withoutNumbers(effect.condition), effect: inner };
    }
    case 'forall': {
      const inner = withoutNumericEffects(effect.effect);
      return inner && { ...effect, effect: inner };
    }
    default:
      return effect;
  }
}
