import { type AnyEnv, Env, type Metadata } from '../../core/env.js';
import type { Mode } from '../../core/mode.js';
import { GymnasiumError } from '../../error.js';
import { warn } from '../../logger.js';
import { OrderEnforcing } from '../../wrappers/order-enforcing.js';
import { PassiveEnvChecker } from '../../wrappers/passive-env-checker.js';
import { RenderCollection } from '../../wrappers/render-collection.js';
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

/** `maxEpisodeSteps` for no limit. */
export const NO_LIMIT = -1;

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

/** The arguments, and whether frames are to be collected: `ansi_list` means `ansi`, collected. */
function checkRenderMode(spec: EnvSpec, kwargs: Kwargs): { kwargs: Kwargs; collect: boolean } {
  const metadata = spec.entryPoint?.metadata;
  const mode = kwargs.renderMode;
  if (metadata === undefined || typeof mode !== 'string') return { kwargs, collect: false };
  const modes = checkMetadata(metadata);
  if (modes === null || modes.includes(mode)) return { kwargs, collect: false };
  const single = mode.replace(/_list$/, '');
  if (single !== mode && modes.includes(single))
    return { kwargs: { ...kwargs, renderMode: single }, collect: true };
  warn(
    `The environment is being initialised with renderMode='${mode}' that is not in the possible renderModes (${modes.join(', ')}).`,
  );
  return { kwargs, collect: false };
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

/** The spec of an id, or the spec itself. @throws TypeError for anything else */
export function resolveSpec(id: string | EnvSpec): EnvSpec {
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
  const spec = resolveSpec(id);
  const { maxEpisodeSteps, disableEnvChecker, ...given } = options;
  const { kwargs, collect } = checkRenderMode(spec, { ...spec.kwargs, ...given });
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
  if (limit !== null && limit !== NO_LIMIT) env = new TimeLimit(env, limit) as AnyEnv;
  for (const wrapper of spec.additionalWrappers.slice(prior)) env = buildWrapper(env, wrapper);
  if (collect) env = new RenderCollection(env) as AnyEnv;
  return env;
}
