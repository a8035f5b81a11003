import type { Inventory } from '../cloud/interface.js';
import type { DomainModel } from './domain.js';
import {
  type FactSource,
  GLOBAL_FLUENTS,
  NODE_FACTS,
  NODE_FLUENTS,
  PLACEMENT_FACTS,
  SERVICE_FACTS,
  SERVICE_FLUENTS,
} from './facts.js';
import type { ConditionAt } from './types.js';

/** Services that the domain speaks of: all but clients, which nobody operates. */
export function domainServices(inventory: Inventory): Inventory['services'] {
  return inventory.services.filter(({ kind }) => kind !== 'client');
}

/**
 * The goal of every incident: no condition left, replicas at their baseline, every limit and cordon lifted, and the incident
 * not handed over.
 */
export function goalText(domain: DomainModel): string {
  const conditions = domain.conditions.map((name) => `(not (${name} ?s))`).join(' ');
  return `(and (forall (?s - service) (and ${conditions} (>= (desired ?s) (baseline ?s)) (not (limited ?s))))
       (forall (?n - node) (not (cordoned ?n)))
       (not (handed-over)))`;
}

/** PDDL text of an incident as the inventory and a hypothesis have it; `pase export-pddl` prints it. */
export function problemText(
  domain: DomainModel,
  source: FactSource,
  hypothesis: readonly ConditionAt[] = [],
  name = 'incident',
): string {
  const { inventory } = source;
  const services = domainServices(inventory);
  const lines: string[] = [];
  const declared = new Set([...domain.ast.predicates, ...domain.ast.functions].map((symbol) => symbol.name));
  for (const [fact, holds] of Object.entries(SERVICE_FACTS)) {
    if (declared.has(fact))
      for (const service of services) if (holds(service)) lines.push(`(${fact} ${service.id})`);
  }
  for (const [fact, holds] of Object.entries(NODE_FACTS)) {
    if (declared.has(fact))
      for (const node of inventory.nodes) if (holds(node)) lines.push(`(${fact} ${node.id})`);
  }
  for (const [fact, holds] of Object.entries(PLACEMENT_FACTS)) {
    if (!declared.has(fact)) continue;
    for (const node of inventory.nodes) {
      for (const service of services)
        if (holds(node, service)) lines.push(`(${fact} ${node.id} ${service.id})`);
    }
  }
  for (const { condition, component } of hypothesis) lines.push(`(${condition} ${component})`);
  for (const [fluent, value] of Object.entries(SERVICE_FLUENTS)) {
    if (declared.has(fluent))
      for (const service of services) lines.push(`(= (${fluent} ${service.id}) ${value(service)})`);
  }
  for (const [fluent, value] of Object.entries(NODE_FLUENTS)) {
    if (declared.has(fluent))
      for (const node of inventory.nodes) lines.push(`(= (${fluent} ${node.id}) ${value(node, source)})`);
  }
  for (const [fluent, value] of Object.entries(GLOBAL_FLUENTS)) {
    if (declared.has(fluent)) lines.push(`(= (${fluent}) ${value(source)})`);
  }
  return `(define (problem ${name})
  (:domain ${domain.name})
  (:objects ${services.map(({ id }) => id).join(' ')} - service
            ${inventory.nodes.map(({ id }) => id).join(' ')} - node)
  (:init ${lines.join('\n         ')})
  (:goal ${goalText(domain)})
  (:metric minimize (total-time)))
`;
}
