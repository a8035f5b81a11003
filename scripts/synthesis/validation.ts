/**
 * The validation table of docs/synthesis.md: measured figures beside the surrogate's.
 *
 *     npx tsx --conditions=source scripts/synthesis/validation.ts [--incidents 400]
 *
 * Prints Markdown. Validity by length and first failures are judged by the PDDL validator on a chain of dependent steps;
 * diagnosis and first plans come from incidents of seen/fit, half a minute after detection.
 */
import { parseArgs } from 'node:util';
import { defaultRng } from 'gymnasium-js';
import { GroundAction } from 'pddl';
import { Cloud, incidentSeed, loadCloudModel } from '../../envs/cloud/index.js';
import { EVIDENCE_KINDS, type EvidenceKind } from '../../envs/cloud/interface.js';
import {
  createSynthesizer,
  type IncidentView,
  loadMetaPrompts,
  loadProfile,
  type Synthesizer,
} from '../../envs/synthesis/index.js';
import { HARMFUL_SHARE } from '../../envs/synthesis/surrogate/repair.js';
import { cleanProbability } from '../../envs/synthesis/surrogate/slips.js';
import {
  type Belief,
  type ConditionAt,
  type Plan,
  perceive,
  recoveryTask,
} from '../../envs/world-model/index.js';
import { slippedPlans } from './chain.js';
import { type RepairScene, repairTable } from './repair.js';

const PROFILES = ['weak', 'mid', 'strong', 'reasoning'] as const;
const LENGTHS = [2, 4, 6, 10];
const GOAL_LENGTHS = [2, 4, 6, 10, 16, 24];
const percent = (value: number) => `${(100 * value).toFixed(1)} %`;

function row(cells: readonly (string | number)[]): void {
  console.log(`| ${cells.join(' | ')} |`);
}

function header(cells: readonly string[]): void {
  row(cells);
  row(cells.map(() => '---'));
}

function byLength(): void {
  console.log('\nValid plans by length, (1 - h)^L (1 - g) / surrogate (10,000 plans each):\n');
  header(['profile', 'h', 'g', ...LENGTHS.map((length) => `L = ${length}`)]);
  for (const name of PROFILES) {
    const profile = loadProfile(name);
    const { hazard, goalMiss } = profile.slip;
    const cells = LENGTHS.map(
      (length) =>
        `${percent(cleanProbability(hazard, goalMiss, length))} / ${percent(slippedPlans(profile, length, 10_000).validity)}`,
    );
    row([name, hazard, goalMiss, ...cells]);
  }
}

function taxonomy(): void {
  console.log('\nWrong steps by kind, and first failures as the validator names them (plans of 6 steps):\n');
  header([
    'profile',
    'wrong operation',
    'bad structure',
    'malformed',
    'precondition first',
    'goal first',
    'arity first',
  ]);
  for (const name of PROFILES) {
    const { slips, failures } = slippedPlans(loadProfile(name), 6, 10_000);
    const wrong = (slips['wrong-operation'] ?? 0) + (slips['bad-structure'] ?? 0) + (slips.malformed ?? 0);
    const total = Object.values(failures).reduce((sum, count) => sum + count, 0);
    row([
      name,
      ...(['wrong-operation', 'bad-structure', 'malformed'] as const).map((kind) =>
        percent((slips[kind] ?? 0) / wrong),
      ),
      ...['precondition', 'goal', 'arity'].map((kind) => percent((failures[kind] ?? 0) / total)),
    ]);
  }
}

/** PlanBench's plans are long, so that a wrong step is met before the goal is; what is left to the goal depends on length. */
function goalFirst(): void {
  console.log(
    '\nFirst failures that are missed goals, by plan length (4,000 plans each; PlanBench: 1-10 %):\n',
  );
  header(['profile', ...GOAL_LENGTHS.map((length) => `L = ${length}`)]);
  for (const name of PROFILES) {
    const cells = GOAL_LENGTHS.map((length) => {
      const { failures } = slippedPlans(loadProfile(name), length, 4000);
      const total = Object.values(failures).reduce((sum, count) => sum + count, 0);
      return percent((failures.goal ?? 0) / total);
    });
    row([name, ...cells]);
  }
}

interface Scene {
  readonly view: (evidence: readonly EvidenceKind[]) => IncidentView;
  readonly truth: readonly ConditionAt[];
  readonly component: string;
}

function scenes(count: number): Scene[] {
  const model = loadCloudModel({
    topology: 'online-boutique',
    overlay: 'production',
    prior: 'incident-statistics',
  });
  return Array.from({ length: count }, (_, index) => {
    const key = { split: 'seen', partition: 'fit', index } as const;
    const cloud = new Cloud(model, key);
    cloud.advanceTo(cloud.detectedAt + 30);
    const inventory = cloud.inventory();
    const { conditions, component } = cloud.truth();
    const view = (evidence: readonly EvidenceKind[]): IncidentView => {
      const telemetry = cloud.telemetry(evidence, 0);
      return {
        time: cloud.time,
        detectedAt: cloud.detectedAt,
        evidence,
        telemetry,
        inventory,
        belief: perceive(telemetry, inventory),
        noiseKey: incidentSeed(key),
        executed: [],
      };
    };
    return { view, truth: conditions, component };
  });
}

function recovers(plan: Plan, view: IncidentView, truth: readonly ConditionAt[]): boolean {
  const task = recoveryTask(view.inventory);
  const actions = plan.steps.map((call) => task.lookup(call));
  return (
    actions.every((action) => action instanceof GroundAction) &&
    task.run(view.inventory, truth, actions as GroundAction[]).goal
  );
}

function onTheCloud(all: readonly Scene[]): void {
  const [direct] = loadMetaPrompts(['direct-full']);
  const sets: [string, readonly EvidenceKind[]][] = [
    ['alerts, topology', ['alerts', 'topology']],
    ['+ metrics', ['alerts', 'topology', 'metrics']],
    ['+ events', ['alerts', 'topology', 'metrics', 'events']],
    ['+ logs', ['alerts', 'topology', 'metrics', 'events', 'logs']],
    ['+ changes', EVIDENCE_KINDS],
  ];
  console.log(
    `\nFirst answers to ${all.length} incidents of seen/fit: right service / right condition at it / plan valid under the truth in the recovery domain:\n`,
  );
  header(['evidence', ...PROFILES]);
  for (const [name, evidence] of sets) {
    const cells = PROFILES.map((profile) => {
      const synthesizer = createSynthesizer({ kind: 'surrogate', profile }) as Synthesizer<'sync'>;
      let answers = 0;
      let service = 0;
      let condition = 0;
      let valid = 0;
      all.forEach(({ view, truth, component }, i) => {
        const seen = view(evidence);
        const { plan } = synthesizer.synthesize(seen, { ...direct!, evidence }, null, defaultRng([11, i]), 0);
        if (!plan) return;
        answers++;
        if (plan.diagnosis[0]?.component === component) service++;
        if (
          plan.diagnosis.some((one) =>
            truth.some((true_) => true_.condition === one.condition && true_.component === one.component),
          )
        )
          condition++;
        if (recovers(plan, seen, truth)) valid++;
      });
      return [service, condition, valid].map((count) => percent(count / answers)).join(' / ');
    });
    row([name, ...cells]);
  }
}

/** The verifier's belief when it is sure of what is wrong. */
function certain(belief: Belief, truth: readonly ConditionAt[]): Belief {
  const probability = new Float64Array(belief.probability.length).fill(0.01);
  for (const { condition, component } of truth) {
    const row = belief.components.indexOf(component);
    if (row >= 0) probability[row * belief.conditions.length + belief.conditions.indexOf(condition)] = 0.95;
  }
  return { ...belief, probability };
}

function repairs(all: readonly Scene[]): void {
  console.log('\nAnswers to feedback in the made-up shop, 12,000 fresh plans a scene:\n');
  repairTable(12_000);
  const scenes = all.map(({ view, truth }): RepairScene => {
    const seen = view(EVIDENCE_KINDS);
    const known = { ...seen, belief: certain(seen.belief, truth) };
    return {
      truth,
      view: (draw) => ({ ...known, noiseKey: [...known.noiseKey, draw] }),
      sure: false,
    };
  });
  console.log(
    `\nThe same for ${all.length} incidents of the cloud that practice can repair, 40 fresh plans each:\n`,
  );
  repairTable(40, HARMFUL_SHARE, scenes);
}

const { values } = parseArgs({ options: { incidents: { type: 'string', default: '400' } } });
byLength();
taxonomy();
goalFirst();
const incidents = scenes(Number(values.incidents));
repairs(incidents.slice(0, 100));
onTheCloud(incidents);
