import { describe, expect, it } from 'vitest';
import type { MetaPrompt } from '../../envs/synthesis/types.js';
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
