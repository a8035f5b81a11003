/** A learning rate or clip range: a number, or a line from `from` (at the start) to `to` (at the last timestep). */
export type Schedule = number | { readonly from: number; readonly to: number };

/** The value of a schedule after `progress` (0 to 1) of training. */
export function scheduled(schedule: Schedule, progress: number): number {
  if (typeof schedule === 'number') return schedule;
  return schedule.from + (schedule.to - schedule.from) * Math.min(1, Math.max(0, progress));
}

/** A mistake in an agent's options: one line saying what was expected and what was found. */
export class OptionError extends Error {
  override readonly name = 'OptionError';
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length]!;
}

/** The name of `names` closest to `name` by edit distance; the first of equals. */
export function nearest(name: string, names: readonly string[]): string {
  let best = names[0] ?? '';
  for (const candidate of names)
    if (
      editDistance(name.toLowerCase(), candidate.toLowerCase()) <
      editDistance(name.toLowerCase(), best.toLowerCase())
    )
      best = candidate;
  return best;
}

/** What a default's value says about the type that is wanted, when the option is not among the special ones. */
export type OptionRule = (value: unknown) => string | null;

function describeValue(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);

/** Rules give the text of what they expect, or null when the value is fine. */
export const rules = {
  number: (value: unknown) => (isNumber(value) ? null : 'a number'),
  positive: (value: unknown) => (isNumber(value) && value > 0 ? null : 'a number above 0'),
  nonNegative: (value: unknown) => (isNumber(value) && value >= 0 ? null : 'a number of at least 0'),
  fraction: (value: unknown) => (isNumber(value) && value >= 0 && value <= 1 ? null : 'a number from 0 to 1'),
  count: (value: unknown) =>
    Number.isInteger(value) && (value as number) >= 1 ? null : 'a whole number of at least 1',
  wholeNumber: (value: unknown) =>
    Number.isInteger(value) && (value as number) >= 0 ? null : 'a whole number of at least 0',
  boolean: (value: unknown) => (typeof value === 'boolean' ? null : 'true or false'),
  schedule: (value: unknown) => {
    if (isNumber(value) && value >= 0) return null;
    const line = value as { from?: unknown; to?: unknown } | null;
    const fits = typeof value === 'object' && line !== null && isNumber(line.from) && isNumber(line.to);
    return fits ? null : 'a number of at least 0 or {from, to}';
  },
  oneOf:
    (...choices: readonly string[]): OptionRule =>
    (value) =>
      choices.includes(value as string) ? null : `one of ${choices.join(', ')}`,
  orNull:
    (rule: OptionRule): OptionRule =>
    (value) => {
      const expected = value === null ? null : rule(value);
      return expected === null ? null : `${expected}, or null`;
    },
  widths: (value: unknown) =>
    Array.isArray(value) && value.every((width) => Number.isInteger(width) && width >= 1)
      ? null
      : 'a list of whole numbers of at least 1',
};

/**
 * Defaults overridden by what was given.
 * Throws an OptionError for an unknown option (naming the nearest) or a value that breaks its rule.
 */
export function mergeOptions<T extends object>(
  owner: string,
  defaults: T,
  check: { readonly [K in keyof T]: OptionRule },
  given: Partial<T>,
): T {
  const merged: Record<string, unknown> = { ...(defaults as Record<string, unknown>) };
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue;
    const rule = Object.hasOwn(check, name) ? check[name as keyof T] : null;
    if (!rule)
      throw new OptionError(
        `${owner} has no option "${name}"; did you mean "${nearest(name, Object.keys(check))}"?`,
      );
    const expected = rule(value);
    if (expected !== null)
      throw new OptionError(
        `option "${name}" of ${owner} must be ${expected}, found ${describeValue(value)}`,
      );
    merged[name] = value;
  }
  return merged as T;
}
