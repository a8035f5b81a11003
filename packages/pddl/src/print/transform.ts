import type { Constraint, Domain, Problem } from '../ast.js';

/**
 * The same task for tools that know trajectory constraints in problems only (unified-planning): those of the domain
 * move over.
 */
export function constraintsInProblem(domain: Domain, problem: Problem): { domain: Domain; problem: Problem } {
  if (domain.constraints === null) return { domain, problem };
  const constraints: Constraint =
    problem.constraints === null
      ? domain.constraints
      : { kind: 'and', parts: [domain.constraints, problem.constraints] };
  return { domain: { ...domain, constraints: null }, problem: { ...problem, constraints } };
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
