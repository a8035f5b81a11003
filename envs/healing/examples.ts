import { defaultRng, type Generator } from 'gymnasium-js';
import { Cloud, type CloudModel, type IncidentKey } from '../cloud/index.js';
import { EVIDENCE_KINDS, type PrimitiveCall } from '../cloud/interface.js';
import { type LabelledExample, loadDomain, planFor } from '../world-model/index.js';
import { executePlan } from './execution.js';

/** Which incidents to look at. */
export interface ExampleRange {
  readonly split: IncidentKey['split'];
  readonly partition: IncidentKey['partition'];
  /** First incident. */
  readonly from: number;
  readonly count: number;
}

/** Seconds between looks at one incident: from one scrape interval to the loop's usual watch and a synthesis. */
const WAIT = { least: 15, most: 120 } as const;
/** Chance that somebody tries something, mostly on an unhealthy service, before the third look. */
const TRY = 0.6;
const TRY_UNHEALTHY = 0.6;

/** Stream of the draws that choose what to look at; the cloud keys its own. */
const EXAMPLES_STREAM = 1_003;

/**
 * Labelled looks at incidents, for training perception: at detection, a while later, after something was tried, and after a
 * repair. This is the one place where telemetry meets the truth; a belief is trained on it, never given it.
 */
export function* labelledExamples(model: CloudModel, range: ExampleRange): Looks<LabelledExample> {
  for (let index = range.from; index < range.from + range.count; index++) {
    yield* looksAt(model, { split: range.split, partition: range.partition, index });
  }
}

type Looks<Item> = globalThis.Generator<Item, void, undefined>;

function* looksAt(model: CloudModel, key: IncidentKey): Looks<LabelledExample> {
  const rng = defaultRng([key.index, EXAMPLES_STREAM]);
  const cloud = new Cloud(model, key);
  cloud.advanceTo(cloud.detectedAt);
  let turn = 0;
  const look = (): LabelledExample => ({
    inventory: cloud.inventory(),
    telemetry: cloud.telemetry(EVIDENCE_KINDS, turn++),
    conditions: cloud.truth().conditions,
    incident: key.index,
  });
  yield look();
  wait(cloud, rng);
  yield look();
  if (rng.random() < TRY) {
    executePlan(cloud, { diagnosis: [], steps: [attempt(cloud, rng)] });
    wait(cloud, rng);
    yield look();
  }
  const repair = planFor(cloud.truth().conditions, cloud.inventory());
  if (!repair) return;
  executePlan(cloud, repair);
  wait(cloud, rng);
  yield look();
}

function wait(cloud: Cloud, rng: Generator): void {
  cloud.advanceTo(Math.min(cloud.cap, cloud.time + rng.uniform(WAIT.least, WAIT.most)));
}

/** A primitive that somebody may try, right or wrong. */
function attempt(cloud: Cloud, rng: Generator): PrimitiveCall {
  const inventory = cloud.inventory();
  const unhealthy = cloud.truth().conditions.map(({ component }) => component);
  const services = inventory.services.filter(({ kind }) => kind !== 'client').map(({ id }) => id);
  const nodes = inventory.nodes.map(({ id }) => id);
  const primitives = loadDomain().primitives.filter(({ name }) => name !== 'hand-over');
  const { name, parameters } = primitives[rng.integers(0, primitives.length)]!;
  const args = parameters.map(({ type }) => {
    const known =
      type === 'node' ? nodes : unhealthy.length > 0 && rng.random() < TRY_UNHEALTHY ? unhealthy : services;
    return known[rng.integers(0, known.length)]!;
  });
  return { name, args };
}
