import { type EnvironmentBatch, type EnvLike, SeparateEnvironments } from './environment.js';
import { VectorEnvironments, type VectorEnvLike } from './vector-environments.js';

/** What a learner takes for its environment: one, several, or a vector environment with SameStep autoreset. */
export type EnvSource = EnvLike | readonly EnvLike[] | VectorEnvLike;

/** Brings them behind one interface. Throws a TypeError for spaces or an autoreset mode that learners cannot use. */
export function environmentBatch(source: EnvSource): EnvironmentBatch {
  if ('numEnvs' in source) return new VectorEnvironments(source);
  return new SeparateEnvironments(
    Array.isArray(source) ? (source as readonly EnvLike[]) : [source as EnvLike],
  );
}
