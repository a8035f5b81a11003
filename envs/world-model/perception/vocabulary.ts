import { intern } from '../../config/index.js';

/**
 * Names of discrete evidence (alert rules, event reasons, log templates) as columns. While training it grows up to its
 * capacity; afterwards it is frozen and unknown names have no column: perception cannot read what it never saw.
 */
export class Vocabulary {
  private readonly scopes = new Map<string, Map<string, number>>();
  private readonly entries: (readonly [scope: string, name: string])[] = [];
  private frozen: boolean;

  /** @param entries columns of a trained vocabulary, or none to grow one of `capacity` columns */
  constructor(
    readonly capacity: number,
    entries: readonly (readonly [scope: string, name: string])[] = [],
  ) {
    this.frozen = false;
    for (const [scope, name] of entries) this.id(scope, name);
    this.frozen = entries.length === capacity;
  }

  get names(): readonly (readonly [scope: string, name: string])[] {
    return this.entries;
  }

  /** Column of a name, or -1 when it has none. */
  id(scope: string, name: string): number {
    const known = this.scopes.get(scope)?.get(name);
    if (known !== undefined) return known;
    return this.frozen ? -1 : this.add(scope, name);
  }

  private add(scope: string, name: string): number {
    if (this.entries.length >= this.capacity) return -1;
    let names = this.scopes.get(scope);
    if (!names) {
      names = new Map();
      this.scopes.set(scope, names);
    }
    names.set(intern(name), this.entries.length);
    this.entries.push([scope, name]);
    return this.entries.length - 1;
  }
}
