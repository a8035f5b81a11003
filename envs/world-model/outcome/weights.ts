import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { ConfigError, check, displayPath, findConfig } from '../../config/index.js';
import type { DomainModel } from '../domain.js';
import { PlanFeatures } from './features.js';
import { STEP_OUTPUTS } from './rollout.js';
import { StepFeatures } from './step-features.js';

const numbers = z.array(z.number());
const denseSchema = z.strictObject({ kernel1: numbers, bias1: numbers, kernel2: numbers, bias2: numbers });

/** One member of the ensemble: what a step does, what survives it, and what the rollout of a plan comes to. */
const memberSchema = z.strictObject({ step: denseSchema, survival: denseSchema, recovery: denseSchema });

/** A trained outcome model, as `pase train-outcome` writes it. */
export const OutcomeWeightsSchema = z.strictObject({
  format: z.literal('pase-outcome/2'),
  command: z.string(),
  /** Names of primitives and conditions, to refuse weights of another domain. */
  columns: z.array(z.string()),
  /** Kinds of violation that risk is told of: those met in training. */
  harms: z.array(z.string()),
  members: z.array(memberSchema).min(1),
  /** Platt scaling of the ensemble's mean log odds. */
  calibration: z.strictObject({ slope: z.number(), offset: z.number() }),
  card: z.record(z.string(), z.json()),
});

export type OutcomeWeights = z.infer<typeof OutcomeWeightsSchema>;

export const OUTCOME_PATH = 'world-model/outcome.json';

/** Names of what the columns of features stand for. */
export function outcomeColumns({ primitives, conditions }: DomainModel): string[] {
  return [...primitives.map(({ name }) => name), ...conditions];
}

/** Reads weights of a file below `configs/`. @throws ConfigError when missing, malformed or of another domain */
export function loadOutcomeWeights(path: string, domain: DomainModel): OutcomeWeights {
  const file = findConfig(path);
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new ConfigError(`${displayPath(file)}: expected JSON, found ${String(error)}`);
  }
  const weights = check(displayPath(file), json, OutcomeWeightsSchema);
  if (weights.columns.join(' ') !== outcomeColumns(domain).join(' ')) {
    throw new ConfigError(
      `${displayPath(file)}: columns: expected the primitives and conditions of the domain, found others; retrain with \`pase train-outcome\``,
    );
  }
  checkSizes(displayPath(file), weights, domain);
  return weights;
}

function checkSizes(file: string, { members, harms }: OutcomeWeights, domain: DomainModel): void {
  const steps = new StepFeatures(domain);
  const shapes = {
    step: [steps.stepWidth, STEP_OUTPUTS + harms.length],
    survival: [steps.survivalWidth, 1],
    recovery: [new PlanFeatures(domain, harms.length).width, 2],
  } as const;
  members.forEach((member, m) => {
    for (const [name, [inputs, outputs]] of Object.entries(shapes)) {
      const dense = member[name as keyof typeof shapes];
      const units = dense.bias1.length;
      const wanted = { kernel1: inputs * units, bias1: units, kernel2: units * outputs, bias2: outputs };
      for (const [part, size] of Object.entries(wanted)) {
        const found = dense[part as keyof typeof wanted].length;
        if (found !== size) {
          throw new ConfigError(
            `${file}: members[${m}].${name}.${part}: expected ${size} numbers, found ${found}`,
          );
        }
      }
    }
  });
}
