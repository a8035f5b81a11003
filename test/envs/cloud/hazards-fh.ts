import { expect } from 'vitest';
import { loadCloudModel } from '../../../envs/cloud/index.js';
import { run, struck } from './catalogue.js';
import {
  active,
  conditions,
  each,
  INCIDENTS,
  metric,
  model,
  neverRecovers,
  service,
} from './hazard-tools.js';

/** The catalogue's hazard of each type of families F to H, done: what must happen then. */
export const HAZARDS_FH: Readonly<Record<string, () => void>> = {
  // Pods that are thrown away do not bring the claim back.
  pvc_binding_failure: () => {
    neverRecovers('pvc_binding_failure', ['recreate-pods ?s'], ['scale-in ?s', 'scale-out ?s']);
  },
  // A cold cache tips the database behind it.
  cache_loss_or_oom: () => {
    const social = loadCloudModel({ topology: 'social-network', overlay: 'production', prior: 'uniform' });
    let tipped = 0;
    each(
      'cache_loss_or_oom',
      (cloud) => {
        const { alerts } = cloud.telemetry(['alerts'], 0);
        if (alerts.some(({ component, rule }) => rule === 'HighErrorRate' && component.endsWith('mongodb')))
          tipped++;
      },
      social,
    );
    expect(tipped).toBeGreaterThan(INCIDENTS / 3);
    each('cache_loss_or_oom', (cloud) => {
      run(cloud, ['suspend-actor ?s', 'set-resources ?s', 'warm-cache ?s']);
      expect(cloud.slo().healthy).toBe(true);
      run(cloud, ['recreate-pods ?s']);
      expect(active(cloud)).toContain('cache-cold');
      expect(cloud.slo().healthy).toBe(false);
    });
  },
  // Neither a restart nor more consumers get past the record.
  queue_poison_pill: () => {
    neverRecovers(
      'queue_poison_pill',
      ['rolling-restart ?s'],
      ['scale-out ?s'],
      ['recreate-pods ?s', 'scale-out ?s'],
      ['drain-queue ?s'],
    );
  },
  // A restart under a flood takes capacity when there is none to spare.
  traffic_flood: () => {
    each('traffic_flood', (cloud) => {
      const before = cloud.slo().success;
      run(cloud, ['recreate-pods ?s']);
      const { violationKinds, recoveredAt } = cloud.result();
      expect(violationKinds['lost-last-ready']).toBe(1);
      expect(recoveredAt).toBeNull();
      expect(cloud.slo().success).toBeLessThanOrEqual(before + 0.01);
    });
  },
  // A restart of the service, or more of it, relapses; so does a limit that is lifted while callers still try so often.
  retry_storm_metastable: () => {
    neverRecovers('retry_storm_metastable', ['rolling-restart ?s'], ['recreate-pods ?s'], ['scale-out ?s']);
    let quiet = 0;
    each('retry_storm_metastable', (cloud) => {
      run(cloud, ['rate-limit ?s']);
      cloud.advanceTo(cloud.time + 200);
      run(cloud, ['set-resources ?s', 'lift-limits ?s']);
      if (cloud.slo().healthy) quiet++;
      expect(cloud.result().recoveredAt).toBeNull();
    });
    // The load was shed and the storm was over: it comes back with the next stall.
    expect(quiet).toBe(INCIDENTS);
  },
  // Back-pressure that is taken away before the setting is right: the next trigger collapses it again.
  queue_retry_collapse: () => {
    let quiet = 0;
    each('queue_retry_collapse', (cloud) => {
      run(cloud, ['rate-limit ?s', 'drain-queue ?s', 'lift-limits ?s']);
      if (cloud.slo().healthy) quiet++;
      expect(cloud.result().recoveredAt).toBeNull();
    });
    expect(quiet).toBeGreaterThan(INCIDENTS / 2);
  },
  // A restart of the database drops every session, the holder's too, which is opened again; and its buffers are cold.
  db_lock_contention: () => {
    let cold = 0;
    each('db_lock_contention', (cloud) => {
      const warm = metric(cloud, 'cache_hit_ratio');
      run(cloud, ['recreate-pods ?s']);
      // The next scrape sees it.
      cloud.advanceTo(cloud.time + 15);
      const after = metric(cloud, 'cache_hit_ratio');
      if (!Number.isNaN(warm) && !Number.isNaN(after)) {
        expect(after).toBeLessThan(0.8 * warm);
        cold++;
      }
      expect(cloud.result().violationKinds['lost-last-ready']).toBe(1);
      expect(cloud.result().recoveredAt).toBeNull();
    });
    expect(cold).toBeGreaterThan(INCIDENTS / 2);
  },
  // A replica that lags is promoted without a fence.
  db_primary_or_stateful_pod_down: () => {
    let lost = 0;
    each('db_primary_or_stateful_pod_down', (cloud, index) => {
      const { lagSeconds, primaryReady } = service(cloud).replication!;
      const loses = lagSeconds > 5 && !primaryReady;
      run(cloud, ['promote-replica ?s']);
      expect(cloud.result().dataLost).toBe(loses);
      if (loses) lost++;
      const other = struck(model, 'db_primary_or_stateful_pod_down', index);
      run(other, ['fence-primary ?s', 'promote-replica ?s']);
      expect(other.result().dataLost).toBe(false);
    });
    expect(lost).toBeGreaterThan(1);
  },
  // A restart reads bad blocks again and takes them for good ones.
  storage_corruption: () => {
    let spread = 0;
    each('storage_corruption', (cloud) => {
      const copies = () =>
        cloud.hidden().find(({ id }) => id === cloud.truth().component)!.struckCopies.length;
      expect(copies()).toBe(1);
      run(cloud, ['rolling-restart ?s']);
      if (copies() > 1) spread++;
    });
    expect(spread).toBeGreaterThan(3);
  },
  // The residue outlives everything that is done to processes and releases: what comes next starts from it.
  residual_inconsistent_state: () => {
    neverRecovers(
      'residual_inconsistent_state',
      ['recreate-pods ?s', 'wait-ready ?s'],
      ['rolling-restart ?s', 'restore-config ?s', 'scale-out ?s'],
    );
  },
  // One of several members is rolled back.
  correlated_bad_rollout: () => {
    each('correlated_bad_rollout', (cloud) => {
      expect(new Set(cloud.truth().conditions.map(({ component }) => component)).size).toBeGreaterThan(1);
      run(cloud, ['rollback-deployment ?s']);
      expect(cloud.result().recoveredAt).toBeNull();
    });
  },
  // Waiting costs 340 s until pods come elsewhere; a drain by force risks two writers where the machine runs on.
  node_down_or_kubelet_crash: () => {
    const seen = { dead: 0, agent: 0 };
    each('node_down_or_kubelet_crash', (cloud, index) => {
      const [node] = cloud.truth().nodes;
      const dead = conditions(cloud).includes('node-bad.lost');
      run(cloud, ['drain-node ?n']);
      expect(cloud.result().dataLost).toBe(!dead);
      seen[dead ? 'dead' : 'agent']++;
      const waiting = struck(model, 'node_down_or_kubelet_crash', index);
      const left = () =>
        waiting
          .inventory()
          .services.some(({ stateful, placement }) => !stateful && placement.includes(node!));
      waiting.advanceTo(339);
      expect(left()).toBe(true);
      waiting.advanceTo(400);
      expect(left()).toBe(false);
    });
    expect(Math.min(seen.dead, seen.agent)).toBeGreaterThan(1);
  },
  // New certificates are as wrong as the old ones by the wrong clock.
  clock_drift: () => {
    neverRecovers('clock_drift', ['renew-certificate ?s', 'rolling-restart ?s']);
  },
  // The machine stays sick: what is restarted there, or returns to it, fails again.
  hardware_degradation: () => {
    neverRecovers(
      'hardware_degradation',
      ['rolling-restart ?s'],
      ['cordon-node ?n', 'drain-node ?n', 'uncordon-node ?n'],
    );
  },
  // A second zone is shifted away: the one that is left cannot carry it.
  zone_outage: () => {
    each('zone_outage', (cloud) => {
      const before = cloud.slo().success;
      const other = ['zone-a', 'zone-b', 'zone-c'].find((zone) => zone !== cloud.truth().zone)!;
      cloud.execute({ name: 'shift-zone', args: [other] });
      cloud.advanceTo(cloud.time + 5);
      expect(cloud.slo().success).toBeLessThan(before);
      expect(cloud.hidden().some(({ offeredRps, capacityRps }) => offeredRps > capacityRps)).toBe(true);
    });
  },
};
