/**
 * How fast the world model believes, judges and plans.
 *
 *     npx tsx --conditions=source bench/world-model.ts [--json FILE]
 *
 * For each topology, on one core, with real incidents at the moment of detection:
 * - beliefs per second, and microseconds per belief
 * - verdicts per second of mode symbolic on six-step plans under K = 8 hypotheses and the plan's own diagnosis, for plans that
 *   are accepted and for plans that are rejected and explained (floor on Online Boutique: 5,000 a second)
 * - plans per second of the classical planner, on states that it has not planned for before
 */
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { defaultRng } from 'gymnasium-js';
import { plan as search } from 'pddl';
import { Cloud, loadCloudModel } from '../envs/cloud/index.js';
import { EVIDENCE_KINDS, type Inventory, type Telemetry } from '../envs/cloud/interface.js';
import {
  type Belief,
  createVerifier,
  type Plan,
  perceive,
  planFor,
  recoveryTask,
} from '../envs/world-model/index.js';

interface Result {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
}

interface Look {
  readonly telemetry: Telemetry;
  readonly inventory: Inventory;
  readonly belief: Belief;
  readonly truth: Plan['diagnosis'];
}

const LOOKS = 60;
const STEPS = 6;
const MILLISECONDS = 2_000;
const context = { time: 60, rng: defaultRng(0) };

function looksAt(topology: string): Look[] {
  const model = loadCloudModel({ topology, overlay: 'production', prior: 'incident-statistics' });
  return Array.from({ length: LOOKS }, (_, index) => {
    const cloud = new Cloud(model, { split: 'seen', partition: 'fit', index });
    const telemetry = cloud.telemetry(EVIDENCE_KINDS, 0);
    const inventory = cloud.inventory();
    return { telemetry, inventory, belief: perceive(telemetry, inventory), truth: cloud.truth().conditions };
  });
}

/** Calls per second of `work`, which takes a running number; the best of three runs, after one to warm up. */
function rate(work: (i: number) => void): number {
  let best = 0;
  for (let run = 0; run < 4; run++) {
    const startedAt = performance.now();
    let calls = 0;
    while (performance.now() - startedAt < MILLISECONDS / 4) for (let i = 0; i < 20; i++) work(calls++);
    const perSecond = (calls * 1000) / (performance.now() - startedAt);
    if (run > 0 && perSecond > best) best = perSecond;
  }
  return best;
}

/** The classical plan for the truth, filled up with looks to six steps. */
function sixSteps({ truth, inventory }: Look): Plan | null {
  const plan = planFor(truth, inventory);
  if (!plan) return null;
  const inspect = { name: 'inspect', args: [truth[0]?.component ?? inventory.entry] };
  const steps = [...plan.steps];
  while (steps.length < STEPS) steps.push(inspect);
  return { diagnosis: truth, steps: steps.slice(0, STEPS) };
}

function verdicts(name: string, looks: readonly Look[]): Result[] {
  const verifier = createVerifier({ mode: 'symbolic', k: 8, alpha: 0.1 });
  const pairs = looks.flatMap((look) => {
    const plan = sixSteps(look);
    return plan
      ? [{ look, plan, accepted: verifier.verify(plan, look.belief, look.inventory, context).accepted }]
      : [];
  });
  const of = (what: string, chosen: typeof pairs): Result[] => {
    if (chosen.length === 0) return [];
    const value = rate((i) => {
      const { look, plan } = chosen[i % chosen.length]!;
      verifier.verify(plan, look.belief, look.inventory, context);
    });
    return [{ name: `${name}: verdicts, ${what}`, value, unit: 'per s' }];
  };
  // A plan that repairs something else: the plan of the next incident.
  const wrong = pairs.map(({ look }, i) => {
    const { plan } = pairs[(i + 1) % pairs.length]!;
    return { look, plan, accepted: verifier.verify(plan, look.belief, look.inventory, context).accepted };
  });
  return [
    ...of(
      'accepted',
      pairs.filter(({ accepted }) => accepted),
    ),
    ...of(
      'rejected and explained',
      wrong.filter(({ accepted }) => !accepted),
    ),
  ];
}

function measure(topology: string): Result[] {
  const startedAt = performance.now();
  const looks = looksAt(topology);
  const task = recoveryTask(looks[0]!.inventory);
  const ready = performance.now() - startedAt;
  const beliefs = rate((i) => {
    const { telemetry, inventory } = looks[i % LOOKS]!;
    perceive(telemetry, inventory);
  });
  const plans = rate((i) => {
    const { inventory, truth } = looks[i % LOOKS]!;
    search(task.task, { state: task.state(inventory, truth), maxNodes: 2_000 });
  });
  return [
    { name: `${topology}: services`, value: looks[0]!.belief.components.length, unit: '' },
    { name: `${topology}: ready with ${LOOKS} incidents`, value: ready, unit: 'ms' },
    { name: `${topology}: belief`, value: 1e6 / beliefs, unit: 'µs' },
    { name: `${topology}: beliefs`, value: beliefs, unit: 'per s' },
    ...verdicts(topology, looks),
    { name: `${topology}: plans searched`, value: plans, unit: 'per s' },
  ];
}

const { values } = parseArgs({ options: { json: { type: 'string' } } });
const results = ['online-boutique', 'train-ticket'].flatMap(measure);
for (const { name, value, unit } of results) {
  process.stdout.write(`${name.padEnd(52)} ${value.toFixed(value < 100 ? 1 : 0).padStart(10)} ${unit}\n`);
}
if (values.json) {
  const host = { cpu: cpus()[0]?.model ?? 'unknown', node: process.version };
  writeFileSync(values.json, `${JSON.stringify({ host, results }, null, 2)}\n`);
}
