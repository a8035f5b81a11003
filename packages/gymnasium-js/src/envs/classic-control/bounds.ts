import { InvalidAction } from '../../error.js';

/** Reads `low` and `high` of reset options, for environments whose start may be widened. @throws RangeError when they are no bounds */
export function resetBounds(
  options: Readonly<Record<string, unknown>> | null | undefined,
  low: number,
  high: number,
): [low: number, high: number] {
  if (options === null || options === undefined) return [low, high];
  const bounds = [options.low ?? low, options.high ?? high].map((value) => {
    const number = Number(value);
    if (Number.isNaN(number))
      throw new RangeError(`An option (${String(value)}) could not be converted to a number.`);
    return number;
  }) as [number, number];
  if (bounds[0] > bounds[1]) {
    throw new RangeError(`Lower bound (${bounds[0]}) must be lower than higher bound (${bounds[1]}).`);
  }
  return bounds;
}

/** The one number of a continuous action. @throws InvalidAction when there is none */
export function continuousAction(action: ArrayLike<number>): number {
  const value: unknown = action?.[0];
  if (typeof value !== 'number' || Number.isNaN(value)) {
    throw new InvalidAction(`${String(action)} (${typeof action}) invalid`);
  }
  return value;
}
