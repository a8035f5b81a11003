import { describe, expect, it } from 'vitest';
import {
  Cloud,
  type CloudModel,
  faultTypes,
  loadCloudModel,
  OVERLAYS,
  topologyNames,
} from '../../../envs/cloud/index.js';
import { EVIDENCE_KINDS, type MetricTable } from '../../../envs/cloud/interface.js';
import { struck } from './catalogue.js';

/** Seeds of every type on every topology; `PASE_SWEEP_SEEDS=20` is the run whose table stands in docs/cloud.md. */
const SEEDS = Number(process.env.PASE_SWEEP_SEEDS ?? 1);

const cases = topologyNames().flatMap((topology) => OVERLAYS.map((overlay) => ({ topology, overlay })));

/** Values are numbers of at least 0, or missing; what a component does not have it never has. */
function checkTable({ components, metrics, values, baseline }: MetricTable): void {
  expect(values.length).toBe(components.length * metrics.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (Number.isNaN(value)) continue;
    if (!(Number.isFinite(value) && value >= 0) || Number.isNaN(baseline[i]!)) {
      const name = `${metrics[i % metrics.length]} of ${components[Math.floor(i / metrics.length)]}`;
      throw new Error(`${name}: expected a number of at least 0 where there is a baseline, found ${value}`);
    }
  }
}

function check(cloud: Cloud): void {
  const { success, latencyP99Ms } = cloud.slo();
  expect(success >= 0 && success <= 1 + 1e-12).toBe(true);
  expect(Number.isFinite(latencyP99Ms) && latencyP99Ms >= 0).toBe(true);
  expect(Number.isFinite(cloud.time) && cloud.time >= 0).toBe(true);
  const { services, nodes, zones, alerts } = cloud.telemetry(EVIDENCE_KINDS, 0);
  for (const table of [services, nodes, zones]) checkTable(table);
  expect(alerts.every(({ firedAt }) => firedAt <= cloud.time)).toBe(true);
  for (const { lagSeconds } of cloud.inventory().services.flatMap(({ replication }) => replication ?? [])) {
    expect(lagSeconds).toBeGreaterThanOrEqual(0);
  }
  for (const service of cloud.hidden()) {
    expect(service.success >= 0 && service.success <= 1 + 1e-12).toBe(true);
    expect(service.offeredRps >= 0 && service.capacityRps >= 0).toBe(true);
  }
}

/** Plays an incident with calls that fit some types and harm others; everything that comes out must be sane. */
function play(model: CloudModel, cloud: Cloud, salt: number): void {
  check(cloud);
  const names = [...model.primitives.keys()].filter((name) => name !== 'hand-over');
  for (let k = 0; k < 5; k++) {
    const name = names[(salt * 5 + 11 * k) % names.length]!;
    const args = model.primitives
      .get(name)!
      .parameters.map((parameter) =>
        parameter === 'service' ? cloud.truth().component : `${parameter}-${parameter === 'zone' ? 'a' : 1}`,
      );
    const { startedAt, endedAt } = cloud.execute({ name, args });
    expect(startedAt >= 0 && endedAt >= startedAt).toBe(true);
  }
  check(cloud);
  cloud.watch(60);
  cloud.nextAlarm(cloud.time + 100);
  check(cloud);
  const { recoveredAt, violations } = cloud.result();
  expect(recoveredAt === null || (recoveredAt >= cloud.detectedAt && recoveredAt <= cloud.cap)).toBe(true);
  expect(Number.isInteger(violations) && violations >= 0).toBe(true);
}

describe.each(cases)('$topology, $overlay', (options) => {
  const model = loadCloudModel({ ...options, prior: 'uniform' });

  it('plays every type that it can host without an exception or a value out of range', () => {
    for (const [row, type] of faultTypes(model).entries()) {
      if (type.components.length === 0) continue;
      for (let index = 0; index < SEEDS; index++) play(model, struck(model, type.id, index), row + index);
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

const EVERY = topologyNames();
const WITHOUT_QUEUE = ['hotel-reservation', 'online-boutique', 'social-network', 'train-ticket'];

/** Where a type is not applicable: as shipped there is one replica and sometimes no queue, no database, no volume. */
const NOT_APPLICABLE: Record<(typeof OVERLAYS)[number], Record<string, readonly string[]>> = {
  'as-shipped': {
    hpa_broken: EVERY,
    network_partition: EVERY,
    db_lock_contention: ['online-boutique'],
    db_primary_or_stateful_pod_down: EVERY,
    storage_corruption: EVERY,
    volume_detached: ['online-boutique'],
    cache_loss_or_oom: ['petshop', 'train-ticket'],
    queue_backlog: WITHOUT_QUEUE,
    queue_poison_pill: WITHOUT_QUEUE,
    queue_retry_collapse: WITHOUT_QUEUE,
  },
  production: { cache_loss_or_oom: ['petshop', 'train-ticket'] },
};

describe('not applicable', () => {
  it.each(OVERLAYS)('%s: exactly the types that the table names', (overlay) => {
    const found: Record<string, string[]> = {};
    for (const topology of topologyNames()) {
      for (const { id, components } of faultTypes(loadCloudModel({ topology, overlay, prior: 'uniform' }))) {
        if (components.length > 0) continue;
        found[id] ??= [];
        found[id].push(topology);
      }
    }
    expect(found).toEqual(NOT_APPLICABLE[overlay]);
  });
});
