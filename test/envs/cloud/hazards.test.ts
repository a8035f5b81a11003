import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Cloud, faultTypes, loadCloudModel } from '../../../envs/cloud/index.js';
import { EVIDENCE_KINDS } from '../../../envs/cloud/interface.js';
import { production, run, struck } from './catalogue.js';

const model = production();
const INCIDENTS = 12;

const each = (id: string, visit: (cloud: Cloud, index: number) => void, on = model): void => {
  for (let index = 0; index < INCIDENTS; index++) visit(struck(on, id, index), index);
};
const service = (cloud: Cloud) =>
  cloud.inventory().services.find(({ id }) => id === cloud.truth().component)!;
const active = (cloud: Cloud): string[] =>
  cloud
    .hidden()
    .find(({ id }) => id === cloud.truth().component)!
    .conditions.map(({ condition }) => condition);
const metric = (cloud: Cloud, name: string): number => {
  const { components, metrics, values } = cloud.telemetry(EVIDENCE_KINDS, 7).services;
  return values[components.indexOf(cloud.truth().component) * metrics.length + metrics.indexOf(name)]!;
};
/** Steps that look like help and are not. */
const neverRecovers = (id: string, ...plans: (readonly string[])[]): void => {
  for (const plan of plans) {
    each(id, (cloud) => {
      run(cloud, plan);
      expect(cloud.result().recoveredAt).toBeNull();
    });
  }
};

/** The catalogue's hazard of each type, done: what must happen then. */
const HAZARDS: Readonly<Record<string, () => void>> = {
  // A restart repeats the pull.
  bad_image_rollout: () => {
    neverRecovers('bad_image_rollout', ['recreate-pods ?s', 'wait-ready ?s'], ['rolling-restart ?s']);
  },
  // Symptom and cause are at the caller.
  bad_env_or_dependency_address: () => {
    each('bad_env_or_dependency_address', (cloud) => {
      const { component } = cloud.truth();
      for (const { caller, callee } of cloud.inventory().calls) {
        if (caller === component) cloud.execute({ name: 'rolling-restart', args: [callee] });
      }
      expect(cloud.result().recoveredAt).toBeNull();
    });
  },
  // A roll-out that goes on before its strategy is right drops the last pods.
  bad_rollout_strategy: () => {
    let dropped = 0;
    each('bad_rollout_strategy', (cloud, index) => {
      if (service(cloud).readyReplicas === 0) return;
      run(cloud, ['pause-rollout ?s', 'resume-rollout ?s']);
      expect(service(cloud).readyReplicas).toBe(0);
      dropped++;
      const ordered = struck(model, 'bad_rollout_strategy', index);
      run(ordered, ['pause-rollout ?s', 'restore-config ?s', 'resume-rollout ?s']);
      expect(service(ordered).readyReplicas).toBeGreaterThan(0);
      run(ordered, ['rollback-deployment ?s', 'wait-ready ?s']);
      expect(ordered.result().recoveredAt).not.toBeNull();
    });
    expect(dropped).toBeGreaterThan(0);
  },
  // What is gone has no bad pods, and serves nobody.
  scaled_to_zero: () => {
    each('scaled_to_zero', (cloud) => {
      run(cloud, ['scale-in ?s', 'restore-config ?s', 'recreate-pods ?s', 'wait-ready ?s']);
      expect(cloud.result().recoveredAt).toBeNull();
    });
  },
  // Exceptions do not show in latency.
  process_crash_or_exception: () => {
    let seen = 0;
    each('process_crash_or_exception', (cloud) => {
      const { components, metrics, values, baseline } = cloud.telemetry(EVIDENCE_KINDS, 3).services;
      const slot =
        components.indexOf(cloud.truth().component) * metrics.length + metrics.indexOf('latency_p50_ms');
      if (Number.isNaN(values[slot]!)) return;
      expect(values[slot]! / baseline[slot]!).toBeLessThan(1.5);
      expect(cloud.slo().success).toBeLessThan(0.99);
      seen++;
    });
    expect(seen).toBeGreaterThan(0);
  },
  // The tenant takes the room again as long as it lives.
  priority_preemption: () => {
    neverRecovers('priority_preemption', ['fix-placement ?s'], ['scale-out ?s']);
  },
  // A child that is edited under its operator is put back.
  operator_cr_misoperation: () => {
    each('operator_cr_misoperation', (cloud) => {
      const { component } = cloud.truth();
      cloud.execute({ name: 'scale-out', args: [component] });
      cloud.advanceTo(cloud.time + 40);
      expect(service(cloud).desiredReplicas).toBe(service(cloud).baselineReplicas);
      let outcome = cloud.execute({ name: 'set-resources', args: [component] });
      while (outcome.status === 'failed')
        outcome = cloud.execute({ name: 'set-resources', args: [component] });
      expect(outcome.status).toBe('timed-out');
      expect(cloud.result().recoveredAt).toBeNull();
    });
    neverRecovers('operator_cr_misoperation', ['restore-config ?s'], ['restore-controller ?s']);
  },
  // Objects that are deleted by force are not made anew by a controller that does not work.
  finalizer_or_controller_stuck: () => {
    each('finalizer_or_controller_stuck', (cloud) => {
      expect(service(cloud).readyReplicas).toBeGreaterThan(0);
      run(cloud, ['recreate-pods ?s']);
      cloud.advanceTo(cloud.time + 300);
      expect(service(cloud).readyReplicas).toBe(0);
      const { violationKinds, recoveredAt } = cloud.result();
      expect(violationKinds['lost-last-ready']).toBe(1);
      expect(recoveredAt).toBeNull();
    });
  },
  // Every other action takes longer meanwhile.
  apiserver_overload: () => {
    let slow = 0;
    let usual = 0;
    each('apiserver_overload', (cloud, index) => {
      const { startedAt, endedAt } = cloud.execute({ name: 'inspect', args: ['frontend'] });
      slow += endedAt - startedAt;
      const other = struck(model, 'apiserver_overload', index);
      run(other, ['suspend-actor ?s']);
      // The same luck: the second action of one is the first of the other's kind, so only means are compared.
      const after = other.execute({ name: 'inspect', args: ['frontend'] });
      usual += after.endedAt - after.startedAt;
    });
    expect(slow / usual).toBeGreaterThan(2.5);
  },
  // It relapses while the client that leaks runs.
  connection_table_exhaustion: () => {
    neverRecovers('connection_table_exhaustion', ['rolling-restart ?s'], ['rate-limit ?s', 'lift-limits ?s']);
  },
  // The client sits in CrashLoopBackOff after the user is back.
  db_auth_revoked_or_user_missing: () => {
    let waited = 0;
    let recreated = 0;
    each('db_auth_revoked_or_user_missing', (cloud, index) => {
      cloud.advanceTo(400);
      run(cloud, ['grant-role ?s']);
      waited += (cloud.result().recoveredAt ?? cloud.cap) - cloud.time;
      const other = struck(model, 'db_auth_revoked_or_user_missing', index);
      other.advanceTo(400);
      run(other, ['grant-role ?s', 'recreate-pods ?s']);
      recreated += other.result().recoveredAt! - cloud.time;
    });
    expect(waited / INCIDENTS).toBeGreaterThan(60);
    expect(recreated).toBeLessThan(waited / 2);
  },
  // In a chaos rig only stopping the tool ends a delay; here it goes wherever the pods stay, and an answer is not a path.
  network_delay: () => {
    neverRecovers('network_delay', ['fix-route ?s', 'fix-policy ?s'], ['fix-dns']);
  },
  // More replicas carry the load, and what takes the CPU goes on: it is back as soon as they go.
  cpu_saturation: () => {
    each('cpu_saturation', (cloud) => {
      run(cloud, ['scale-out ?s']);
      const cpu = metric(cloud, 'cpu_ratio');
      if (!Number.isNaN(cpu)) expect(cpu).toBeGreaterThan(0.15);
      run(cloud, ['scale-in ?s']);
      expect(cloud.result().recoveredAt).toBeNull();
    });
  },
  // A spike makes the process collect, and what waits meanwhile keeps it at that: room alone does not end it.
  gc_pressure: () => {
    neverRecovers('gc_pressure', ['rolling-restart ?s'], ['rate-limit ?s', 'lift-limits ?s']);
    let sustained = 0;
    each('gc_pressure', (cloud) => {
      run(cloud, ['restore-config ?s']);
      if (active(cloud).includes('work-backlogged') && !cloud.slo().healthy) sustained++;
      run(cloud, ['rolling-restart ?s']);
      expect(cloud.result().recoveredAt).not.toBeNull();
    });
    expect(sustained).toBeGreaterThan(0);
  },
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
};

/** Types whose hazard another file of this folder tests: the title there. */
const ELSEWHERE: Readonly<Record<string, readonly [file: string, title: string]>> = {
  wrong_binary_or_command: ['traps', 'passes every readiness check while it answers nothing'],
  configmap_missing_or_drift: ['traps', 'a restart before the config is restored turns a latent fault'],
  liveness_probe_bad: ['traps', 'a bad liveness probe lets pods look ready between two kills'],
  namespace_quota_limit: ['traps', 'scale-out against a quota leaves pods pending'],
  admission_webhook_or_policy_block: ['traps', 'a rollback rolls pods: under an admission block'],
  periodic_actor_reinjects: ['traps', 'the periodic actor undoes the repair of its victim'],
  dns_failure: ['traps', 'cached answers of a broken resolver delay the visible recovery'],
  network_partition: ['data-and-nodes', 'has two writers when the other side is promoted without a fence'],
  secret_rotation_stale: ['traps', 'a restart before the sync cuts them all'],
  memory_leak_or_hog: ['traps', 'a restart only resets the level of a leak'],
  db_lock_contention: ['data-and-nodes', 'a session that holds a lock'],
  db_primary_or_stateful_pod_down: ['data-and-nodes', 'loses writes when a lagging replica is promoted'],
  storage_corruption: ['data-and-nodes', 'spreads when pods are restarted'],
  residual_inconsistent_state: ['data-and-nodes', 'is what a backup is for'],
  correlated_bad_rollout: ['traps', 'of several bad releases, rolling back one is not enough'],
  node_down_or_kubelet_crash: ['data-and-nodes', 'is NotReady 40 s after the onset'],
  clock_drift: ['data-and-nodes', 'with a wrong clock is not helped by new certificates'],
  hardware_degradation: ['data-and-nodes', 'shows no condition, and what returns to it relapses'],
  zone_outage: ['data-and-nodes', 'shifted away without headroom overloads those that are left'],
};

/** Types for which the catalogue names no hazard. */
const NONE = [
  'feature_flag_bug',
  'readiness_probe_bad',
  'init_container_hang_or_crash',
  'port_or_sidecar_conflict',
  'code_or_query_defect',
  'unschedulable_placement',
  'resource_request_too_large',
  'hpa_broken',
  'service_endpoints_wrong',
  'service_port_or_traffic_policy_wrong',
  'network_policy_block',
  'ingress_or_mesh_misroute',
  'network_loss_corruption',
  'overlay_route_or_ip_exhaustion',
  'http_abort_or_tamper',
  'tls_missing_or_expired',
  'rbac_revoked',
  'resource_limit_too_low',
  'disk_io_or_space',
  'volume_detached',
  'queue_backlog',
  'node_agent_misconfig',
];

describe('the hazard of every type', () => {
  it('is tested, or the catalogue names none', () => {
    const covered = [...Object.keys(HAZARDS), ...Object.keys(ELSEWHERE), ...NONE];
    expect(covered.sort()).toEqual(
      faultTypes(model)
        .map(({ id }) => id)
        .sort(),
    );
  });

  it.each(Object.entries(ELSEWHERE))('of %s is tested in another file', (_, [file, title]) => {
    expect(readFileSync(new URL(`./${file}.test.ts`, import.meta.url), 'utf8')).toContain(title);
  });

  it.each(Object.entries(HAZARDS))('of %s happens when it is done', (_, check) => {
    check();
  });
});

describe('what waits', () => {
  it('shows its lag and grows while nobody acts', () => {
    each('queue_poison_pill', (cloud) => {
      const before = metric(cloud, 'queue_lag_s');
      cloud.advanceTo(cloud.time + 200);
      const after = metric(cloud, 'queue_lag_s');
      if (!Number.isNaN(before) && !Number.isNaN(after)) expect(after).toBeGreaterThan(before + 60);
    });
  });
});
