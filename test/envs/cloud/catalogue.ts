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
    recoveries: [['set-resources ?s', 'rollback-deployment ?s']],
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

/** Runs steps such as `rolling-restart ?s` on a cloud, retrying a step whose call failed by bad luck. */
export function run(cloud: Cloud, steps: readonly string[]): void {
  const { component } = cloud.truth();
  for (const step of steps) {
    const [name, ...args] = step.replace('?s', component).split(' ');
    for (let attempt = 0; attempt < 3; attempt++) {
      const outcome = cloud.execute({ name: name!, args });
      if (outcome.status !== 'failed') break;
    }
  }
}
