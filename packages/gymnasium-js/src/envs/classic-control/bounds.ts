import { InvalidAction } from '../../error.js';
import type { StartBounds } from '../../vector/native-vector-env.js';

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

/** Bounds of a velocity that starts at zero. */
export const AT_REST = [0, 0] as const;

/** The same bounds for each of `count` state variables. */
export function sameBounds(count: number, pair: readonly [low: number, high: number]): StartBounds {
  return Array.from({ length: count }, () => pair);
}

/** Checks a batch of actions of a Discrete from 0 to `n` - 1. @throws InvalidAction when one is none, or their number is wrong */
export function checkDiscrete(actions: ArrayLike<number>, numEnvs: number, n: number): void {
  checkLength(actions, numEnvs);
  for (let i = 0; i < numEnvs; i++) {
    const action = actions[i]!;
    if ((action | 0) !== action || action < 0 || action >= n) refuse(action, i);
  }
}

/** Checks a batch of one number an environment. @throws InvalidAction when one is none, or their number is wrong */
export function checkContinuous(actions: ArrayLike<number>, numEnvs: number): void {
  checkLength(actions, numEnvs);
  for (let i = 0; i < numEnvs; i++) {
    const action = actions[i];
    if (typeof action !== 'number' || Number.isNaN(action)) refuse(action, i);
  }
}

function checkLength(actions: ArrayLike<number>, numEnvs: number): void {
  if (actions?.length === numEnvs) return;
  throw new InvalidAction(`expected ${numEnvs} actions, got ${actions?.length ?? String(actions)}`);
}

function refuse(action: unknown, i: number): never {
  throw new InvalidAction(`${String(action)} (${typeof action}) invalid, of environment ${i}`);
}

/** The one number of a continuous action. @throws InvalidAction when there is none */
export function continuousAction(action: ArrayLike<number>): number {
  const value: unknown = action?.[0];
  if (typeof value !== 'number' || Number.isNaN(value)) {
    throw new InvalidAction(`${String(action)} (${typeof action}) invalid`);
  }
  return value;
}
