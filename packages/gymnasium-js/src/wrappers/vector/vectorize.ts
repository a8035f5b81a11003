/** Lifts wrappers of one environment to vectors, element by element. */
import { Env, type ResetResult, type StepResult } from '../../core/env.js';
import type { Mode } from '../../core/mode.js';
import { batchSpace, concatenate, elementAt } from '../../spaces/batch.js';
import type { Space } from '../../spaces/space.js';
import type { VectorEnv } from '../../vector/vector-env.js';
import {
  VectorActionWrapper,
  VectorObservationWrapper,
  VectorRewardWrapper,
} from '../../vector/vector-wrapper.js';
import type { TransformAction } from '../transform-action.js';
import type { TransformObservation } from '../transform-observation.js';
import type { TransformReward } from '../transform-reward.js';

/** Stands in for a sub-environment when a single wrapper is built: it has spaces and cannot be played. */
class SpacesOnly extends Env<unknown, unknown> {
  constructor(
    override readonly observationSpace: Space<unknown>,
    override readonly actionSpace: Space<unknown>,
  ) {
    super();
  }

  override reset(): ResetResult<unknown> {
    throw new Error('This environment only carries spaces.');
  }

  override step(): StepResult<unknown> {
    throw new Error('This environment only carries spaces.');
  }
}

export type SingleEnv = Env<unknown, unknown>;

function standIn<Obs, Act, M extends Mode>(env: VectorEnv<Obs, Act, M>): SingleEnv {
  return new SpacesOnly(env.singleObservationSpace, env.singleActionSpace);
}

/** Applies a single observation wrapper to every observation of a batch, and to final observations. */
export class VectorizeTransformObservation<
  Obs,
  Act,
  M extends Mode = 'sync',
  InnerObs = Obs,
> extends VectorObservationWrapper<Obs, Act, M, InnerObs> {
  readonly #func: (observation: unknown) => unknown;
  readonly #inner: Space<unknown>;

  constructor(
    env: VectorEnv<InnerObs, Act, M>,
    wrap: (env: SingleEnv) => TransformObservation<unknown, unknown, 'sync', unknown>,
  ) {
    super(env);
    const wrapper = wrap(standIn(env));
    this.#func = wrapper.func;
    this.#inner = env.singleObservationSpace;
    this.singleObservationSpace = wrapper.observationSpace;
    this.observationSpace = batchSpace(wrapper.observationSpace, this.numEnvs) as Space<Obs>;
  }

  override observations(observations: InnerObs): Obs {
    const elements = Array.from({ length: this.numEnvs }, (_, i) =>
      this.#func(elementAt(this.#inner, observations, i)),
    );
    return concatenate(this.singleObservationSpace, elements) as Obs;
  }

  override finalObservation(observation: unknown): unknown {
    return this.#func(observation);
  }
}

/** Applies a single action wrapper to every action of a batch. */
export class VectorizeTransformAction<
  Obs,
  Act,
  M extends Mode = 'sync',
  InnerAct = Act,
> extends VectorActionWrapper<Obs, Act, M, InnerAct> {
  readonly #func: (action: unknown) => unknown;
  readonly #inner: Space<unknown>;

  constructor(
    env: VectorEnv<Obs, InnerAct, M>,
    wrap: (env: SingleEnv) => TransformAction<unknown, unknown, 'sync', unknown>,
  ) {
    super(env);
    const wrapper = wrap(standIn(env));
    this.#func = wrapper.func;
    this.#inner = env.singleActionSpace;
    this.singleActionSpace = wrapper.actionSpace;
    this.actionSpace = batchSpace(wrapper.actionSpace, this.numEnvs) as Space<Act>;
  }

  override actions(actions: Act): InnerAct {
    const elements = Array.from({ length: this.numEnvs }, (_, i) =>
      this.#func(elementAt(this.singleActionSpace, actions, i)),
    );
    return concatenate(this.#inner, elements) as InnerAct;
  }
}

/** Applies a single reward wrapper to every reward of a batch. */
export class VectorizeTransformReward<Obs, Act, M extends Mode = 'sync'> extends VectorRewardWrapper<
  Obs,
  Act,
  M
> {
  readonly #func: (reward: number) => number;

  constructor(env: VectorEnv<Obs, Act, M>, wrap: (env: SingleEnv) => TransformReward<unknown, unknown>) {
    super(env);
    this.#func = wrap(standIn(env)).func;
  }

  override rewards(rewards: Float64Array): Float64Array {
    return rewards.map((reward) => this.#func(reward));
  }
}
