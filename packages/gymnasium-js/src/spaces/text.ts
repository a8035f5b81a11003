import type { Generator } from '../random/index.js';
import { readMask, readProbability } from './masks.js';
import { checkSampleOptions, type SampleOptions, Space, type SpaceSeed } from './space.js';

/** Digits and letters in sorted order: Gymnasium's default is a set, and sets are sorted. */
export const ALPHANUMERIC = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

export interface TextOptions {
  /** Default 1. */
  readonly minLength?: number;
  /** Characters, in the order masks name them (a set is sorted). Default letters and digits. */
  readonly charset?: string | ReadonlySet<string>;
  readonly seed?: SpaceSeed | Generator;
}

/** `[length or null, mask or probability of each character or null]`. */
type TextMask = readonly [unknown, unknown];

function pair(value: unknown, what: string): TextMask {
  if (!Array.isArray(value))
    throw new TypeError(`Expects the \`${what}\` type to be an array, actual type: ${typeof value}`);
  if (value.length !== 2)
    throw new RangeError(`Expects the \`${what}\` length to be two, actual length: ${value.length}`);
  return value as unknown as TextMask;
}

/**
 * Strings of bounded length over a set of characters.
 *
 * `sample({mask: [length, charMask]})` fixes the length and which characters may come (zeros and ones, in charset order);
 * `sample({probability: [length, p]})` weighs them. Either part may be null.
 *
 * @throws RangeError when lengths are negative or swapped, or a charset entry is no single character
 */
export class Text extends Space<string> {
  readonly minLength: number;
  readonly maxLength: number;
  readonly charList: readonly string[];
  readonly #index: ReadonlyMap<string, number>;

  constructor(maxLength: number, { minLength = 1, charset = ALPHANUMERIC, seed }: TextOptions = {}) {
    super(null, null);
    if (!Number.isInteger(minLength))
      throw new TypeError(`Expects the minLength to be an integer, actual: ${minLength}`);
    if (!Number.isInteger(maxLength))
      throw new TypeError(`Expects the maxLength to be an integer, actual: ${maxLength}`);
    if (minLength < 0)
      throw new RangeError(`Minimum text length must be non-negative, actual value: ${minLength}`);
    if (minLength > maxLength) {
      throw new RangeError(
        `The minLength must be less than or equal to the maxLength, minLength: ${minLength}, maxLength: ${maxLength}`,
      );
    }
    const chars = typeof charset === 'string' ? [...new Set(charset)] : [...charset].sort();
    const invalid = chars.filter((char) => [...char].length !== 1);
    if (invalid.length > 0) {
      throw new RangeError(
        `Expects all charset elements to be a single character, actual invalid elements: ${invalid.join(', ')}`,
      );
    }
    this.minLength = minLength;
    this.maxLength = maxLength;
    this.charList = chars;
    this.#index = new Map(chars.map((char, i) => [char, i]));
    this.initSeed(seed);
  }

  /** All characters, sorted, in one string. */
  get characters(): string {
    return [...this.charList].sort().join('');
  }

  /** Position of a character in the charset; undefined when it is not there. */
  charIndex(char: string): number | undefined {
    return this.#index.get(char);
  }

  override get isFlattenable(): boolean {
    return true;
  }

  override sample(options: SampleOptions = {}): string {
    checkSampleOptions(options);
    const { mask, probability } = options;
    const { fixedLength, weights } =
      mask !== undefined && mask !== null
        ? this.#read(mask, 'mask')
        : probability !== undefined && probability !== null
          ? this.#read(probability, 'probability')
          : { fixedLength: null, weights: null };
    const count = this.charList.length;
    const length = fixedLength ?? this.npRandom.integers(this.minLength, this.maxLength + 1);
    const p = weights ?? new Float64Array(count).fill(1 / count);
    if (p.every((x) => x === 0)) {
      if (this.minLength === 0) return '';
      throw new RangeError(
        `Trying to sample with a minimum length > 0 (actual minimum length=${this.minLength}) but the character mask is all zero meaning that no character could be sampled.`,
      );
    }
    return this.npRandom.choices(this.charList, length, { p }).join('');
  }

  #read(
    value: unknown,
    kind: 'mask' | 'probability',
  ): { fixedLength: number | null; weights: Float64Array | null } {
    const [length, chars] = pair(value, kind);
    if (length !== null && length !== undefined) {
      if (!Number.isInteger(length)) {
        throw new TypeError(`Expects the Text sample length to be an integer, actual type: ${typeof length}`);
      }
      if ((length as number) < this.minLength || (length as number) > this.maxLength) {
        throw new RangeError(
          `Expects the Text sample length be between ${this.minLength} and ${this.maxLength}, actual length: ${length}`,
        );
      }
    }
    const fixedLength = (length ?? null) as number | null;
    if (chars === null || chars === undefined) return { fixedLength, weights: null };
    const read = kind === 'mask' ? readMask : readProbability;
    const weights = Float64Array.from(read(chars, this.charList.length));
    if (kind === 'probability') return { fixedLength, weights };
    const sum = weights.reduce((a, b) => a + b, 0);
    return { fixedLength, weights: sum > 0 ? weights.map((x) => x / sum) : weights };
  }

  override contains(x: unknown): x is string {
    if (typeof x !== 'string') return false;
    const chars = [...x];
    return (
      chars.length >= this.minLength &&
      chars.length <= this.maxLength &&
      chars.every((char) => this.#index.has(char))
    );
  }

  override toJsonable(samples: readonly string[]): string[] {
    return [...samples];
  }

  override fromJsonable(data: unknown): string[] {
    return [...(data as string[])];
  }

  override placeholder(): string {
    return this.characters.slice(0, 1).repeat(this.minLength);
  }

  override copy(): Text {
    const { maxLength, minLength, charList } = this;
    return this.copyRandomTo(new Text(maxLength, { minLength, charset: charList.join('') }));
  }

  override equals(other: unknown): boolean {
    return (
      other instanceof Text &&
      other.minLength === this.minLength &&
      other.maxLength === this.maxLength &&
      other.characters === this.characters
    );
  }

  override toString(): string {
    return `Text(${this.minLength}, ${this.maxLength}, charset=${this.characters})`;
  }
}
