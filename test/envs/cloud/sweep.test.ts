import { describe, expect, it } from 'vitest';
import { Cloud, faultTypes, loadCloudModel, OVERLAYS, topologyNames } from '../../../envs/cloud/index.js';
import { EVIDENCE_KINDS } from '../../../envs/cloud/interface.js';
import { run, struck } from './catalogue.js';

const cases = topologyNames().flatMap((topology) => OVERLAYS.map((overlay) => ({ topology, overlay })));

/** Plays an incident with a plan that fits some types and harms others; everything that comes out must be sane. */
function play(cloud: Cloud): void {
  const sane = (): void => {
    const { success, latencyP99Ms } = cloud.slo();
    expect(success).toBeGreaterThanOrEqual(0);
    expect(success).toBeLessThanOrEqual(1 + 1e-12);
    expect(Number.isFinite(latencyP99Ms) && latencyP99Ms >= 0).toBe(true);
    expect(cloud.time).toBeGreaterThanOrEqual(0);
  };
  sane();
  const { services, nodes } = cloud.telemetry(EVIDENCE_KINDS, 0);
  expect(services.values.some((value) => value < 0) || nodes.values.some((value) => value < 0)).toBe(false);
  run(cloud, [
    'inspect ?s',
    'rolling-restart ?s',
    'scale-out ?s',
    'rollback-deployment ?s',
    'drain-node node-1',
  ]);
  sane();
  cloud.watch(60);
  cloud.nextAlarm(cloud.time + 100);
  sane();
  const { recoveredAt, violations } = cloud.result();
  expect(recoveredAt === null || (recoveredAt >= cloud.detectedAt && recoveredAt <= cloud.cap)).toBe(true);
  expect(Number.isInteger(violations) && violations >= 0).toBe(true);
}

describe.each(cases)('$topology, $overlay', (options) => {
  const model = loadCloudModel({ ...options, prior: 'uniform' });

  it('plays every type that it can host without an exception or a value out of range', () => {
    for (const type of faultTypes(model)) {
      if (type.components.length === 0) continue;
      for (let index = 0; index < 2; index++) play(struck(model, type.id, index));
    }
  });

  it('draws incidents under its prior', () => {
    const types = new Set<string>();
    for (let index = 0; index < 200; index++) {
      types.add(new Cloud(model, { split: 'seen', partition: 'test', index }).truth().faultType);
    }
    expect(types.size).toBeGreaterThan(20);
  });
});
