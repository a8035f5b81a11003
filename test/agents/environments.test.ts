import { AsyncVectorEnv, make, SyncVectorEnv } from 'gymnasium-js';
import { describe, expect, it } from 'vitest';
import { type LogRow, PPO } from '../../agents/index.js';
import { IdentityEnv, IdentityMultiEnv, LaterEnv } from './envs.js';

const OPTIONS = { nSteps: 60, nEpochs: 1, batchSize: 32, seed: 4 };

async function train(env: ConstructorParameters<typeof PPO>[1]) {
  const rows: LogRow[] = [];
  const agent = await new PPO<never>('mlp', env, OPTIONS).learn(480, {
    callbacks: { onLog: (row) => rows.push(row) },
  });
  return { parameters: agent.parameters(), episodes: rows.filter((row) => row.kind === 'episode') };
}

describe('a vector environment', () => {
  it.each([
    ['masked', () => new IdentityEnv(5, { invalid: 2 })],
    ['unmasked', () => new IdentityEnv(5)],
    ['MultiDiscrete', () => new IdentityMultiEnv(3)],
  ])('teaches what its environments one by one do: %s', async (_, make) => {
    const makers = [make, make, make];
    const vector = new SyncVectorEnv(makers as (() => IdentityEnv)[], { autoresetMode: 'SameStep' });
    const fromVector = await train(vector);
    const fromSeparate = await train(makers.map((maker) => maker()));
    expect(fromVector.parameters).toEqual(fromSeparate.parameters);
    expect(fromVector.episodes).toHaveLength(3);
    expect(fromVector.episodes).toEqual(fromSeparate.episodes);
  });

  it('of worker threads teaches what one of this thread does', async () => {
    const vector = new AsyncVectorEnv([{ id: 'CartPole-v1' }, { id: 'CartPole-v1' }], {
      autoresetMode: 'SameStep',
    });
    const options = { nSteps: 20, nEpochs: 1, seed: 4 };
    const fromWorkers = await new PPO('mlp', vector, options).learn(120);
    await vector.close();
    const fromHere = await new PPO('mlp', [make('CartPole-v1'), make('CartPole-v1')], options).learn(120);
    expect(fromWorkers.parameters()).toEqual(fromHere.parameters());
  });

  it('of environments that answer later has all their calls in flight at once', async () => {
    const inner = () => new IdentityEnv(4, { invalid: 1 });
    LaterEnv.mostInFlight = 0;
    const makers = [inner, inner, inner].map((maker) => () => new LaterEnv(maker()));
    const later = await train(new SyncVectorEnv(makers, { autoresetMode: 'SameStep' }));
    expect(LaterEnv.mostInFlight).toBe(3);
    expect(later.parameters).toEqual((await train([inner(), inner(), inner()])).parameters);
  });

  it('must reset in the same step', () => {
    expect(() => new PPO('mlp', new SyncVectorEnv([() => new IdentityEnv(3)]))).toThrow(
      'learners need a vector environment with autoresetMode SameStep, found NextStep',
    );
  });
});
