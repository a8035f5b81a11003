import { z } from 'zod';
import { findConfig, loadYaml } from '../config/index.js';
import type { Belief, ConditionAt, Plan } from '../world-model/types.js';
import { callText } from './feedback.js';

const conditionSchema = z.strictObject({ condition: z.string(), component: z.string() });
const stepsSchema = z.array(z.strictObject({ name: z.string(), args: z.array(z.string()) })).min(1);

const exemplarSchema = z.strictObject({
  id: z.string(),
  /** What the evidence looked like, in a few lines. */
  situation: z.string(),
  diagnosis: z.array(conditionSchema).min(1),
  steps: stepsSchema,
  /** A plan for the same situation that was rejected, and why. */
  rejected: z.strictObject({ steps: stepsSchema, reason: z.string() }).optional(),
});

const librarySchema = z.strictObject({ name: z.string(), exemplars: z.array(exemplarSchema) });

type ExemplarRecord = z.infer<typeof exemplarSchema>;

/** A worked example as a prompt shows it. */
export interface Exemplar {
  readonly id: string;
  readonly conditions: readonly string[];
  readonly nearest: string;
  /** Null when the library holds no rejected plan for it. */
  readonly counterexample: string | null;
}

function planJson(diagnosis: readonly ConditionAt[], steps: Plan['steps']): string {
  return JSON.stringify({ diagnosis, steps });
}

function exemplarOf({ id, situation, diagnosis, steps, rejected }: ExemplarRecord): Exemplar {
  const answer = `Accepted answer: ${planJson(diagnosis, steps)}`;
  return {
    id,
    conditions: [...new Set(diagnosis.map(({ condition }) => condition))],
    nearest: `${situation.trim()}\n${answer}`,
    counterexample: rejected
      ? `${situation.trim()}\nRejected: ${rejected.steps.map(callText).join(', ')}. Reason: ${rejected.reason.trim()}\n${answer}`
      : null,
  };
}

/** Worked examples of `configs/exemplars/<name>.yaml`. @throws ConfigError */
export function loadExemplars(name = 'default'): Exemplar[] {
  return loadYaml(findConfig(`exemplars/${name}.yaml`), librarySchema).exemplars.map(exemplarOf);
}

/** Highest probability of each condition over the components. */
function peaks({ components, conditions, probability }: Belief): Float64Array {
  const peak = new Float64Array(conditions.length);
  for (let row = 0; row < components.length; row++) {
    for (let column = 0; column < peak.length; column++) {
      const p = probability[row * peak.length + column]!;
      if (p > peak[column]!) peak[column] = p;
    }
  }
  return peak;
}

interface Places {
  readonly of: readonly string[];
  readonly places: readonly number[];
}
const remembered = new WeakMap<Exemplar, Places>();

/** Places of an exemplar's conditions among those that beliefs are about, which are the same list from one to the next. */
function placesOf(exemplar: Exemplar, conditions: readonly string[]): readonly number[] {
  let known = remembered.get(exemplar);
  if (known?.of !== conditions) {
    const places = conditions.flatMap((name, i) => (exemplar.conditions.includes(name) ? [i] : []));
    known = { of: conditions, places };
    remembered.set(exemplar, known);
  }
  return known.places;
}

function squares(values: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! ** 2;
  return sum;
}

/** Likeness in [0, 1]: cosine of the believed conditions' peaks, whose squares sum to `norm`, and the exemplar's conditions. */
function likeness(
  peak: Float64Array,
  norm: number,
  conditions: readonly string[],
  exemplar: Exemplar,
): number {
  if (norm === 0) return 0;
  let dot = 0;
  for (const place of placesOf(exemplar, conditions)) dot += peak[place]!;
  return dot / Math.sqrt(norm * exemplar.conditions.length);
}

/**
 * The exemplar nearest to what is believed, the first of equals; null when there is none of that kind. The belief only
 * chooses the example, it is not shown.
 */
export function nearestExemplar(
  library: readonly Exemplar[],
  kind: 'nearest' | 'counterexample',
  belief: Belief,
): Exemplar | null {
  const peak = peaks(belief);
  const norm = squares(peak);
  let best: Exemplar | null = null;
  let bestLikeness = -1;
  for (const exemplar of library) {
    if (kind === 'counterexample' && exemplar.counterexample === null) continue;
    const found = likeness(peak, norm, belief.conditions, exemplar);
    if (found > bestLikeness) {
      best = exemplar;
      bestLikeness = found;
    }
  }
  return best;
}
