import {
  type AnyVectorEnv,
  elementAt,
  infoOf,
  makeVec,
  type ResetResult,
  type StepResult,
  type VectorResetResult,
  type VectorStepResult,
} from 'gymnasium-js';
import { describe, expect, it } from 'vitest';
import { envIds, makeAny } from '../envs/list.js';

describe.each(envIds)('a vector of %s equals single environments', (id) => {
  it('observations, rewards, flags and infos, resets under NextStep included', () => {
    const n = 3;
    const vector = makeVec(id, { numEnvs: n, vectorizationMode: 'sync' }) as AnyVectorEnv;
    const singles = Array.from({ length: n }, () => makeAny(id));
    const due = new Array<boolean>(n).fill(false);
    vector.actionSpace.seed(7);
    const [first, firstInfos] = vector.reset({ seed: 20 }) as VectorResetResult<unknown>;
    singles.forEach((env, i) => {
      const [observation, info] = env.reset({ seed: 20 + i }) as ResetResult<unknown>;
      expect(elementAt(vector.singleObservationSpace, first, i)).toEqual(observation);
      expect(infoOf(firstInfos, i, n)).toEqual(info);
    });
    for (let step = 0; step < 60; step++) {
      const actions = vector.actionSpace.sample();
      const [observations, rewards, terminations, truncations, infos] = vector.step(
        actions,
      ) as VectorStepResult<unknown>;
      singles.forEach((env, i) => {
        const action = elementAt(vector.singleActionSpace, actions, i);
        const expected: StepResult<unknown> = due[i]
          ? (([observation, info]) => [observation, 0, false, false, info])(
              env.reset() as ResetResult<unknown>,
            )
          : (env.step(action) as StepResult<unknown>);
        const got = [
          elementAt(vector.singleObservationSpace, observations, i),
          rewards[i],
          terminations[i] === 1,
          truncations[i] === 1,
          infoOf(infos, i, n),
        ];
        expect(got).toEqual(expected);
        due[i] = expected[2] || expected[3];
      });
    }
  });
});
