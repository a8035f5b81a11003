import { defaultRng } from 'gymnasium-js';
import { describe, expect, it } from 'vitest';
import { Alarm, alarmEvidence } from '../../../envs/world-model/perception/alarm.js';
import { healthyDay, LargestDeviation, METRICS } from '../../../envs/world-model/perception/deviations.js';
import { fitAlarm } from '../../../envs/world-model/perception/fit-alarm.js';
import { bestThreshold } from '../../../envs/world-model/perception/scores.js';
import { makeBelief, makeInventory, makeTelemetry } from './support.js';

const CONDITIONS = ['config-bad', 'leak-growing'];
const inventory = makeInventory();
const belief = (probability: number) =>
  makeBelief(CONDITIONS, [{ condition: 'config-bad', component: 'cartservice', probability }], 0, 0);

/** Looks at made-up evidence whose log odds are known. */
function looks(count: number, odds: (named: number, deviation: number) => number) {
  const rng = defaultRng(3);
  return Array.from({ length: count }, () => {
    const evidence = { named: rng.uniform(-4, 4), deviation: rng.uniform(0, 3) };
    const p = 1 / (1 + Math.exp(-odds(evidence.named, evidence.deviation)));
    return { evidence, wrong: rng.random() < p };
  });
}

describe('evidence', () => {
  it('is the log odds that the likeliest component has any condition, and the logarithm of the largest deviation', () => {
    const two = makeBelief(
      CONDITIONS,
      [
        { condition: 'config-bad', component: 'cartservice', probability: 0.5 },
        { condition: 'leak-growing', component: 'cartservice', probability: 0.5 },
      ],
      0,
      0,
    );
    const { named, deviation } = alarmEvidence(two, [0, 7, 3]);
    expect(named).toBeCloseTo(Math.log(0.75 / 0.25), 12);
    expect(deviation).toBeCloseTo(Math.log(8), 12);
  });

  it('stays finite when a belief is certain', () => {
    for (const p of [0, 1]) expect(Number.isFinite(alarmEvidence(belief(p), [0]).named)).toBe(true);
  });
});

describe('the fit', () => {
  it('finds the coefficients that the looks were made with', () => {
    const fit = fitAlarm(looks(20_000, (named, deviation) => 0.8 * named + 2 * deviation - 3));
    expect(fit.named).toBeCloseTo(0.8, 1);
    expect(Math.abs(fit.deviation - 2)).toBeLessThan(0.15);
    expect(Math.abs(fit.offset + 3)).toBeLessThan(0.2);
  });

  it('stays finite where one number separates all looks', () => {
    const fit = fitAlarm(looks(500, (named) => 1e6 * named));
    expect(Object.values(fit).every(Number.isFinite)).toBe(true);
    expect(fit.named).toBeGreaterThan(1);
  });

  it('refuses looks of one kind', () => {
    expect(() => fitAlarm(looks(10, () => -1e9))).toThrow(
      'fit of the alarm: expected faulty and healthy looks, found 0 faulty of 10',
    );
  });

  it('takes the threshold of best F1', () => {
    const scored = [
      [0.9, true],
      [0.7, true],
      [0.6, false],
      [0.4, true],
      [0.2, false],
    ] as const;
    // F1 is 2/4, 4/5, 4/6, 6/7 and 6/8 from the top down.
    expect(bestThreshold(scored)).toBe(0.4);
    expect(bestThreshold([[0.3, false]])).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('a healthy day', () => {
  const day = healthyDay([
    { telemetry: makeTelemetry({ success: 1 }), inventory },
    { telemetry: makeTelemetry({ success: 1 }), inventory },
  ]);

  it('has a scale above zero for every metric, and deviates from itself by nothing', () => {
    expect(Array.from(day.scale)).toHaveLength(METRICS);
    expect(Math.min(...Array.from(day.scale))).toBeGreaterThan(0);
    expect(Math.max(...new LargestDeviation(day).of(makeTelemetry({ success: 1 }), inventory))).toBeLessThan(
      1e-6,
    );
  });

  it('makes an alarm ring for what has a name and for what has none, and for nothing else', () => {
    const alarm = new Alarm(day, { named: 1, deviation: 2, offset: -2, threshold: 0.5 });
    const quiet = makeTelemetry({ success: 1 });
    const odd = makeTelemetry({ metrics: { cartservice: { error_ratio: 0.6 } } });
    expect(alarm.rings(quiet, inventory, belief(0.02))).toBe(false);
    expect(alarm.rings(quiet, inventory, belief(0.99))).toBe(true);
    expect(alarm.rings(odd, inventory, belief(0.02))).toBe(true);
  });
});
