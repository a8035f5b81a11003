/** Vector twins of the stateless wrappers. */
import type { Mode } from '../../core/mode.js';
import { batchSpace } from '../../spaces/batch.js';
import type { Bound } from '../../spaces/box.js';
import type { Dtype, TypedArray } from '../../spaces/dtype.js';
import type { Space } from '../../spaces/space.js';
import type { VectorEnv } from '../../vector/vector-env.js';
import {
  VectorActionWrapper,
  VectorObservationWrapper,
  VectorRewardWrapper,
} from '../../vector/vector-wrapper.js';
import * as single from '../index.js';
import {
  VectorizeTransformAction,
  VectorizeTransformObservation,
  VectorizeTransformReward,
} from './vectorize.js';

export interface VectorSpaces {
  /** Of batches; default: batched from the single one. */
  readonly batched?: Space<unknown>;
  /** Of one element; default: the environment's. */
  readonly single?: Space<unknown>;
}

/** Applies `func` to whole batches of observations, and `finalFunc` (default: nothing) to final ones of SameStep. */
export class TransformObservation<
  Obs,
  Act,
  M extends Mode = 'sync',
  InnerObs = Obs,
> extends VectorObservationWrapper<Obs, Act, M, InnerObs> {
  constructor(
    env: VectorEnv<InnerObs, Act, M>,
    readonly func: (observations: InnerObs) => Obs,
    spaces: VectorSpaces = {},
    readonly finalFunc: (observation: unknown) => unknown = (observation) => observation,
  ) {
    super(env);
    if (spaces.single !== undefined) this.singleObservationSpace = spaces.single;
    if (spaces.batched !== undefined) this.observationSpace = spaces.batched as Space<Obs>;
    else if (spaces.single !== undefined)
      this.observationSpace = batchSpace(spaces.single, this.numEnvs) as Space<Obs>;
  }

  override observations(observations: InnerObs): Obs {
    return this.func(observations);
  }

  override finalObservation(observation: unknown): unknown {
    return this.finalFunc(observation);
  }
}

/** Applies `func` to whole batches of actions. */
export class TransformAction<Obs, Act, M extends Mode = 'sync', InnerAct = Act> extends VectorActionWrapper<
  Obs,
  Act,
  M,
  InnerAct
> {
  constructor(
    env: VectorEnv<Obs, InnerAct, M>,
    readonly func: (actions: Act) => InnerAct,
    spaces: VectorSpaces = {},
  ) {
    super(env);
    if (spaces.single !== undefined) this.singleActionSpace = spaces.single;
    if (spaces.batched !== undefined) this.actionSpace = spaces.batched as Space<Act>;
    else if (spaces.single !== undefined)
      this.actionSpace = batchSpace(spaces.single, this.numEnvs) as Space<Act>;
  }

  override actions(actions: Act): InnerAct {
    return this.func(actions);
  }
}

/** Applies `func` to whole batches of rewards. */
export class TransformReward<Obs, Act, M extends Mode = 'sync'> extends VectorRewardWrapper<Obs, Act, M> {
  constructor(
    env: VectorEnv<Obs, Act, M>,
    readonly func: (rewards: Float64Array) => Float64Array,
  ) {
    super(env);
  }

  override rewards(rewards: Float64Array): Float64Array {
    return this.func(rewards);
  }
}

/** Keeps some keys or positions of composite observations. */
export class FilterObservation<Obs, Act, M extends Mode = 'sync'> extends VectorizeTransformObservation<
  Obs,
  Act,
  M
> {
  constructor(env: VectorEnv<Obs, Act, M>, filterKeys: readonly (string | number)[]) {
    super(env, (inner) => new single.FilterObservation(inner, filterKeys));
  }
}

/** Flattens each observation. */
export class FlattenObservation<Obs, Act, M extends Mode = 'sync'> extends VectorizeTransformObservation<
  TypedArray,
  Act,
  M,
  Obs
> {
  constructor(env: VectorEnv<Obs, Act, M>) {
    super(
      env,
      (inner) => new single.FlattenObservation(inner) as single.TransformObservation<unknown, unknown>,
    );
  }
}

/** Gives Box observations another shape. */
export class ReshapeObservation<Obs, Act, M extends Mode = 'sync'> extends VectorizeTransformObservation<
  Obs,
  Act,
  M
> {
  constructor(env: VectorEnv<Obs, Act, M>, shape: readonly number[]) {
    super(env, (inner) => new single.ReshapeObservation(inner, shape));
  }
}

/** Maps Box observations affinely onto new bounds. */
export class RescaleObservation<Obs, Act, M extends Mode = 'sync'> extends VectorizeTransformObservation<
  Obs,
  Act,
  M
> {
  constructor(env: VectorEnv<Obs, Act, M>, minObs: Bound, maxObs: Bound) {
    super(env, (inner) => new single.RescaleObservation(inner, minObs, maxObs));
  }
}

/** Gives observations another dtype. */
export class DtypeObservation<Obs, Act, M extends Mode = 'sync'> extends VectorizeTransformObservation<
  TypedArray,
  Act,
  M,
  Obs
> {
  constructor(env: VectorEnv<Obs, Act, M>, dtype: Dtype) {
    super(
      env,
      (inner) => new single.DtypeObservation(inner, dtype) as single.TransformObservation<unknown, unknown>,
    );
  }
}

/** Clips actions to the environments' Box. */
export class ClipAction<Obs, Act, M extends Mode = 'sync'> extends VectorizeTransformAction<Obs, Act, M> {
  constructor(env: VectorEnv<Obs, Act, M>) {
    super(env, (inner) => new single.ClipAction(inner));
  }
}

/** Maps actions affinely from new bounds onto the environments' Box. */
export class RescaleAction<Obs, Act, M extends Mode = 'sync'> extends VectorizeTransformAction<Obs, Act, M> {
  constructor(env: VectorEnv<Obs, Act, M>, minAction: Bound, maxAction: Bound) {
    super(env, (inner) => new single.RescaleAction(inner, minAction, maxAction));
  }
}

/** Clips rewards to an interval. */
export class ClipReward<Obs, Act, M extends Mode = 'sync'> extends VectorizeTransformReward<Obs, Act, M> {
  constructor(env: VectorEnv<Obs, Act, M>, options: single.ClipRewardOptions) {
    super(env, (inner) => new single.ClipReward(inner, options));
  }
}
