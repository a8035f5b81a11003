import { z } from 'zod';
import { ConfigError, check, displayPath } from '../../envs/config/index.js';
import type { LoadedExperiment } from './load.js';
import { isMapping, merge, setPath } from './merge.js';
import { type Experiment, variantSchema } from './schema.js';

/** One row of a results table: a method at one point of the grid, with everything resolved. */
export interface Variant {
  /** The method's name, followed by `,path=value` for every axis of the grid. Also the name of its folder. */
  readonly name: string;
  readonly method: string;
  readonly config: z.infer<typeof variantSchema>;
}

/**
 * The environment's setting of a variant, where every method was run in every setting (a grid over `env` that all of them share): methods
 * are then compared within one setting, since others have other incidents, costs or limits. Empty where there is one setting.
 */
export function settingsOf(
  variants: readonly Pick<Variant, 'name' | 'method'>[],
): ReadonlyMap<string, string> {
  const label = ({ name, method }: Pick<Variant, 'name' | 'method'>): string => name.slice(method.length + 1);
  const labels = new Set(variants.map(label));
  const methods = new Set(variants.map(({ method }) => method));
  const shared =
    variants.length === labels.size * methods.size && [...labels].every((one) => /^env[.=]/.test(one));
  return new Map(variants.map((variant) => [variant.name, shared ? label(variant) : '']));
}

interface AxisPoint {
  readonly path: string;
  readonly label: string;
  readonly value: unknown;
}

/** All variants of an experiment, in the order of the file. @throws ConfigError naming file and path. */
export function expandVariants({ experiment, file }: LoadedExperiment): Variant[] {
  const where = displayPath(file);
  const variants: Variant[] = [];
  for (const [method, overrides] of Object.entries(experiment.methods)) {
    const { grid: ownGrid, description: _description, ...changes } = overrides;
    const base = merge(shared(experiment), changes);
    for (const points of combinations({ ...experiment.grid, ...ownGrid })) {
      let value = base;
      for (const point of points) value = setPath(value, point.path.split('.'), point.value);
      const name = [method, ...points.map((point) => `${point.path}=${point.label}`)].join(',');
      const schema = z.object({ methods: z.object({ [method]: variantSchema }) });
      const resolved = check(where, { methods: { [method]: value } }, schema);
      variants.push({ name, method, config: resolved.methods[method]! });
    }
  }
  const twice = variants.find(
    (variant, i) => variants.findIndex((other) => other.name === variant.name) !== i,
  );
  if (twice)
    throw new ConfigError(`${where}: grid: expected different variants, found "${twice.name}" twice`);
  return variants;
}

/** What every method starts from. A method that says nothing of a policy keeps to the first meta-prompt. */
function shared(experiment: Experiment) {
  const { env, synthesizer, verifier, reward, engine, train, evaluate } = experiment;
  return { env, synthesizer, verifier, reward, engine, train, evaluate, policy: { kind: 'fixed' } };
}

function combinations(grid: NonNullable<Experiment['grid']>): AxisPoint[][] {
  let points: AxisPoint[][] = [[]];
  for (const [path, values] of Object.entries(grid)) {
    const axis = axisPoints(path, values);
    points = points.flatMap((before) => axis.map((point) => [...before, point]));
  }
  return points;
}

function axisPoints(path: string, values: unknown): AxisPoint[] {
  if (Array.isArray(values)) return values.map((value) => ({ path, label: fileSafe(String(value)), value }));
  if (!isMapping(values)) return [];
  return Object.entries(values).map(([label, value]) => ({ path, label, value }));
}

/** A grid value as part of a folder's name. */
function fileSafe(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9._+-]+/g, '_').slice(0, 60);
}
