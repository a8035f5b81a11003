import { readFileSync } from 'node:fs';
import { type Domain, type Effect, parseDomain } from 'pddl';
import { ConfigError, displayPath, findConfig } from '../config/index.js';
import { type ActionText, actionText, invariantTexts } from './domain-text.js';
import { SERVICE_FACTS } from './facts.js';

/** A semantic recovery action, as prompts, schemas and documents need it. */
export interface Primitive extends ActionText {
  readonly name: string;
  /** Names without the question mark; types are `service`, `node` or `zone`. */
  readonly parameters: readonly { readonly name: string; readonly type: string }[];
  /** Seconds that the model charges for it. */
  readonly duration: number;
}

/** The recovery domain: what can be done, what can be wrong, what must never happen. */
export interface DomainModel {
  readonly name: string;
  /** Display path of its file. */
  readonly file: string;
  readonly text: string;
  readonly ast: Domain;
  readonly primitives: readonly Primitive[];
  readonly byName: ReadonlyMap<string, Primitive>;
  /** Hidden predicates over a service, in the order of the file. */
  readonly conditions: readonly string[];
  readonly invariants: readonly { readonly doc: string; readonly text: string }[];
  /** Names of all its predicates and functions. */
  readonly declared: ReadonlySet<string>;
  /** Predicates and functions that some action changes: nothing else is worth advising. */
  readonly changeable: ReadonlySet<string>;
}

export const DEFAULT_DOMAIN = 'domains/cloud-healing.pddl';

const cache = new Map<string, DomainModel>();

/**
 * The domain of a file below `configs/`, read once per process.
 * @throws ConfigError with file, line and column when it is no domain, or one without what the verifier builds on
 */
export function loadDomain(path: string = DEFAULT_DOMAIN): DomainModel {
  const file = findConfig(path);
  const known = cache.get(file);
  if (known) return known;
  const model = readDomain(readFileSync(file, 'utf8'), displayPath(file));
  cache.set(file, model);
  return model;
}

/** The domain of a text. @throws ConfigError */
export function readDomain(text: string, file: string): DomainModel {
  let ast: Domain;
  try {
    ast = parseDomain(text, file);
  } catch (error) {
    throw new ConfigError(error instanceof Error ? error.message : String(error));
  }
  for (const type of ['service', 'node', 'zone']) {
    if (!ast.types.some(({ name }) => name === type)) {
      throw new ConfigError(
        `${file}: types: expected a type "${type}", found ${ast.types.map(({ name }) => name).join(', ')}`,
      );
    }
  }
  const primitives = ast.actions.map(
    (action): Primitive => ({
      name: action.name,
      parameters: action.parameters.map(({ name, types }) => ({
        name: name.replace(/^\?/, ''),
        type: types.join('|'),
      })),
      duration: action.effect ? durationOf(action.effect) : 0,
      ...actionText(text, action.name),
    }),
  );
  return {
    name: ast.name,
    file,
    text,
    ast,
    primitives,
    byName: new Map(primitives.map((primitive) => [primitive.name, primitive])),
    conditions: conditionsOf(ast),
    invariants: invariantTexts(text),
    declared: new Set([...ast.predicates, ...ast.functions].map((symbol) => symbol.name)),
    changeable: new Set(ast.actions.flatMap(({ effect }) => (effect ? changedBy(effect) : []))),
  };
}

/** Predicates over one service that the inventory cannot tell. */
function conditionsOf(ast: Domain): string[] {
  return ast.predicates
    .filter(({ name, parameters }) => {
      const over = parameters[0]?.types;
      return (
        parameters.length === 1 && over?.length === 1 && over[0] === 'service' && !(name in SERVICE_FACTS)
      );
    })
    .map(({ name }) => name);
}

/** The unconditional increase of `total-time`, when it is a plain number. */
function durationOf(effect: Effect): number {
  if (effect.kind === 'and') return effect.parts.reduce((sum, part) => sum + durationOf(part), 0);
  if (effect.kind !== 'numeric' || effect.operator !== 'increase' || effect.fluent.function !== 'total-time')
    return 0;
  return effect.value.kind === 'number' ? effect.value.value : 0;
}

function changedBy(effect: Effect): string[] {
  switch (effect.kind) {
    case 'add':
    case 'delete':
      return [effect.atom.predicate];
    case 'numeric':
      return [effect.fluent.function];
    case 'and':
      return effect.parts.flatMap(changedBy);
    default:
      return changedBy(effect.effect);
  }
}
