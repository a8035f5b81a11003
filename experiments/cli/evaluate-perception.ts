import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../envs/config/index.js';
import {
  type ExampleRange,
  type LookAfter,
  type LookSince,
  looksAfter,
  looksSince,
} from '../../envs/healing/examples.js';
import {
  baroStyle,
  bestThreshold,
  f1Of,
  type LabelledExample,
  type Localiser,
  nSigma,
  PERCEPTION_ARMS,
  type PerceptionArm,
  PerceptionScorer,
  type PerceptionScores,
  rules,
  shippedAlarm,
  shippedPerceiver,
  topologyView,
  weightsPath,
} from '../../envs/world-model/index.js';
import { type DrawnPerception, perceptionFigures } from '../figures/perception.js';
import { print, printJson, wholeNumber } from './options.js';
import { writeAll } from './write.js';

export interface EvaluatePerceptionOptions {
  readonly topologies: string;
  readonly splits: string;
  readonly incidents: string;
  /** Folder for figures. */
  readonly figures?: string;
  readonly json?: boolean;
}

/** Seconds after detection at which everybody looks. */
const DELAYS = [0, 60] as const;
/** Seconds after onset at which everybody looks for the first alarm, one scrape apart, and the last of them. */
const WATCHED = 300;
const SINCE_ONSET = Array.from({ length: WATCHED / 15 }, (_, i) => 15 * (i + 1));
/** Incidents of seen/fit that the baselines take their healthy day and their thresholds from. */
const FIT_INCIDENTS = 300;
const OVERLAY = 'production' as const;
const PRIOR = 'incident-statistics' as const;

/** One line of the result: a method on one split of one topology, so many seconds after detection. */
export interface PerceptionRow extends DrawnPerception {
  readonly incidents: number;
  readonly precision: number;
  readonly recall: number;
  readonly detectionF1: number;
  /** Median seconds from onset to the method's first alarm; null where no alarm came within {@link WATCHED} of most incidents. */
  readonly timeToDetect: number | null;
  readonly falseAlarms: number;
  readonly ac1: number;
  readonly ac3: number;
  readonly avg5: number;
  /** Only of methods that name conditions. */
  readonly conditionF1: number | null;
  readonly exact: number | null;
  readonly brier: number | null;
  readonly outOfDistribution: number | null;
}

/** `pase evaluate-perception`: detection, localisation and diagnosis on test incidents, beside three baselines. */
export function evaluatePerceptionCommand(options: EvaluatePerceptionOptions): void {
  const incidents = wholeNumber('incidents', options.incidents, 1);
  const rows: PerceptionRow[] = [];
  for (const topology of options.topologies.split(',')) {
    const baselines = baselinesFor(topology);
    for (const split of options.splits.split(','))
      rows.push(...evaluate(topology, split, incidents, baselines));
  }
  if (options.figures !== undefined) writeAll(options.figures, perceptionFigures(rows));
  if (options.json) printJson(rows);
  else table(rows);
}

interface Thresholded {
  readonly localiser: Localiser;
  /** Score from which on it says that something is wrong. */
  readonly threshold: number;
}

/** The baselines for a topology: their healthy day, and their threshold of best detection F1, on seen/fit. */
function baselinesFor(topology: string): Thresholded[] {
  const fit: ExampleRange = {
    topology,
    overlay: OVERLAY,
    prior: PRIOR,
    split: 'seen',
    partition: 'fit',
    from: 0,
    count: FIT_INCIDENTS,
  };
  const looks = [...looksAfter(fit, [0])];
  const healthy = looks.filter(({ delay }) => delay === 'healthy');
  return [nSigma(healthy), baroStyle(healthy), rules()].map((localiser) => ({
    localiser,
    threshold: bestThreshold(looks.map((look) => [largest(localiser, look), look.conditions.length > 0])),
  }));
}

const largest = (localiser: Localiser, { telemetry, inventory }: LabelledExample): number =>
  Math.max(...localiser.score(telemetry, inventory));

function evaluate(
  topology: string,
  split: string,
  incidents: number,
  baselines: readonly Thresholded[],
): PerceptionRow[] {
  const range = {
    topology,
    overlay: OVERLAY,
    prior: PRIOR,
    partition: 'test',
    from: 0,
    count: incidents,
  } as const;
  const looks = [...looksAfter({ ...range, split } as ExampleRange, DELAYS)];
  const since = [...looksSince({ ...range, split } as ExampleRange, SINCE_ONSET)];
  return DELAYS.flatMap((delay) => {
    const chosen = looks.filter((look) => look.delay === delay || look.delay === 'healthy');
    const at = { topology, split, delay, incidents };
    return [
      ...shippedArms().map((arm) => ({ ...at, ...perceptionRow(arm, chosen, since) })),
      ...baselines.map(({ localiser, threshold }) => ({
        ...at,
        ...baselineRow({ localiser, threshold }, chosen),
        timeToDetect: timeToDetect(since, (look) => largest(localiser, look) >= threshold),
      })),
    ];
  });
}

/** Median seconds from onset to the first look at which a method cries, incidents without one last. */
function timeToDetect(looks: readonly LookSince[], cries: (look: LookSince) => boolean): number | null {
  const first = new Map<number, number>();
  for (const look of looks) {
    const known = first.get(look.incident) ?? Number.POSITIVE_INFINITY;
    first.set(look.incident, known < look.time ? known : cries(look) ? look.time : Number.POSITIVE_INFINITY);
  }
  const times = [...first.values()].sort((a, b) => a - b);
  const median = times[Math.floor((times.length - 1) / 2)]!;
  return Number.isFinite(median) ? median : null;
}

function shippedArms() {
  return PERCEPTION_ARMS.filter((arm) => existsSync(join(packageRoot, 'configs', weightsPath(arm))));
}

/** An arm of perception with the alarm that goes with it. */
function perceptionRow(arm: PerceptionArm, looks: readonly LookAfter[], since: readonly LookSince[]) {
  const perceiver = shippedPerceiver(arm);
  const alarm = shippedAlarm(arm);
  const believe = (look: LabelledExample) => perceiver.perceive(look.telemetry, look.inventory);
  const rings = (look: LabelledExample, belief = believe(look)) =>
    alarm.rings(look.telemetry, look.inventory, belief);
  const scorer = new PerceptionScorer(rings);
  for (const look of looks) scorer.add(look, believe(look));
  return {
    method: `perception (${arm})`,
    ...columnsOf(scorer.scores()),
    timeToDetect: timeToDetect(since, rings),
  };
}

function columnsOf({ detection, localisation, conditions, ...others }: PerceptionScores) {
  const { exact, ece, brier, outOfDistribution, reliability } = others;
  return {
    precision: detection.precision,
    recall: detection.recall,
    detectionF1: detection.f1,
    falseAlarms: detection.falseAlarms,
    ...localisation,
    conditionF1: conditions.f1,
    exact,
    ece,
    brier,
    outOfDistribution,
    reliability,
  };
}

function baselineRow({ localiser, threshold }: Thresholded, looks: readonly LookAfter[]) {
  let [hits, said, wrong, healthy, false_] = [0, 0, 0, 0, 0];
  const found = [0, 0, 0, 0, 0];
  for (const look of looks) {
    const scores = localiser.score(look.telemetry, look.inventory);
    const alarm = Math.max(...scores) >= threshold;
    const isWrong = look.conditions.length > 0;
    if (alarm) said++;
    if (!isWrong) {
      healthy++;
      if (alarm) false_++;
      continue;
    }
    wrong++;
    if (alarm) hits++;
    const ids = topologyView(look.inventory).components;
    const wanted = new Set(look.conditions.map(({ component }) => component));
    const order = [...scores.keys()].sort((a, b) => scores[b]! - scores[a]! || a - b);
    const rank = order.findIndex((index) => wanted.has(ids[index]!));
    for (let k = 0; k < found.length; k++) if (rank >= 0 && rank <= k) found[k]!++;
  }
  const f1 = f1Of(hits, said, wrong);
  const ac = found.map((count) => count / Math.max(1, wrong));
  return {
    method: localiser.name,
    precision: f1.precision,
    recall: f1.recall,
    detectionF1: f1.f1,
    falseAlarms: false_ / Math.max(1, healthy),
    ac1: ac[0]!,
    ac3: ac[2]!,
    avg5: ac.reduce((sum, x) => sum + x, 0) / ac.length,
    conditionF1: null,
    exact: null,
    ece: null,
    brier: null,
    outOfDistribution: null,
    reliability: null,
  };
}

function table(rows: readonly PerceptionRow[]): void {
  const number = (x: number | null) => (x === null ? '' : x.toFixed(3));
  print(
    '| topology | split | delay | method | precision | recall | F1 | detected after | false alarms | AC@1 | AC@3 | Avg@5 | condition F1 | exact | ECE | strangeness |',
  );
  print('|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|');
  for (const row of rows) {
    const { topology, split, delay, method } = row;
    const detected = row.timeToDetect === null ? 'never' : `${row.timeToDetect} s`;
    const detection = [row.precision, row.recall, row.detectionF1].map(number);
    const cells = [
      row.falseAlarms,
      row.ac1,
      row.ac3,
      row.avg5,
      row.conditionF1,
      row.exact,
      row.ece,
      row.outOfDistribution,
    ];
    const place = [topology, split, `${delay} s`, method];
    print(`| ${[...place, ...detection, detected, ...cells.map(number)].join(' | ')} |`);
  }
}
