/** The shared list of wrappers (test/golden/wrappers.json) that drives the parametrised tests. */
import { type AnyEnv, buildWrapper, make } from 'gymnasium-js';
import { golden } from '../golden.js';

export interface WrapperCase {
  wrapper: string;
  env: string;
  args: Record<string, unknown>;
  limit?: number;
}

export function camel(name: string): string {
  return name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}

export const wrapperCases = golden<WrapperCase[]>('wrappers.json').map((entry) => ({
  ...entry,
  kwargs: Object.fromEntries(Object.entries(entry.args).map(([key, value]) => [camel(key), value])),
}));

export function base({ env, limit }: { env: string; limit?: number }): AnyEnv {
  return make(env, limit === undefined ? {} : { maxEpisodeSteps: limit }) as AnyEnv;
}

/** The case's wrapper around its environment. */
export function wrapped(entry: (typeof wrapperCases)[number], inner: AnyEnv = base(entry)): AnyEnv {
  return buildWrapper(inner, { name: entry.wrapper, kwargs: entry.kwargs });
}

/** Numbers of an observation in the order of scripts/golden/make_wrappers.py. */
export function numbers(value: unknown): number[] {
  if (typeof value === 'number') return [value];
  if (typeof value === 'boolean') return [Number(value)];
  if (Array.isArray(value)) return value.flatMap(numbers);
  if (ArrayBuffer.isView(value)) return Array.from(value as Float64Array);
  const record = value as Record<string, unknown>;
  return Object.keys(record)
    .sort()
    .flatMap((key) => numbers(record[key]));
}
