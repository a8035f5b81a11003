import { defaultRng } from 'gymnasium-js';
import { validate } from 'pddl';
import { expect, it } from 'vitest';
import { loadDomain } from '../../../envs/world-model/domain.js';
import { recoveryTask } from '../../../envs/world-model/recovery-task.js';
import { makeInventory } from './support.js';

const domain = loadDomain();
const SERVICES = ['frontend', 'cartservice', 'currencyservice', 'redis-cart'];
const OBJECTS: Readonly<Record<string, string>> = { node: 'node-2', zone: 'zone-b' };

it('sees of a goal what the engine sees: verdict, advice and seconds agree on random plans', () => {
  const rng = defaultRng(11);
  const pick = <Item>(items: readonly Item[]): Item => items[rng.integers(0, items.length)]!;
  let unmet = 0;
  for (let i = 0; i < 400; i++) {
    const inventory = makeInventory({
      [pick(SERVICES)]: { limited: true },
      [pick(SERVICES)]: { desiredReplicas: 1 },
      'redis-cart': {
        replication: { primaryReady: false, readyReplicas: 1, lagSeconds: 1, fenced: false },
        backup: 'verified',
      },
    });
    const task = recoveryTask(inventory);
    const conditions = [{ condition: pick(domain.conditions), component: pick(SERVICES) }];
    const calls = Array.from({ length: rng.integers(0, 3) }, () => {
      const { name, parameters } = pick(domain.primitives);
      return { name, args: parameters.map(({ type }) => OBJECTS[type] ?? pick(SERVICES)) };
    });
    const state = task.state(inventory, conditions).clone();
    const expected = validate(task.task, calls, { state });
    const run = task.run(
      inventory,
      conditions,
      calls.map(({ name, args }) => task.task.action(name, args)),
    );
    expect(run.goal).toBe(expected.valid);
    if (expected.metric !== null) expect(run.seconds).toBe(expected.metric);
    if (expected.kind !== 'goal') continue;
    unmet++;
    const literals = task.unmetGoal();
    expect(literals.length === 1 ? literals[0] : { op: 'and', children: literals }).toEqual(expected.advice);
  }
  expect(unmet).toBeGreaterThan(100);
});
