import { ConfigError, didYouMean } from '../config/index.js';
import type { Primitive } from './primitives.js';
import type { CloudFile } from './schemas/cloud.js';

/** Dotted paths of `configs/cloud.yaml` (or `primitives.duration`) and the factors that their constants are multiplied by. */
export type Scale = Readonly<Record<string, number>>;

/** The one path outside `configs/cloud.yaml`: how long primitives take. */
const DURATION = 'primitives.duration';

/**
 * Constants with some of them multiplied, for asking what hangs on them: of a constant `{value}`, `{median, sigma}` or `{values}`
 * the value, the median or every value; `alerts.for` is how long every alert rule waits.
 *
 * @throws ConfigError for a path that names no constant
 */
export function scaleConstants(constants: CloudFile, scale: Scale): CloudFile {
  const copy = structuredClone(constants);
  for (const [path, factor] of Object.entries(scale)) {
    if (path === DURATION) continue;
    if (path === 'alerts.for') {
      for (const rule of copy.alerts) (rule as { for: number }).for *= factor;
      continue;
    }
    const [group = '', name = ''] = path.split('.');
    const constant = (copy as unknown as Record<string, Record<string, Constant> | undefined>)[group]?.[name];
    if (!constant || !multiply(constant, factor)) throw unknown(path, constants);
  }
  return copy;
}

/** Primitives that take `scale['primitives.duration']` times as long. */
export function scalePrimitives(
  primitives: ReadonlyMap<string, Primitive>,
  scale: Scale,
): ReadonlyMap<string, Primitive> {
  const factor = scale[DURATION];
  if (factor === undefined) return primitives;
  return new Map(
    [...primitives].map(([name, primitive]) => {
      const { median, sigma } = primitive.duration;
      return [name, { ...primitive, duration: { median: median * factor, sigma } }];
    }),
  );
}

interface Constant {
  value?: number;
  median?: number;
  values?: Record<string, number>;
}

function multiply(constant: Constant, factor: number): boolean {
  if (constant.value !== undefined) constant.value *= factor;
  else if (constant.median !== undefined) constant.median *= factor;
  else if (constant.values) for (const key of Object.keys(constant.values)) constant.values[key]! *= factor;
  else return false;
  return true;
}

function unknown(path: string, constants: CloudFile): ConfigError {
  const known = Object.entries(constants).flatMap(([group, of]) =>
    Array.isArray(of) || group === 'prior' ? [] : Object.keys(of).map((name) => `${group}.${name}`),
  );
  const names = [...known, 'alerts.for', DURATION];
  return new ConfigError(
    `scale: expected a constant of configs/cloud.yaml, alerts.for or ${DURATION}, found "${path}"${didYouMean(path, names)}`,
  );
}
