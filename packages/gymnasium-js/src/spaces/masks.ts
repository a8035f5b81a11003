/** Reading masks and probability vectors, shared by Discrete, MultiDiscrete, MultiBinary and Text. */
import type { Generator } from '../random/index.js';

export type NumberArray = ArrayLike<number>;

function isNumberArray(value: unknown): value is NumberArray {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}

/** @throws TypeError when `mask` is no array, RangeError when its length or a value is wrong */
export function readMask(mask: unknown, length: number): NumberArray {
  if (!isNumberArray(mask)) {
    throw new TypeError(`The expected type of the sample mask is an array, actual type: ${typeof mask}`);
  }
  if (mask.length !== length) {
    throw new RangeError(
      `The expected shape of the sample mask is (${length},), actual shape: (${mask.length},)`,
    );
  }
  for (let i = 0; i < length; i++) {
    if (mask[i] !== 0 && mask[i] !== 1) {
      throw new RangeError(
        `All values of the sample mask should be 0 or 1, actual values: ${Array.from(mask)}`,
      );
    }
  }
  return mask;
}

/** @throws TypeError when it is no array, RangeError when it is no probability vector of that length */
export function readProbability(probability: unknown, length: number): NumberArray {
  if (!isNumberArray(probability)) {
    throw new TypeError(
      `The expected type of the sample probability is an array, actual type: ${typeof probability}`,
    );
  }
  if (probability.length !== length) {
    throw new RangeError(
      `The expected shape of the sample probability is (${length},), actual shape: (${probability.length},)`,
    );
  }
  let sum = 0;
  for (let i = 0; i < length; i++) {
    const value = probability[i]!;
    if (!(value >= 0 && value <= 1)) {
      throw new RangeError(
        `All values of the sample probability should be between 0 and 1, actual values: ${Array.from(probability)}`,
      );
    }
    sum += value;
  }
  if (Math.abs(sum - 1) > 1e-8 + 1e-5) {
    throw new RangeError(`The sum of the sample probability should be equal to 1, actual sum: ${sum}`);
  }
  return probability;
}

/** A uniformly chosen index among those with mask 1; -1 when there is none (and then nothing is drawn). */
export function chooseMasked(generator: Generator, mask: NumberArray): number {
  let valid = 0;
  for (let i = 0; i < mask.length; i++) if (mask[i] === 1) valid++;
  if (valid === 0) return -1;
  let skip = generator.choice(valid);
  for (let i = 0; ; i++) if (mask[i] === 1 && skip-- === 0) return i;
}
