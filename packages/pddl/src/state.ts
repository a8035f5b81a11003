/**
 * A state: one bit per fact, one number per fluent (NaN = undefined), by the indices of a task. The arrays may be
 * shorter than the task is large when the task met new atoms after the state was made: what is missing is false or
 * undefined, and `Task.fit` makes room for it.
 */
export class State {
  constructor(
    public bits: Uint32Array,
    public numbers: Float64Array,
  ) {}

  clone(): State {
    return new State(this.bits.slice(), this.numbers.slice());
  }

  /** Becomes equal to `other`. Allocates only when it is too small to hold it. */
  copyFrom(other: State): void {
    if (this.bits.length < other.bits.length) this.bits = other.bits.slice();
    else {
      this.bits.set(other.bits);
      this.bits.fill(0, other.bits.length);
    }
    if (this.numbers.length < other.numbers.length) this.numbers = other.numbers.slice();
    else {
      this.numbers.set(other.numbers);
      this.numbers.fill(Number.NaN, other.numbers.length);
    }
  }

  has(fact: number): boolean {
    return (((this.bits[fact >>> 5] ?? 0) >>> (fact & 31)) & 1) === 1;
  }

  /** The state must be large enough for `fact`. */
  set(fact: number, value: boolean): void {
    const mask = 1 << (fact & 31);
    if (value) this.bits[fact >>> 5]! |= mask;
    else this.bits[fact >>> 5]! &= ~mask;
  }

  /** Makes room for so many facts and fluents; new ones are false and undefined. */
  grow(facts: number, fluents: number): void {
    const words = (facts + 31) >>> 5;
    if (this.bits.length < words) {
      const bits = new Uint32Array(words);
      bits.set(this.bits);
      this.bits = bits;
    }
    if (this.numbers.length < fluents) {
      const numbers = new Float64Array(fluents).fill(Number.NaN);
      numbers.set(this.numbers);
      this.numbers = numbers;
    }
  }

  equals(other: State): boolean {
    const words = Math.max(this.bits.length, other.bits.length);
    for (let i = 0; i < words; i++) if ((this.bits[i] ?? 0) !== (other.bits[i] ?? 0)) return false;
    const fluents = Math.max(this.numbers.length, other.numbers.length);
    for (let i = 0; i < fluents; i++) {
      if (!Object.is(this.numbers[i] ?? Number.NaN, other.numbers[i] ?? Number.NaN)) return false;
    }
    return true;
  }
}
