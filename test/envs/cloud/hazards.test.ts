import { describe, expect, it } from 'vitest';
import { faultTypes } from '../../../envs/cloud/index.js';
import { each, metric, model } from './hazard-tools.js';
import { HAZARDS_AE } from './hazards-ae.js';
import { HAZARDS_FH } from './hazards-fh.js';

/** The catalogue's hazard of each type, done. */
const HAZARDS = { ...HAZARDS_AE, ...HAZARDS_FH };

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
    const covered = [...Object.keys(HAZARDS), ...NONE];
    expect(covered.sort()).toEqual(
      faultTypes(model)
        .map(({ id }) => id)
        .sort(),
    );
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
