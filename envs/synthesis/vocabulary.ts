import type { Inventory } from '../cloud/interface.js';
import { type DomainModel, loadDomain } from '../world-model/index.js';

/** One primitive of the planning domain as prompts, schemas and parsers need it. */
export interface PrimitiveSignature {
  readonly name: string;
  /** One paragraph of documentation. */
  readonly doc: string;
  readonly parameters: readonly { readonly name: string; readonly type: string }[];
  /** PDDL text, or null when it can always be applied. */
  readonly precondition: string | null;
  readonly effect: string | null;
}

/** What a prompt may tell of the planning domain: everything in it is derived from the PDDL. */
export interface Vocabulary {
  readonly primitives: readonly PrimitiveSignature[];
  /** Names of the conditions that a diagnosis may name. */
  readonly conditions: readonly string[];
  readonly invariants: readonly { readonly doc: string; readonly text: string }[];
}

const cache = new WeakMap<DomainModel, Vocabulary>();

/** The part of a domain that prompts show. @throws ConfigError when the default domain cannot be read */
export function vocabularyOf(domain: DomainModel = loadDomain()): Vocabulary {
  let vocabulary = cache.get(domain);
  if (!vocabulary) {
    const { primitives, conditions, invariants } = domain;
    vocabulary = { primitives, conditions, invariants };
    cache.set(domain, vocabulary);
  }
  return vocabulary;
}

/** Services that a plan may name: all but the load generators, which are no part of the system. */
export function serviceIds(inventory: Inventory): string[] {
  return inventory.services.filter((service) => service.kind !== 'client').map((service) => service.id);
}

export function nodeIds(inventory: Inventory): string[] {
  return inventory.nodes.map((node) => node.id);
}
