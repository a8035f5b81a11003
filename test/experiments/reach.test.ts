import { describe, expect, it } from 'vitest';
import { callsToReach, type ReachPoint } from '../../experiments/statistics/index.js';

const curve = (...mttr: (number | null)[]): ReachPoint[] =>
  mttr.map((value, i) => ({ llmCalls: 100 * (i + 1), tokens: 1000 * (i + 1), mttr: value }));

describe('calls to reach a score', () => {
  const rows = callsToReach(
    new Map([
      ['fast', [curve(1000, 650, 450), curve(null, 900, 700, 550)]],
      ['slow', [curve(1000, 950, 890), curve(1000, 1000, 1000)]],
    ]),
  );
  const row = (variant: string, target: number) =>
    rows.find((one) => one.variant === variant && one.target === target);

  it('are means over the seeds that got there, at the first point that is low enough', () => {
    expect(row('fast', 700)).toEqual({
      ...{ variant: 'fast', target: 700, reached: 2, seeds: 2 },
      ...{ llmCalls: 250, tokens: 2500 },
    });
    expect(row('fast', 500)).toMatchObject({ reached: 1, seeds: 2, llmCalls: 300, tokens: 3000 });
    expect(row('slow', 900)).toMatchObject({ reached: 1, llmCalls: 300 });
    expect(row('slow', 700)).toMatchObject({ reached: 0, llmCalls: null, tokens: null });
  });

  it('are told for targets that somebody reached, and not all from their first point on', () => {
    expect([...new Set(rows.map(({ target }) => target))]).toEqual([900, 800, 700, 600, 500]);
  });
});
