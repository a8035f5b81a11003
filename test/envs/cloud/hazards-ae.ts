import { expect } from 'vitest';
import { EVIDENCE_KINDS } from '../../../envs/cloud/interface.js';
import { run, struck } from './catalogue.js';
import {
  active,
  each,
  INCIDENTS,
  losesTheLastReplicas,
  metric,
  model,
  neverRecovers,
  service,
} from './hazard-tools.js';

/** The catalogue's hazard of each type of families A to E, done: what must happen then. */
export const HAZARDS_AE: Readonly<Record<string, () => void>> = {
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
  // Ready, and answers nothing.
  wrong_binary_or_command: () => {
    let readyAndBroken = 0;
    each('wrong_binary_or_command', (cloud) => {
      const all = cloud
        .inventory()
        .services.every(({ readyReplicas, baselineReplicas }) => readyReplicas >= baselineReplicas);
      if (all && !cloud.slo().healthy) readyAndBroken++;
    });
    expect(readyAndBroken).toBeGreaterThan(3);
  },
  // A restart before the restore turns a latent fault into an outage.
  configmap_missing_or_drift: () => {
    each('configmap_missing_or_drift', (cloud) => {
      expect(service(cloud).readyReplicas).toBeGreaterThan(0);
      const before = cloud.slo().success;
      run(cloud, ['recreate-pods ?s']);
      expect(service(cloud).readyReplicas).toBe(0);
      expect(cloud.slo().success).toBeLessThan(before);
      const { violationKinds } = cloud.result();
      expect(violationKinds['lost-last-ready']).toBeGreaterThan(0);
      expect(violationKinds['lost-replicas']).toBeGreaterThan(0);
    });
  },
  // Between two kills every pod is ready.
  liveness_probe_bad: () => {
    each('liveness_probe_bad', (cloud) => {
      const seen = new Set<boolean>();
      for (let step = 0; step < 120; step++) {
        cloud.advanceTo(cloud.time + 5);
        seen.add(service(cloud).readyReplicas > 0);
      }
      expect(seen).toEqual(new Set([true, false]));
    });
  },
  // What is restarted is not admitted again; neither is more of it.
  namespace_quota_limit: () => {
    losesTheLastReplicas('namespace_quota_limit');
    each('namespace_quota_limit', (cloud) => {
      const before = service(cloud).readyReplicas;
      expect(cloud.execute({ name: 'scale-out', args: [cloud.truth().component] }).status).not.toBe('done');
      expect(service(cloud).readyReplicas).toBeLessThanOrEqual(before);
      const { events } = cloud.telemetry(['events'], 0);
      expect(events.some(({ reason }) => reason === 'FailedCreate')).toBe(true);
    });
  },
  // A restart takes the last healthy replicas; so does a rollback one.
  admission_webhook_or_policy_block: () => {
    losesTheLastReplicas('admission_webhook_or_policy_block');
    each('admission_webhook_or_policy_block', (cloud) => {
      const before = service(cloud).readyReplicas;
      cloud.execute({ name: 'rollback-deployment', args: [cloud.truth().component] });
      expect(service(cloud).readyReplicas).toBeLessThanOrEqual(before);
      expect(cloud.result().recoveredAt).toBeNull();
    });
  },
  // The victim alone is repaired: the job strikes again.
  periodic_actor_reinjects: () => {
    each('periodic_actor_reinjects', (cloud) => {
      run(cloud, ['restore-config ?s']);
      expect(cloud.nextAlarm(cloud.time + 400)).not.toBeNull();
      expect(service(cloud).readyReplicas).toBe(0);
    });
  },
  // Cached answers delay the visible recovery; a restart of the clients ends it.
  dns_failure: () => {
    each('dns_failure', (cloud, index) => {
      run(cloud, ['fix-dns']);
      expect(cloud.slo().healthy).toBe(false);
      const waited = cloud.result().recoveredAt!;
      const other = struck(model, 'dns_failure', index);
      run(other, ['fix-dns', 'rolling-restart ?s']);
      expect(other.result().recoveredAt!).toBeLessThan(waited);
    });
  },
  // A restart before the sync cuts the sessions that still live.
  secret_rotation_stale: () => {
    let harmed = 0;
    each('secret_rotation_stale', (cloud) => {
      const before = cloud.slo().success;
      run(cloud, ['rolling-restart ?s']);
      expect(cloud.slo().success).toBeLessThanOrEqual(before);
      harmed += cloud.result().violationKinds['lost-replicas'] ?? 0;
    });
    // In a few incidents every session has been cut by itself before the restart.
    expect(harmed).toBeGreaterThan(INCIDENTS / 2);
  },
  // A restart only resets the level: healthy for a while, then trouble again.
  memory_leak_or_hog: () => {
    each('memory_leak_or_hog', (cloud) => {
      run(cloud, ['rolling-restart ?s']);
      expect(cloud.slo().healthy).toBe(true);
      expect(cloud.nextAlarm(cloud.time + 900)).not.toBeNull();
    });
  },
  // The other side is promoted while the old primary runs on where nobody sees it.
  network_partition: () => {
    each('network_partition', (cloud, index) => {
      run(cloud, ['promote-replica ?s']);
      const { dataLost, violationKinds } = cloud.result();
      expect(dataLost).toBe(true);
      expect(violationKinds['two-writers']).toBe(1);
      const other = struck(model, 'network_partition', index);
      run(other, ['fence-primary ?s', 'promote-replica ?s']);
      expect(other.result().dataLost).toBe(false);
    });
  },
};
