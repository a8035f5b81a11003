import type { Condition, Constraint, Domain, Effect, Expression, Problem } from '../ast.js';

/** Requirements in the order in which they are printed. */
const ORDER = [
  ':strips',
  ':typing',
  ':negative-preconditions',
  ':disjunctive-preconditions',
  ':equality',
  ':existential-preconditions',
  ':universal-preconditions',
  ':conditional-effects',
  ':numeric-fluents',
  ':action-costs',
  ':constraints',
] as const;
type Requirement = (typeof ORDER)[number];

/** The requirements that a domain, with a problem if given, really has; what its author declared does not matter. */
export function requirementsOf(domain: Domain, problem?: Problem): string[] {
  const found = new Set<Requirement>([':strips']);
  if (domain.types.length > 1) found.add(':typing');
  for (const { precondition, effect } of domain.actions) {
    if (precondition !== null) condition(precondition, found);
    if (effect !== null) effects(effect, found);
  }
  if (usesNumbers(domain, problem)) found.add(':numeric-fluents');
  else if (domain.functions.length > 0) found.add(':action-costs');
  for (const constraints of [domain.constraints, problem?.constraints ?? null]) {
    if (constraints !== null) constraint(constraints, found);
  }
  if (problem !== undefined) condition(problem.goal, found);
  return ORDER.filter((requirement) => found.has(requirement));
}

function condition(tree: Condition, found: Set<Requirement>): void {
  switch (tree.kind) {
    case 'atom':
    case 'compare':
      return;
    case 'equals':
      found.add(':equality');
      return;
    case 'not':
      found.add(':negative-preconditions');
      condition(tree.part, found);
      return;
    case 'or':
      found.add(':disjunctive-preconditions');
      for (const part of tree.parts) condition(part, found);
      return;
    case 'and':
      for (const part of tree.parts) condition(part, found);
      return;
    case 'imply':
      found.add(':disjunctive-preconditions');
      condition(tree.premise, found);
      condition(tree.conclusion, found);
      return;
    case 'forall':
    case 'exists':
      found.add(tree.kind === 'forall' ? ':universal-preconditions' : ':existential-preconditions');
      condition(tree.part, found);
  }
}

function effects(tree: Effect, found: Set<Requirement>): void {
  switch (tree.kind) {
    case 'and':
      for (const part of tree.parts) effects(part, found);
      return;
    case 'when':
      found.add(':conditional-effects');
      condition(tree.condition, found);
      effects(tree.effect, found);
      return;
    case 'forall':
      found.add(':conditional-effects');
      effects(tree.effect, found);
      return;
    default:
      return;
  }
}

function constraint(tree: Constraint, found: Set<Requirement>): void {
  if (tree.kind === 'and') {
    for (const part of tree.parts) constraint(part, found);
    return;
  }
  found.add(':constraints');
  if (tree.kind === 'forall') {
    found.add(':universal-preconditions');
    constraint(tree.part, found);
    return;
  }
  condition(tree.condition, found);
  if ('other' in tree) condition(tree.other, found);
}

/** Numbers matter beyond `(increase (total-cost) …)` of a non-negative number or a static fluent. */
function usesNumbers(domain: Domain, problem: Problem | undefined): boolean {
  const text = JSON.stringify([
    domain.actions.map(({ precondition }) => precondition),
    domain.constraints,
    problem?.goal,
  ]);
  if (text.includes('"kind":"compare"')) return true;
  return domain.actions.some(({ effect }) => effect !== null && !onlyCosts(effect));
}

function onlyCosts(effect: Effect): boolean {
  switch (effect.kind) {
    case 'and':
      return effect.parts.every(onlyCosts);
    case 'when':
      return (
        !hasNumericEffect(effect.effect) && !JSON.stringify(effect.condition).includes('"kind":"compare"')
      );
    case 'forall':
      return !hasNumericEffect(effect.effect);
    case 'numeric':
      return (
        effect.operator === 'increase' && effect.fluent.function === 'total-cost' && isPlainCost(effect.value)
      );
    default:
      return true;
  }
}

function hasNumericEffect(effect: Effect): boolean {
  switch (effect.kind) {
    case 'and':
      return effect.parts.some(hasNumericEffect);
    case 'when':
    case 'forall':
      return hasNumericEffect(effect.effect);
    default:
      return effect.kind === 'numeric';
  }
}

function isPlainCost(value: Expression): boolean {
  return value.kind === 'fluent' || (value.kind === 'number' && value.value >= 0);
}
