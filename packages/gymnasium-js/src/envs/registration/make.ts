import { type AnyEnv, Env, type Metadata } from '../../core/env.js';
import type { Mode } from '../../core/mode.js';
import { GymnasiumError } from '../../error.js';
import { warn } from '../../logger.js';
import { SyncVectorEnv, type SyncVectorEnvOptions } from '../../vector/sync-vector-env.js';
import type { AnyVectorEnv, VectorEnv } from '../../vector/vector-env.js';
import { OrderEnforcing } from '../../wrappers/order-enforcing.js';
import { PassiveEnvChecker } from '../../wrappers/passive-env-checker.js';
import { TimeLimit } from '../../wrappers/time-limit.js';
import { findSpec } from './registry.js';
import { createSpec, type EnvSpec, type Kwargs } from './spec.js';
import { buildWrapper } from './wrapper-registry.js';

export interface MakeOptions {
  /** Steps after which an episode is truncated, instead of the spec's; -1 for no limit. */
  readonly maxEpisodeSteps?: number | null;
  /** Leave out {@link PassiveEnvChecker}; default as the spec says. */
  readonly disableEnvChecker?: boolean | null;
  readonly renderMode?: string;
  /** Everything else goes to the environment's constructor. */
  readonly [key: string]: unknown;
}

/** Environments whose types `make` knows by id. Packages add theirs by declaration merging. */
// biome-ignore lint/suspicious/noEmptyInterface: filled by declaration merging
export interface EnvTypes {}

function checkMetadata(metadata: Metadata): readonly string[] | null {
  const { renderModes } = metadata;
  if (renderModes === undefined) {
    warn(
      `The environment creator metadata doesn't include \`renderModes\`, contains: ${Object.keys(metadata).join(', ')}`,
    );
    return null;
  }
  return renderModes;
}

function checkRenderMode(spec: EnvSpec, kwargs: Kwargs): void {
  const metadata = spec.entryPoint?.metadata;
  const mode = kwargs.renderMode;
  if (metadata === undefined || typeof mode !== 'string') return;
  const modes = checkMetadata(metadata);
  if (modes === null || modes.includes(mode)) return;
  warn(
    `The environment is being initialised with renderMode='${mode}' that is not in the possible renderModes (${modes.join(', ')}).`,
  );
}

function construct(spec: EnvSpec, kwargs: Kwargs): AnyEnv {
  if (spec.entryPoint === null)
    throw new GymnasiumError(`${spec.id} registered but entryPoint is not specified`);
  const env = spec.entryPoint(kwargs);
  if (!(env instanceof Env)) {
    throw new TypeError(`The environment must inherit from the Env class, actual value: ${String(env)}`);
  }
  return env;
}

function resolve(id: string | EnvSpec): EnvSpec {
  if (typeof id === 'string') return findSpec(id);
  if (typeof id !== 'object' || id === null)
    throw new TypeError(`Expected id to be a string or EnvSpec, got ${typeof id}`);
  return id;
}

/**
 * Builds a registered environment, wrapped in order: {@link PassiveEnvChecker}, {@link OrderEnforcing}, {@link TimeLimit}, then
 * the spec's additional wrappers.
 *
 * @throws NameNotFound and its kin for an unknown id; whatever the environment's constructor throws
 */
export function make<K extends keyof EnvTypes>(id: K, options?: MakeOptions): EnvTypes[K];
export function make<Obs = unknown, Act = unknown, M extends Mode = 'sync'>(
  id: string | EnvSpec,
  options?: MakeOptions,
): Env<Obs, Act, M>;
export function make(id: string | EnvSpec, options: MakeOptions = {}): AnyEnv {
  const spec = resolve(id);
  const { maxEpisodeSteps, disableEnvChecker, ...given } = options;
  const kwargs: Kwargs = { ...spec.kwargs, ...given };
  checkRenderMode(spec, kwargs);
  let env = construct(spec, kwargs);
  env.unwrapped.spec = createSpec({
    ...spec,
    maxEpisodeSteps: null,
    orderEnforce: false,
    disableEnvChecker: true,
    kwargs,
    additionalWrappers: [],
  });
  const prior = env.spec?.additionalWrappers.length ?? 0;
  if (!(disableEnvChecker ?? spec.disableEnvChecker)) env = new PassiveEnvChecker(env) as AnyEnv;
  if (spec.orderEnforce) env = new OrderEnforcing(env) as AnyEnv;
  const limit = maxEpisodeSteps ?? spec.maxEpisodeSteps;
  if (limit !== null && limit !== -1) env = new TimeLimit(env, limit) as AnyEnv;
  for (const wrapper of spec.additionalWrappers.slice(prior)) env = buildWrapper(env, wrapper);
  return env;
}

export type VectorizationMode = 'sync' | 'vectorEntryPoint';

export interface MakeVecOptions extends MakeOptions {
  /** Default 1. */
  readonly numEnvs?: number;
  /** Default: natively batched where the environment has it, else `sync`. */
  readonly vectorizationMode?: VectorizationMode;
  /** Options of the vector environment itself, such as `autoresetMode`. */
  readonly vectorKwargs?: SyncVectorEnvOptions;
  /** Applied to each environment, in order; not for natively batched ones. */
  readonly wrappers?: readonly ((env: AnyEnv) => AnyEnv)[];
}

/**
 * Builds a vector of copies of a registered environment.
 *
 * @throws GymnasiumError when the asked-for way of batching is not there or options do not go with it
 */
export function makeVec<Obs = unknown, Act = unknown, M extends Mode = 'sync'>(
  id: string | EnvSpec,
  options: MakeVecOptions = {},
): VectorEnv<Obs, Act, M> {
  const spec = resolve(id);
  const { numEnvs = 1, vectorizationMode, vectorKwargs = {}, wrappers = [], ...rest } = options;
  const mode = vectorizationMode ?? (spec.vectorEntryPoint === null ? 'sync' : 'vectorEntryPoint');
  let env: AnyVectorEnv;
  if (mode === 'sync') {
    const single = (): AnyEnv => wrappers.reduce((inner, wrap) => wrap(inner), make(spec, rest) as AnyEnv);
    env = new SyncVectorEnv(
      new Array<() => AnyEnv>(numEnvs).fill(single),
      vectorKwargs,
    ) as unknown as AnyVectorEnv;
  } else if (mode === 'vectorEntryPoint') {
    env = makeNative(spec, numEnvs, rest, Object.keys(vectorKwargs).length, wrappers.length);
  } else {
    throw new RangeError(
      `Invalid vectorization mode: '${String(mode)}', valid modes: ['sync', 'vectorEntryPoint']`,
    );
  }
  env.spec = createSpec({ ...spec, kwargs: { ...spec.kwargs, ...rest, numEnvs, vectorizationMode: mode } });
  return env as unknown as VectorEnv<Obs, Act, M>;
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
  const { disableEnvChecker: _, ...kwargs } = rest;
  const limit = spec.maxEpisodeSteps === null ? {} : { maxEpisodeSteps: spec.maxEpisodeSteps };
  return spec.vectorEntryPoint(numEnvs, { ...spec.kwargs, ...limit, ...kwargs });
}
