import type { FunctionDeclaration, PredicateDeclaration, Term, TypedName } from '../ast.js';
import { nearestName } from '../nearest.js';
import { type TypeHierarchy, typesText } from '../types.js';
import type { Node, Source } from './tokens.js';

/** The names that are declared at a place of a text, and the checks against them. */
export class Scope {
  private readonly variables: TypedName[] = [];

  constructor(
    readonly source: Source,
    readonly types: TypeHierarchy,
    readonly predicates: ReadonlyMap<string, PredicateDeclaration>,
    readonly functions: ReadonlyMap<string, FunctionDeclaration>,
    readonly objects: ReadonlyMap<string, TypedName>,
  ) {}

  /** Runs `body` with more variables declared; inner ones hide outer ones of the same name. */
  within<T>(variables: readonly TypedName[], body: () => T): T {
    this.variables.push(...variables);
    const result = body();
    this.variables.length -= variables.length;
    return result;
  }

  /** Reads a variable or object and checks that it is declared and can be of the wanted types. */
  term(node: Node, wanted: readonly string[]): Term {
    if (node.kind !== 'symbol') this.source.reject(node, 'a variable or an object');
    const declaration = this.declarationOf(node.name);
    if (declaration === undefined) this.rejectTerm(node, node.name);
    if (!this.types.overlaps(declaration.types, wanted)) {
      this.source.fail(
        node.start,
        `${node.name.startsWith('?') ? 'a variable' : 'an object'} of type ${typesText(wanted)}`,
        `"${node.name}" of type ${typesText(declaration.types)}`,
      );
    }
    return { kind: node.name.startsWith('?') ? 'variable' : 'object', name: node.name };
  }

  /** Reads the arguments of a predicate or function: as many as declared, each of a fitting type. */
  args(list: Node, nodes: readonly Node[], declaration: PredicateDeclaration | FunctionDeclaration): Term[] {
    const { name, parameters } = declaration;
    if (nodes.length !== parameters.length) {
      const count = `${parameters.length} argument${parameters.length === 1 ? '' : 's'}`;
      this.source.reject(list, `${count} for "${name}"`);
    }
    return nodes.map((node, i) => this.term(node, parameters[i]!.types));
  }

  private declarationOf(name: string): TypedName | undefined {
    if (!name.startsWith('?')) return this.objects.get(name);
    return this.variables.findLast((variable) => variable.name === name);
  }

  private rejectTerm(node: Node, name: string): never {
    const isVariable = name.startsWith('?');
    const known = isVariable ? this.variables.map((variable) => variable.name) : this.objects.keys();
    const kind = isVariable ? 'a declared variable' : 'a declared object';
    this.source.reject(node, withNearest(kind, name, known));
  }
}

/** `expected` with the closest known name, when there is one. */
export function withNearest(expected: string, name: string, known: Iterable<string>): string {
  const nearest = nearestName(name, known);
  return nearest === null ? expected : `${expected} (nearest: "${nearest}")`;
}
