import { describe, expect, it } from 'vitest';
import { playIncidents } from '../../experiments/runner/evaluate.js';
import { type AnyPolicy, makePolicy } from '../../experiments/runner/policies.js';
import { IncidentStream, playStream } from '../../experiments/runner/stream.js';
import { makeWorld, type Phase, type World } from '../../experiments/runner/worlds.js';

const world = (split: 'seen' | 'unseen-type'): World => ({
  name: split,
  incidents: `${split} select`,
  id: 'pase/CloudHealing-v0',
  options: { split, partition: 'select', metaPrompts: ['direct-minimal', 'direct-events', 'repair-advice'] },
});
const PHASES: readonly Phase[] = [
  { world: world('seen'), incidents: 4 },
  { world: world('unseen-type'), incidents: 3 },
  { world: world('seen'), incidents: 5 },
];

const policyOf = (policy: Record<string, unknown>): Promise<AnyPolicy> =>
  makePolicy({ policy: { kind: 'fixed', ...policy }, engine: 'wasm' }, () => makeWorld(world('seen')), 0);

describe('a stream of incidents', () => {
  it('meets every incident once, phase by phase, and goes on where a split was left', async () => {
    const stream = new IncidentStream(PHASES);
    const counts: number[] = [];
    await playStream(await policyOf({}), stream, false, (played) => counts.push(played));
    expect(counts).toEqual(Array.from({ length: 12 }, (_, i) => i + 1));
    expect(
      stream.played.map((phase) => phase.map(({ result }) => `${result.split} ${result.index}`)),
    ).toEqual([
      ['seen 0', 'seen 1', 'seen 2', 'seen 3'],
      ['unseen-type 0', 'unseen-type 1', 'unseen-type 2'],
      ['seen 4', 'seen 5', 'seen 6', 'seen 7', 'seen 8'],
    ]);
  });

  it('gives a policy that does not learn the same results as playing the splits', async () => {
    const stream = new IncidentStream(PHASES);
    await playStream(await policyOf({ action: 1 }), stream, true, () => {});
    const alone = await playIncidents(await policyOf({ action: 1 }), world('seen'), 9);
    expect([...stream.played[0]!, ...stream.played[2]!]).toEqual(alone);
  });

  it('lets a learner learn from what it meets, and ends with the stream', async () => {
    const stream = new IncidentStream(PHASES);
    const policy = await policyOf({ kind: 'linucb' });
    await playStream(policy, stream, true, () => {});
    expect(stream.done).toBe(12);
    const turns = stream.played.flat().reduce((sum, { result }) => sum + result.turns, 0);
    expect((policy as unknown as { numTimesteps: number }).numTimesteps).toBe(turns);
  });
});
