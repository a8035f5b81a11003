import { describe, expect, it } from 'vitest';
import { type Cloud, loadCloudModel } from '../../../envs/cloud/index.js';
import type { InventoryService } from '../../../envs/cloud/interface.js';
import { production, run, struck } from './catalogue.js';

const model = production();
const indices = Array.from({ length: 20 }, (_, index) => index);
const each = (id: string, visit: (cloud: Cloud, index: number) => void): void => {
  for (const index of indices) visit(struck(model, id, index), index);
};
const service = (cloud: Cloud): InventoryService =>
  cloud.inventory().services.find(({ id }) => id === cloud.truth().component)!;
const holds = (cloud: Cloud, attribute: string): boolean =>
  cloud
    .hidden()
    .find(({ id }) => id === cloud.truth().component)!
    .conditions.some((one) => `${one.condition}.${one.attribute}` === attribute);
const metric = (cloud: Cloud, name: string): number => {
  const { components, metrics, values } = cloud.telemetry(['metrics'], 0).services;
  return values[components.indexOf(cloud.truth().component) * metrics.length + metrics.indexOf(name)]!;
};

describe('a primary that is down', () => {
  const id = 'db_primary_or_stateful_pod_down';

  it('fails writes and leaves reads alone', () => {
    each(id, (cloud) => {
      const errors = cloud.hidden().find(({ id: name }) => name === cloud.truth().component)!;
      expect(errors.success).toBeGreaterThan(0.2);
      expect(errors.success).toBeLessThan(0.7);
      expect(service(cloud).replication!.readyReplicas).toBeGreaterThan(0);
    });
  });

  it('ships the rest of the log in the time that the lag takes', () => {
    each(id, (cloud) => {
      const { lagSeconds } = service(cloud).replication!;
      const { startedAt, endedAt } = cloud.execute({
        name: 'fence-primary',
        args: [cloud.truth().component],
      });
      const { lagSeconds: after, fenced } = service(cloud).replication!;
      expect(fenced).toBe(true);
      expect(after).toBeLessThan(1);
      expect(endedAt - startedAt).toBeGreaterThan(lagSeconds / 2);
    });
  });

  it.each([
    ['without clients that follow', ['fence-primary ?s', 'promote-replica ?s', 'rebuild-replica ?s']],
    [
      'without a replica of the new primary',
      ['fence-primary ?s', 'promote-replica ?s', 'repoint-clients ?s'],
    ],
    [
      'with clients pointed before there is a new primary',
      ['repoint-clients ?s', 'fence-primary ?s', 'promote-replica ?s'],
    ],
    ['with a fence alone', ['fence-primary ?s']],
  ])('is not recovered %s', (_, steps) => {
    each(id, (cloud) => {
      const crashed = holds(cloud, 'primary-down.crashed');
      run(cloud, steps);
      // A primary that was only read-only steps down in order, and needs no new copy.
      if (!crashed && steps.length === 3 && steps[2] === 'repoint-clients ?s') return;
      expect(cloud.result().recoveredAt).toBeNull();
    });
  });

  it('takes a fenced healthy primary for an outage of writes', () => {
    const cloud = struck(model, 'service_endpoints_wrong', 3, 'paymentservice');
    run(cloud, ['fix-route ?s']);
    expect(cloud.slo().healthy).toBe(true);
    cloud.execute({ name: 'fence-primary', args: ['redis-cart'] });
    expect(cloud.slo().healthy).toBe(false);
  });
});

describe('what is done after the cap to see whether it lasts', () => {
  it('kills the pods of a store so far apart that slow starts of its pods do not add up', () => {
    const hotel = loadCloudModel({ topology: 'hotel-reservation', overlay: 'production', prior: 'uniform' });
    for (const index of indices) {
      const cloud = struck(hotel, 'network_partition', index, 'memcached-rate');
      run(cloud, ['fence-primary ?s', 'promote-replica ?s', 'restore-route', 'rebuild-replica ?s']);
      expect(cloud.result().recoveredAt).not.toBeNull();
    }
  });
});

describe('a partition', () => {
  it('takes no new machine for a cut-off one', () => {
    const cloud = struck(model, 'network_partition', 1);
    expect(cloud.execute({ name: 'replace-node', args: [cloud.truth().nodes[0]!] }).status).toBe('failed');
  });
});

describe('a session that holds a lock', () => {
  it.each(['kill-session ?s', 'rolling-restart ?s'])('comes back after %s', (step) => {
    let freed = 0;
    each('db_lock_contention', (cloud) => {
      run(cloud, [step]);
      if (cloud.slo().healthy) freed++;
      expect(cloud.nextAlarm(cloud.time + 300)).not.toBeNull();
    });
    // Now and then the session is back before the step is over.
    expect(freed).toBeGreaterThan(15);
  });

  it('leaves the CPU of the database and its pods as they are', () => {
    each('db_lock_contention', (cloud) => {
      expect(service(cloud).readyReplicas).toBe(2);
      expect(metric(cloud, 'cpu_ratio') > 0.3).toBe(false);
    });
  });
});

describe('a volume', () => {
  it('fills up in a straight line, hurts when it is full, and is relieved by more room', () => {
    let seen = 0;
    each('disk_io_or_space', (cloud) => {
      if (!holds(cloud, 'storage-unavailable.full')) return;
      seen++;
      cloud.advanceTo(600);
      expect(metric(cloud, 'disk_ratio') < 0.95).toBe(false);
      expect(cloud.slo().healthy).toBe(false);
      run(cloud, ['expand-volume ?s']);
      expect(cloud.slo().healthy).toBe(true);
      cloud.advanceTo(cloud.time + 20);
      expect(metric(cloud, 'disk_ratio') > 0.6).toBe(false);
    });
    expect(seen).toBeGreaterThan(2);
  });

  it('that is detached takes every pod that is restarted', () => {
    each('volume_detached', (cloud) => {
      run(cloud, ['recreate-pods ?s']);
      expect(service(cloud).readyReplicas).toBe(0);
      cloud.advanceTo(cloud.time + 300);
      expect(service(cloud).readyReplicas).toBe(0);
    });
  });

  it('leaves stale files in processes after it is attached again', () => {
    each('volume_detached', (cloud) => {
      run(cloud, ['reattach-volume ?s']);
      cloud.watch(60);
      expect(cloud.slo().healthy).toBe(false);
    });
  });
});

describe('a corrupt copy', () => {
  const copies = (cloud: Cloud): readonly number[] =>
    cloud.hidden().find(({ id }) => id === cloud.truth().component)!.struckCopies;

  it('is rebuilt from a sound primary; a primary that is struck itself has to hand over first', () => {
    const recovered = { replica: 0, primary: 0 };
    each('storage_corruption', (cloud, index) => {
      const primary = copies(cloud)[0] === 0;
      run(cloud, ['rebuild-replica ?s']);
      expect(cloud.result().recoveredAt !== null).toBe(!primary);
      if (!primary) {
        recovered.replica++;
        return;
      }
      const other = struck(model, 'storage_corruption', index);
      run(other, ['fence-primary ?s', 'promote-replica ?s', 'rebuild-replica ?s']);
      expect(other.result().recoveredAt).not.toBeNull();
      recovered.primary++;
    });
    expect(recovered.replica).toBeGreaterThan(3);
    expect(recovered.primary).toBeGreaterThan(3);
  });

  it('cannot be rebuilt any more when every copy is struck', () => {
    each('storage_corruption', (cloud) => {
      run(cloud, ['rolling-restart ?s']);
      if (copies(cloud).length < 2) return;
      expect(cloud.execute({ name: 'rebuild-replica', args: [cloud.truth().component] }).status).toBe(
        'failed',
      );
    });
  });

  it('restored from a backup that nobody verified counts as harm, and is lost when the backup is bad', () => {
    let lost = 0;
    for (let index = 0; index < 60; index++) {
      const cloud = struck(model, 'storage_corruption', index);
      const outcome = cloud.execute({ name: 'restore-backup', args: [cloud.truth().component] });
      const { violationKinds, dataLost } = cloud.result();
      if (outcome.message.includes('not completed')) continue;
      expect(violationKinds['unverified-restore']).toBe(1);
      if (dataLost) lost++;
    }
    expect(lost).toBeGreaterThan(3);
    expect(lost).toBeLessThan(25);
  });

  it('is what a backup is for: restoring sound data loses what was written since', () => {
    const cloud = struck(model, 'db_lock_contention', 1);
    run(cloud, ['suspend-actor ?s', 'verify-backup ?s', 'restore-backup ?s']);
    const { dataLost, recoveredAt } = cloud.result();
    expect(dataLost).toBe(true);
    expect(recoveredAt).toBeNull();
  });

  it('has its rebuilding overtaken when the primary goes away meanwhile', () => {
    let overtaken = 0;
    for (let index = 0; index < 700 && overtaken === 0; index++) {
      const cloud = struck(model, 'storage_corruption', index);
      const { message } = cloud.execute({ name: 'rebuild-replica', args: [cloud.truth().component] });
      if (message.includes('while it was copied')) overtaken++;
    }
    expect(overtaken).toBe(1);
  });
});

describe('a node that does not report', () => {
  const id = 'node_down_or_kubelet_crash';
  const target = (cloud: Cloud) =>
    cloud.inventory().nodes.find(({ id: name }) => name === cloud.truth().nodes[0])!;

  it('is NotReady 40 s after the onset, and turns stateless pods out 300 s later', () => {
    each(id, (cloud) => {
      const node = cloud.truth().nodes[0]!;
      expect(cloud.detectedAt).toBeGreaterThan(40);
      expect(target(cloud)).toMatchObject({ ready: false, conditions: ['NotReady'] });
      const stateless = () =>
        cloud.inventory().services.filter(({ stateful, placement }) => !stateful && placement.includes(node));
      expect(stateless().length).toBeGreaterThan(0);
      cloud.advanceTo(339);
      expect(stateless().length).toBeGreaterThan(0);
      cloud.advanceTo(400);
      expect(stateless()).toEqual([]);
      expect(service(cloud).placement).toContain(node);
    });
  });

  it('has a dead machine or a dead agent: only the agent can be restarted', () => {
    const seen = { dead: 0, agent: 0 };
    each(id, (cloud) => {
      const dead = holds(cloud, 'node-bad.lost');
      const [node] = cloud.truth().nodes;
      run(cloud, [`restart-agent ${node}`]);
      expect(cloud.result().recoveredAt !== null).toBe(!dead);
      seen[dead ? 'dead' : 'agent']++;
    });
    expect(seen.dead).toBeGreaterThan(3);
    expect(seen.agent).toBeGreaterThan(3);
  });

  it('is recovered by drain and a new machine where it is dead', () => {
    each(id, (cloud) => {
      if (!holds(cloud, 'node-bad.lost')) return;
      run(cloud, ['cordon-node ?n', 'drain-node ?n', 'replace-node ?n']);
      expect(cloud.result().recoveredAt).not.toBeNull();
    });
  });
});

describe('a sick node', () => {
  it('with a wrong clock is not helped by new certificates', () => {
    each('clock_drift', (cloud) => {
      run(cloud, ['renew-certificate ?s', 'rolling-restart ?s']);
      expect(cloud.result().recoveredAt).toBeNull();
      const { nodes } = cloud.inventory();
      expect(
        nodes.filter(({ conditions }) => conditions.includes('ClockUnsynchronised')).map(({ id }) => id),
      ).toEqual(cloud.truth().nodes);
    });
  });

  it('that fails shows no condition, and what returns to it relapses', () => {
    each('hardware_degradation', (cloud) => {
      expect(cloud.inventory().nodes.every(({ conditions }) => conditions.length === 0)).toBe(true);
      run(cloud, ['cordon-node ?n', 'drain-node ?n', 'uncordon-node ?n']);
      expect(cloud.result().recoveredAt).toBeNull();
    });
  });

  it('harms every service that it hosts', () => {
    each('hardware_degradation', (cloud) => {
      const components = new Set(cloud.truth().conditions.map(({ component }) => component));
      expect(components.size).toBeGreaterThan(2);
      const hurt = cloud.hidden().filter(({ id, success }) => components.has(id) && success < 0.97);
      expect(hurt.length).toBeGreaterThan(1);
    });
  });

  it('whose agent turns pods out does so at every look until the agent is put right', () => {
    each('node_agent_misconfig', (cloud) => {
      const [node] = cloud.truth().nodes;
      expect(new Set(service(cloud).placement)).toEqual(new Set([node]));
      expect(cloud.telemetry(['events'], 0).events.some(({ reason }) => reason === 'Evicted')).toBe(true);
      run(cloud, ['restart-agent ?n']);
      cloud.advanceTo(cloud.time + 20);
      expect(cloud.nextAlarm(cloud.time + 300)).toBeNull();
    });
  });
});

describe('a zone', () => {
  it('left shifted is not recovery, and is harm', () => {
    each('zone_outage', (cloud) => {
      run(cloud, ['shift-zone ?z', 'replace-node ?n']);
      const { recoveredAt, violationKinds } = cloud.result();
      expect(recoveredAt).toBeNull();
      expect(violationKinds['left-in-force']).toBe(1);
      expect(cloud.inventory().shiftedZones).toEqual([cloud.truth().zone]);
    });
  });

  it('shifted away moves its stateless pods to the others at once', () => {
    each('zone_outage', (cloud) => {
      run(cloud, ['shift-zone ?z']);
      cloud.advanceTo(cloud.time + 60);
      const lost = new Set(cloud.truth().nodes);
      const stateless = cloud.inventory().services.filter(({ stateful }) => !stateful);
      expect(stateless.every(({ placement }) => placement.every((node) => !lost.has(node)))).toBe(true);
    });
  });
});

describe('copies of data', () => {
  it('are there in production only', () => {
    const shipped = loadCloudModel({ topology: 'online-boutique', overlay: 'as-shipped', prior: 'uniform' });
    expect(shipped.topology.replicated.some(Boolean)).toBe(false);
    expect(model.topology.ids.filter((_, s) => model.topology.replicated[s])).toEqual([
      'redis-cart',
      'order-db',
      'order-events',
    ]);
    const cloud = struck(model, 'service_endpoints_wrong', 1);
    expect(cloud.execute({ name: 'promote-replica', args: ['frontend'] }).status).toBe('refused');
    expect(cloud.execute({ name: 'expand-volume', args: ['frontend'] }).status).toBe('refused');
    expect(cloud.execute({ name: 'restore-backup', args: ['frontend'] }).status).not.toBe('done');
  });
});

describe('undo', () => {
  it('is named by primitives that leave something in force, and names a primitive with the same parameters', () => {
    const undone = [...model.primitives.values()].filter(({ undo }) => undo !== undefined);
    expect(undone.length).toBeGreaterThan(7);
    for (const { name, undo, parameters } of undone) {
      expect(model.primitives.get(undo!)!.parameters, name).toEqual(parameters);
    }
  });

  it.each([['cordon-node node-3'], ['shift-zone zone-a'], ['rate-limit paymentservice']])(
    'of %s leaves nothing in force',
    (step) => {
      const cloud = struck(model, 'service_endpoints_wrong', 2, 'shippingservice');
      const [name, ...args] = step.split(' ');
      run(cloud, ['fix-route ?s', step, `${model.primitives.get(name!)!.undo} ${args.join(' ')}`]);
      expect(cloud.result().violationKinds['left-in-force']).toBeUndefined();
    },
  );
});
