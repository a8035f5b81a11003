import { describe, expect, it } from 'vitest';
import { planFor } from '../../../envs/world-model/plan-for.js';
import { recoveryTask } from '../../../envs/world-model/recovery-task.js';
import type { Plan } from '../../../envs/world-model/types.js';
import { makeInventory } from './support.js';

const on = (component: string, ...conditions: string[]) =>
  conditions.map((condition) => ({ condition, component }));
const steps = (plan: Plan | null) => plan?.steps.map(({ name, args }) => [name, ...args].join(' '));

describe('planFor', () => {
  it.each([
    ['artifact-bad', ['rollback-deployment cartservice']],
    ['config-bad', ['restore-config cartservice']],
    ['config-bad process-stale', ['restore-config cartservice', 'rolling-restart cartservice']],
    ['capacity-short', ['scale-out cartservice']],
    ['capacity-short artifact-bad', ['rollback-deployment cartservice']],
    ['unplaceable', ['fix-placement cartservice']],
    ['admission-blocked', ['fix-admission']],
    ['actor-active config-bad', ['suspend-actor cartservice', 'restore-config cartservice']],
    ['route-wrong', ['fix-route cartservice']],
    ['route-wrong process-stale', ['fix-dns', 'rolling-restart cartservice']],
    ['path-blocked', ['fix-policy cartservice']],
    ['path-degraded', ['reschedule cartservice']],
    ['credential-bad process-stale', ['sync-secret cartservice', 'rolling-restart cartservice']],
    ['leak-growing', ['rollback-deployment cartservice']],
    ['controller-down', ['restore-controller cartservice']],
    ['controller-down head-blocked', ['restore-controller cartservice']],
    ['config-bad controller-down', ['restore-controller cartservice', 'restore-config cartservice']],
    ['state-residue', ['reconcile-state cartservice']],
    ['actor-active state-residue', ['suspend-actor cartservice', 'reconcile-state cartservice']],
    ['path-blocked admission-blocked', ['fix-admission', 'fix-policy cartservice']],
    ['work-backlogged', ['scale-out cartservice']],
    ['config-bad work-backlogged', ['restore-config cartservice', 'scale-out cartservice']],
    ['config-bad work-backlogged capacity-short', ['restore-config cartservice', 'scale-out cartservice']],
  ])('plans against %s', (conditions, expected) => {
    expect(steps(planFor(on('cartservice', ...conditions.split(' ')), makeInventory()))).toEqual(expected);
  });

  it('fences a stateful service before moving it, and leaves no cordon', () => {
    const plan = steps(planFor(on('redis-cart', 'path-degraded'), makeInventory()))!;
    expect(plan[0]).toMatch(/^cordon-node /);
    expect(plan[1]).toBe('reschedule redis-cart');
    expect(plan[2]).toBe(plan[0]!.replace('cordon', 'uncordon'));
  });

  it('reads the inventory: quota, missing replicas, limits and cordons', () => {
    expect(
      steps(planFor(on('cartservice', 'admission-blocked'), makeInventory({}, { quotaLeft: 0 }))),
    ).toEqual(['raise-quota']);
    const scaled = makeInventory({ cartservice: { desiredReplicas: 0, readyReplicas: 0, placement: [] } });
    expect(steps(planFor([], scaled))).toEqual(['scale-out cartservice']);
    expect(steps(planFor([], makeInventory({ frontend: { limited: true } })))).toEqual([
      'lift-limits frontend',
    ]);
    const nodes = makeInventory().nodes.map((node) => ({ ...node, cordoned: node.id === 'node-2' }));
    expect(steps(planFor(on('cartservice', 'unplaceable'), makeInventory({}, { nodes })))).toEqual([
      'uncordon-node node-2',
    ]);
  });

  it('has nothing to do when nothing is wrong, and says so', () => {
    expect(steps(planFor([], makeInventory()))).toEqual([]);
  });

  it('gives up when there is no way within the limits', () => {
    expect(
      planFor(on('cartservice', 'config-bad', 'process-stale'), makeInventory(), { nodes: 0 }),
    ).toBeNull();
    expect(planFor(on('cartservice', 'cache-cold'), makeInventory())).toBeNull();
  });

  it('finds plans that the model executes to the goal, for any two conditions of a store', () => {
    const replication = { primaryReady: true, readyReplicas: 1, lagSeconds: 1, fenced: false };
    const store = { stateful: true, replication, backup: 'unverified' } as const;
    const inventories = (['database', 'cache'] as const).map((kind) =>
      makeInventory({ 'redis-cart': { ...store, kind } }),
    );
    const task = recoveryTask(inventories[0]!);
    const { conditions: all } = task.domain;
    // A cache has no sessions to kill, and only a cache can be cold.
    const pairs = all.flatMap((first) => all.map((second) => [first, second] as const));
    for (const [first, second] of pairs) {
      const pair = new Set([first, second]);
      if (pair.has('cache-cold') && pair.has('head-blocked')) continue;
      {
        const inventory = inventories[pair.has('cache-cold') ? 1 : 0]!;
        const conditions = on('redis-cart', ...pair);
        const plan = planFor(conditions, inventory);
        expect(plan, `${first} and ${second}`).not.toBeNull();
        const actions = plan!.steps.map(({ name, args }) => task.task.action(name, args));
        expect(task.run(inventory, conditions, actions), `${first} and ${second}`).toMatchObject({
          failedStep: -1,
          goal: true,
        });
      }
    }
  });
});
