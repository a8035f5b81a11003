import { join, resolve } from 'node:path';
import { z } from 'zod';
import { displayPath, findConfig, loadYaml, packageRoot, unknownName } from '../../envs/config/index.js';
import { type ExampleRange, labelledExamples } from '../../envs/healing/examples.js';
import {
  collect,
  type LabelledExample,
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
import { writeAtomically } from './write.js';

const overlay = z.enum(['production', 'as-shipped']);
const prior = z.enum(['incident-statistics', 'uniform']);

/** `configs/world-model/perception.yaml`. */
export const perceptionConfigSchema = z.strictObject({
  topology: z.string(),
  overlay,
  /** Incidents are divided evenly among these priors over fault types. */
  priors: z.array(prior).min(1),
  incidents: z.int().min(10),
  holdOut: z.number().gt(0).max(0.5),
  hidden: z.int().min(1).max(1024),
  epochs: z.int().min(1),
  batch: z.int().min(1),
  learningRate: z.number().gt(0),
  seed: z.int().min(0),
  prior: z.record(z.string(), z.number().min(0).max(1)),
});

export type PerceptionConfig = z.infer<typeof perceptionConfigSchema>;

export interface TrainPerceptionOptions {
  readonly arm?: string;
  readonly incidents?: string;
  readonly out?: string;
  readonly json?: boolean;
}

/** Split and partition that perception may learn from; nothing else is ever read here. */
const FIT = { split: 'seen', partition: 'fit' } as const;
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
  const scores = heldOutScores(weights, settings, incidents);
  const seconds = (performance.now() - startedAt) / 1000;
  const finished: PerceptionWeights = {
    ...weights,
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

/** Looks at the incidents of every prior in turn; incident numbers differ between them. */
export function* fitExamples(
  settings: PerceptionConfig,
  incidents: number,
  chosen: Pick<ExampleRange, 'only' | 'types'> = {},
): Generator<LabelledExample> {
  const { topology, overlay, priors } = settings;
  const each = Math.floor(incidents / priors.length);
  for (const [part, prior] of priors.entries()) {
    yield* labelledExamples({ ...FIT, topology, overlay, prior, from: part * each, count: each, ...chosen });
  }
}

/** Scores of the part of `fit` that was held out, as the whole perception sees it. */
function heldOutScores(
  weights: PerceptionWeights,
  settings: PerceptionConfig,
  incidents: number,
): PerceptionScores {
  const perceiver = new Perceiver(weights);
  const scorer = new PerceptionScorer();
  const every = Math.max(2, Math.round(1 / settings.holdOut));
  for (const example of fitExamples(settings, incidents, { only: (index) => index % every === every - 1 })) {
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
