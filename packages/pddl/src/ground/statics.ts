import type { Domain, Effect, Fact, FluentValue } from '../ast.js';
import { AtomTable } from './atoms.js';
import type { Universe } from './universe.js';

/** Names of the predicates and functions that some action changes. */
export function changedSymbols(domain: Domain): { predicates: Set<string>; functions: Set<string> } {
  const predicates = new Set<string>();
  const functions = new Set<string>();
  const visit = (effect: Effect): void => {
    switch (effect.kind) {
      case 'add':
      case 'delete':
        predicates.add(effect.atom.predicate);
        return;
      case 'numeric':
        functions.add(effect.fluent.function);
        return;
      case 'and':
        effect.parts.forEach(visit);
        return;
      default:
        visit(effect.effect);
    }
  };
  for (const action of domain.actions) if (action.effect !== null) visit(action.effect);
  return { predicates, functions };
}

/**
 * What is the same in every state of a task: facts of predicates and values of functions that no action changes and
 * that the user did not declare variable.
 */
export class Statics {
  readonly isStaticPredicate: readonly boolean[];
  readonly isStaticFunction: readonly boolean[];
  private readonly facts: AtomTable;
  private readonly fluents: AtomTable;
  private readonly values: number[] = [];
  private readonly tuples: Int32Array[][];

  constructor(domain: Domain, universe: Universe, variable: ReadonlySet<string>) {
    const changed = changedSymbols(domain);
    const isStatic = (changedNames: ReadonlySet<string>) => (symbol: { readonly name: string }) =>
      !changedNames.has(symbol.name) && !variable.has(symbol.name);
    this.isStaticPredicate = domain.predicates.map(isStatic(changed.predicates));
    this.isStaticFunction = domain.functions.map(isStatic(changed.functions));
    this.facts = new AtomTable(
      domain.predicates.map(({ name }) => name),
      universe,
    );
    this.fluents = new AtomTable(
      domain.functions.map(({ name }) => name),
      universe,
    );
    this.tuples = domain.predicates.map(() => []);
  }

  addFact(predicate: number, args: Int32Array): void {
    if (this.facts.find(predicate, args) >= 0) return;
    this.facts.intern(predicate, args);
    this.tuples[predicate]!.push(args);
  }

  setValue(fn: number, args: Int32Array, value: number): void {
    this.values[this.fluents.intern(fn, args)] = value;
  }

  holds(predicate: number, args: ArrayLike<number>): boolean {
    return this.facts.find(predicate, args) >= 0;
  }

  /** Value of a static fluent, NaN when it has none. */
  value(fn: number, args: ArrayLike<number>): number {
    const index = this.fluents.find(fn, args);
    return index < 0 ? Number.NaN : this.values[index]!;
  }

  /** Argument lists of all facts of a static predicate. */
  tuplesOf(predicate: number): readonly Int32Array[] {
    return this.tuples[predicate]!;
  }

  /** All static facts, by name. */
  factList(universe: Universe): Fact[] {
    return this.tuples.flatMap((tuples, predicate) =>
      tuples.map((args) => ({
        predicate: this.facts.names[predicate]!,
        args: Array.from(args, (object) => universe.name(object)),
      })),
    );
  }

  /** All static fluents with their values, by name. */
  valueList(): FluentValue[] {
    return this.values.map((value, i) => ({
      function: this.fluents.names[this.fluents.symbolOf(i)]!,
      args: this.fluents.argNames(i),
      value,
    }));
  }
}
