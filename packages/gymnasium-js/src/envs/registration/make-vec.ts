import type { AnyEnv } from '../../core/env.js';
import type { Mode } from '../../core/mode.js';
import { GymnasiumError } from '../../error.js';
import { AsyncVectorEnv, type AsyncVectorEnvOptions } from '../../vector/async-vector-env.js';
import { SyncVectorEnv, type SyncVectorEnvOptions } from '../../vector/sync-vector-env.js';
import type { AnyVectorEnv, VectorEnv } from '../../vector/vector-env.js';
import { type MakeOptions, make, NO_LIMIT, resolveSpec } from './make.js';
import { createSpec, type EnvSpec } from './spec.js';

export type VectorizationMode = 'sync' | 'async' | 'vectorEntryPoint';

export interface MakeVecOptions extends MakeOptions {
  /** Default 1. */
  readonly numEnvs?: number;
  /** Default: natively batched where the environment has it and nothing asks for single ones (`vectorKwargs`, `wrappers`), else `sync`. */
  readonly vectorizationMode?: VectorizationMode;
  /** Options of the vector environment itself, such as `autoresetMode`. */
  readonly vectorKwargs?: SyncVectorEnvOptions & AsyncVectorEnvOptions;
  /** Applied to each environment, in order; for `sync` only (functions do not cross threads; a spec's additional wrappers do). */
  readonly wrappers?: readonly ((env: AnyEnv) => AnyEnv)[];
}

/**
 * Builds a vector of copies of a registered environment.
 *
 * @throws GymnasiumError when the asked-for way of batching is not there or options do not go with it
 */
export function makeVec<Obs = unknown, Act = unknown>(
  id: string | EnvSpec,
  options: MakeVecOptions & { readonly vectorizationMode: 'async' },
): VectorEnv<Obs, Act, 'async'>;
export function makeVec<Obs = unknown, Act = unknown, M extends Mode = 'sync'>(
  id: string | EnvSpec,
  options?: MakeVecOptions,
): VectorEnv<Obs, Act, M>;
export function makeVec<Obs = unknown, Act = unknown, M extends Mode = 'sync'>(
  id: string | EnvSpec,
  options: MakeVecOptions = {},
): VectorEnv<Obs, Act, M> {
  const { spec, given } = splitSpec(resolveSpec(id));
  const {
    numEnvs = 1,
    vectorizationMode,
    vectorKwargs = {},
    wrappers = [],
    ...rest
  } = { ...given, ...options };
  const plain = Object.keys(vectorKwargs).length === 0 && wrappers.length === 0;
  const native = spec.vectorEntryPoint !== null && spec.additionalWrappers.length === 0 && plain;
  const mode = vectorizationMode ?? (native ? 'vectorEntryPoint' : 'sync');
  let env: AnyVectorEnv;
  if (mode === 'sync') {
    const single = (): AnyEnv =>
      wrappers.reduce((inner, wrap) => wrap(inner), make(spec, rest as MakeOptions) as AnyEnv);
    env = new SyncVectorEnv(
      new Array<() => AnyEnv>(numEnvs).fill(single),
      vectorKwargs,
    ) as unknown as AnyVectorEnv;
  } else if (mode === 'async') {
    env = makeAsync(spec, numEnvs, rest, vectorKwargs, wrappers.length);
  } else if (mode === 'vectorEntryPoint') {
    env = makeNative(spec, numEnvs, rest, Object.keys(vectorKwargs).length, wrappers.length);
  } else {
    throw new RangeError(
      `Invalid vectorization mode: '${String(mode)}', valid modes: ['sync', 'async', 'vectorEntryPoint']`,
    );
  }
  const asked = {
    numEnvs,
    vectorizationMode: mode,
    ...(Object.keys(vectorKwargs).length > 0 && { vectorKwargs }),
    ...(wrappers.length > 0 && { wrappers }),
  };
  env.spec = createSpec({ ...spec, kwargs: { ...spec.kwargs, ...rest, ...asked } });
  return env as unknown as VectorEnv<Obs, Act, M>;
}

/** The spec of a vector says how it was made: that is taken apart from what goes to the environments. */
function splitSpec(spec: EnvSpec): { spec: EnvSpec; given: MakeVecOptions } {
  const { numEnvs, vectorizationMode, vectorKwargs, wrappers, ...kwargs } = spec.kwargs;
  const asked = { numEnvs, vectorizationMode, vectorKwargs, wrappers };
  const given = Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined));
  return { spec: { ...spec, kwargs }, given };
}

function makeAsync(
  spec: EnvSpec,
  numEnvs: number,
  rest: MakeOptions,
  vectorKwargs: AsyncVectorEnvOptions,
  wrappers: number,
): AnyVectorEnv {
  if (wrappers > 0) {
    throw new GymnasiumError(
      'Cannot use `async` vectorization mode with the wrappers argument: functions do not cross threads.',
    );
  }
  const { id, disableEnvChecker, additionalWrappers } = spec;
  const maxEpisodeSteps = spec.maxEpisodeSteps ?? NO_LIMIT;
  const kwargs = { maxEpisodeSteps, disableEnvChecker, ...spec.kwargs, ...rest };
  const envs = Array.from({ length: numEnvs }, () => ({ id, options: kwargs, additionalWrappers }));
  return new AsyncVectorEnv(envs, vectorKwargs) as unknown as AnyVectorEnv;
}

function makeNative(
  spec: EnvSpec,
  numEnvs: number,
  rest: MakeOptions,
  vectorKwargs: number,
  wrappers: number,
): AnyVectorEnv {
  if (spec.vectorEntryPoint === null) {
    throw new GymnasiumError(
      `Cannot create vectorized environment for ${spec.id} because it doesn't have a vector entry point defined.`,
    );
  }
  if (vectorKwargs > 0) {
    throw new GymnasiumError(
      'Custom vector environment can be passed arguments only through its own options and `vectorKwargs` is not empty.',
    );
  }
  if (wrappers > 0 || spec.additionalWrappers.length > 0) {
    throw new GymnasiumError('Cannot use `vectorEntryPoint` vectorization mode with wrappers.');
  }
  const { disableEnvChecker: _, maxEpisodeSteps, ...kwargs } = rest;
  const limit = maxEpisodeSteps ?? spec.maxEpisodeSteps;
  return spec.vectorEntryPoint(numEnvs, {
    ...spec.kwargs,
    ...kwargs,
    maxEpisodeSteps: limit === NO_LIMIT ? null : limit,
  });
}
