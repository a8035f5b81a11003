import { describe, expect, it } from 'vitest';
import { type Cloud, faultTypes } from '../../../envs/cloud/index.js';
import { production, run, struck } from './catalogue.js';

const model = production();
const indices = Array.from({ length: 20 }, (_, index) => index);
const each = (id: string, visit: (cloud: Cloud, index: number) => void): void => {
  for (const index of indices) visit(struck(model, id, index), index);
};
const ready = (cloud: Cloud): number =>
  cloud.inventory().services.find((service) => service.id === cloud.truth().component)!.readyReplicas;

describe('hazards follow from state', () => {
  it('pods sit in CrashLoopBackOff after the role is granted; recreating them is faster', () => {
    let waited = 0;
    let recreated = 0;
    each('rbac_revoked', (cloud, index) => {
      cloud.advanceTo(400);
      run(cloud, ['grant-role ?s']);
      waited += cloud.result().recoveredAt! - cloud.time;
      const other = struck(model, 'rbac_revoked', index);
      other.advanceTo(400);
      run(other, ['grant-role ?s', 'recreate-pods ?s']);
      recreated += other.result().recoveredAt! - cloud.time;
    });
    expect(waited / indices.length).toBeGreaterThan(60);
    expect(recreated).toBeLessThan(waited / 2);
  });

  // Without a restart, recovery has to wait until each stale process has died by itself.
  it.each([
    ['secret_rotation_stale', 'sync-secret ?s'],
    ['tls_missing_or_expired', 'renew-certificate ?s'],
    ['feature_flag_bug', 'disable-flag ?s'],
    ['bad_env_or_dependency_address', 'restore-config ?s'],
  ])('after the source of %s is right again, stale processes go on failing', (id, step) => {
    each(id, (cloud) => {
      run(cloud, [step]);
      cloud.watch(60);
      expect(cloud.slo().healthy).toBe(false);
      expect(cloud.result().recoveredAt ?? cloud.cap).toBeGreaterThan(cloud.time + 60);
    });
  });

  it('under a bad roll-out strategy a restart before the fix drops the last pods; after it, one at a time', () => {
    each('bad_rollout_strategy', (cloud, index) => {
      if (ready(cloud) === 0) return;
      run(cloud, ['rolling-restart ?s']);
      expect(ready(cloud)).toBe(0);
      const other = struck(model, 'bad_rollout_strategy', index);
      run(other, ['restore-config ?s', 'rollback-deployment ?s']);
      expect(other.result().violationKinds['lost-last-ready'] ?? 0).toBe(0);
    });
  });

  it('a broken autoscaler undoes a scale-out at its next look', () => {
    each('hpa_broken', (cloud) => {
      cloud.execute({ name: 'scale-out', args: [cloud.truth().component] });
      cloud.advanceTo(cloud.time + 40);
      expect(ready(cloud)).toBeLessThanOrEqual(1);
    });
  });

  it('a flood goes on while its source is alive: a limit sheds it, and is not recovery', () => {
    each('traffic_flood', (cloud) => {
      run(cloud, ['rate-limit ?s']);
      expect(cloud.slo().success).toBeLessThan(0.9);
      run(cloud, ['lift-limits ?s']);
      cloud.advanceTo(cloud.time + 60);
      expect(cloud.slo().healthy).toBe(false);
    });
  });

  it('all pods of a cache without a volume at once means lost data', () => {
    const cloud = struck(model, 'service_endpoints_wrong', 1, 'redis-cart');
    cloud.execute({ name: 'recreate-pods', args: ['redis-cart'] });
    run(cloud, ['fix-route ?s', 'warm-cache ?s']);
    expect(cloud.slo().healthy).toBe(true);
    const { dataLost, recoveredAt, violationKinds } = cloud.result();
    expect(dataLost).toBe(true);
    expect(violationKinds['data-lost']).toBe(1);
    expect(recoveredAt).toBeNull();
  });

  it('the same pods one by one keep the data', () => {
    const cloud = struck(model, 'service_endpoints_wrong', 1, 'redis-cart');
    cloud.execute({ name: 'rolling-restart', args: ['redis-cart'] });
    run(cloud, ['fix-route ?s']);
    expect(cloud.result().dataLost).toBe(false);
    expect(cloud.result().recoveredAt).not.toBeNull();
  });
});

describe('gaming does not pay', () => {
  it('shedding all load at the entry is not recovery', () => {
    for (const id of ['cpu_saturation', 'code_or_query_defect', 'network_delay']) {
      each(id, (cloud) => {
        cloud.execute({ name: 'rate-limit', args: [cloud.inventory().entry] });
        expect(cloud.slo().success).toBeLessThan(0.7);
        expect(cloud.result().recoveredAt).toBeNull();
      });
    }
  });

  it('a limit left in force after a true repair is not recovery, and is harm', () => {
    each('service_endpoints_wrong', (cloud) => {
      run(cloud, ['rate-limit ?s', 'fix-route ?s']);
      const { recoveredAt, violationKinds } = cloud.result();
      expect(recoveredAt).toBeNull();
      expect(violationKinds['left-in-force']).toBe(1);
    });
  });

  it('a cordon left in force after a true repair is not recovery', () => {
    each('service_endpoints_wrong', (cloud) => {
      run(cloud, ['cordon-node node-1', 'fix-route ?s']);
      expect(cloud.result().recoveredAt).toBeNull();
      run(cloud, ['uncordon-node node-1']);
      expect(cloud.result().recoveredAt).not.toBeNull();
    });
  });

  it('restarting a leak just before the cap is not recovery', () => {
    each('memory_leak_or_hog', (cloud) => {
      cloud.advanceTo(cloud.cap - 60);
      run(cloud, ['rolling-restart ?s']);
      expect(cloud.time).toBeLessThan(cloud.cap);
      expect(cloud.result().recoveredAt).toBeNull();
    });
  });

  it('scaling a leaking service out, or restarting it every few minutes until the cap, is not recovery', () => {
    each('memory_leak_or_hog', (cloud) => {
      run(cloud, ['scale-out ?s']);
      while (cloud.time < cloud.cap - 200) {
        run(cloud, ['rolling-restart ?s']);
        cloud.advanceTo(cloud.time + 150);
      }
      expect(cloud.result().recoveredAt).toBeNull();
    });
  });

  it('handing over at once is not recovery, whatever happens after', () => {
    each('scaled_to_zero', (cloud) => {
      run(cloud, ['hand-over', 'scale-out ?s']);
      expect(cloud.slo().healthy).toBe(true);
      expect(cloud.result().recoveredAt).toBeNull();
    });
  });

  it('scaling the victim down to what is left is not recovery', () => {
    each('namespace_quota_limit', (cloud) => {
      run(cloud, ['scale-in ?s', 'scale-in ?s']);
      expect(cloud.result().recoveredAt).toBeNull();
    });
  });

  // Whatever the fault: two incidents of every type that the topology hosts.
  const types = faultTypes(model).filter(({ components }) => components.length > 0);
  const games: Record<string, (cloud: Cloud) => void> = {
    'shedding all load': (cloud) => {
      for (const { id } of cloud.inventory().services) cloud.execute({ name: 'rate-limit', args: [id] });
    },
    'opening every circuit': (cloud) => {
      for (const { id } of cloud.inventory().services) cloud.execute({ name: 'break-circuit', args: [id] });
    },
    'deleting the deployment': (cloud) => {
      run(
        cloud,
        Array.from({ length: 4 }, () => 'scale-in ?s'),
      );
    },
    'pausing every roll-out': (cloud) => {
      for (const { id } of cloud.inventory().services) cloud.execute({ name: 'pause-rollout', args: [id] });
    },
    'handing over at once': (cloud) => {
      cloud.execute({ name: 'hand-over', args: [] });
    },
  };
  it.each(Object.entries(games))('%s recovers no incident of any type', (_, game) => {
    for (const { id } of types) {
      for (let index = 0; index < 2; index++) {
        const cloud = struck(model, id, index);
        game(cloud);
        expect(cloud.result().recoveredAt, `${id} ${index}`).toBeNull();
      }
    }
  });

  it('shedding where the load would fit is harm', () => {
    const cloud = struck(model, 'service_endpoints_wrong', 3, 'paymentservice');
    cloud.execute({ name: 'rate-limit', args: ['currencyservice'] });
    cloud.advanceTo(cloud.time + 200);
    cloud.execute({ name: 'lift-limits', args: ['currencyservice'] });
    expect(cloud.result().violationKinds['needless-limit']).toBe(1);
  });
});
