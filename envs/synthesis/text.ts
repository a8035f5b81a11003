/**
 * Text that goes into prompts. Numbers have fixed widths, so that the length of a line follows from the lengths of its
 * strings alone: the surrogate counts a prompt's tokens without building it, and a test holds the two counts equal.
 */

/**
 * Characters of a prompt per token. Rough: measured on shipped prompts, the tokenizers of Gemma 3 and SmolLM2 have 3.0 to 3.2
 * where there are no metrics and 2.3 to 2.9 where there are, since they take every digit for a token; prose has about 4.
 */
export const CHARS_PER_TOKEN = 3;

/** Longest message of a log line, event, alert or change that a prompt shows. */
export const MAX_MESSAGE = 240;

/** Tokens of a text of `chars` characters, rounded up. An estimate: the real tokenizer is the model's. */
export function tokensOf(chars: number): number {
  return Math.ceil(chars / CHARS_PER_TOKEN);
}

/** A number in exactly `width` characters, clamped to what fits; `-` where there is none. */
export function fixed(value: number, width: number, decimals: number): string {
  if (Number.isNaN(value)) return '-'.padStart(width);
  const integerDigits = width - decimals - (decimals > 0 ? 1 : 0);
  const top = 10 ** integerDigits - 10 ** -decimals;
  const bottom = -(10 ** (integerDigits - 1)) + 10 ** -decimals;
  return Math.min(top, Math.max(bottom, value)).toFixed(decimals).padStart(width);
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control codes are what is removed here
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g;

/** A foreign string on one line: control codes become spaces and the end is cut; the length follows by {@link cleanLength}. */
export function clean(value: string, limit: number = MAX_MESSAGE): string {
  return value.slice(0, limit).replace(CONTROL, ' ');
}

export function cleanLength(value: string): number {
  return Math.min(MAX_MESSAGE, value.length);
}
