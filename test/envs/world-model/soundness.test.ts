import { defaultRng, type Generator } from 'gymnasium-js';
import { validate } from 'pddl';
import { expect, it } from 'vitest';
import type { Inventory } from '../../../envs/cloud/interface.js';
import { loadDomain } from '../../../envs/world-model/domain.js';
import { hypotheses } from '../../../envs/world-model/hypotheses.js';
import { planFor } from '../../../envs/world-model/plan-for.js';
import { recoveryTask } from '../../../envs/world-model/recovery-task.js';
import type { Belief, ConditionAt, Plan } from '../../../envs/world-model/types.js';
import { createVerifier } from '../../../envs/world-model/verifier.js';
import { CONSTANTS, makeBelief, makeInventory } from './support.js';

const domain = loadDomain();
const SERVICES = ['frontend', 'cartservice', 'currencyservice', 'redis-cart'];
const NODES = ['node-1', 'node-2', 'node-3', 'node-4'];
const ZONES = ['zone-a', 'zone-b'];
const OBJECTS: Readonly<Record<string, readonly string[]>> = { service: SERVICES, node: NODES, zone: ZONES };

const NORMAL_DAY = makeInventory();

const pick = <Item>(rng: Generator, items: readonly Item[]): Item => items[rng.integers(0, items.length)]!;

function randomInventory(rng: Generator): Inventory {
  const nodes = makeInventory().nodes.map((node) => ({
    ...node,
    cordoned: rng.random() < 0.05,
    ready: rng.random() < 0.95,
    freeSlots: rng.integers(0, 5),
    conditions: rng.random() < 0.1 ? [pick(rng, ['DiskPressure', 'ClockUnsynchronised'])] : [],
  }));
  const changes = Object.fromEntries(
    SERVICES.map((id) => {
      const desired = rng.random() < 0.08 ? rng.integers(0, 3) : 3;
      const ready = rng.integers(0, desired + 1);
      const placement = Array.from({ length: desired }, () => (rng.random() < 0.1 ? '' : pick(rng, NODES)));
      const previousVersion = rng.random() < 0.7 ? 'v1' : null;
      return [
        id,
        {
          desiredReplicas: desired,
          readyReplicas: ready,
          placement,
          previousVersion,
          limited: rng.random() < 0.1,
          broken: rng.random() < 0.05,
          rolloutPaused: rng.random() < 0.05,
          kind: pick(rng, ['service', 'database', 'cache', 'queue'] as const),
          replication: rng.random() < 0.5 ? null : randomReplication(rng),
          backup: pick(rng, ['none', 'unverified', 'verified'] as const),
        },
      ];
    }),
  );
  const shiftedZones = ZONES.filter(() => rng.random() < 0.05);
  return makeInventory(changes, { nodes, shiftedZones, quotaLeft: rng.integers(0, 9) });
}

const randomReplication = (rng: Generator) => ({
  primaryReady: rng.random() < 0.7,
  readyReplicas: rng.integers(0, 2),
  lagSeconds: rng.integers(0, 20),
  fenced: rng.random() < 0.1,
});

function randomBelief(rng: Generator): Belief {
  const count = rng.integers(1, 4);
  const chosen = Array.from({ length: count }, () => ({
    ...randomCondition(rng),
    probability: rng.random(),
  }));
  return makeBelief(domain.conditions, chosen, rng.random(), 0.01);
}

const randomCondition = (rng: Generator): ConditionAt => ({
  condition: pick(rng, domain.conditions),
  component: pick(rng, SERVICES),
});

/** Half of the plans are made of random steps; the others start from one that works on a normal day under some hypothesis. */
function randomPlan(rng: Generator, belief: Belief): Plan {
  const diagnosis = Array.from({ length: rng.integers(0, 3) }, () => randomCondition(rng));
  const step = () => {
    const { name, parameters } = pick(rng, domain.primitives);
    return { name, args: parameters.map(({ type }) => pick(rng, OBJECTS[type]!)) };
  };
  const believed = rng.random() < 0.5 ? hypotheses(belief, 2, null)[rng.integers(0, 2)] : undefined;
  const good = believed ? planFor(believed.conditions, NORMAL_DAY) : null;
  const steps = good ? [...good.steps] : [];
  const extra = good ? rng.integers(0, 2) : rng.integers(1, 7);
  for (let i = 0; i < extra; i++) steps.splice(rng.integers(0, steps.length + 1), 0, step());
  return { diagnosis: good && believed && rng.random() < 0.5 ? believed.conditions : diagnosis, steps };
}

it('never accepts a plan that its own model executes into a broken precondition or invariant', () => {
  const rng = defaultRng(20261124);
  const k = 8;
  const verifier = createVerifier({ mode: 'symbolic', k, alpha: 0.1 }, { constants: CONSTANTS });
  const { epsilon, diagnosisWeight } = CONSTANTS.fitted;
  let accepted = 0;
  for (let i = 0; i < 10_000; i++) {
    const inventory = randomInventory(rng);
    const belief = randomBelief(rng);
    const plan = randomPlan(rng, belief);
    const verdict = verifier.verify(plan, belief, inventory, { time: 60, rng });
    if (!verdict.accepted) {
      expect(verdict.failures.length).toBeGreaterThan(0);
      continue;
    }
    accepted++;
    // A second opinion by the engine's own validator, on weights that are worked out apart from the verifier.
    const task = recoveryTask(inventory);
    const found = hypotheses(belief, k, plan.diagnosis);
    const own = found.find(({ source }) => source === 'diagnosis');
    const weight =
      diagnosisWeight.familiar +
      (diagnosisWeight.strange - diagnosisWeight.familiar) * belief.outOfDistribution;
    for (const hypothesis of found) {
      // Belief weights shrink at most by the diagnosis's; one that is heavy enough even so must have been checked.
      const least = hypothesis === own ? weight : (1 - weight) * hypothesis.probability;
      if (least <= epsilon) continue;
      const state = task.state(inventory, hypothesis.conditions).clone();
      const { kind } = validate(task.task, plan.steps, { state });
      expect(
        kind === null || kind === 'goal',
        `${JSON.stringify(plan)} under ${JSON.stringify(hypothesis)}`,
      ).toBe(true);
    }
  }
  // The test says nothing if next to nothing is accepted.
  expect(accepted).toBeGreaterThan(300);
});
