import type { AnyEnv, Metadata } from '../../core/env.js';
import type { AnyVectorEnv } from '../../vector/vector-env.js';
import { parseEnvId } from './env-id.js';

export type Kwargs = Readonly<Record<string, unknown>>;

/** Makes an environment from keyword arguments; may carry the class's `metadata` so that `make` can check render modes. */
export interface EnvCreator {
  // A method, so that creators may name their arguments' type.
  create(kwargs: Kwargs): AnyEnv;
}

/** A function or class-like creator of an environment. */
export type EntryPoint = EnvCreator['create'] & { readonly metadata?: Metadata };

interface VectorCreator {
  create(numEnvs: number, kwargs: Kwargs): AnyVectorEnv;
}
/** Makes a natively batched environment. */
export type VectorEntryPoint = VectorCreator['create'];

/** One layer of wrapping; `kwargs` is null when the wrapper cannot be built again from data. */
export interface WrapperSpec {
  /** Class name, as known to `registerWrapper`. */
  readonly name: string;
  readonly kwargs: Kwargs | null;
}

/** What `register` and `make` know of an environment. */
export interface EnvSpec {
  readonly id: string;
  readonly namespace: string | null;
  readonly name: string;
  readonly version: number | null;
  readonly entryPoint: EntryPoint | null;
  readonly vectorEntryPoint: VectorEntryPoint | null;
  /** Mean return at which the environment counts as solved. */
  readonly rewardThreshold: number | null;
  readonly nondeterministic: boolean;
  /** Steps after which `TimeLimit` truncates; null for no limit. */
  readonly maxEpisodeSteps: number | null;
  readonly orderEnforce: boolean;
  readonly disableEnvChecker: boolean;
  readonly kwargs: Kwargs;
  readonly additionalWrappers: readonly WrapperSpec[];
}

/** The fields of a spec that may be given; all but the id have defaults. */
export type SpecInit = { readonly id: string } & {
  readonly [K in Exclude<keyof EnvSpec, 'id' | 'namespace' | 'name' | 'version'>]?: EnvSpec[K] | undefined;
};

/** A spec with defaults filled in. @throws GymnasiumError when the id is malformed */
export function createSpec(init: SpecInit): EnvSpec {
  const { namespace, name, version } = parseEnvId(init.id);
  return {
    id: init.id,
    namespace,
    name,
    version,
    entryPoint: init.entryPoint ?? null,
    vectorEntryPoint: init.vectorEntryPoint ?? null,
    rewardThreshold: init.rewardThreshold ?? null,
    nondeterministic: init.nondeterministic ?? false,
    maxEpisodeSteps: init.maxEpisodeSteps ?? null,
    orderEnforce: init.orderEnforce ?? true,
    disableEnvChecker: init.disableEnvChecker ?? false,
    kwargs: init.kwargs ?? {},
    additionalWrappers: init.additionalWrappers ?? [],
  };
}

/** The spec with one more layer of wrapping. */
export function extendSpec(spec: EnvSpec, wrapper: WrapperSpec): EnvSpec {
  return { ...spec, additionalWrappers: [...spec.additionalWrappers, wrapper] };
}
