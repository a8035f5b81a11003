import { describe, expect, it } from 'vitest';
import { baroStyle, nSigma, rules } from '../../../envs/world-model/perception/baselines.js';
import { PerceptionScorer } from '../../../envs/world-model/perception/scores.js';
import type { Belief } from '../../../envs/world-model/types.js';
import { VerdictScorer, wilson } from '../../../envs/world-model/verdict-scores.js';
import { makeBelief, makeInventory, makeTelemetry, type Signs } from './support.js';

const SERVICES = ['frontend', 'cartservice', 'currencyservice', 'redis-cart'];
const CONDITIONS = ['config-bad', 'leak-growing'];

describe('PerceptionScorer', () => {
  const look = (truth: string | null) => ({
    telemetry: makeTelemetry(),
    inventory: makeInventory(),
    conditions: truth === null ? [] : [{ condition: 'config-bad', component: truth }],
    incident: 0,
  });
  const belief = (component: string, probability: number): Belief =>
    makeBelief(CONDITIONS, [{ condition: 'config-bad', component, probability }], 0.4, 0);

  it('counts detection, localisation and conditions', () => {
    const scorer = new PerceptionScorer();
    scorer.add(look('cartservice'), belief('cartservice', 0.9));
    scorer.add(look('cartservice'), belief('frontend', 0.8));
    scorer.add(look('cartservice'), belief('cartservice', 0.3));
    scorer.add(look(null), belief('cartservice', 0.6));
    const scores = scorer.scores();
    expect(scores.detection).toMatchObject({ precision: 2 / 3, recall: 2 / 3, falseAlarms: 1 });
    expect(scores.localisation.ac1).toBeCloseTo(2 / 3, 12);
    expect(scores.localisation.ac3).toBe(1);
    // Three were said, one of them right; three were true.
    expect(scores.conditions).toMatchObject({ precision: 1 / 3, recall: 1 / 3 });
    expect(scores.exact).toBe(0.25);
    expect(scores.outOfDistribution).toBeCloseTo(0.4, 12);
  });

  it('finds probabilities that hold as often as they say well calibrated, and others not', () => {
    const calibrated = new PerceptionScorer();
    const boastful = new PerceptionScorer();
    for (let i = 0; i < 100; i++) {
      calibrated.add(look(i < 70 ? 'cartservice' : null), belief('cartservice', 0.7));
      boastful.add(look(i < 30 ? 'cartservice' : null), belief('cartservice', 0.9));
    }
    expect(calibrated.scores().ece).toBeCloseTo(0, 9);
    expect(boastful.scores().ece).toBeCloseTo(0.6, 9);
  });
});

describe('wilson', () => {
  // Values of statsmodels' proportion_confint(method="wilson").
  it.each([
    [5, 50, 0.0434749, 0.2136023],
    [0, 20, 0, 0.1611251],
    [20, 20, 0.8388749, 1],
  ])('%s of %s', (count, of, low, high) => {
    const found = wilson(count, of);
    expect(found.low).toBeCloseTo(low, 4);
    expect(found.high).toBeCloseTo(high, 4);
  });

  it('knows nothing from nothing', () => {
    expect(wilson(0, 0)).toEqual({ share: 0, low: 0, high: 1, of: 0 });
  });
});

describe('VerdictScorer', () => {
  it('counts wrong plans accepted and right plans rejected', () => {
    const scorer = new VerdictScorer();
    scorer.add({ accepted: true, feasibility: 0.9 }, true);
    scorer.add({ accepted: false, feasibility: 0.1 }, true);
    scorer.add({ accepted: true, feasibility: 0.8 }, false);
    scorer.add({ accepted: false, feasibility: 0.2 }, false);
    const { plans, falseAccepts, falseRejects, brier } = scorer.scores();
    expect({ plans, accepts: falseAccepts.share, rejects: falseRejects.share }).toEqual({
      plans: 4,
      accepts: 0.5,
      rejects: 0.5,
    });
    expect(brier).toBeCloseTo((0.01 + 0.81 + 0.64 + 0.04) / 4, 12);
  });
});

describe('baselines of localisation', () => {
  const inventory = makeInventory();
  const healthy = Array.from({ length: 30 }, (_, i) => ({
    telemetry: makeTelemetry({
      metrics: Object.fromEntries(
        SERVICES.map((id, s) => [id, { cpu_ratio: 0.3 + 0.01 * Math.sin(i + s), rps: 100 + (i % 5) }]),
      ),
      success: 1,
    }),
    inventory,
  }));
  const suspect = (scores: Float64Array) => SERVICES[scores.indexOf(Math.max(...scores))];

  it.each([
    ['n-sigma', nSigma(healthy)],
    ['baro-style', baroStyle(healthy)],
  ])('%s finds the service whose metrics stray the furthest', (_, localiser) => {
    const calm = Math.max(...localiser.score(healthy[0]!.telemetry, inventory));
    const telemetry = makeTelemetry({
      metrics: { cartservice: { cpu_ratio: 0.95 } },
    });
    const scores = localiser.score(telemetry, inventory);
    expect(suspect(scores)).toBe('cartservice');
    expect(Math.max(...scores)).toBeGreaterThan(3 * calm);
  });

  it('rules prefer what the control plane says, and of two that err the one that is called', () => {
    const localiser = rules();
    const erring: Signs = { metrics: { frontend: { error_ratio: 0.5 }, cartservice: { error_ratio: 0.5 } } };
    expect(suspect(localiser.score(makeTelemetry(erring), inventory))).toBe('cartservice');
    const crash: Signs = { ...erring, events: [{ component: 'redis-cart', reason: 'OOMKilling' }] };
    expect(suspect(localiser.score(makeTelemetry(crash), inventory))).toBe('redis-cart');
  });
});
