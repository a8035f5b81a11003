import { type AnyEnv, checkEnv, make, makeVec } from 'gymnasium-js';
import { describe, expect, it } from 'vitest';
import {
  CloudHealingFactoredEnv,
  compositionOf,
  DirectHealingEnv,
  runOracle,
} from '../../../envs/healing/index.js';

describe('pase/CloudHealingFactored-v0', () => {
  it('passes checkEnv', async () => {
    await checkEnv(make('pase/CloudHealingFactored-v0').unwrapped as AnyEnv);
  });

  it('forbids feedback styles until a plan was not executed', () => {
    const env = new CloudHealingFactoredEnv();
    const nvec = [...env.actionSpace.nvec].map(Number);
    const feedbackAt = nvec.slice(0, 7).reduce((a, b) => a + b, 0);
    let seenFeedback = false;
    for (let index = 0; index < 20; index++) {
      let [, info] = env.reset({ options: { index } });
      for (let turn = 0, terminated = false; !terminated; turn++) {
        const rejected = turn > 0 && !info.turn!.executed;
        seenFeedback ||= rejected;
        expect([...info.actionMask].filter((value) => value === 0)).toHaveLength(rejected ? 0 : 3);
        expect([...info.actionMask.subarray(feedbackAt, feedbackAt + 4)]).toEqual(
          rejected ? [1, 1, 1, 1] : [1, 0, 0, 0],
        );
        [, , terminated, , info] = env.step(nvec.map((n, i) => (i === 7 ? 0 : (turn + index) % n)));
      }
    }
    expect(seenFeedback).toBe(true);
  });

  it('builds the meta-prompt from the factors', () => {
    const env = new CloudHealingFactoredEnv();
    env.reset({ options: { index: 1 } });
    const [, , , , info] = env.step([3, 1, 0, 1, 0, 1, 0, 0, 1, 0, 2]);
    expect(info.turn!.evidence).toEqual(['alerts', 'topology', 'metrics', 'logs']);
    expect(info.turn!.samples).toHaveLength(2);
    expect(compositionOf(info.turn!.metaPrompt)).toEqual([
      ...['strategy: rollback-first', 'metrics: true', 'events: false', 'logs: true', 'changes: false'],
      ...[
        'schema: preconditions',
        'exemplars: none',
        'feedback: none',
        'samples: 2',
        'temperature: 0',
        'effort: medium',
      ],
    ]);
    expect(() => env.step([9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])).toThrow(
      'CloudHealingFactored: expected strategy in 0…4, found 9',
    );
  });
});

describe('a composition', () => {
  it('is read off the name, factors without a choice left out', () => {
    const factors = { strategy: ['direct' as const], samples: [1, 4] };
    const env = new CloudHealingFactoredEnv({ factors });
    env.reset({ options: { index: 2 } });
    const [, , , , info] = env.step([0, 0, 1, 0, 0, 2, 0, 0, 1, 0, 3]);
    expect(compositionOf(info.turn!.metaPrompt, factors)).toEqual([
      ...['metrics: false', 'events: true', 'logs: false', 'changes: false', 'schema: invariants'],
      ...['exemplars: none', 'feedback: none', 'samples: 4', 'temperature: 0', 'effort: high'],
    ]);
  });

  it('is none of a prompt of a catalogue', () => {
    expect(compositionOf('direct-minimal')).toBeNull();
  });
});

describe('pase/DirectHealing-v0', () => {
  it('passes checkEnv', async () => {
    await checkEnv(make('pase/DirectHealing-v0').unwrapped as AnyEnv);
  });

  it('executes the chosen primitive and repairs a service that was scaled to zero', () => {
    const env = new DirectHealingEnv();
    env.reset({ options: { index: 3, fault: 'scaled_to_zero', component: 'checkoutservice' } });
    const action = env.calls.findIndex(
      ({ name, args }) => name === 'scale-out' && args[0] === 'checkoutservice',
    );
    const [, , terminated, , info] = env.step(action);
    expect(info.turn!.outcomes.map(({ status }) => status)).toEqual(['done']);
    expect(info.llmCalls).toBe(0);
    expect(terminated).toBe(true);
    expect(info.result!.recovered).toBe(true);
  });

  it('masks what the inventory shows to be pointless', () => {
    const env = new DirectHealingEnv();
    const [, info] = env.reset({ options: { index: 5 } });
    const allowed = (name: string): number[] =>
      env.calls.flatMap((call, i) => (call.name === name ? [info.actionMask[i]!] : []));
    expect(allowed('uncordon-node').every((value) => value === 0)).toBe(true);
    expect(allowed('lift-limits').every((value) => value === 0)).toBe(true);
    expect(allowed('rolling-restart').every((value) => value === 1)).toBe(true);
  });
});

describe('a blind environment', () => {
  it('shows zeros, with masks, rewards and infos as they are', () => {
    const [seeing, blind] = [new CloudHealingFactoredEnv(), new CloudHealingFactoredEnv({ blind: true })];
    const action = [0, 1, 1, 0, 0, 1, 0, 0, 1, 1, 0];
    for (let index = 0; index < 5; index++) {
      const [seen, info] = seeing.reset({ options: { index } });
      const [nothing, sameInfo] = blind.reset({ options: { index } });
      expect(nothing).toEqual(new Float32Array(seen.length));
      expect(seen.some((x) => x !== 0)).toBe(true);
      expect(sameInfo).toEqual(info);
      const [after, ...rest] = blind.step(action);
      expect(after).toEqual(new Float32Array(seen.length));
      expect(rest).toEqual(seeing.step(action).slice(1));
    }
  });

  it.each(['pase/CloudHealing-v0', 'pase/DirectHealing-v0'])('shows zeros in batches of %s', (id) => {
    const env = makeVec<Float32Array, Int32Array>(id, { numEnvs: 2, blind: true });
    expect(env.reset({ seed: 0 })[0].every((x) => x === 0)).toBe(true);
    expect(env.step(Int32Array.of(0, 0))[0].every((x) => x === 0)).toBe(true);
  });
});

describe('the oracle', () => {
  it('recovers nearly every incident without harm, and is the same every time', () => {
    const incidents = Array.from({ length: 40 }, (_, index) =>
      runOracle({ split: 'seen', partition: 'select' }, index),
    );
    const recovered = incidents.filter((result) => result.recovered);
    expect(recovered.length).toBeGreaterThanOrEqual(36);
    expect(incidents.every((result) => result.violations === 0)).toBe(true);
    expect(runOracle({ split: 'seen', partition: 'select' }, 7)).toEqual(incidents[7]);
  });
});
