import type { TypeDeclaration } from './ast.js';

/** Answers subtype questions of a domain. Types may have several direct supertypes (`either`). */
export class TypeHierarchy {
  private readonly ancestors = new Map<string, ReadonlySet<string>>();

  /** `types` must name supertypes before their subtypes, as {@link Domain.types} does. */
  constructor(types: readonly TypeDeclaration[]) {
    for (const type of types) {
      const set = new Set([type.name]);
      for (const parent of type.parents) for (const name of this.ancestors.get(parent) ?? []) set.add(name);
      this.ancestors.set(type.name, set);
    }
  }

  has(type: string): boolean {
    return this.ancestors.has(type);
  }

  names(): string[] {
    return [...this.ancestors.keys()];
  }

  /** True when every `type` is an `ancestor` (a type is its own ancestor). */
  isSubtype(type: string, ancestor: string): boolean {
    return this.ancestors.get(type)?.has(ancestor) ?? false;
  }

  /** True when an object of one of `types` is of one of `wanted` for sure. */
  fits(types: readonly string[], wanted: readonly string[]): boolean {
    return types.some((type) => wanted.some((ancestor) => this.isSubtype(type, ancestor)));
  }

  /** True when something declared with `types` can also be of `wanted`: one is above the other. */
  overlaps(types: readonly string[], wanted: readonly string[]): boolean {
    return types.some((a) => wanted.some((b) => this.isSubtype(a, b) || this.isSubtype(b, a)));
  }
}

/** A list of types as PDDL writes it. */
export function typesText(types: readonly string[]): string {
  return types.length === 1 ? types[0]! : `(either ${types.join(' ')})`;
}
