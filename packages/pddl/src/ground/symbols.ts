import type { Domain, TypedName } from '../ast.js';
import { PddlTaskError } from '../errors.js';
import { nearestName } from '../nearest.js';
import type { Universe } from './universe.js';

/** Looks up the predicates and functions of a domain by name, and their arguments by object names. */
export class Symbols {
  private readonly predicates: ReadonlyMap<string, number>;
  private readonly functions: ReadonlyMap<string, number>;

  constructor(
    private readonly domain: Domain,
    private readonly universe: Universe,
  ) {
    this.predicates = new Map(domain.predicates.map(({ name }, i) => [name, i]));
    this.functions = new Map(domain.functions.map(({ name }, i) => [name, i]));
  }

  get predicateNames(): string[] {
    return [...this.predicates.keys()];
  }

  get functionNames(): string[] {
    return [...this.functions.keys()];
  }

  /** @throws PddlTaskError when the domain has no such predicate. */
  predicate(name: string): number {
    return required(this.predicates, 'predicate', name);
  }

  /** @throws PddlTaskError when the domain has no such function. */
  function(name: string): number {
    return required(this.functions, 'function', name);
  }

  findFunction(name: string): number | undefined {
    return this.functions.get(name);
  }

  /** @throws PddlTaskError for a wrong number of arguments, unknown objects or objects of a wrong type. */
  predicateArgs(predicate: number, args: readonly string[]): Int32Array {
    const { name, parameters } = this.domain.predicates[predicate]!;
    return this.objects(name, parameters, args);
  }

  /** As {@link predicateArgs}. */
  functionArgs(fn: number, args: readonly string[]): Int32Array {
    const { name, parameters } = this.domain.functions[fn]!;
    return this.objects(name, parameters, args);
  }

  /** The set of names, each checked to be a predicate or function. */
  checked(names: readonly string[]): Set<string> {
    const known = new Map([...this.predicates, ...this.functions]);
    for (const name of names) required(known, 'predicate or function', name);
    return new Set(names);
  }

  private objects(name: string, parameters: readonly TypedName[], args: readonly string[]): Int32Array {
    const { universe } = this;
    if (args.length !== parameters.length) {
      throw new PddlTaskError(`"${name}" takes ${parameters.length} arguments, got ${args.length}`);
    }
    return Int32Array.from(args, (arg, i) => {
      const object = universe.indexOf(arg);
      const { types } = parameters[i]!;
      if (universe.isOf(object, types)) return object;
      const has = `"${arg}" is of type ${universe.typeText(object)}`;
      throw new PddlTaskError(`argument ${i + 1} of "${name}" must be of type ${types.join(' or ')}, ${has}`);
    });
  }
}

function required(index: ReadonlyMap<string, number>, kind: string, name: string): number {
  const found = index.get(name);
  if (found !== undefined) return found;
  const nearest = nearestName(name, index.keys());
  throw new PddlTaskError(`unknown ${kind} "${name}"${nearest === null ? '' : ` (nearest: "${nearest}")`}`);
}
