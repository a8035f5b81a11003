import { describe, expect, it } from 'vitest';
import { Resampler, type ScoredVerdict, verdictStatistics } from '../../experiments/statistics/index.js';

const verdict = (accepted: boolean, right: boolean, feasibility: number): ScoredVerdict => ({
  accepted,
  right,
  feasibility,
});
const metric = (table: ScoredVerdict[][][], name: string) =>
  verdictStatistics(table, new Resampler(table[0]!.length, 400), 0).find((row) => row.metric === name);

describe('verdictStatistics', () => {
  // Two seeds, three incidents: wrong plans accepted 1 of 4, right plans rejected 1 of 2.
  const table = [
    [[verdict(true, false, 0.9), verdict(false, false, 0.1)], [verdict(true, true, 1)], []],
    [[verdict(false, false, 0)], [verdict(false, true, 0.4)], [verdict(false, false, 0.2)]],
  ];

  it('pools rates over plans, with Wilson intervals', () => {
    expect(metric(table, 'false_accept_rate')).toMatchObject({ n: 4, value: 0.25 });
    // statsmodels' proportion_confint(1, 4, method="wilson") = (0.0456, 0.6994).
    expect(metric(table, 'false_accept_rate')!.ciLow).toBeCloseTo(0.0456, 3);
    expect(metric(table, 'false_accept_rate')!.ciHigh).toBeCloseTo(0.6994, 3);
    expect(metric(table, 'false_reject_rate')).toMatchObject({ n: 2, value: 0.5 });
    expect(metric(table, 'coverage')).toMatchObject({ n: 2, value: 0.5 });
  });

  it('scores the feasibility over all plans, by hand', () => {
    const squares = 0.9 ** 2 + 0.1 ** 2 + 0 + 0 + 0.6 ** 2 + 0.2 ** 2;
    expect(metric(table, 'brier')!.value).toBeCloseTo(squares / 6, 12);
    // Bins 0 (said 0, wrong), 1 (0.1, wrong), 2 (0.2, wrong), 4 (0.4, right), 9 (0.9 and 1, one right).
    expect(metric(table, 'ece')!.value).toBeCloseTo((0 + 0.1 + 0.2 + 0.6 + 0.9) / 6, 12);
  });

  it('puts the score within its interval, narrower with more incidents', () => {
    const many = (n: number) => [
      Array.from({ length: n }, (_, i) => [verdict(true, i % 3 > 0, i % 2 === 0 ? 0.6 : 0.8)]),
    ];
    const [few, more] = [metric(many(12), 'brier')!, metric(many(300), 'brier')!];
    for (const { value, ciLow, ciHigh } of [few, more]) expect(ciLow <= value && value <= ciHigh).toBe(true);
    expect(more.ciHigh - more.ciLow).toBeLessThan(0.5 * (few.ciHigh - few.ciLow));
  });

  it('leaves out what there are no plans for', () => {
    expect(verdictStatistics([[[], []]], new Resampler(2, 10), 0)).toEqual([]);
    const onlyRight = [[[verdict(true, true, 1)]]];
    expect(metric(onlyRight, 'false_accept_rate')).toBeUndefined();
    expect(metric(onlyRight, 'false_reject_rate')).toMatchObject({ value: 0 });
  });
});
