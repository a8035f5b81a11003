import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { ConfigError, check, displayPath, findConfig } from '../../config/index.js';
import { METRICS } from './deviations.js';
import { DENSE_FEATURES } from './feature-columns.js';
import { PERCEPTION_ARMS } from './features.js';

/** Largest hidden width that inference is dimensioned for; a guard against a file of something else. */
const MAX_HIDDEN = 1024;

const numbers = z.array(z.number());

/** A trained perception, as `pase train-perception` writes it: one hidden layer, shared over components. */
export const PerceptionWeightsSchema = z.strictObject({
  format: z.literal('pase-perception/2'),
  /** The command that made the file. */
  command: z.string(),
  arm: z.enum(PERCEPTION_ARMS),
  conditions: z.array(z.string()).min(1),
  /** Names of the dense columns, to refuse weights of other features. */
  dense: z.array(z.string()),
  /** Columns after the dense ones. */
  vocabulary: z.array(z.tuple([z.string(), z.string()])),
  hidden: z.int().min(1).max(MAX_HIDDEN),
  /** `[inputs, hidden]` row-major, input scaling folded in. */
  kernel1: numbers,
  bias1: numbers,
  /** `[hidden, conditions]` row-major. */
  kernel2: numbers,
  bias2: numbers,
  /** Platt scaling of each condition's logit: `slope * logit + offset`. */
  calibration: z.strictObject({ slope: numbers, offset: numbers }),
  /** Catalogue prior of conditions that had no training positives; they do not come from the network. */
  prior: z.record(z.string(), z.number().min(0).max(1)),
  /** What the dense features of the suspected component looked like in training, and how unusual incidents were. */
  outOfDistribution: z.strictObject({ mean: numbers, deviation: numbers, quantiles: numbers.min(2) }),
  /** When it takes a look for one at a fault (`alarm.ts`), and the healthy day that metrics are held against; null when not fitted. */
  alarm: z
    .strictObject({
      day: z.strictObject({ centre: numbers, scale: numbers }),
      fit: z.strictObject({
        named: z.number(),
        deviation: z.number(),
        offset: z.number(),
        threshold: z.number(),
      }),
    })
    .nullable(),
  /** Numbers of incidents and rows, seed and scores: the model card. */
  card: z.record(z.string(), z.json()),
});

export type PerceptionWeights = z.infer<typeof PerceptionWeightsSchema>;

/** File of the shipped weights of an arm, below `configs/`. */
export function weightsPath(arm: string): string {
  return `world-model/perception-${arm}.json`;
}

/** Reads weights of a file below `configs/`. @throws ConfigError when missing, malformed or of other features */
export function loadWeights(path: string): PerceptionWeights {
  const file = findConfig(path);
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new ConfigError(`${displayPath(file)}: expected JSON, found ${String(error)}`);
  }
  const weights = check(displayPath(file), json, PerceptionWeightsSchema);
  checkShapes(displayPath(file), weights);
  return weights;
}

/** @throws ConfigError when array lengths or feature names do not fit each other */
export function checkShapes(where: string, weights: PerceptionWeights): void {
  const { dense, vocabulary, hidden, conditions, calibration, outOfDistribution } = weights;
  if (dense.length !== DENSE_FEATURES.length || dense.some((name, i) => name !== DENSE_FEATURES[i])) {
    throw new ConfigError(
      `${where}: dense: expected the ${DENSE_FEATURES.length} features of this version, found ${dense.length} others; ` +
        'retrain with `pase train-perception`',
    );
  }
  const inputs = dense.length + vocabulary.length;
  const c = conditions.length;
  const expected: [name: string, found: number, wanted: number][] = [
    ['kernel1', weights.kernel1.length, inputs * hidden],
    ['bias1', weights.bias1.length, hidden],
    ['kernel2', weights.kernel2.length, hidden * c],
    ['bias2', weights.bias2.length, c],
    ['calibration.slope', calibration.slope.length, c],
    ['calibration.offset', calibration.offset.length, c],
    ['outOfDistribution.mean', outOfDistribution.mean.length, dense.length],
    ['outOfDistribution.deviation', outOfDistribution.deviation.length, dense.length],
  ];
  if (weights.alarm) {
    const { centre, scale } = weights.alarm.day;
    expected.push(['alarm.day.centre', centre.length, METRICS], ['alarm.day.scale', scale.length, METRICS]);
  }
  for (const [name, found, wanted] of expected) {
    if (found !== wanted)
      throw new ConfigError(`${where}: ${name}: expected ${wanted} numbers, found ${found}`);
  }
}
