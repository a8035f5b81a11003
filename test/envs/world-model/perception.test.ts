import { defaultRng } from 'gymnasium-js';
import { describe, expect, it } from 'vitest';
import { collect, type LabelledExample } from '../../../envs/world-model/perception/dataset.js';
import { DENSE_FEATURES } from '../../../envs/world-model/perception/feature-columns.js';
import { FeatureExtractor } from '../../../envs/world-model/perception/features.js';
import { quantileOf, quantilesOf } from '../../../envs/world-model/perception/out-of-distribution.js';
import { Perceiver } from '../../../envs/world-model/perception/perceiver.js';
import { PerceptionScorer } from '../../../envs/world-model/perception/scores.js';
import { type PerceptionTraining, trainPerception } from '../../../envs/world-model/perception/train.js';
import { Vocabulary } from '../../../envs/world-model/perception/vocabulary.js';
import { checkShapes } from '../../../envs/world-model/perception/weights.js';
import { makeInventory, makeTelemetry, type Signs } from './support.js';

const CONDITIONS = ['capacity-short', 'config-bad', 'leak-growing', 'path-blocked'];
const SERVICES = ['frontend', 'cartservice', 'currencyservice', 'redis-cart'];

/** Made-up faults with clear signs; nothing ever shows `path-blocked`. */
function* examples(count: number, seed: number): Generator<LabelledExample> {
  const rng = defaultRng(seed);
  for (let incident = 0; incident < count; incident++) {
    const component = SERVICES[rng.integers(0, SERVICES.length)]!;
    const kind = rng.integers(0, 4);
    const signs: Signs[] = [
      { metrics: { [component]: { cpu_ratio: rng.uniform(0.85, 1), latency_p99_ms: 400 } } },
      {
        metrics: { [component]: { error_ratio: rng.uniform(0.2, 0.6) } },
        events: [{ component, reason: 'Unhealthy' }],
      },
      { metrics: { [component]: { memory_ratio: 0.95, restarts: 3 } } },
      {},
    ];
    yield {
      telemetry: makeTelemetry({ ...signs[kind]!, ...(kind === 3 ? { success: 1 } : {}) }),
      inventory: makeInventory(),
      conditions: kind === 3 ? [] : [{ condition: CONDITIONS[kind]!, component }],
      incident,
    };
  }
}

const OPTIONS: PerceptionTraining = {
  arm: 'events',
  hidden: 10,
  epochs: 30,
  batch: 64,
  learningRate: 5e-3,
  seed: 1,
  holdOut: 0.2,
  command: 'a test',
  prior: { 'path-blocked': 0.2 },
};

const train = (options: Partial<PerceptionTraining> = {}) =>
  trainPerception(collect(examples(400, 1), CONDITIONS, 'events'), { ...OPTIONS, ...options });

describe('perception', async () => {
  const { weights, curve } = await train();
  const perceiver = new Perceiver(weights);

  it('learns', () => {
    expect(curve.at(-1)!.holdOutLoss).toBeLessThan(curve[0]!.holdOutLoss / 3);
    const scorer = new PerceptionScorer();
    for (const example of examples(200, 2))
      scorer.add(example, perceiver.perceive(example.telemetry, example.inventory));
    const scores = scorer.scores();
    expect(scores.localisation.ac1).toBeGreaterThan(0.95);
    expect(scores.byCondition['config-bad']!.f1).toBeGreaterThan(0.9);
    expect(scores.detection.falseAlarms).toBeLessThan(0.1);
  });

  it('makes the same weights from the same seed, and others from another', async () => {
    expect((await train()).weights).toEqual(weights);
    expect((await train({ seed: 2 })).weights.kernel1).not.toEqual(weights.kernel1);
  });

  it('gives a condition that training never met its catalogue prior, on the suspect and by strangeness', () => {
    expect(weights.prior).toEqual({ 'path-blocked': 0.2 });
    const telemetry = makeTelemetry({ metrics: { cartservice: { error_ratio: 0.4 } } });
    const belief = perceiver.perceive(telemetry, makeInventory());
    const at = (component: string) => belief.probability[SERVICES.indexOf(component) * 4 + 3]!;
    expect(at('cartservice')).toBeCloseTo(0.2 * belief.outOfDistribution, 12);
    expect(at('frontend')).toBe(0);
  });

  it('finds what no training incident looked like out of distribution', () => {
    const inventory = makeInventory();
    const usual = makeTelemetry({
      metrics: { cartservice: { error_ratio: 0.4 } },
      events: [{ component: 'cartservice', reason: 'Unhealthy' }],
    });
    const odd = makeTelemetry({
      metrics: { cartservice: { rps: 0, latency_p50_ms: 9000, ready_ratio: 0.3 } },
    });
    const strangeness = (telemetry: typeof usual) =>
      perceiver.perceive(telemetry, inventory).outOfDistribution;
    expect(strangeness(odd)).toBeGreaterThan(0.95);
    expect(strangeness(usual)).toBeLessThan(strangeness(odd));
  });

  it('reads a missing series as nothing seen, not as nothing wrong with the numbers', () => {
    const telemetry = makeTelemetry({
      metrics: { cartservice: { error_ratio: Number.NaN, cpu_ratio: Number.NaN } },
    });
    const { probability, outOfDistribution } = perceiver.perceive(telemetry, makeInventory());
    expect([...probability, outOfDistribution].every((p) => p >= 0 && p <= 1)).toBe(true);
  });

  it('sees the same whatever the order of services', () => {
    const inventory = makeInventory();
    const turned = { ...inventory, topology: 'turned', services: [...inventory.services].reverse() };
    const telemetry = makeTelemetry({ metrics: { cartservice: { cpu_ratio: 0.95, latency_p99_ms: 400 } } });
    const byName = (given: typeof inventory) => {
      const { components, probability } = perceiver.perceive(telemetry, given);
      return new Map(components.map((id, i) => [id, [...probability.slice(4 * i, 4 * i + 3)]]));
    };
    const [straight, reversed] = [byName(inventory), byName(turned)];
    for (const id of SERVICES) {
      for (const [j, p] of straight.get(id)!.entries()) expect(reversed.get(id)![j]).toBeCloseTo(p, 9);
    }
  });

  it('refuses weights of other features or of wrong sizes', () => {
    expect(() => checkShapes('w.json', { ...weights, dense: ['x'] })).toThrow(
      `w.json: dense: expected the ${DENSE_FEATURES.length} features of this version, found 1 others; retrain with \`pase train-perception\``,
    );
    expect(() => checkShapes('w.json', { ...weights, bias2: [0] })).toThrow(
      'w.json: bias2: expected 4 numbers, found 1',
    );
  });
});

describe('features', () => {
  it('are zero on a healthy day but for what the topology says', () => {
    const extractor = new FeatureExtractor('events', new Vocabulary(0));
    const rows = extractor.extract(makeTelemetry({ success: 1 }), makeInventory());
    const named = new Map(DENSE_FEATURES.map((name, f) => [name, rows[extractor.width + f]!]));
    for (const [name, value] of named) {
      if (/^(own (?!.* level$)|callers|callees|others|inventory|missing|host|zone)/.test(name)) {
        expect(value, name).toBeCloseTo(0, 6);
      }
    }
    expect(named.get('kind service')).toBe(1);
  });

  it('tell a component what its callers and callees show', () => {
    const extractor = new FeatureExtractor('metrics', new Vocabulary(8));
    const telemetry = makeTelemetry({
      metrics: { frontend: { error_ratio: 0.5 } },
      alerts: [{ component: 'frontend', rule: 'HighErrorRate' }],
    });
    const rows = Float32Array.from(extractor.extract(telemetry, makeInventory()));
    const feature = (component: string, name: string) =>
      rows[SERVICES.indexOf(component) * extractor.width + DENSE_FEATURES.indexOf(name)]!;
    expect(feature('cartservice', 'callers max errors')).toBeGreaterThan(0.8);
    expect(feature('redis-cart', 'callers max errors')).toBe(0);
    expect(feature('redis-cart', 'others max errors')).toBeGreaterThan(0.8);
    expect(feature('frontend', 'own over others errors')).toBeGreaterThan(0.8);
  });

  it('mark evidence on the component, its neighbours and its hosts', () => {
    const vocabulary = new Vocabulary(8);
    const extractor = new FeatureExtractor('events', vocabulary);
    extractor.extract(
      makeTelemetry({
        events: [
          { component: 'cartservice', reason: 'BackOff' },
          { component: 'node-3', reason: 'NodeNotReady' },
          { component: 'namespace', reason: 'QuotaExceeded' },
        ],
      }),
      makeInventory(),
    );
    expect(vocabulary.names).toEqual([
      ['event own', 'BackOff'],
      ['event of caller', 'BackOff'],
      ['event of callee', 'BackOff'],
      ['event of host', 'NodeNotReady'],
      ['event elsewhere', 'QuotaExceeded'],
    ]);
  });
});

describe('quantiles', () => {
  it('rank a value among a sample', () => {
    const quantiles = quantilesOf([5, 1, 3, 2, 4], 4);
    expect(quantiles).toEqual([1, 2, 3, 4, 5]);
    expect([0, 1, 2.5, 5, 9].map((x) => quantileOf(x, quantiles))).toEqual([0, 0, 0.375, 1, 1]);
  });

  it('need a sample', () => {
    expect(() => quantilesOf([], 4)).toThrow('quantiles of an empty sample');
  });
});
