import { describe, expect, it } from 'vitest';
import { Cloud, loadCloudModel } from '../../../envs/cloud/index.js';
import { ConfigError } from '../../../envs/config/index.js';

const BASE = { topology: 'online-boutique', overlay: 'production', prior: 'incident-statistics' } as const;
const KEY = { split: 'seen', partition: 'train', index: 3 } as const;

describe('scaled constants of the cloud', () => {
  it('multiply values, medians, tables, alert waits and durations of primitives, and nothing else', () => {
    const scale = {
      'horizon.cap': 0.5,
      'pods.start': 2,
      'telemetry.price': 3,
      'alerts.for': 2,
      'primitives.duration': 4,
    };
    const [plain, scaled] = [loadCloudModel(BASE), loadCloudModel({ ...BASE, scale })];
    expect(scaled.constants.horizon.cap.value).toBe(900);
    expect(scaled.constants.pods.start.median).toBe(2 * plain.constants.pods.start.median);
    expect(scaled.constants.pods.start.sigma).toBe(plain.constants.pods.start.sigma);
    expect(scaled.constants.telemetry.price.values.logs).toBe(
      3 * plain.constants.telemetry.price.values.logs!,
    );
    for (const [i, rule] of scaled.rules.entries()) expect(rule.for).toBe(2 * plain.rules[i]!.for);
    for (const [name, { duration }] of scaled.primitives)
      expect(duration.median).toBe(4 * plain.primitives.get(name)!.duration.median);
    expect(scaled.constants.slo).toEqual(plain.constants.slo);
    expect(loadCloudModel(BASE)).toBe(plain);
  });

  it('change what happens: a step of a slower cloud takes longer', () => {
    const took = (scale?: Record<string, number>): number => {
      const cloud = new Cloud(loadCloudModel({ ...BASE, scale }), KEY);
      cloud.advanceTo(cloud.detectedAt);
      const { startedAt, endedAt } = cloud.execute({ name: 'inspect', args: ['frontend'] });
      return endedAt - startedAt;
    };
    expect(took({ 'primitives.duration': 2 })).toBeCloseTo(2 * took(), 9);
  });

  it('refuse a path that names no constant, in one line', () => {
    const load = (path: string) => () => loadCloudModel({ ...BASE, scale: { [path]: 2 } });
    expect(load('pods.strat')).toThrow(ConfigError);
    expect(load('pods.strat')).toThrow(/found "pods\.strat"; did you mean "pods\.start"\?$/);
    expect(load('alerts')).toThrow(ConfigError);
  });
});
