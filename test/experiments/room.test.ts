import { describe, expect, it } from 'vitest';
import type { HealingInput } from '../../envs/healing/index.js';
import type { MetaPrompt } from '../../envs/synthesis/types.js';
import { coordinateAscent, playComposed } from '../../experiments/room/composed.js';
import type { IncidentOutcomes } from '../../experiments/room/outcomes.js';
import { rulesOf } from '../../experiments/room/outcomes.js';
import { roomOf } from '../../experiments/room/room.js';

const prompt = (feedback: MetaPrompt['feedback']) => ({ feedback }) as MetaPrompt;

/** Two opening prompts and one for repair: rules 0/0, 0/2, 1/1, 1/2. */
const RULES = rulesOf([prompt('none'), prompt('none'), prompt('advice')]);

/** Incidents of two kinds; seconds of each rule on each kind. */
function incidents(n: number, seconds: Record<'x' | 'y', number[]>): IncidentOutcomes[] {
  return Array.from({ length: n }, (_, i) => {
    const kind = Math.floor(i / 2) % 2 === 0 ? 'x' : 'y';
    const outcomes = seconds[kind].map((mttr) => ({ mttr, return: -mttr / 1800, violations: 0 }));
    return { faultType: kind, believed: kind, outcomes };
  });
}

describe('rules', () => {
  it('open with a prompt that needs no feedback and repair with itself or one that does', () => {
    expect(RULES.map(({ first, afterRejection }) => `${first}/${afterRejection}`)).toEqual([
      '0/0',
      '0/2',
      '1/1',
      '1/2',
    ]);
  });
});

describe('the room above best-fixed', () => {
  it('is found where contexts want different prompts', () => {
    const rows = roomOf(incidents(40, { x: [100, 100, 300, 300], y: [300, 300, 90, 90] }), RULES);
    const by = Object.fromEntries(rows.map((row) => [row.choice, row]));
    expect(by['best fixed']!.mttr).toBe(195);
    expect(by['best per belief']!.mttr).toBe(95);
    expect(by['best per belief']!.interval.low).toBeGreaterThan(0.3);
    expect(by['best pair']!.saved).toBe(0);
    expect(by.hindsight!.mttr).toBe(95);
  });

  it('is found where repairing wants another prompt', () => {
    const rows = roomOf(incidents(40, { x: [200, 210, 220, 100], y: [200, 210, 220, 120] }), RULES);
    const pair = rows.find((row) => row.choice === 'best pair')!;
    expect(pair.mttr).toBe(110);
    expect(pair.saved).toBeCloseTo(0.45, 12);
  });

  it('is not conjured from noise: a choice is never counted on the incidents it was made on', () => {
    // Rule 0 is best on even incidents and worst on odd ones, rule 2 the other way round: nothing to learn.
    const noisy = Array.from({ length: 40 }, (_, i) => {
      const seconds = i % 2 === 0 ? [100, 100, 300, 300] : [300, 300, 100, 100];
      const outcomes = seconds.map((mttr) => ({ mttr, return: -mttr / 1800, violations: 0 }));
      return { faultType: 'x', believed: 'x', outcomes };
    });
    const rows = roomOf(noisy, RULES);
    expect(rows.find((row) => row.choice === 'best fixed')!.mttr).toBe(300);
    expect(rows.find((row) => row.choice === 'hindsight')!.mttr).toBe(100);
  });
});

describe('coordinate ascent', () => {
  it('finds the best level of every coordinate where they do not hang together, asking each point once', async () => {
    const wanted = [2, 0, 1];
    const asked: string[] = [];
    const found = await coordinateAscent([3, 2, 4], async (point) => {
      asked.push(point.join());
      return -point.reduce((sum, level, c) => sum + Math.abs(level - wanted[c]!), 0);
    });
    expect(found).toEqual(wanted);
    expect(new Set(asked).size).toBe(asked.length);
  });

  it('goes through the coordinates again while one moves, and stays where nothing is gained', async () => {
    // The first coordinate pays only once the second is set.
    const gated = async ([a, b]: readonly number[]) => (b === 1 ? 1 + a! : 0);
    expect(await coordinateAscent([2, 2], gated)).toEqual([1, 1]);
    expect(await coordinateAscent([5, 5], async () => 7)).toEqual([0, 0]);
  });
});

describe('composed prompts', () => {
  it('are chosen on one half of the incidents and counted on the other, the same every time', async () => {
    const factors = {
      strategy: ['direct', 'diagnose-first'],
      events: [false, true],
      ...Object.fromEntries(['metrics', 'logs', 'changes'].map((name) => [name, [false]])),
      ...{ schema: ['names'], exemplars: ['none'], feedback: ['none', 'step'] },
      ...{ samples: [1], temperature: [0], effort: ['none'] },
    };
    const world = {
      ...{ name: 'seen', incidents: 'seen', id: 'pase/CloudHealing-v0' },
      options: { partition: 'select', factors } as HealingInput,
    };
    let most = 0;
    const played = await playComposed(world, 6, (n) => {
      most = n;
    });
    expect(played.map(({ choice }) => choice)).toEqual(['best composed', 'best composed pair']);
    for (const { outcomes } of played) {
      expect(outcomes).toHaveLength(6);
      for (const { mttr } of outcomes) expect(mttr).toBeGreaterThan(0);
    }
    // 2 strategies × 2 kinds of evidence, before and after a rejection, with 2 styles of feedback after: on 6 incidents.
    expect(most).toBeGreaterThan(6);
    expect(most).toBeLessThanOrEqual(4 * 8 * 6);
    expect(await playComposed(world, 6, () => {})).toEqual(played);
  });
});
