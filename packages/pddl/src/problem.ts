import type { Condition, Constraint, Domain, Fact, FluentValue, Metric, Problem, TypedName } from './ast.js';
import { parseCondition } from './parse/problem.js';

/** Parts of a problem made by a program. */
export interface ProblemParts {
  readonly name?: string;
  /** Objects by type: `{ service: ['cart', 'checkout'], node: ['node-1'] }`. */
  readonly objects: Readonly<Record<string, readonly string[]>>;
  readonly facts?: readonly Fact[];
  readonly fluents?: readonly FluentValue[];
  /** PDDL text or a parsed condition; nothing = always satisfied. */
  readonly goal?: string | Condition;
  readonly constraints?: Constraint | null;
  readonly metric?: Metric | null;
}

/**
 * Makes a problem without text. Names must be lower case. Facts and values are checked when it is grounded.
 * @throws PddlError when the goal's text is wrong.
 */
export function createProblem(domain: Domain, parts: ProblemParts): Problem {
  const location = { line: 1, column: 1 };
  const objects: TypedName[] = Object.entries(parts.objects).flatMap(([type, names]) =>
    names.map((name) => ({ name, types: [type], location })),
  );
  const { goal } = parts;
  return {
    name: parts.name ?? 'problem',
    domain: domain.name,
    requirements: [],
    objects,
    facts: parts.facts ?? [],
    fluents: parts.fluents ?? [],
    goal:
      typeof goal === 'string' ? parseCondition(goal, domain, objects) : (goal ?? { kind: 'and', parts: [] }),
    constraints: parts.constraints ?? null,
    metric: parts.metric ?? null,
  };
}
