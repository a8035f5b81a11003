import { describe, expect, it } from 'vitest';
import { Cloud, faultTypes, type Partition } from '../../../envs/cloud/index.js';
import { EVIDENCE_KINDS, SERVICE_METRICS, type Telemetry } from '../../../envs/cloud/interface.js';
import { faultsSchema } from '../../../envs/cloud/schemas/faults.js';
import { ConfigError, check } from '../../../envs/config/index.js';
import { production, struck } from './catalogue.js';

const model = production();
const types = faultTypes(model);

/** A cloud struck by a type at a component, in the `select` partition of the type's split, some minutes in. */
function seenAt(fault: string, component: string, index: number): Telemetry {
  const split = types.find((type) => type.id === fault)!.splits[0]!;
  const cloud = new Cloud(model, { split, partition: 'select', index }, { fault, component });
  cloud.advanceTo(240);
  return cloud.telemetry(EVIDENCE_KINDS, 0);
}

const value = (
  telemetry: Telemetry,
  service: string,
  metric: (typeof SERVICE_METRICS)[number],
  table: 'values' | 'baseline',
) =>
  telemetry.services[table][
    SERVICE_METRICS.length * model.topology.indexOf.get(service)! + SERVICE_METRICS.indexOf(metric)
  ]!;
const ratio = (telemetry: Telemetry, service: string, metric: (typeof SERVICE_METRICS)[number]) =>
  value(telemetry, service, metric, 'values') / value(telemetry, service, metric, 'baseline');
const median = (values: number[]): number => {
  const sorted = values.filter((x) => !Number.isNaN(x)).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
};

describe('sections', () => {
  it('are empty unless asked for; alerts and the service level are always there', () => {
    const cloud = struck(model, 'feature_flag_bug', 1);
    const { services, nodes, events, logs, changes, alerts, slo } = cloud.telemetry(['alerts'], 0);
    expect([...services.values, ...nodes.values].every(Number.isNaN)).toBe(true);
    expect([events, logs, changes]).toEqual([[], [], []]);
    expect(alerts.length).toBeGreaterThan(0);
    expect(slo).toEqual(cloud.slo());
  });

  it('cost what the price list says', () => {
    const cloud = struck(model, 'feature_flag_bug', 1);
    expect(cloud.evidenceSeconds(['alerts', 'topology'])).toBe(0);
    expect(cloud.evidenceSeconds(['metrics', 'events', 'logs', 'changes'])).toBe(45);
  });

  it('lose about three series in a hundred', () => {
    let missing = 0;
    let all = 0;
    for (let index = 0; index < 60; index++) {
      const { values, baseline } = seenAt('feature_flag_bug', 'paymentservice', index).services;
      // What a component does not have is no series that could be missing.
      const series = [...values].filter((_, i) => !Number.isNaN(baseline[i]!));
      missing += series.filter(Number.isNaN).length;
      all += series.length;
    }
    expect(missing / all).toBeGreaterThan(0.015);
    expect(missing / all).toBeLessThan(0.05);
  });

  it('fire an alert only after its window', () => {
    for (const { id } of types) {
      for (const alert of struck(model, id, 0).telemetry([], 0).alerts) {
        const rule = model.rules.find((candidate) => candidate.rule === alert.rule);
        if (rule && alert.severity === 'page') expect(alert.firedAt).toBeGreaterThanOrEqual(rule.for);
      }
    }
  });
});

describe('columns that only some have', () => {
  const targetOf = (fault: string): string => types.find(({ id }) => id === fault)!.components[0]!;
  const medianOf = (fault: string, metric: (typeof SERVICE_METRICS)[number], table: 'values' | 'baseline') =>
    median(
      Array.from({ length: 12 }, (_, index) =>
        value(seenAt(fault, targetOf(fault), index), targetOf(fault), metric, table),
      ),
    );

  it('are NaN where the kind has none, baseline included', () => {
    const look = seenAt('feature_flag_bug', 'cartservice', 1);
    const has = (service: string, metric: (typeof SERVICE_METRICS)[number]) =>
      !Number.isNaN(value(look, service, metric, 'baseline'));
    expect(
      (['replication_lag_s', 'cache_hit_ratio', 'disk_ratio'] as const).map((metric) =>
        has('cartservice', metric),
      ),
    ).toEqual([false, false, false]);
    expect([has('order-db', 'disk_ratio'), has('order-db', 'replication_lag_s')]).toEqual([true, true]);
    expect([has('redis-cart', 'cache_hit_ratio'), has('redis-cart', 'disk_ratio')]).toEqual([true, false]);
    expect(has('cartservice', 'connections_ratio')).toBe(true);
  });

  it('show a backlog as lag, a cold cache as misses', () => {
    expect(medianOf('queue_backlog', 'queue_lag_s', 'values')).toBeGreaterThan(10);
    expect(medianOf('cache_loss_or_oom', 'cache_hit_ratio', 'values')).toBeLessThan(
      0.8 * medianOf('cache_loss_or_oom', 'cache_hit_ratio', 'baseline'),
    );
  });

  it('show a leak of connections in the pool', () => {
    const cloud = struck(model, 'connection_table_exhaustion', 1);
    const { component } = cloud.truth();
    cloud.advanceTo(cloud.detectedAt + 15);
    const look = cloud.telemetry(EVIDENCE_KINDS, 0);
    expect(value(look, component, 'connections_ratio', 'values')).toBeGreaterThan(0.5);
    expect(value(look, component, 'connections_ratio', 'baseline')).toBeLessThan(0.2);
  });
});

describe('nodes and zones', () => {
  const cell = ({ values, metrics }: Telemetry['nodes'], row: number, metric: string) =>
    values[row * metrics.length + metrics.indexOf(metric)]!;

  it('of which nobody hears have no series of their own, and an alert after its window', () => {
    const { nodes, alerts } = seenAt('node_down_or_kubelet_crash', 'order-db', 3);
    const lost = nodes.components.findIndex((_, n) => cell(nodes, n, 'ready') === 0);
    expect(lost).toBeGreaterThanOrEqual(0);
    expect(alerts.filter(({ component }) => component.startsWith('node-')).map(({ rule }) => rule)).toEqual([
      'NodeNotReady',
    ]);
    let silent = 0;
    for (let index = 0; index < 12; index++) {
      const look = seenAt('node_down_or_kubelet_crash', 'order-db', index).nodes;
      const down = look.components.findIndex((_, n) => cell(look, n, 'ready') === 0);
      if (Number.isNaN(cell(look, down, 'cpu_ratio'))) silent++;
    }
    // A machine that is gone is silent; one of which only the agent died is not.
    expect(silent).toBeGreaterThan(0);
    expect(silent).toBeLessThan(12);
  });

  it('show a wrong clock as its distance from true time', () => {
    const { nodes } = seenAt('clock_drift', 'frontend', 2);
    const offsets = nodes.components.map((_, n) => cell(nodes, n, 'clock_offset_s'));
    expect(offsets.filter((offset) => offset > 100)).toHaveLength(1);
    expect(offsets.filter((offset) => offset < 0.01)).toHaveLength(offsets.length - 1);
  });

  it('show a zone without power as nodes that are not ready, without load, and errors elsewhere', () => {
    const { zones } = seenAt('zone_outage', 'order-db', 2);
    const out = zones.components.findIndex((_, z) => cell(zones, z, 'ready_ratio') === 0);
    expect(out).toBeGreaterThanOrEqual(0);
    zones.components.forEach((_, z) => {
      const load = cell(zones, z, 'load_ratio');
      if (z === out) expect(load).toBe(0);
      else expect(load).toBeGreaterThan(0.2);
      // The primaries that stood there are gone: what needs them fails in the other zones.
      if (z !== out) expect(cell(zones, z, 'error_ratio')).toBeGreaterThan(0.05);
    });
  });
});

describe('noise', () => {
  const texts = model.text.healthyErrors.flatMap((template) =>
    template.text.map((text) => text.replace(/\{[a-z]+\}/g, '<*>')),
  );

  it('puts ERROR lines that mean nothing into 61 % of incidents', () => {
    let noisy = 0;
    for (let index = 0; index < 500; index++) {
      const cloud = new Cloud(
        model,
        { split: 'seen', partition: 'test', index },
        { fault: 'readiness_probe_bad' },
      );
      if (cloud.telemetry(['logs'], 0).logs.some((line) => texts.includes(line.template))) noisy++;
    }
    expect(noisy / 500).toBeGreaterThan(0.55);
    expect(noisy / 500).toBeLessThan(0.67);
  });

  it('keeps about a sixth of the failures silent in the logs of the failing service', () => {
    const own = new Set(
      model.table.byName
        .get('artifact-bad.code')!
        .logs.flatMap((log) => log.text.map((text) => text.replace(/\{[a-z]+\}/g, '<*>'))),
    );
    let silent = 0;
    for (let index = 0; index < 500; index++) {
      const { logs } = seenAt('code_or_query_defect', 'cartservice', index);
      if (!logs.some((line) => own.has(line.template))) silent++;
    }
    // 17.5 % are silent, and of the rest the search misses a tenth.
    expect(silent / 500).toBeGreaterThan(0.2);
    expect(silent / 500).toBeLessThan(0.32);
  });

  it('hides the cause among other changes, and sometimes from the history altogether', () => {
    let recorded = 0;
    let others = 0;
    for (let index = 0; index < 300; index++) {
      const { changes } = seenAt('feature_flag_bug', 'cartservice', index);
      if (
        changes.some(
          (change) => change.component === 'cartservice' && change.kind === 'flag' && change.time > -246,
        )
      )
        recorded++;
      others += changes.length;
    }
    expect(recorded / 300).toBeGreaterThan(0.78);
    expect(recorded / 300).toBeLessThan(0.93);
    expect(others / 300 - recorded / 300).toBeGreaterThan(1.5);
  });

  it('uses the last wording of a line in the test partition only', () => {
    const last = new Set<string>();
    const open = new Set<string>();
    for (const attribute of model.table.attributes) {
      for (const { text } of [...attribute.logs, ...attribute.events]) {
        text.forEach((wording, i) => {
          (i === text.length - 1 && text.length > 1 ? last : open).add(wording.replace(/\{[a-z]+\}/g, '<*>'));
        });
      }
    }
    const saidIn = (partition: Partition): Set<string> => {
      const said = new Set<string>();
      for (let index = 0; index < 250; index++) {
        const cloud = new Cloud(model, { split: 'seen', partition, index });
        for (const line of cloud.telemetry(['logs'], 0).logs) said.add(line.template);
      }
      return new Set([...said].filter((template) => last.has(template) && !open.has(template)));
    };
    expect(saidIn('train').size).toBe(0);
    expect(saidIn('test').size).toBeGreaterThan(5);
  });
});

describe('telemetry follows from condition and attribute, never from the fault type', () => {
  it('has no place for telemetry, recoveries or plans in a fault file', () => {
    const variants = [{ weight: 1, conditions: [{ condition: 'config-bad', attribute: 'probe' }] }];
    const fault = {
      row: 1,
      about: '',
      trigger: 'config-push',
      targets: { kinds: ['service'], reach: 'errors' },
      variants,
    };
    const file = (extra: object) => ({ family: 'A', faults: { some_fault: { ...fault, ...extra } } });
    expect(() => check('faults.yaml', file({}), faultsSchema)).not.toThrow();
    for (const extra of [
      { logs: [] },
      { events: [] },
      { recovery: ['rollback-deployment'] },
      { plans: [] },
    ]) {
      expect(() => check('faults.yaml', file(extra), faultsSchema)).toThrow(ConfigError);
    }
  });

  it('says the same of two types that share an attribute', () => {
    const says = (fault: string): string[] | null => {
      for (let index = 0; index < 40; index++) {
        const cloud = new Cloud(
          model,
          { split: 'seen', partition: 'select', index },
          { fault, component: 'cartservice' },
        );
        const crashes = model.faults
          .find(({ id }) => id === fault)!
          .variants.findIndex((variant) => variant.conditions[0]!.attribute!.name === 'crash');
        if (
          crashes < 0 ||
          !cloud.telemetry(['logs'], 0).logs.some((line) => /build|loading modules/.test(line.template))
        )
          continue;
        const { events } = cloud.telemetry(['events'], 0);
        return [
          ...new Set(
            events.filter(({ component }) => component === 'cartservice').map(({ reason }) => reason),
          ),
        ].filter((reason) => reason === 'BackOff');
      }
      return null;
    };
    expect(says('bad_image_rollout')).toEqual(['BackOff']);
    expect(says('wrong_binary_or_command')).toEqual(['BackOff']);
  });

  it('names no condition and no fault type in anything that can be read', () => {
    // Words that are operations' everyday language are no give-away; the vocabulary's own hyphenated names would be.
    const names = [...model.table.conditions, ...types.map(({ id }) => id)];
    for (const { id, components } of types) {
      const text = JSON.stringify(seenAt(id, components[0]!, 3));
      for (const name of names) expect(text.includes(name), `${name} in telemetry of ${id}`).toBe(false);
    }
  });
});

describe('effect sizes', () => {
  const incidents = Array.from({ length: 40 }, (_, index) => index);

  it('network delay does not show at the delayed service itself, and shows at the entry', () => {
    const looks = incidents.map((index) => seenAt('network_delay', 'currencyservice', index));
    const own = median(looks.map((look) => ratio(look, 'currencyservice', 'latency_p99_ms')));
    expect(own).toBeGreaterThan(0.9);
    expect(own).toBeLessThan(1.1);
    const entry = median(looks.map((look) => look.slo.latencyP99Ms / (model.sloLatencyMs / 1.25)));
    expect(entry).toBeGreaterThan(1.3);
  });

  it('contention for CPU takes a pod to its limit, an order of magnitude over its quiet day, and its latency with it', () => {
    const looks = incidents.map((index) => seenAt('cpu_saturation', 'currencyservice', index));
    const cpu = median(looks.map((look) => ratio(look, 'currencyservice', 'cpu_ratio')));
    expect(cpu).toBeGreaterThan(8);
    expect(cpu).toBeLessThan(20);
    const latency = median(looks.map((look) => ratio(look, 'currencyservice', 'latency_p99_ms')));
    expect(latency).toBeGreaterThan(10);
    expect(latency).toBeLessThan(173);
  });

  it('an exception leaves latency as it is', () => {
    const looks = incidents.map((index) => seenAt('process_crash_or_exception', 'cartservice', index));
    const latency = median(looks.map((look) => ratio(look, 'cartservice', 'latency_p99_ms')));
    expect(latency).toBeGreaterThan(0.5);
    expect(latency).toBeLessThan(1.3);
  });
});

/** Pairs of types that can look alike in every metric and alert, and differ only in what is said and recorded. */
const LOOK_ALIKES = [
  ['admission_webhook_or_policy_block', 'namespace_quota_limit'],
  ['service_endpoints_wrong', 'service_port_or_traffic_policy_wrong'],
  ['service_endpoints_wrong', 'tls_missing_or_expired'],
  ['service_port_or_traffic_policy_wrong', 'tls_missing_or_expired'],
  ['port_or_sidecar_conflict', 'resource_request_too_large'],
  ['priority_preemption', 'scaled_to_zero'],
  ['code_or_query_defect', 'feature_flag_bug'],
  ['bad_image_rollout', 'unschedulable_placement'],
  ['scaled_to_zero', 'unschedulable_placement'],
  ['priority_preemption', 'unschedulable_placement'],
  ['configmap_missing_or_drift', 'init_container_hang_or_crash'],
  ['init_container_hang_or_crash', 'unschedulable_placement'],
  ['feature_flag_bug', 'process_crash_or_exception'],
  ['code_or_query_defect', 'process_crash_or_exception'],
] as const;

describe('look-alikes', () => {
  const components = [
    'cartservice',
    'currencyservice',
    'productcatalogservice',
    'shippingservice',
    'frontend',
  ];

  /** Largest relative difference between two looks with the same noise; infinite when other series are missing. */
  const difference = (a: Telemetry, b: Telemetry): number => {
    let worst = 0;
    a.services.values.forEach((x, i) => {
      const y = b.services.values[i]!;
      if (Number.isNaN(x) && Number.isNaN(y)) return;
      worst = Math.max(
        worst,
        Number.isNaN(x) || Number.isNaN(y)
          ? Number.POSITIVE_INFINITY
          : Math.abs(x - y) / Math.max(0.02, Math.abs(x), Math.abs(y)),
      );
    });
    return worst;
  };
  const alertsOf = (look: Telemetry) =>
    look.alerts
      .map((alert) => `${alert.rule} ${alert.component}`)
      .sort()
      .join();
  const wordsOf = (look: Telemetry) =>
    [
      ...look.logs.map((line) => line.template),
      ...look.events.map((event) => event.reason + event.message),
      ...look.changes.map((change) => change.kind + change.summary),
    ]
      .sort()
      .join('\n');

  it.each(LOOK_ALIKES)('%s and %s', (first, second) => {
    let alike = 0;
    for (const component of components) {
      for (let index = 0; index < 6; index++) {
        const a = seenAt(first, component, index);
        const b = seenAt(second, component, index);
        if (difference(a, b) > 0.2 || alertsOf(a) !== alertsOf(b)) continue;
        if (wordsOf(a) !== wordsOf(b)) alike++;
      }
    }
    expect(alike).toBeGreaterThan(0);
  });
});
