import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { ConfigError, check, displayPath, findConfig } from '../../config/index.js';

const numbers = z.array(z.number());

/** One network of the ensemble: one hidden layer, two outputs (log odds of recovery, log of seconds). */
const memberSchema = z.strictObject({ kernel1: numbers, bias1: numbers, kernel2: numbers, bias2: numbers });

/** A trained outcome model, as `pase train-outcome` writes it. */
export const OutcomeWeightsSchema = z.strictObject({
  format: z.literal('pase-outcome/1'),
  command: z.string(),
  /** Names of primitives and conditions, to refuse weights of another domain. */
  columns: z.array(z.string()),
  inputs: z.int().min(1),
  hidden: z.int().min(1).max(1024),
  members: z.array(memberSchema).min(1),
  /** Platt scaling of the ensemble's mean log odds. */
  calibration: z.strictObject({ slope: z.number(), offset: z.number() }),
  card: z.record(z.string(), z.json()),
});

export type OutcomeWeights = z.infer<typeof OutcomeWeightsSchema>;

export const OUTCOME_PATH = 'world-model/outcome.json';

/** Reads weights of a file below `configs/`. @throws ConfigError when missing, malformed or of another domain */
export function loadOutcomeWeights(path: string, columns: readonly string[]): OutcomeWeights {
  const file = findConfig(path);
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new ConfigError(`${displayPath(file)}: expected JSON, found ${String(error)}`);
  }
  const weights = check(displayPath(file), json, OutcomeWeightsSchema);
  if (weights.columns.join(' ') !== columns.join(' ')) {
    throw new ConfigError(
      `${displayPath(file)}: columns: expected the primitives and conditions of the domain, found others; retrain with \`pase train-outcome\``,
    );
  }
  const { inputs, hidden } = weights;
  for (const [i, { kernel1, bias1, kernel2, bias2 }] of weights.members.entries()) {
    const sizes = [kernel1.length, bias1.length, kernel2.length, bias2.length];
    const wanted = [inputs * hidden, hidden, hidden * 2, 2];
    const wrong = sizes.findIndex((size, k) => size !== wanted[k]);
    if (wrong >= 0) {
      const name = ['kernel1', 'bias1', 'kernel2', 'bias2'][wrong];
      throw new ConfigError(
        `${displayPath(file)}: members[${i}].${name}: expected ${wanted[wrong]} numbers, found ${sizes[wrong]}`,
      );
    }
  }
  return weights;
}
