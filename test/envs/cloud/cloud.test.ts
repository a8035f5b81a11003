import { describe, expect, it } from 'vitest';
import { Cloud, faultTypes, loadCloudModel, PARTITIONS, PRIORS, SPLITS } from '../../../envs/cloud/index.js';
import { EVIDENCE_KINDS, type PrimitiveCall } from '../../../envs/cloud/interface.js';
import { priorWeights } from '../../../envs/cloud/splits.js';
import { ConfigError } from '../../../envs/config/index.js';
import { production, run, struck } from './catalogue.js';

const model = production();
const key = { split: 'seen', partition: 'train', index: 11 } as const;
const look = (cloud: Cloud) => JSON.stringify(cloud.telemetry(EVIDENCE_KINDS, 0));

describe('determinism', () => {
  it('plays the same incident from the same key', () => {
    const play = (): string => {
      const cloud = new Cloud(model, key);
      const first = look(cloud);
      run(cloud, ['rolling-restart ?s', 'rollback-deployment ?s']);
      cloud.watch(60);
      return `${first} ${look(cloud)} ${JSON.stringify(cloud.result())}`;
    };
    expect(play()).toBe(play());
  });

  it('gives a look the same noise whatever was looked at before', () => {
    const plain = new Cloud(model, key);
    const curious = new Cloud(model, key);
    for (let turn = 5; turn < 9; turn++) curious.telemetry(EVIDENCE_KINDS, turn);
    curious.inventory();
    curious.result();
    expect(look(curious)).toBe(look(plain));
  });

  it('gives another look other noise', () => {
    const cloud = new Cloud(model, key);
    const a = cloud.telemetry(['metrics'], 0).services.values;
    const b = cloud.telemetry(['metrics'], 1).services.values;
    expect([...a]).not.toEqual([...b]);
  });

  it('gives the n-th execution the same luck whatever the method saw before', () => {
    const a = new Cloud(model, key);
    const b = new Cloud(model, key);
    b.telemetry(EVIDENCE_KINDS, 3);
    const call = { name: 'restore-config', args: [a.truth().component] };
    expect(b.execute(call)).toEqual(a.execute(call));
  });
});

describe('save and restore', () => {
  it('goes on exactly from where it was, and leaves the original alone', () => {
    const cloud = new Cloud(model, key);
    run(cloud, ['rolling-restart ?s']);
    const saved = cloud.save();
    const rest = (c: Cloud): string => {
      run(c, ['rollback-deployment ?s', 'scale-out ?s']);
      c.advanceTo(c.time + 300);
      return look(c) + JSON.stringify([c.time, c.slo(), c.inventory(), c.result()]);
    };
    const copy = Cloud.restore(model, saved);
    const before = look(cloud);
    const fromCopy = rest(copy);
    expect(look(cloud)).toBe(before);
    expect(rest(cloud)).toBe(fromCopy);
    expect(rest(Cloud.restore(model, saved))).toBe(fromCopy);
    expect(rest(Cloud.restore(model, JSON.parse(JSON.stringify(saved))))).toBe(fromCopy);
  });

  it('reads the result without changing the cloud', () => {
    const cloud = new Cloud(model, key);
    const before = look(cloud) + JSON.stringify(cloud.inventory());
    cloud.result();
    expect(look(cloud) + JSON.stringify(cloud.inventory())).toBe(before);
  });
});

describe('result', () => {
  it('reads the same whether it stops when nothing is wrong any more or runs on through the drill', () => {
    const recoveries: Record<string, string[]> = {
      service_endpoints_wrong: ['fix-route ?s'],
      bad_image_rollout: ['rollback-deployment ?s'],
      feature_flag_bug: ['disable-flag ?s', 'rolling-restart ?s'],
      rbac_revoked: ['grant-role ?s', 'recreate-pods ?s'],
    };
    for (const [fault, steps] of Object.entries(recoveries)) {
      for (let index = 0; index < 20; index++) {
        const cloud = struck(model, fault, index);
        run(cloud, steps);
        expect(cloud.result()).toEqual(cloud.result({ exhaustive: true }));
        expect(cloud.result().recoveredAt).not.toBeNull();
      }
    }
  });

  it('reads the same whether it stops when what is wrong is certain to last or runs on to the horizon', () => {
    const plans = [[], ['rolling-restart ?s'], ['rate-limit ?s', 'scale-out ?s'], ['restore-config ?s']];
    for (const type of faultTypes(model)) {
      plans.forEach((steps, index) => {
        const cloud = struck(model, type.id, index);
        run(cloud, steps);
        const all = cloud.result({ exhaustive: true });
        expect(cloud.result()).toEqual(all);
        const { recoveredAt: _, ...harm } = all;
        expect(cloud.result({ harmOnly: true })).toMatchObject(harm);
      });
    }
  });

  it('does not end a window for a pod that dies and comes back', () => {
    const cloud = struck(model, 'service_endpoints_wrong', 2);
    run(cloud, ['fix-route ?s']);
    const { recoveredAt } = cloud.result({ exhaustive: true });
    expect(recoveredAt).toBeLessThanOrEqual(cloud.time);
    expect(recoveredAt).toBeGreaterThan(cloud.detectedAt);
  });
});

describe('execute', () => {
  const bad: PrimitiveCall[] = [
    { name: 'reboot-everything', args: [] },
    { name: 'rolling-restart', args: [] },
    { name: 'rolling-restart', args: ['no-such-service'] },
    { name: 'rolling-restart', args: ['loadgenerator'] },
    { name: 'cordon-node', args: ['frontend'] },
    { name: 'cordon-node', args: ['node-7'] },
    { name: 'rollback-deployment', args: ['redis-cart'] },
    { name: 'raise-quota', args: ['frontend'] },
    { name: '', args: ['', ''] },
  ];
  it.each(bad)('refuses $name $args and changes nothing', (call) => {
    const cloud = new Cloud(model, key);
    const before = JSON.stringify(cloud.inventory());
    const outcome = cloud.execute(call);
    expect(outcome.status).toBe('refused');
    expect(outcome.endedAt).toBe(outcome.startedAt);
    expect(JSON.stringify(cloud.inventory())).toBe(before);
    expect(cloud.result().violations).toBe(0);
  });

  it('takes names in any case', () => {
    const cloud = struck(model, 'scaled_to_zero', 0);
    const { component } = cloud.truth();
    const outcome = cloud.execute({ name: 'SCALE-OUT', args: [component.toUpperCase()] });
    expect(outcome.status).not.toBe('refused');
  });

  it('rolls back once: the version before that is gone', () => {
    const cloud = struck(model, 'code_or_query_defect', 4);
    const service = () => cloud.inventory().services.find(({ id }) => id === cloud.truth().component)!;
    const bad = service().version;
    run(cloud, ['rollback-deployment ?s']);
    expect(service().version).not.toBe(bad);
    expect(service().previousVersion).toBeNull();
    expect(cloud.execute({ name: 'rollback-deployment', args: [cloud.truth().component] }).status).toBe(
      'refused',
    );
  });

  it('adds a node, and drains one without losing a service', () => {
    const cloud = struck(model, 'code_or_query_defect', 4);
    run(cloud, ['add-node', 'drain-node node-2', 'uncordon-node node-2']);
    // A pod that has died by itself meanwhile comes back.
    cloud.advanceTo(cloud.time + 20);
    const inventory = cloud.inventory();
    expect(inventory.nodes).toHaveLength(7);
    expect(inventory.services.every(({ placement }) => !placement.includes('node-2'))).toBe(true);
    expect(
      inventory.services.every(({ readyReplicas, baselineReplicas }) => readyReplicas >= baselineReplicas),
    ).toBe(true);
  });
});

describe('watch and nextAlarm', () => {
  it('watches the whole window when the service level holds', () => {
    const cloud = struck(model, 'service_endpoints_wrong', 5);
    run(cloud, ['fix-route ?s']);
    const from = cloud.time;
    expect(cloud.watch(60)).toBeCloseTo(from + 60, 9);
    expect(cloud.nextAlarm(cloud.cap)).toBeNull();
    expect(cloud.time).toBe(cloud.cap);
  });

  it('stops early when the service level is broken and nothing is on its way', () => {
    const cloud = struck(model, 'service_endpoints_wrong', 5);
    const from = cloud.time;
    expect(cloud.watch(60)).toBeLessThan(from + 60);
    expect(cloud.time).toBeGreaterThanOrEqual(from + 30);
  });
});

describe('names', () => {
  it('are checked with one clear line', () => {
    expect(() => new Cloud(model, { ...key, split: 'seem' })).toThrow(
      new ConfigError(
        'split: expected a split, one of seen, unseen-type, unseen-family, unseen-topology, compound, found "seem"; did you mean "seen"?',
      ),
    );
    expect(() => new Cloud(model, key, { fault: 'scaled_to_zer0' })).toThrow(ConfigError);
    expect(() => new Cloud(model, key, { fault: 'scaled_to_zero', component: 'redis-cart' })).toThrow(
      ConfigError,
    );
    expect(() => loadCloudModel({ ...model.options, topology: 'online-botique' })).toThrow(ConfigError);
    expect(() => new Cloud(model, { ...key, index: -1 })).toThrow(ConfigError);
  });
});

describe('splits', () => {
  const own = SPLITS.filter((split) => split !== 'unseen-topology' && split !== 'compound');

  it('hold every type exactly once', () => {
    for (const type of faultTypes(model)) {
      expect(
        type.splits.filter((split) => own.includes(split)),
        type.id,
      ).toHaveLength(1);
    }
  });

  it('draw compound incidents as two seen types at two services', () => {
    const seen = model.splits.get('seen')!.types;
    for (let index = 0; index < 100; index++) {
      const truth = new Cloud(model, { split: 'compound', partition: 'test', index }).truth();
      const types = truth.faultType.split('+');
      expect(types).toHaveLength(2);
      expect(types.every((type) => seen.includes(type))).toBe(true);
      // A cut zone concerns more than its target.
      const struck = new Set(truth.conditions.map(({ component }) => component)).size;
      if (types.includes('network_partition')) expect(struck).toBeGreaterThan(1);
      else expect(struck).toBe(2);
    }
  });

  it('refuse a topology that a split is not drawn on', () => {
    const incident = { split: 'unseen-topology', partition: 'test', index: 0 } as const;
    expect(() => new Cloud(model, incident)).toThrow(
      new ConfigError(
        'split unseen-topology: topology: expected a topology of the split, one of sock-shop, train-ticket, found "online-boutique"',
      ),
    );
    const other = loadCloudModel({ ...model.options, topology: 'sock-shop' });
    expect(other.topology.indexOf.has(new Cloud(other, incident).truth().component)).toBe(true);
  });

  it('draw only their own types', () => {
    for (const split of own) {
      const types = new Set(model.splits.get(split)!.types);
      for (let index = 0; index < 300; index++) {
        expect(types.has(new Cloud(model, { split, partition: 'test', index }).truth().faultType)).toBe(true);
      }
    }
  });

  it('refuse to fit, calibrate or train on held-out types', () => {
    for (const partition of ['fit', 'calibrate', 'train'] as const) {
      expect(() => new Cloud(model, { split: 'unseen-type', partition, index: 0 })).toThrow(ConfigError);
    }
  });

  it('hold out combinations of conditions whose parts all occur in seen types', () => {
    const combinations = (name: string) =>
      model.splits.get(name)!.types.flatMap((id) => {
        const { variants } = model.faults.find((fault) => fault.id === id)!;
        return variants.map((variant) =>
          variant.conditions
            .map(({ condition }) => condition)
            .sort()
            .join('+'),
        );
      });
    const seen = new Set(combinations('seen'));
    const parts = new Set([...seen].flatMap((combination) => combination.split('+')));
    for (const combination of combinations('unseen-type')) {
      expect(seen.has(combination), combination).toBe(false);
      for (const part of combination.split('+')) expect(parts.has(part), part).toBe(true);
    }
  });

  it('name for every held-out type the seen type that shares most of its conditions', () => {
    const conditionsOf = (id: string): Set<string> => {
      const { variants } = model.faults.find((fault) => fault.id === id)!;
      return new Set(variants.flatMap((variant) => variant.conditions.map(({ condition }) => condition)));
    };
    const shared = (a: string, b: string): number =>
      [...conditionsOf(a)].filter((condition) => conditionsOf(b).has(condition)).length;
    const seen = model.splits.get('seen')!.types;
    for (const name of ['unseen-type', 'unseen-family']) {
      const { types, nearest } = model.splits.get(name)!;
      expect(Object.keys(nearest).sort()).toEqual([...types].sort());
      for (const type of types) {
        const most = Math.max(...seen.map((id) => shared(type, id)));
        expect(shared(type, nearest[type]!), `${type}: ${nearest[type]}`).toBe(most);
      }
    }
  });

  it('are drawn from by every prior: each family has its weight', () => {
    for (const prior of PRIORS) {
      const weights = priorWeights(prior, model.faults, model.constants);
      const byFamily = new Map<string, number>();
      model.faults.forEach(({ family }, i) => {
        byFamily.set(family, (byFamily.get(family) ?? 0) + weights[i]!);
      });
      expect(byFamily.size).toBe(8);
      for (const [family, weight] of byFamily) expect(weight, family).toBeGreaterThan(0);
    }
    // What every trigger is given is what its types get.
    const { triggers } = model.constants.prior['incident-statistics'];
    const weights = priorWeights('incident-statistics', model.faults, model.constants);
    for (const [trigger, share] of Object.entries(triggers)) {
      const types = model.faults.flatMap((fault, i) => (fault.trigger === trigger ? [weights[i]!] : []));
      if (types.length > 0) expect(types.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(share, 9);
    }
  });

  it('give different incidents to different partitions', () => {
    const faces = PARTITIONS.map((partition) => {
      const incidents = Array.from(
        { length: 40 },
        (_, index) => new Cloud(model, { split: 'seen', partition, index }),
      );
      return incidents.map((cloud) => `${cloud.truth().faultType}@${cloud.detectedAt}`);
    });
    const all = faces.flat();
    expect(new Set(all).size).toBe(all.length);
  });
});
