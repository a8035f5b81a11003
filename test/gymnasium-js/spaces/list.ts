/** The shared list of spaces (test/golden/spaces.json) that drives the parametrised tests, built from data. */
import {
  Box,
  Dict,
  Discrete,
  type Dtype,
  Graph,
  type IntegerDtype,
  MultiBinary,
  MultiDiscrete,
  OneOf,
  Sequence,
  type Space,
  Text,
  Tuple,
} from 'gymnasium-js';
import { golden } from '../golden.js';

type Number_ = number | string;

export interface SpaceSpec {
  kind: string;
  low: Number_ | (Number_ | Number_[])[];
  high: Number_ | (Number_ | Number_[])[];
  shape?: number[];
  dtype?: string;
  n: number;
  start?: number;
  nvec: number[];
  maxLength: number;
  minLength?: number;
  charset?: string;
  spaces: SpaceSpec[] | Record<string, SpaceSpec>;
  space: SpaceSpec;
  stack?: boolean;
  node: SpaceSpec;
  edge: SpaceSpec | null;
}

type Bound = number | number[] | number[][];

function bound(value: SpaceSpec['low']): Bound {
  const number = (x: Number_) => (x === 'inf' ? Infinity : x === '-inf' ? -Infinity : Number(x));
  if (!Array.isArray(value)) return number(value);
  return value.map((x) => (Array.isArray(x) ? x.map(number) : number(x))) as Bound;
}

export function build(spec: SpaceSpec): Space<unknown> {
  switch (spec.kind) {
    case 'Box':
      return new Box<Dtype>(bound(spec.low), bound(spec.high), {
        ...(spec.shape && { shape: spec.shape }),
        dtype: (spec.dtype ?? 'float32') as Dtype,
      });
    case 'Discrete':
      return new Discrete(spec.n, { start: spec.start ?? 0, dtype: (spec.dtype ?? 'int64') as IntegerDtype });
    case 'MultiBinary':
      return new MultiBinary(spec.n);
    case 'MultiDiscrete':
      return new MultiDiscrete(
        spec.nvec,
        spec.start === undefined ? {} : { start: spec.start as unknown as number[] },
      );
    case 'Text':
      return new Text(spec.maxLength, {
        minLength: spec.minLength ?? 1,
        ...(spec.charset && { charset: spec.charset }),
      });
    case 'Tuple':
      return new Tuple((spec.spaces as SpaceSpec[]).map(build));
    case 'Dict':
      return new Dict(
        Object.fromEntries(Object.entries(spec.spaces).map(([key, part]) => [key, build(part)])),
      );
    case 'Sequence':
      return new Sequence(build(spec.space), { stack: spec.stack ?? false });
    case 'Graph':
      return new Graph(build(spec.node), spec.edge === null ? null : build(spec.edge));
    case 'OneOf':
      return new OneOf((spec.spaces as SpaceSpec[]).map(build));
    default:
      throw new Error(`unknown kind ${spec.kind}`);
  }
}

export const specs = golden<SpaceSpec[]>('spaces.json');

/** `[text, build]` of every space of the list. */
export const spaceCases = specs.map((spec) => [String(build(spec)), () => build(spec)] as const);

/** A sample as JSON data: arrays flat, as scripts/golden/make_spaces.py writes it. */
export function plain(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) return Array.from(value as Float64Array, Number);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, plain(part)]));
  }
  return value;
}
