import { withNearest } from './scope.js';
import type { Section } from './sections.js';
import type { Source } from './tokens.js';

const SUPPORTED: ReadonlySet<string> = new Set([
  ':strips',
  ':typing',
  ':negative-preconditions',
  ':disjunctive-preconditions',
  ':equality',
  ':existential-preconditions',
  ':universal-preconditions',
  ':quantified-preconditions',
  ':conditional-effects',
  ':adl',
  ':fluents',
  ':numeric-fluents',
  ':action-costs',
  ':constraints',
]);

const REFUSED: ReadonlySet<string> = new Set([
  ':durative-actions',
  ':duration-inequalities',
  ':continuous-effects',
  ':timed-initial-literals',
  ':derived-predicates',
  ':preferences',
  ':object-fluents',
  ':time',
]);

/** Reads `(:requirements :strips …)`. Construct by construct, what is declared does not matter (see the policy table). */
export function readRequirements(source: Source, section: Section | undefined): string[] {
  return (section?.body ?? []).map((node) => {
    if (node.kind !== 'symbol') source.reject(node, 'a requirement (:name)');
    if (REFUSED.has(node.name)) {
      source.reject(node, `a requirement of PDDL 2.1 level 2 ("${node.name}" is not supported)`);
    }
    if (!SUPPORTED.has(node.name)) source.reject(node, withNearest('a requirement', node.name, SUPPORTED));
    return node.name;
  });
}
