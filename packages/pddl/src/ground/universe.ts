import type { Domain, TypedName } from '../ast.js';
import { PddlTaskError } from '../errors.js';
import { NearestNames } from '../nearest.js';
import { TypeHierarchy, typesText } from '../types.js';

/** The objects of a task and which of them are of which types. */
export class Universe {
  readonly objects: readonly TypedName[];
  readonly types: TypeHierarchy;
  private readonly indices = new Map<string, number>();
  private readonly nearestNames = new NearestNames(this.indices);
  private readonly domains = new Map<string, { members: Int32Array; isMember: Uint8Array }>();

  /** Constants of the domain come first; a problem's object of the same name is the same object. */
  constructor(domain: Domain, objects: readonly TypedName[]) {
    this.types = new TypeHierarchy(domain.types);
    const all: TypedName[] = [];
    for (const object of [...domain.constants, ...objects]) {
      if (this.indices.has(object.name)) continue;
      this.indices.set(object.name, all.length);
      all.push(object);
    }
    this.objects = all;
  }

  get size(): number {
    return this.objects.length;
  }

  name(object: number): string {
    return this.objects[object]!.name;
  }

  /** Index of an object, or undefined. Names of other case are found too, at the price of a second look. */
  find(name: string): number | undefined {
    return this.indices.get(name) ?? this.indices.get(name.toLowerCase());
  }

  /** @throws PddlTaskError when there is no such object. */
  indexOf(name: string): number {
    const index = this.find(name);
    if (index === undefined) {
      const nearest = this.nearestNames.of(name);
      throw new PddlTaskError(
        `unknown object "${name}"${nearest === null ? '' : ` (nearest: "${nearest}")`}`,
      );
    }
    return index;
  }

  nearest(name: string): string | null {
    return this.nearestNames.of(name.toLowerCase());
  }

  /** Objects of any of the types, ascending. */
  members(types: readonly string[]): Int32Array {
    return this.domainOf(types).members;
  }

  isOf(object: number, types: readonly string[]): boolean {
    return this.domainOf(types).isMember[object] === 1;
  }

  typeText(object: number): string {
    return typesText(this.objects[object]!.types);
  }

  private domainOf(types: readonly string[]): { members: Int32Array; isMember: Uint8Array } {
    const key = types.join(' ');
    let entry = this.domains.get(key);
    if (entry === undefined) {
      const isMember = new Uint8Array(this.size);
      this.objects.forEach((object, i) => {
        if (this.types.fits(object.types, types)) isMember[i] = 1;
      });
      const members = Int32Array.from(isMember.keys()).filter((i) => isMember[i] === 1);
      entry = { members, isMember };
      this.domains.set(key, entry);
    }
    return entry;
  }
}
