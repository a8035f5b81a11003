import { type AnyVectorEnv, vectorWrappers } from 'gymnasium-js';

type Make = (env: AnyVectorEnv, kwargs: Record<string, unknown>) => AnyVectorEnv;

/** How each vector wrapper takes the keyword arguments of the shared list. */
export const vectorTwins: Record<string, Make> = {
  ClipAction: (env) => new vectorWrappers.ClipAction(env),
  ClipReward: (env, kwargs) => new vectorWrappers.ClipReward(env, kwargs),
  DtypeObservation: (env, { dtype }) =>
    new vectorWrappers.DtypeObservation(env, dtype as 'float64') as AnyVectorEnv,
  FilterObservation: (env, { filterKeys }) =>
    new vectorWrappers.FilterObservation(env, filterKeys as number[]),
  FlattenObservation: (env) => new vectorWrappers.FlattenObservation(env) as AnyVectorEnv,
  NormalizeObservation: (env) => new vectorWrappers.NormalizeObservation(env) as AnyVectorEnv,
  NormalizeReward: (env, kwargs) => new vectorWrappers.NormalizeReward(env, kwargs),
  RescaleAction: (env, { minAction, maxAction }) =>
    new vectorWrappers.RescaleAction(env, minAction as number, maxAction as number),
  RescaleObservation: (env, { minObs, maxObs }) =>
    new vectorWrappers.RescaleObservation(env, minObs as number, maxObs as number),
  ReshapeObservation: (env, { shape }) => new vectorWrappers.ReshapeObservation(env, shape as number[]),
};
