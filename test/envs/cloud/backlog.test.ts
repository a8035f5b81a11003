import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Cloud, loadCloudModel } from '../../../envs/cloud/index.js';
import { EVIDENCE_KINDS } from '../../../envs/cloud/interface.js';
import type { CloudState } from '../../../envs/cloud/state.js';
import { production, run, struck } from './catalogue.js';

const model = production();
const INCIDENTS = 12;
const each = (id: string, visit: (cloud: Cloud, index: number) => void): void => {
  for (let index = 0; index < INCIDENTS; index++) visit(struck(model, id, index), index);
};
const target = (cloud: Cloud) => {
  const { component } = cloud.truth();
  return cloud.inventory().services.find(({ id }) => id === component)!;
};
const holds = (cloud: Cloud, condition: string): boolean =>
  cloud
    .hidden()
    .find(({ id }) => id === cloud.truth().component)!
    .conditions.some((one) => one.condition === condition);

/** Mean over several looks: the noise of a scrape and its missing series average out. */
function shown(cloud: Cloud, name: string): number {
  let sum = 0;
  let looks = 0;
  for (let turn = 0; turn < 40; turn++) {
    const { components, metrics, values } = cloud.telemetry(EVIDENCE_KINDS, turn).services;
    const value =
      values[components.indexOf(cloud.truth().component) * metrics.length + metrics.indexOf(name)]!;
    if (Number.isNaN(value)) continue;
    sum += value;
    looks++;
  }
  return sum / looks;
}

describe('a backlog', () => {
  it('that its own lateness keeps at its deadline does not hold the clock', () => {
    const trainTicket = loadCloudModel({ topology: 'train-ticket', overlay: 'production', prior: 'uniform' });
    const key = { split: 'seen', partition: 'fit', index: 51 } as const;
    const cloud = new Cloud(trainTicket, key, { fault: 'gc_pressure' });
    cloud.advanceTo(cloud.cap);
    const events = Math.max(...(cloud.save().state as CloudState).workStamp);
    // One flip a second, not a thousand.
    expect(events).toBeGreaterThan(1_000);
    expect(events).toBeLessThan(256 + cloud.cap);
  });

  it('grows in a straight line while more arrives than is done, whatever the steps in which time passes', () => {
    each('queue_poison_pill', (cloud, index) => {
      const other = struck(model, 'queue_poison_pill', index);
      const start = shown(cloud, 'queue_lag_s');
      const from = cloud.time;
      cloud.advanceTo(from + 100);
      for (let t = from; t < from + 100; t += 7) other.advanceTo(t);
      other.advanceTo(from + 100);
      const end = shown(cloud, 'queue_lag_s');
      expect(shown(other, 'queue_lag_s')).toBeCloseTo(end, 6);
      other.advanceTo(from + 200);
      // The same growth again, but for the noise of forty looks and deaths of callers meanwhile.
      expect((shown(other, 'queue_lag_s') - end) / (end - start)).toBeGreaterThan(0.7);
      expect((shown(other, 'queue_lag_s') - end) / (end - start)).toBeLessThan(1.3);
    });
  });

  it('goes on failing requests after its cause is gone, until it is worked off or drained', () => {
    each('queue_backlog', (cloud, index) => {
      cloud.advanceTo(cloud.time + 60);
      run(cloud, ['suspend-actor ?s']);
      expect(holds(cloud, 'work-backlogged')).toBe(true);
      expect(cloud.slo().healthy).toBe(false);
      const waited = cloud.result().recoveredAt!;
      const drained = struck(model, 'queue_backlog', index);
      drained.advanceTo(drained.time + 60);
      run(drained, ['suspend-actor ?s', 'drain-queue ?s']);
      expect(holds(drained, 'work-backlogged')).toBe(false);
      expect(drained.slo().healthy).toBe(true);
      expect(drained.result().recoveredAt!).toBeLessThan(waited);
    });
  });

  it('comes back after it is drained while its cause is there', () => {
    each('queue_backlog', (cloud) => {
      run(cloud, ['drain-queue ?s']);
      expect(holds(cloud, 'work-backlogged')).toBe(false);
      cloud.advanceTo(cloud.time + 300);
      expect(holds(cloud, 'work-backlogged')).toBe(true);
      expect(cloud.slo().healthy).toBe(false);
    });
  });

  it('is worked off sooner by more consumers', () => {
    let plain = 0;
    let scaled = 0;
    each('queue_backlog', (cloud, index) => {
      run(cloud, ['suspend-actor ?s']);
      plain += cloud.result().recoveredAt!;
      const other = struck(model, 'queue_backlog', index);
      run(other, ['suspend-actor ?s', 'scale-out ?s']);
      scaled += other.result().recoveredAt!;
    });
    expect(scaled).toBeLessThan(0.7 * plain);
  });
});

describe('a retry storm', () => {
  it('keeps the service overloaded after the stall that began it is over', () => {
    each('retry_storm_metastable', (cloud) => {
      cloud.advanceTo(cloud.cap / 2);
      expect(cloud.slo().healthy).toBe(false);
      const service = cloud.hidden().find(({ id }) => id === cloud.truth().component)!;
      expect(service.offeredRps).toBeGreaterThan(1.2 * service.capacityRps);
      run(cloud, ['restore-config ?s', 'set-resources ?s']);
      expect(cloud.slo().healthy).toBe(true);
    });
  });

  it('ends while the load is shed, since what waits is worked off', () => {
    each('retry_storm_metastable', (cloud) => {
      run(cloud, ['rate-limit ?s']);
      cloud.advanceTo(cloud.time + 200);
      expect(holds(cloud, 'work-backlogged')).toBe(false);
    });
  });

  it('ends where callers do not call at all for a while', () => {
    each('retry_storm_metastable', (cloud) => {
      if (cloud.truth().component === cloud.inventory().entry) return;
      run(cloud, ['break-circuit ?s']);
      expect(target(cloud).broken).toBe(true);
      cloud.advanceTo(cloud.time + 200);
      expect(holds(cloud, 'work-backlogged')).toBe(false);
      run(cloud, ['restore-config ?s', 'set-resources ?s', 'lift-limits ?s']);
      expect(target(cloud).broken).toBe(false);
      expect(cloud.slo().healthy).toBe(true);
      expect(cloud.result().recoveredAt).not.toBeNull();
    });
  });
});

describe('an open circuit', () => {
  it('fails fast where the call is critical, and spares callers the wait', () => {
    const blocked = struck(model, 'network_policy_block', 1, 'shippingservice');
    const before = blocked.slo();
    run(blocked, ['break-circuit ?s']);
    expect(blocked.slo().success).toBeLessThan(0.99);
    expect(blocked.slo().latencyP99Ms).toBeLessThan(before.latencyP99Ms / 2);
  });

  it('is done without where the call is not critical, and is not recovery while it is open', () => {
    const cloud = struck(model, 'service_endpoints_wrong', 1, 'paymentservice');
    run(cloud, ['fix-route ?s']);
    cloud.execute({ name: 'break-circuit', args: ['adservice'] });
    expect(cloud.slo().healthy).toBe(true);
    expect(cloud.hidden().find(({ id }) => id === 'adservice')!.offeredRps).toBe(0);
    expect(cloud.result()).toMatchObject({ recoveredAt: null, violationKinds: { 'left-in-force': 1 } });
    cloud.execute({ name: 'lift-limits', args: ['adservice'] });
    expect(cloud.result().recoveredAt).not.toBeNull();
  });

  it('cannot be opened at the entry', () => {
    const cloud = struck(model, 'feature_flag_bug', 0);
    expect(cloud.execute({ name: 'break-circuit', args: ['frontend'] }).status).toBe('refused');
  });
});

describe('a paused roll-out', () => {
  it('takes no restart until it is resumed, and is not recovery', () => {
    const cloud = struck(model, 'service_endpoints_wrong', 3, 'paymentservice');
    run(cloud, ['fix-route ?s', 'pause-rollout ?s']);
    expect(target(cloud).rolloutPaused).toBe(true);
    expect(cloud.execute({ name: 'rolling-restart', args: ['paymentservice'] }).status).toBe('refused');
    expect(cloud.result().recoveredAt).toBeNull();
    run(cloud, ['resume-rollout ?s']);
    expect(target(cloud).rolloutPaused).toBe(false);
    expect(cloud.result().recoveredAt).not.toBeNull();
  });
});

describe('a cache', () => {
  const social = loadCloudModel({ topology: 'social-network', overlay: 'production', prior: 'uniform' });

  it('fills again by itself once nothing pushes its content out, sooner when it is warmed', () => {
    each('cache_loss_or_oom', (cloud, index) => {
      run(cloud, ['suspend-actor ?s', 'set-resources ?s']);
      const waited = cloud.result().recoveredAt!;
      expect(waited).not.toBeNull();
      const warmed = struck(model, 'cache_loss_or_oom', index);
      run(warmed, ['suspend-actor ?s', 'set-resources ?s', 'warm-cache ?s']);
      expect(warmed.result().recoveredAt!).toBeLessThanOrEqual(Math.max(waited, warmed.time));
      warmed.advanceTo(warmed.time + 20);
      expect(shown(warmed, 'cache_hit_ratio')).toBeGreaterThan(0.85);
    });
  });

  it('falls to nothing when its last pod goes, and keeps its content while one is left', () => {
    const cloud = struck(model, 'service_endpoints_wrong', 2, 'redis-cart');
    run(cloud, ['fix-route ?s', 'rolling-restart ?s']);
    expect(shown(cloud, 'cache_hit_ratio')).toBeGreaterThan(0.85);
    run(cloud, ['recreate-pods ?s']);
    cloud.advanceTo(cloud.time + 20);
    expect(shown(cloud, 'cache_hit_ratio')).toBeLessThan(0.5);
  });

  it('sends what it does not answer to the database of its callers', () => {
    const cloud = struck(social, 'cache_loss_or_oom', 0, 'post-storage-memcached');
    const rps = (id: string): number => cloud.hidden().find((service) => service.id === id)!.offeredRps;
    const cold = rps('post-storage-mongodb') / rps('post-storage-memcached');
    run(cloud, ['suspend-actor ?s', 'set-resources ?s', 'warm-cache ?s']);
    cloud.advanceTo(cloud.time + 300);
    const warm = rps('post-storage-mongodb') / rps('post-storage-memcached');
    expect(warm).toBeCloseTo(0.3, 3);
    expect(cold).toBeGreaterThan(2.5 * warm);
  });

  it('is nothing that a service without one could have', () => {
    const cloud = struck(model, 'feature_flag_bug', 0);
    expect(cloud.execute({ name: 'warm-cache', args: ['frontend'] }).status).toBe('refused');
    expect(cloud.execute({ name: 'warm-cache', args: ['frontend'] }).message).toBe(
      'error: "frontend" holds no cache',
    );
  });
});

describe('time that passes in steps', () => {
  it('leads to the same state as time that passes at once', () => {
    const types = ['queue_backlog', 'retry_storm_metastable', 'cache_loss_or_oom', 'apiserver_overload'];
    fc.assert(
      fc.property(
        fc.constantFrom(...types),
        fc.nat(20),
        fc.array(fc.double({ min: 1, max: 90, noNaN: true }), { minLength: 1, maxLength: 8 }),
        (type, index, steps) => {
          const once = struck(model, type, index);
          const often = struck(model, type, index);
          for (const step of steps) often.advanceTo(often.time + step);
          once.advanceTo(often.time);
          return (
            JSON.stringify([once.slo(), once.hidden(), once.result()]) ===
            JSON.stringify([often.slo(), often.hidden(), often.result()])
          );
        },
      ),
      { numRuns: 60, seed: 4 },
    );
  });
});
