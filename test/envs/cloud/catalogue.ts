import { Cloud, type CloudModel, loadCloudModel, type Partition } from '../../../envs/cloud/index.js';

/** Recoveries as the catalogue orders them, written with our primitives; `?s` is the struck service. They live in tests only. */
export interface CatalogueRow {
  readonly id: string;
  /** Alternatives (`||` of the catalogue); each must recover where the type's variant is one that it is meant for. */
  readonly recoveries: readonly (readonly string[])[];
  /**
   * Reading of the catalogue's `restart_helps` for a bare rolling restart: `no` never recovers, `temporary` relapses,
   * `sometimes` and `transient` may recover.
   */
  readonly restart: 'no' | 'temporary' | 'sometimes';
}

export const CATALOGUE: readonly CatalogueRow[] = [
  {
    id: 'bad_image_rollout',
    recoveries: [['rollback-deployment ?s'], ['set-image ?s', 'wait-ready ?s']],
    restart: 'no',
  },
  {
    id: 'bad_env_or_dependency_address',
    recoveries: [['restore-config ?s', 'rolling-restart ?s'], ['rollback-deployment ?s']],
    restart: 'no',
  },
  {
    id: 'configmap_missing_or_drift',
    recoveries: [['restore-config ?s', 'rolling-restart ?s']],
    restart: 'no',
  },
  { id: 'feature_flag_bug', recoveries: [['disable-flag ?s', 'rolling-restart ?s']], restart: 'no' },
  {
    id: 'readiness_probe_bad',
    recoveries: [['restore-config ?s'], ['rollback-deployment ?s']],
    restart: 'no',
  },
  { id: 'scaled_to_zero', recoveries: [['scale-out ?s']], restart: 'no' },
  { id: 'code_or_query_defect', recoveries: [['rollback-deployment ?s']], restart: 'no' },
  {
    id: 'process_crash_or_exception',
    recoveries: [['rolling-restart ?s', 'rollback-deployment ?s']],
    restart: 'sometimes',
  },
  { id: 'unschedulable_placement', recoveries: [['fix-placement ?s']], restart: 'no' },
  { id: 'resource_request_too_large', recoveries: [['set-resources ?s']], restart: 'no' },
  { id: 'namespace_quota_limit', recoveries: [['raise-quota', 'wait-ready ?s']], restart: 'no' },
  {
    id: 'admission_webhook_or_policy_block',
    recoveries: [['fix-admission', 'wait-ready ?s']],
    restart: 'no',
  },
  {
    id: 'operator_cr_misoperation',
    recoveries: [['restore-config ?s', 'restore-controller ?s', 'wait-ready ?s']],
    restart: 'no',
  },
  {
    id: 'finalizer_or_controller_stuck',
    recoveries: [['restore-controller ?s', 'wait-ready ?s']],
    restart: 'no',
  },
  { id: 'apiserver_overload', recoveries: [['suspend-actor ?s', 'wait-ready ?s']], restart: 'no' },
  { id: 'periodic_actor_reinjects', recoveries: [['suspend-actor ?s', 'restore-config ?s']], restart: 'no' },
  { id: 'service_endpoints_wrong', recoveries: [['fix-route ?s']], restart: 'no' },
  { id: 'network_policy_block', recoveries: [['fix-policy ?s']], restart: 'no' },
  { id: 'dns_failure', recoveries: [['fix-dns', 'rolling-restart ?s']], restart: 'no' },
  { id: 'network_delay', recoveries: [['reschedule ?s']], restart: 'sometimes' },
  { id: 'secret_rotation_stale', recoveries: [['sync-secret ?s', 'rolling-restart ?s']], restart: 'no' },
  {
    id: 'tls_missing_or_expired',
    recoveries: [['renew-certificate ?s', 'rolling-restart ?s']],
    restart: 'no',
  },
  { id: 'rbac_revoked', recoveries: [['grant-role ?s', 'recreate-pods ?s']], restart: 'no' },
  {
    id: 'cpu_saturation',
    recoveries: [['suspend-actor ?s', 'set-resources ?s', 'rollback-deployment ?s']],
    restart: 'temporary',
  },
  {
    id: 'memory_leak_or_hog',
    recoveries: [['rolling-restart ?s', 'set-resources ?s', 'rollback-deployment ?s']],
    restart: 'temporary',
  },
  {
    id: 'resource_limit_too_low',
    recoveries: [['set-resources ?s'], ['rollback-deployment ?s']],
    restart: 'no',
  },
  {
    id: 'wrong_binary_or_command',
    recoveries: [
      ['rollback-deployment ?s', 'wait-ready ?s'],
      ['set-image ?s', 'wait-ready ?s'],
    ],
    restart: 'no',
  },
  {
    id: 'liveness_probe_bad',
    recoveries: [['restore-config ?s', 'rolling-restart ?s'], ['rollback-deployment ?s']],
    restart: 'no',
  },
  {
    id: 'init_container_hang_or_crash',
    recoveries: [['rollback-deployment ?s', 'wait-ready ?s']],
    restart: 'no',
  },
  {
    id: 'bad_rollout_strategy',
    recoveries: [['restore-config ?s', 'rollback-deployment ?s', 'wait-ready ?s']],
    restart: 'no',
  },
  {
    id: 'port_or_sidecar_conflict',
    recoveries: [['restore-config ?s', 'recreate-pods ?s'], ['rollback-deployment ?s']],
    restart: 'no',
  },
  { id: 'priority_preemption', recoveries: [['suspend-actor ?s', 'fix-placement ?s']], restart: 'no' },
  {
    id: 'hpa_broken',
    recoveries: [
      ['set-resources ?s', 'wait-ready ?s'],
      ['restore-config ?s', 'scale-out ?s'],
    ],
    restart: 'no',
  },
  { id: 'service_port_or_traffic_policy_wrong', recoveries: [['fix-route ?s']], restart: 'no' },
  { id: 'ingress_or_mesh_misroute', recoveries: [['fix-route ?s']], restart: 'no' },
  { id: 'network_loss_corruption', recoveries: [['reschedule ?s']], restart: 'sometimes' },
  {
    id: 'overlay_route_or_ip_exhaustion',
    recoveries: [['restore-route', 'expand-ip-pool', 'wait-ready ?s']],
    restart: 'no',
  },
  {
    id: 'connection_table_exhaustion',
    recoveries: [['rate-limit ?s', 'set-resources ?s', 'rolling-restart ?s', 'lift-limits ?s']],
    restart: 'temporary',
  },
  { id: 'http_abort_or_tamper', recoveries: [['fix-route ?s'], ['rollback-deployment ?s']], restart: 'no' },
  {
    id: 'db_auth_revoked_or_user_missing',
    recoveries: [['grant-role ?s', 'recreate-pods ?s']],
    restart: 'no',
  },
  {
    id: 'gc_pressure',
    recoveries: [
      ['restore-config ?s', 'rolling-restart ?s'],
      ['set-resources ?s'],
      ['rollback-deployment ?s'],
    ],
    restart: 'temporary',
  },
  // The first step is for the variant of a job, the second for the one of a full volume.
  { id: 'disk_io_or_space', recoveries: [['suspend-actor ?s', 'expand-volume ?s']], restart: 'no' },
  {
    id: 'network_partition',
    recoveries: [
      ['restore-route'],
      ['shift-zone ?z', 'restore-route', 'return-zone ?z'],
      ['fence-primary ?s', 'promote-replica ?s', 'restore-route', 'rebuild-replica ?s'],
    ],
    restart: 'no',
  },
  {
    id: 'db_lock_contention',
    recoveries: [
      ['kill-session ?s', 'suspend-actor ?s'],
      ['suspend-actor ?s', 'kill-session ?s'],
    ],
    restart: 'temporary',
  },
  {
    id: 'db_primary_or_stateful_pod_down',
    recoveries: [['fence-primary ?s', 'promote-replica ?s', 'repoint-clients ?s', 'rebuild-replica ?s']],
    restart: 'no',
  },
  {
    id: 'storage_corruption',
    // Rebuilding instead depends on which copy is struck: traps.test.ts.
    recoveries: [['verify-backup ?s', 'restore-backup ?s']],
    restart: 'no',
  },
  {
    id: 'volume_detached',
    recoveries: [
      ['reattach-volume ?s', 'rolling-restart ?s'],
      ['verify-backup ?s', 'restore-backup ?s'],
    ],
    restart: 'no',
  },
  { id: 'residual_inconsistent_state', recoveries: [['reconcile-state ?s']], restart: 'no' },
  {
    id: 'node_down_or_kubelet_crash',
    recoveries: [['replace-node ?n'], ['cordon-node ?n', 'replace-node ?n']],
    restart: 'no',
  },
  {
    id: 'node_agent_misconfig',
    recoveries: [
      ['restart-agent ?n', 'restore-config ?s'],
      ['restore-config ?s', 'rolling-restart ?s', 'restart-agent ?n'],
    ],
    restart: 'no',
  },
  {
    id: 'clock_drift',
    recoveries: [['sync-time ?n'], ['cordon-node ?n', 'drain-node ?n', 'sync-time ?n', 'uncordon-node ?n']],
    restart: 'no',
  },
  {
    id: 'hardware_degradation',
    recoveries: [['cordon-node ?n', 'drain-node ?n', 'replace-node ?n']],
    restart: 'no',
  },
  {
    id: 'zone_outage',
    recoveries: [
      ['replace-node ?n'],
      [
        'shift-zone ?z',
        'fence-primary ?s',
        'promote-replica ?s',
        'replace-node ?n',
        'rebuild-replica ?s',
        'return-zone ?z',
      ],
    ],
    restart: 'no',
  },
  {
    id: 'cache_loss_or_oom',
    recoveries: [
      ['suspend-actor ?s', 'set-resources ?s', 'warm-cache ?s'],
      ['suspend-actor ?s', 'set-resources ?s', 'rate-limit ?s', 'warm-cache ?s', 'lift-limits ?s'],
    ],
    restart: 'no',
  },
  {
    id: 'queue_backlog',
    recoveries: [
      ['suspend-actor ?s', 'drain-queue ?s'],
      ['suspend-actor ?s', 'scale-out ?s'],
    ],
    restart: 'no',
  },
  {
    id: 'queue_poison_pill',
    recoveries: [['skip-record ?s', 'drain-queue ?s'], ['skip-record ?s']],
    restart: 'no',
  },
  { id: 'pvc_binding_failure', recoveries: [['fix-placement ?s']], restart: 'no' },
  {
    id: 'traffic_flood',
    recoveries: [['rate-limit ?s', 'suspend-actor ?s', 'lift-limits ?s']],
    restart: 'no',
  },
  {
    id: 'retry_storm_metastable',
    recoveries: [
      ['restore-config ?s', 'set-resources ?s', 'rolling-restart ?s'],
      ['rate-limit ?s', 'restore-config ?s', 'set-resources ?s', 'lift-limits ?s'],
    ],
    restart: 'no',
  },
  { id: 'queue_retry_collapse', recoveries: [['restore-config ?s', 'drain-queue ?s']], restart: 'no' },
  {
    id: 'correlated_bad_rollout',
    recoveries: [['rollback-deployment ?all', 'wait-ready ?all']],
    restart: 'no',
  },
];

export const production = (): CloudModel =>
  loadCloudModel({ topology: 'online-boutique', overlay: 'production', prior: 'incident-statistics' });

/** A cloud struck by a named type, keyed in a partition that its split allows. */
export function struck(model: CloudModel, fault: string, index: number, component?: string): Cloud {
  const split = [...model.splits.values()].find((candidate) => candidate.types.includes(fault))!;
  const partition: Partition = split.name === 'seen' ? 'train' : 'select';
  return new Cloud(
    model,
    { split: split.name, partition, index },
    component === undefined ? { fault } : { fault, component },
  );
}

/**
 * Runs steps such as `rolling-restart ?s` (`?all`: at every struck service, `?n`: at every struck node, `?z`: at its zone), retrying
 * a call that failed by bad luck.
 */
export function run(cloud: Cloud, steps: readonly string[]): void {
  const { component, conditions, nodes, zone } = cloud.truth();
  const all = [...new Set(conditions.map((condition) => condition.component))];
  for (const step of steps) {
    const targets = step.includes('?all') ? all : step.includes('?n') ? nodes : [component];
    for (const target of targets) {
      const [name, ...args] = step
        .replace(/\?z/, zone ?? '')
        .replace(/\?s|\?all|\?n/, target)
        .split(' ');
      for (let attempt = 0; attempt < 3; attempt++) {
        if (cloud.execute({ name: name!, args }).status !== 'failed') break;
      }
    }
  }
}
