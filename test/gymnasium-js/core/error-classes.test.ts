import {
  AlreadyPendingCallError,
  CartPoleEnv,
  CheckError,
  ClosedEnvironmentError,
  CustomSpaceError,
  checkEnv,
  DeprecatedEnv,
  GymnasiumError,
  InvalidAction,
  InvalidBound,
  InvalidProbability,
  make,
  makeVec,
  NameNotFound,
  NamespaceNotFound,
  NormalizeReward,
  RegistrationError,
  ResetNeeded,
  register,
  registry,
  StickyAction,
  SyncVectorEnv,
  UnregisteredEnv,
  VersionNotFound,
} from 'gymnasium-js';
import { afterAll, beforeAll, expect, it } from 'vitest';

beforeAll(() => {
  register({ id: 'class-test/New-v2', entryPoint: () => new CartPoleEnv() });
});
afterAll(() => {
  registry.delete('class-test/New-v2');
});

const cartPole = () => make('CartPole-v1');
const stepped = (action: number) => {
  const env = cartPole();
  env.reset({ seed: 1 });
  return env.unwrapped.step(action as never);
};
const closed = () => {
  const env = makeVec('CartPole-v1', { numEnvs: 2 });
  env.close();
  return env.reset();
};

it.each<[new (...args: never[]) => Error, () => unknown]>([
  [NamespaceNotFound, () => make('nobody/CartPole-v1')],
  [NameNotFound, () => make('Nothing-v1')],
  [VersionNotFound, () => make('CartPole-v77')],
  [DeprecatedEnv, () => make('class-test/New-v1')],
  [UnregisteredEnv, () => make('Nothing-v1')],
  [RegistrationError, () => register({ id: 'CartPole', entryPoint: () => new CartPoleEnv() })],
  [ResetNeeded, () => cartPole().step(0)],
  [InvalidAction, () => stepped(2)],
  [InvalidBound, () => new NormalizeReward(cartPole(), { gamma: 2 })],
  [InvalidProbability, () => new StickyAction(cartPole(), 1)],
  [ClosedEnvironmentError, closed],
  [RangeError, () => new SyncVectorEnv([])],
  [TypeError, () => make(3 as never)],
])('%o', (type, call) => {
  expect(call).toThrow(type);
});

it('a failed check is a CheckError', async () => {
  class Wrong extends CartPoleEnv {
    override step(action: number): ReturnType<CartPoleEnv['step']> {
      return super.step(action).slice(0, 4) as never;
    }
  }
  await expect(checkEnv(new Wrong())).rejects.toThrow(CheckError);
});

it('all of this package’s are a GymnasiumError and bear their own name', () => {
  for (const type of [NameNotFound, InvalidAction, CheckError, AlreadyPendingCallError, CustomSpaceError]) {
    const error = new type('x');
    expect(error).toBeInstanceOf(GymnasiumError);
    expect([error.name, String(error)]).toEqual([type.name, `${type.name}: x`]);
  }
});
