import type { Inventory } from '../cloud/interface.js';
import { verifierConstants } from './constants.js';
import type { DomainModel } from './domain.js';
import { domainServices, factSource, zoneIds } from './fact-source.js';
import { inventoryAtoms } from './facts.js';
import type { ConditionAt } from './types.js';

/** Facts of a service that must not be left at the end, beside its conditions, in the order of the goal. */
const LEFT_AT_SERVICE = ['limited', 'circuit-open', 'paused'];

/** Facts of a service that the goal forbids, in its order: conditions, and what containment may leave behind. */
export function forbiddenAtService({ conditions, declared }: DomainModel): string[] {
  return [...conditions, ...LEFT_AT_SERVICE.filter((name) => declared.has(name))];
}

/**
 * The goal of every incident: no condition left, replicas at their baseline, every limit, circuit, pause and cordon lifted, traffic
 * in every zone that can take it, and the incident not handed over.
 */
export function goalText(domain: DomainModel): string {
  const forbidden = forbiddenAtService(domain).map((name) => `(not (${name} ?s))`);
  const zones = domain.declared.has('shifted') ? '\n       (forall (?z - zone) (not (shifted ?z)))' : '';
  return `(and (forall (?s - service) (and ${forbidden.join(' ')} (>= (desired ?s) (baseline ?s))))
       (forall (?n - node) (not (cordoned ?n)))${zones}
       (not (handed-over)))`;
}

/** PDDL text of an incident as the inventory and a hypothesis have it; `pase export-pddl` prints it. */
export function problemText(
  domain: DomainModel,
  inventory: Inventory,
  hypothesis: readonly ConditionAt[] = [],
  name = 'incident',
): string {
  const source = factSource(inventory, verifierConstants());
  const { facts, fluents } = inventoryAtoms(inventory, domain.declared);
  const atom = (symbol: string, args: readonly string[]) => `(${[symbol, ...args].join(' ')})`;
  const lines = [
    ...facts.filter(({ read }) => read(source)).map((fact) => atom(fact.name, fact.args)),
    ...hypothesis.map(({ condition, component }) => atom(condition, [component])),
    ...fluents.map((fluent) => `(= ${atom(fluent.name, fluent.args)} ${fluent.read(source)})`),
  ];
  const ids = (items: readonly { readonly id: string }[]) => items.map(({ id }) => id).join(' ');
  return `(define (problem ${name})
  (:domain ${domain.name})
  (:objects ${ids(domainServices(inventory))} - service
            ${ids(inventory.nodes)} - node
            ${zoneIds(inventory).join(' ')} - zone)
  (:init ${lines.join('\n         ')})
  (:goal ${goalText(domain)})
  (:metric minimize (total-time)))
`;
}
