/** What AsyncVectorEnv and its workers say to each other. */
import type { AnyEnv } from '../core/env.js';
import type { Info } from '../core/info.js';
import { make } from '../envs/registration/make.js';
import { findSpec } from '../envs/registration/registry.js';
import type { WrapperSpec } from '../envs/registration/spec.js';
import type { AutoresetMode } from './vector-env.js';

/** How a worker builds an environment: by id, as `make` does. */
export interface EnvInit {
  readonly id: string;
  readonly options?: Readonly<Record<string, unknown>>;
  /** Put around it, in order, instead of those of its registered spec. */
  readonly additionalWrappers?: readonly WrapperSpec[];
}

/** Builds the environment: in a worker, and in the parent for its spaces. */
export function makeInit({ id, options, additionalWrappers }: EnvInit): AnyEnv {
  return make(
    additionalWrappers === undefined ? id : { ...findSpec(id), additionalWrappers },
    options,
  ) as AnyEnv;
}

export interface WorkerInit {
  readonly envs: readonly EnvInit[];
  /** Modules that register the environments, as URLs or bare specifiers. */
  readonly imports: readonly string[];
  readonly autoresetMode: AutoresetMode;
  /** Index of the worker's first environment among all. */
  readonly first: number;
  /** Shared batch of all observations; null when they are posted. */
  readonly observations: unknown;
  /** Shared batch of all actions; null when they are posted. */
  readonly actions: unknown;
  readonly rewards: Float64Array;
  readonly terminations: Uint8Array;
  readonly truncations: Uint8Array;
}

export type Command =
  | {
      readonly kind: 'reset';
      readonly seeds: readonly (number | bigint | null)[];
      readonly mask: readonly boolean[] | null;
      readonly options: Readonly<Record<string, unknown>> | null;
    }
  | { readonly kind: 'step'; readonly actions: readonly unknown[] | null }
  | { readonly kind: 'render' }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly unknown[] }
  | { readonly kind: 'setAttr'; readonly name: string; readonly values: readonly unknown[] }
  | { readonly kind: 'getState' }
  | { readonly kind: 'setState'; readonly state: unknown }
  | { readonly kind: 'close' };

/** Result of a reset or step: infos only where there are any, observations only without shared memory. */
export interface Stepped {
  readonly infos: readonly Info[] | null;
  readonly finals: readonly (Info | null)[] | null;
  readonly observations: readonly unknown[] | null;
}

export interface RemoteError {
  readonly name: string;
  readonly message: string;
  readonly stack: string;
}

export type Reply = { readonly value: unknown } | { readonly error: RemoteError };
