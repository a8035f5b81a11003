import { describe, expect, it } from 'vitest';
import type { PrimitiveCall } from '../../../envs/cloud/interface.js';
import { type HealingInput, HealingLoop } from '../../../envs/healing/index.js';
import type { TurnRecord } from '../../../envs/healing/types.js';
import { HealingWorld } from '../../../envs/healing/world.js';
import { loadMetaPrompts, type Synthesizer } from '../../../envs/synthesis/index.js';

const call = (name: string, ...args: string[]): PrimitiveCall => ({ name, args });
const PROMPT = loadMetaPrompts(['direct-minimal'])[0]!;
const KEY = { split: 'seen', partition: 'train', index: 5 } as const;

/** Writes these completions, one a sample, whatever it is asked. */
function writing(...plans: (readonly PrimitiveCall[] | null)[]): Synthesizer<'sync'> {
  return {
    kind: 'written',
    mode: 'sync',
    prompted: true,
    synthesize: (_view, _metaPrompt, _feedback, _rng, sample) => {
      const steps = plans[sample] ?? null;
      return {
        plan: steps && { diagnosis: [], steps: [...steps] },
        failure: steps ? null : { message: 'no JSON', kind: 'no-json' },
        raw: '',
        ...{ promptTokens: 0, completionTokens: 0, latency: 0, calls: 1 },
      } as ReturnType<Synthesizer<'sync'>['synthesize']>;
    },
  };
}

function turn(
  input: HealingInput,
  ...plans: (readonly PrimitiveCall[] | null)[]
): { loop: HealingLoop; record: TurnRecord } {
  const world = new HealingWorld(input, writing(...plans));
  const loop = new HealingLoop(world.parts, KEY);
  const record = loop.turn({ ...PROMPT, samples: plans.length }, 0) as TurnRecord;
  return { loop, record };
}

describe('undo', () => {
  const harmful = [
    call('cordon-node', 'node-1'),
    call('rate-limit', 'frontend'),
    call('inspect', 'frontend'),
  ];
  const unverified = { mode: 'none' } as const;

  it('takes back what can be taken back, last step first, when fewer requests succeed than before', () => {
    const { loop, record } = turn({ verifier: unverified }, harmful);
    expect(record.outcomes.map(({ status }) => status)).toEqual(['done', 'done', 'done']);
    expect(record.undone.map(({ call: { name, args }, status }) => [name, ...args, status])).toEqual([
      ['lift-limits', 'frontend', 'done'],
      ['uncordon-node', 'node-1', 'done'],
    ]);
    expect(loop.inventory.services.some(({ limited }) => limited)).toBe(false);
    expect(loop.inventory.nodes.some(({ cordoned }) => cordoned)).toBe(false);
    expect(loop.result().undone).toBe(2);
    expect(loop.state.executed[0]!.outcome).toContain('it got worse, so 2 step(s) were undone');
  });

  it('costs simulated time, booked as execution', () => {
    const undone = turn({ verifier: unverified }, harmful).loop;
    const kept = turn({ verifier: { ...unverified, undo: false } }, harmful).loop;
    const spent = undone.time - kept.time;
    expect(spent).toBeGreaterThan(0);
    expect(undone.result().time.execution - kept.result().time.execution).toBeCloseTo(spent, 9);
    expect(kept.result().undone).toBe(0);
    expect(kept.inventory.services.some(({ limited }) => limited)).toBe(true);
  });

  it('leaves alone what makes nothing worse, and losses within the margin', () => {
    const harmless = [call('scale-out', 'adservice')];
    expect(turn({ verifier: unverified }, harmless).record.undone).toEqual([]);
    expect(turn({ verifier: { ...unverified, undoMargin: 1 } }, harmful).record.undone).toEqual([]);
  });

  it('undoes a step that ran out of time, and not one that was refused', () => {
    const steps = [call('rate-limit', 'frontend'), call('rate-limit', 'no-such-service')];
    const { record } = turn({ verifier: unverified }, steps);
    expect(record.outcomes.map(({ status }) => status)).toEqual(['done', 'refused']);
    expect(record.undone.map(({ call: { name } }) => name)).toEqual(['lift-limits']);
  });
});

describe('handing over', () => {
  const handOver = [call('hand-over')];

  it.each(['none', 'syntax', 'symbolic', 'neural', 'neural-symbolic'] as const)(
    'ends the incident under mode %s, counted at the cap, without an execution',
    (mode) => {
      const { loop, record } = turn({ verifier: { mode } }, handOver);
      expect(loop.ending).toBe('handed-over');
      expect(record.executed).toBe(false);
      const { mttr, recovered, executions, failureKinds } = loop.result();
      expect({ mttr, recovered, executions, failureKinds }).toEqual({
        mttr: 1800,
        recovered: false,
        executions: 0,
        failureKinds: {},
      });
    },
  );

  it('is what several samples come to only when none of them is a plan', () => {
    const wrong = [call('fix-dns')];
    expect(turn({}, handOver, wrong).record.plan!.steps[0]!.name).toBe('fix-dns');
    expect(turn({}, wrong, handOver).loop.ending).toBeNull();
    expect(turn({}, null, handOver).loop.ending).toBe('handed-over');
  });
});
