/**
 * How well a profile of the surrogate diagnoses the simulated cloud when its prompt holds all evidence, split by split and
 * condition by condition, beside a trained reader of the same evidence.
 *
 *     npx tsx --conditions=source scripts/synthesis/diagnosis.ts [--profile strong] [--incidents 150] [--prior uniform] [--list]
 *
 * Prints Markdown. Incidents are those of partition `select`, 30 s after detection, meta-prompt `direct-full`.
 * `service`: the first diagnosis names a service that the fault struck. `condition`: a true condition is named at its service.
 * `exact`: the conditions named at a struck service are its true ones, no more and no less. `calm`: the same profile without
 * noise (confusion 0, every sign known, nothing overlooked): what the signs themselves can tell. `perception`: the shipped
 * network that reads logs too, trained on `seen`; its likeliest condition is its diagnosis. `--list` prints what was said
 * of each incident instead.
 */
import { parseArgs } from 'node:util';
import { defaultRng } from 'gymnasium-js';
import { Cloud, type CloudTruth, incidentSeed, loadCloudModel, PRIORS } from '../../envs/cloud/index.js';
import { EVIDENCE_KINDS } from '../../envs/cloud/interface.js';
import {
  type IncidentView,
  type LlmProfile,
  loadMetaPrompts,
  loadProfile,
  PromptBuilder,
  SurrogateSynthesizer,
} from '../../envs/synthesis/index.js';
import { type ConditionAt, perceive, shippedPerceiver } from '../../envs/world-model/index.js';

const SPLITS = ['seen', 'unseen-type', 'unseen-family'] as const;

interface Scene {
  readonly view: IncidentView;
  readonly truth: CloudTruth;
}

type Reader = (scene: Scene, index: number) => readonly ConditionAt[] | null;

interface Marks {
  answers: number;
  service: number;
  condition: number;
  exact: number;
}

function scenes(split: (typeof SPLITS)[number], count: number): Scene[] {
  const model = loadCloudModel({ topology: 'online-boutique', overlay: 'production', prior });
  return Array.from({ length: count }, (_, index) => {
    const key = { split, partition: 'select', index } as const;
    const cloud = new Cloud(model, key);
    cloud.advanceTo(cloud.detectedAt + 30);
    const inventory = cloud.inventory();
    const telemetry = cloud.telemetry(EVIDENCE_KINDS, 0);
    const { time, detectedAt } = cloud;
    const belief = perceive(telemetry, inventory);
    const seen = { telemetry, inventory, belief, executed: [], evidence: EVIDENCE_KINDS };
    return { view: { time, detectedAt, noiseKey: incidentSeed(key), ...seen }, truth: cloud.truth() };
  });
}

function surrogate(profile: LlmProfile): Reader {
  const [direct] = loadMetaPrompts(['direct-full']);
  const synthesizer = new SurrogateSynthesizer({ profile, builder: new PromptBuilder() });
  return ({ view }, index) =>
    synthesizer.synthesize(view, direct!, null, defaultRng([11, index]), 0).plan?.diagnosis ?? null;
}

/** The profile reads without noise and knows every sign. */
function calm(profile: LlmProfile): LlmProfile {
  return {
    ...profile,
    diagnosis: { ...profile.diagnosis, confusion: 0 },
    knowHow: { common: 1, uncommon: 1, rare: 1, cap: {} },
    context: { lossPerThousand: 0 },
  };
}

const perception: Reader = ({ view }) => {
  const { components, conditions, probability } = shippedPerceiver('logs').perceive(
    view.telemetry,
    view.inventory,
  );
  const best = probability.indexOf(Math.max(...probability));
  return [
    {
      component: components[Math.floor(best / conditions.length)]!,
      condition: conditions[best % conditions.length]!,
    },
  ];
};

const keyAt = ({ condition, component }: ConditionAt) => `${condition}@${component}`;

function mark(marks: Marks, said: readonly ConditionAt[], { conditions }: CloudTruth): void {
  const true_ = new Set(conditions.map(keyAt));
  const component = said[0]?.component;
  const there = conditions.filter((one) => one.component === component);
  marks.answers++;
  if (there.length > 0) marks.service++;
  if (said.some((one) => true_.has(keyAt(one)))) marks.condition++;
  const named = new Set(said.map(keyAt));
  if (there.length > 0 && named.size === there.length && there.every((one) => named.has(keyAt(one))))
    marks.exact++;
}

const none = (): Marks => ({ answers: 0, service: 0, condition: 0, exact: 0 });
const share = (count: number, of: number) => (of === 0 ? '–' : `${Math.round((100 * count) / of)} %`);
const row = (cells: readonly (string | number)[]) => console.log(`| ${cells.join(' | ')} |`);

/** Marks of a reader over a split, and by the condition that the fault put first at its target. */
function judged(reader: Reader, all: readonly Scene[]): { total: Marks; byCondition: Map<string, Marks> } {
  const total = none();
  const byCondition = new Map<string, Marks>();
  all.forEach((scene, index) => {
    const said = reader(scene, index);
    if (!said) return;
    mark(total, said, scene.truth);
    const { condition } = scene.truth.conditions[0]!;
    const marks = byCondition.get(condition) ?? none();
    byCondition.set(condition, marks);
    mark(marks, said, scene.truth);
  });
  return { total, byCondition };
}

function list(reader: Reader, all: readonly Scene[]): void {
  all.forEach((scene, index) => {
    const said = reader(scene, index);
    const { faultType, component, conditions } = scene.truth;
    const there = conditions.filter((one) => one.component === component).map(keyAt);
    console.log(
      [index, faultType, there.join(' '), '→', said?.map(keyAt).join(' ') ?? 'no answer'].join('\t'),
    );
  });
}

const { values } = parseArgs({
  options: {
    profile: { type: 'string', default: 'strong' },
    incidents: { type: 'string', default: '150' },
    prior: { type: 'string', default: 'uniform' },
    list: { type: 'boolean', default: false },
  },
});
const prior = PRIORS.find((name) => name === values.prior) ?? 'uniform';
const profile = loadProfile(values.profile);
const readers: Record<string, Reader> = {
  [profile.name]: surrogate(profile),
  calm: surrogate(calm(profile)),
  perception,
};

for (const split of SPLITS) {
  const all = scenes(split, Number(values.incidents));
  if (values.list) {
    list(readers[profile.name]!, all);
    continue;
  }
  console.log(`\n${split}, ${all.length} incidents, prior ${prior}:\n`);
  row(['reader', 'service', 'condition', 'exact']);
  row(['---', '---', '---', '---']);
  const results = Object.entries(readers).map(([name, reader]) => ({ name, ...judged(reader, all) }));
  for (const { name, total } of results)
    row([name, ...[total.service, total.condition, total.exact].map((count) => share(count, total.answers))]);
  console.log('\nright service / condition by first condition of the fault:\n');
  row(['condition', 'incidents', ...results.map(({ name }) => name)]);
  row(['---', '---', ...results.map(() => '---')]);
  for (const condition of [...results[0]!.byCondition.keys()].sort()) {
    const cells = results.map(({ byCondition }) => {
      const marks = byCondition.get(condition) ?? none();
      return `${share(marks.service, marks.answers)} / ${share(marks.condition, marks.answers)}`;
    });
    row([condition, results[0]!.byCondition.get(condition)!.answers, ...cells]);
  }
}
