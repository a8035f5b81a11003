import type { Universe } from './universe.js';

/**
 * Numbers the ground atoms of a set of symbols (predicates or functions) in order of first mention. Numbers are dense
 * and never change, so that states can be arrays that only grow.
 */
export class AtomTable {
  private readonly indices: Map<number | string, number>[];
  private readonly symbols: number[] = [];
  private readonly argLists: Int32Array[] = [];
  private readonly radix: number;

  constructor(
    readonly names: readonly string[],
    private readonly universe: Universe,
  ) {
    this.indices = names.map(() => new Map());
    this.radix = Math.max(2, universe.size);
  }

  get size(): number {
    return this.symbols.length;
  }

  /** Index of an atom, or -1 when it was never mentioned. */
  find(symbol: number, args: ArrayLike<number>): number {
    return this.indices[symbol]!.get(this.key(args)) ?? -1;
  }

  /** Index of an atom, which is given one if need be. */
  intern(symbol: number, args: ArrayLike<number>): number {
    const index = this.indices[symbol]!;
    const key = this.key(args);
    let atom = index.get(key);
    if (atom === undefined) {
      atom = this.symbols.length;
      index.set(key, atom);
      this.symbols.push(symbol);
      this.argLists.push(Int32Array.from(args));
    }
    return atom;
  }

  symbolOf(atom: number): number {
    return this.symbols[atom]!;
  }

  argsOf(atom: number): Int32Array {
    return this.argLists[atom]!;
  }

  argNames(atom: number): string[] {
    return Array.from(this.argsOf(atom), (object) => this.universe.name(object));
  }

  /** `(symbol object …)`. */
  text(atom: number): string {
    return this.textOf(this.symbolOf(atom), this.argsOf(atom));
  }

  textOf(symbol: number, args: ArrayLike<number>): string {
    const words = [this.names[symbol]!];
    for (let i = 0; i < args.length; i++) words.push(this.universe.name(args[i]!));
    return `(${words.join(' ')})`;
  }

  /** Arguments as one number in base `radix`; as text where that number would not be exact. */
  private key(args: ArrayLike<number>): number | string {
    let key = 0;
    for (let i = 0; i < args.length; i++) key = key * this.radix + args[i]!;
    return key <= Number.MAX_SAFE_INTEGER ? key : Array.from(args).join(' ');
  }
}
