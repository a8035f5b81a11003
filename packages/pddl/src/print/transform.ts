import type { Condition, Constraint, Domain, Effect, Problem } from '../ast.js';

/**
 * The same task for tools that know trajectory constraints in problems only (unified-planning): those of the domain
 * move over, into one flat conjunction.
 */
export function constraintsInProblem(domain: Domain, problem: Problem): { domain: Domain; problem: Problem } {
  const parts = [domain.constraints, problem.constraints].flatMap((part) =>
    part === null ? [] : conjuncts(part),
  );
  const constraints: Constraint | null = parts.length > 1 ? { kind: 'and', parts } : (parts[0] ?? null);
  return { domain: { ...domain, constraints: null }, problem: { ...problem, constraints } };
}

function conjuncts(constraint: Constraint): Constraint[] {
  if (constraint.kind === 'and') return constraint.parts.flatMap(conjuncts);
  if (constraint.kind !== 'forall') return [constraint];
  const { variables, part } = constraint;
  // (forall (v) (always c)) = (always (forall (v) c)): the tools in question want the operator outside.
  return conjuncts(part).map((item): Constraint => {
    if (item.kind !== 'always' && item.kind !== 'at-end') return { kind: 'forall', variables, part: item };
    return { ...item, condition: { kind: 'forall', variables, part: item.condition } };
  });
}

/**
 * The same task for tools without `at end` (unified-planning, classical planners): such a constraint says of the last state what a
 * goal says, so it joins the goal. A plan that breaks it then fails for its goal instead of for a constraint.
 */
export function endConstraintsInGoal(domain: Domain, problem: Problem): { domain: Domain; problem: Problem } {
  const ends: Condition[] = [];
  const rest = (constraint: Constraint | null): Constraint | null => {
    const kept = constraint === null ? [] : conjuncts(constraint);
    const parts = kept.filter((part) => part.kind !== 'at-end');
    for (const part of kept) if (part.kind === 'at-end') ends.push(part.condition);
    return parts.length > 1 ? { kind: 'and', parts } : (parts[0] ?? null);
  };
  const constraints = [rest(domain.constraints), rest(problem.constraints)] as const;
  return {
    domain: { ...domain, constraints: constraints[0] },
    problem: {
      ...problem,
      constraints: constraints[1],
      goal: ends.length === 0 ? problem.goal : { kind: 'and', parts: [problem.goal, ...ends] },
    },
  };
}

/**
 * The same domain with conditions of effects as far inside as they go and joined: `(when a (forall (v) (when b e)))`
 * becomes `(forall (v) (when (and a b) e))`. unified-planning 1.3.0 forgets the outer condition otherwise. Variables
 * that a condition and a quantifier inside share by name would change meaning; such domains are returned as they are.
 */
export function conditionsInnermost(domain: Domain): Domain {
  const actions = domain.actions.map((action) =>
    action.effect === null || shadows(action.effect, new Set(action.parameters.map(({ name }) => name)))
      ? action
      : { ...action, effect: pushConditions(action.effect, []) },
  );
  return { ...domain, actions };
}

function pushConditions(effect: Effect, conditions: readonly Condition[]): Effect {
  switch (effect.kind) {
    case 'and':
      return { kind: 'and', parts: effect.parts.map((part) => pushConditions(part, conditions)) };
    case 'when':
      return pushConditions(effect.effect, [...conditions, effect.condition]);
    case 'forall':
      return { ...effect, effect: pushConditions(effect.effect, conditions) };
    default: {
      const [first, ...rest] = conditions;
      if (first === undefined) return effect;
      return {
        kind: 'when',
        condition: rest.length === 0 ? first : { kind: 'and', parts: conditions },
        effect,
      };
    }
  }
}

/** A quantifier of an effect reuses the name of a variable outside of it. */
function shadows(effect: Effect, outer: ReadonlySet<string>): boolean {
  switch (effect.kind) {
    case 'and':
      return effect.parts.some((part) => shadows(part, outer));
    case 'when':
      return shadows(effect.effect, outer);
    case 'forall': {
      const names = effect.variables.map(({ name }) => name);
      return names.some((name) => outer.has(name)) || shadows(effect.effect, new Set([...outer, ...names]));
    }
    default:
      return false;
  }
}

/**
 * The same task with a function renamed. Tools for classical planning know costs by the name `total-cost` only, while
 * `total-time`, where it is declared, is just as good a name here.
 */
export function renameFunction(
  domain: Domain,
  problem: Problem,
  from: string,
  to: string,
): { domain: Domain; problem: Problem } {
  const rename = <T>(tree: T): T => renamed(tree, from, to) as T;
  return {
    domain: {
      ...rename(domain),
      functions: domain.functions.map((item) => (item.name === from ? { ...item, name: to } : item)),
    },
    problem: rename(problem),
  };
}

/** Replaces `from` wherever a tree names a function. */
function renamed(tree: unknown, from: string, to: string): unknown {
  if (Array.isArray(tree)) return tree.map((item: unknown) => renamed(item, from, to));
  if (tree === null || typeof tree !== 'object') return tree;
  return Object.fromEntries(
    Object.entries(tree).map(([key, value]: [string, unknown]) => [
      key,
      key === 'function' && value === from ? to : renamed(value, from, to),
    ]),
  );
}
