import { defaultRng, type Generator as RandomGenerator } from 'gymnasium-js';
import {
  Cloud,
  type CloudModel,
  type IncidentKey,
  loadCloudModel,
  type OverlayName,
  type PriorName,
} from '../cloud/index.js';
import { EVIDENCE_KINDS, type PrimitiveCall } from '../cloud/interface.js';
import {
  type ConditionAt,
  type LabelledExample,
  loadDomain,
  planFor,
  zoneIds,
} from '../world-model/index.js';
import { executePlan, HAND_OVER } from './execution.js';
import { conditionsNow } from './true-conditions.js';

/** Which incidents to look at. */
export interface ExampleRange {
  readonly topology: string;
  readonly overlay: OverlayName;
  readonly prior: PriorName;
  readonly split: IncidentKey['split'];
  readonly partition: IncidentKey['partition'];
  /** First incident. */
  readonly from: number;
  readonly count: number;
  /** Also look after something was tried and after a repair; otherwise only at detection and a while later. Default true. */
  readonly afterwards?: boolean;
  /** Which of them to look at; default all. */
  readonly only?: (index: number) => boolean;
  /** Which fault types to look at; default all. */
  readonly types?: (faultType: string) => boolean;
}

/** A look with the seconds since detection, or one at a healthy run. */
export type LookAfter = LabelledExample & { readonly delay: number | 'healthy' };

/** A look with the seconds since onset, and when alerts (or users, where none fires) open the incident. */
export type LookSince = LabelledExample & { readonly time: number; readonly detectedAt: number };

/** Seconds between looks at one incident: from one scrape interval to the loop's usual watch and a synthesis. */
const WAIT = { least: 15, most: 120 } as const;
/** Chance that somebody tries something before the third look, and that it is on an unhealthy service. */
const TRY = 0.6;
const TRY_UNHEALTHY = 0.6;
/** Seconds after a repair until a look counts as one at a healthy run: alerts have ceased by then. */
const HEALTHY_AFTER = 120;
/** Stream of the draws that choose what to look at; the cloud keys its own. */
const EXAMPLES_STREAM = 1_003;

/**
 * Labelled looks at incidents, for training perception: at detection, a while later, after something was tried, and after a
 * repair. This is the one place where telemetry meets the truth; a belief is trained on it, never given it.
 *
 * @throws ConfigError for an unknown topology, prior, split or partition
 */
export function* labelledExamples(range: ExampleRange): Generator<LabelledExample> {
  const { topology, overlay, prior } = range;
  const model = loadCloudModel({ topology, overlay, prior });
  for (let index = range.from; index < range.from + range.count; index++) {
    if (range.only && !range.only(index)) continue;
    yield* looksAt(model, { split: range.split, partition: range.partition, index }, range);
  }
}

/**
 * Labelled looks so many seconds after detection, while nothing is done, and, where the classical plan for the truth ends the
 * incident, one look two minutes after it: a healthy run, with the noise, decoys and ERROR lines of any.
 */
export function* looksAfter(range: ExampleRange, delays: readonly number[]): Generator<LookAfter> {
  const { topology, overlay, prior, split, partition } = range;
  const model = loadCloudModel({ topology, overlay, prior });
  for (let index = range.from; index < range.from + range.count; index++) {
    const cloud = new Cloud(model, { split, partition, index });
    const look = (turn: number): LabelledExample => ({
      inventory: cloud.inventory(),
      telemetry: cloud.telemetry(EVIDENCE_KINDS, turn),
      conditions: conditionsNow(cloud),
      incident: index,
    });
    for (const [turn, delay] of [...delays].sort((a, b) => a - b).entries()) {
      cloud.advanceTo(Math.min(cloud.cap, cloud.detectedAt + delay));
      yield { ...look(turn), delay };
    }
    const repair = planFor(conditionsNow(cloud), cloud.inventory());
    if (!repair) continue;
    executePlan(cloud, repair);
    cloud.advanceTo(cloud.time + HEALTHY_AFTER);
    if (cloud.slo().healthy && conditionsNow(cloud).length === 0)
      yield { ...look(delays.length), delay: 'healthy' };
  }
}

/** Labelled looks at these seconds after onset, while nothing is done: what a method that does not wait for alerts could see. */
export function* looksSince(range: ExampleRange, seconds: readonly number[]): Generator<LookSince> {
  const { topology, overlay, prior, split, partition } = range;
  const model = loadCloudModel({ topology, overlay, prior });
  for (let index = range.from; index < range.from + range.count; index++) {
    const cloud = new Cloud(model, { split, partition, index }, { start: 'onset' });
    for (const [turn, time] of seconds.entries()) {
      cloud.advanceTo(time);
      yield {
        inventory: cloud.inventory(),
        telemetry: cloud.telemetry(EVIDENCE_KINDS, turn),
        conditions: conditionsNow(cloud),
        incident: index,
        time,
        detectedAt: cloud.detectedAt,
      };
    }
  }
}

function* looksAt(
  model: CloudModel,
  key: IncidentKey,
  { afterwards = true, types }: ExampleRange,
): Generator<LabelledExample> {
  const rng = defaultRng([key.index, EXAMPLES_STREAM]);
  const cloud = new Cloud(model, key);
  if (types && !types(cloud.truth().faultType)) return;
  cloud.advanceTo(cloud.detectedAt);
  let turn = 0;
  const look = (): LabelledExample => ({
    inventory: cloud.inventory(),
    telemetry: cloud.telemetry(EVIDENCE_KINDS, turn++),
    conditions: conditionsNow(cloud),
    incident: key.index,
  });
  yield look();
  wait(cloud, rng);
  yield look();
  if (!afterwards) return;
  if (rng.random() < TRY) {
    executePlan(cloud, { diagnosis: [], steps: [attempt(cloud, conditionsNow(cloud), rng)] });
    wait(cloud, rng);
    yield look();
  }
  const repair = planFor(conditionsNow(cloud), cloud.inventory());
  if (!repair) return;
  executePlan(cloud, repair);
  wait(cloud, rng);
  yield look();
}

function wait(cloud: Cloud, rng: RandomGenerator): void {
  cloud.advanceTo(Math.min(cloud.cap, cloud.time + rng.uniform(WAIT.least, WAIT.most)));
}

/** A primitive that somebody may try, right or wrong. */
function attempt(cloud: Cloud, conditions: readonly ConditionAt[], rng: RandomGenerator): PrimitiveCall {
  const inventory = cloud.inventory();
  const unhealthy = conditions.map(({ component }) => component);
  const services = inventory.services.filter(({ kind }) => kind !== 'client').map(({ id }) => id);
  const nodes = inventory.nodes.map(({ id }) => id);
  const zones = zoneIds(inventory);
  const primitives = loadDomain().primitives.filter(({ name }) => name !== HAND_OVER);
  const { name, parameters } = primitives[rng.integers(0, primitives.length)]!;
  const args = parameters.map(({ type }) => {
    const aimed = unhealthy.length > 0 && rng.random() < TRY_UNHEALTHY ? unhealthy : services;
    const known = type === 'node' ? nodes : type === 'zone' ? zones : aimed;
    return known[rng.integers(0, known.length)]!;
  });
  return { name, args };
}
