import { join, resolve } from 'node:path';
import { displayPath, findConfig, loadYaml, packageRoot, unknownName } from '../../envs/config/index.js';
import type { ExampleRange } from '../../envs/healing/examples.js';
import {
  Alarm,
  alarmEvidence,
  collect,
  fitAlarm,
  healthyDay,
  type LabelledExample,
  LargestDeviation,
  loadDomain,
  PERCEPTION_ARMS,
  Perceiver,
  type PerceptionArm,
  PerceptionScorer,
  type PerceptionScores,
  type PerceptionWeights,
  trainPerception,
  weightsPath,
} from '../../envs/world-model/index.js';
import { print, printJson, wholeNumber } from './options.js';
import { FIT, fitExamples, type PerceptionConfig, perceptionConfigSchema } from './perception-config.js';
import { unfamiliarPerceivers } from './unfamiliar.js';
import { writeAtomically } from './write.js';

export interface TrainPerceptionOptions {
  readonly arm?: string;
  readonly incidents?: string;
  readonly out?: string;
  readonly json?: boolean;
}

const DEFAULT_CONFIG = 'configs/world-model/perception.yaml';

/** `pase train-perception`: trains perception on incidents of `seen` / `fit` and writes its weights. */
export async function trainPerceptionCommand(
  config: string | undefined,
  options: TrainPerceptionOptions,
): Promise<void> {
  const file = config === undefined ? findConfig('world-model/perception.yaml') : resolve(config);
  const settings = loadYaml(file, perceptionConfigSchema);
  const arm = armOf(options.arm);
  const incidents =
    options.incidents === undefined ? settings.incidents : wholeNumber('incidents', options.incidents, 10);
  const out = resolve(options.out ?? join(packageRoot, 'configs', weightsPath(arm)));
  const command = commandLine(config, arm, options);
  const startedAt = performance.now();
  const data = collect(fitExamples(settings, incidents), loadDomain().conditions, arm);
  const { weights, curve } = await trainPerception(data, { ...settings, arm, command });
  const alarm = await alarmOf(weights, settings, incidents);
  const scores = heldOutScores({ ...weights, alarm }, settings, incidents);
  const seconds = (performance.now() - startedAt) / 1000;
  const finished: PerceptionWeights = {
    ...weights,
    alarm,
    card: {
      trainedOn: {
        ...FIT,
        topology: settings.topology,
        overlay: settings.overlay,
        priors: [...settings.priors],
        incidents,
      },
      examples: data.incidents.length,
      rows: data.starts.at(-1)!,
      seed: settings.seed,
      epochs: curve.length,
      curve: curve.map(({ trainLoss, holdOutLoss }) => [round(trainLoss), round(holdOutLoss)]),
      heldOut: summaryOf(scores),
    },
  };
  writeAtomically(out, `${JSON.stringify(finished)}\n`);
  if (options.json) printJson({ file: displayPath(out), seconds: round(seconds), ...finished.card });
  else report(out, seconds, finished, scores);
}

function armOf(arm: string = 'events'): PerceptionArm {
  const known = PERCEPTION_ARMS.find((name) => name === arm);
  if (!known) throw unknownName('--arm', 'a perception arm', arm, PERCEPTION_ARMS);
  return known;
}

/** The command that makes the same file again; it is written into the file. */
function commandLine(config: string | undefined, arm: string, { incidents }: TrainPerceptionOptions): string {
  const parts = ['pase train-perception', config ?? DEFAULT_CONFIG, `--arm ${arm}`];
  if (incidents !== undefined) parts.push(`--incidents ${incidents}`);
  return parts.join(' ');
}

/**
 * When this perception takes a look for one at a fault: fitted on the incidents that were held out, and on incidents under
 * perceptions that never met their fault type, since something new must ring it too. Healthy looks are those of the held out.
 */
async function alarmOf(
  weights: PerceptionWeights,
  settings: PerceptionConfig,
  incidents: number,
): Promise<NonNullable<PerceptionWeights['alarm']>> {
  const heldOut = [...fitExamples(settings, incidents, heldOutOf(settings))];
  const day = healthyDay(heldOut.filter(({ conditions }) => conditions.length === 0));
  const deviation = new LargestDeviation(day);
  const judged = (perceiver: Perceiver, looks: Iterable<LabelledExample>) =>
    Array.from(looks, ({ telemetry, inventory, conditions }) => ({
      evidence: alarmEvidence(perceiver.perceive(telemetry, inventory), deviation.of(telemetry, inventory)),
      wrong: conditions.length > 0,
    }));
  const looks = judged(new Perceiver(weights), heldOut);
  for await (const { perceiver, neverMet } of unfamiliarPerceivers(settings, weights.arm)) {
    const met = { ...heldOutOf(settings), types: neverMet };
    looks.push(...judged(perceiver, fitExamples(settings, incidents, met)));
  }
  return {
    day: { centre: Array.from(day.centre, round), scale: Array.from(day.scale, round) },
    fit: fitAlarm(looks),
  };
}

/** The incidents of `fit` that no weights are trained on. */
function heldOutOf({ holdOut }: PerceptionConfig): Pick<ExampleRange, 'only'> {
  const every = Math.max(2, Math.round(1 / holdOut));
  return { only: (index) => index % every === every - 1 };
}

/** Scores of the part of `fit` that was held out, as the whole perception sees it. */
function heldOutScores(
  weights: PerceptionWeights,
  settings: PerceptionConfig,
  incidents: number,
): PerceptionScores {
  const perceiver = new Perceiver(weights);
  const alarm = new Alarm(weights.alarm!.day, weights.alarm!.fit);
  const scorer = new PerceptionScorer(({ telemetry, inventory }, belief) =>
    alarm.rings(telemetry, inventory, belief),
  );
  for (const example of fitExamples(settings, incidents, heldOutOf(settings))) {
    scorer.add(example, perceiver.perceive(example.telemetry, example.inventory));
  }
  return scorer.scores();
}

const round = (x: number): number => Number(x.toPrecision(4));

function summaryOf({ examples, detection, localisation, conditions, exact, ece, brier }: PerceptionScores) {
  return {
    examples,
    detectionF1: round(detection.f1),
    falseAlarms: round(detection.falseAlarms),
    ac1: round(localisation.ac1),
    ac3: round(localisation.ac3),
    avg5: round(localisation.avg5),
    conditionF1: round(conditions.f1),
    exact: round(exact),
    ece: round(ece),
    brier: round(brier),
  };
}

function report(file: string, seconds: number, { card }: PerceptionWeights, scores: PerceptionScores): void {
  print(
    `trained on ${card.examples} looks at incidents of ${FIT.split}/${FIT.partition} in ${seconds.toFixed(0)} s`,
  );
  print(`wrote ${displayPath(file)}`);
  print(
    `held out: ${Object.entries(summaryOf(scores))
      .map(([name, value]) => `${name} ${value}`)
      .join(', ')}`,
  );
  for (const [name, { f1, precision, recall, positives }] of Object.entries(scores.byCondition)) {
    print(
      `  ${name.padEnd(18)} F1 ${f1.toFixed(2)}  precision ${precision.toFixed(2)}  recall ${recall.toFixed(2)}  of ${positives}`,
    );
  }
}
