import type { Inventory, Telemetry } from '../../cloud/interface.js';
import { PresentInputs, padColumns, padded } from '../lanes.js';
import type { Belief } from '../types.js';
import { DIFFERENCES, SHARED } from './feature-columns.js';
import { FeatureExtractor } from './features.js';
import { quantileOf, strangeness } from './out-of-distribution.js';
import { topologyView } from './topology-view.js';
import { Vocabulary } from './vocabulary.js';
import type { PerceptionWeights } from './weights.js';

/**
 * Moves the weights of columns that are the difference of two others onto those two, and returns the columns that are left to
 * look at in each component: a third fewer.
 */
function foldDifferences(kernel: Float64Array, units: number, width: number): Int32Array {
  const done = new Set(SHARED);
  for (const { column, of, minus } of DIFFERENCES) {
    for (let h = 0; h < units; h++) {
      const weight = kernel[column * units + h]!;
      kernel[of * units + h]! += weight;
      kernel[minus * units + h]! -= weight;
    }
    done.add(column);
  }
  return Int32Array.from({ length: width }, (_, f) => f).filter((f) => !done.has(f));
}

/**
 * A trained perception at work: telemetry and inventory in, belief out; synchronous and, but for the belief itself, without
 * allocation. The same weights serve any topology.
 */
export class Perceiver {
  private readonly extractor: FeatureExtractor;
  private readonly kernel1: Float64Array;
  private readonly bias1: Float64Array;
  /** What the columns that all components share, and the biases, add to every hidden unit in the look at hand. */
  private readonly base: Float64Array;
  /** Columns that may differ between components. */
  private readonly ownColumns: Int32Array;
  private readonly kernel2: Float64Array;
  private readonly bias2: Float64Array;
  private readonly hidden: Float64Array;
  private readonly outputs: Float64Array;
  private readonly present: PresentInputs;
  /** Catalogue prior per condition, NaN where the network speaks. */
  private readonly prior: Float64Array;
  /** Some condition has one. */
  private readonly mixes: boolean;
  private readonly mean: Float64Array;
  private readonly inverseDeviation: Float64Array;

  constructor(private readonly weights: PerceptionWeights) {
    this.extractor = new FeatureExtractor(
      weights.arm,
      new Vocabulary(weights.vocabulary.length, weights.vocabulary),
    );
    const units = padded(weights.hidden);
    this.hidden = new Float64Array(units);
    this.kernel1 = padColumns(weights.kernel1, weights.hidden);
    this.bias1 = padColumns(weights.bias1, weights.hidden);
    this.base = new Float64Array(units);
    this.ownColumns = foldDifferences(this.kernel1, units, this.extractor.width);
    this.present = new PresentInputs(Math.max(this.extractor.width, units));
    const { slope, offset } = weights.calibration;
    const c = weights.conditions.length;
    this.outputs = new Float64Array(padded(c));
    this.kernel2 = padColumns(
      weights.kernel2.map((weight, index) => weight * slope[index % c]!),
      c,
    );
    this.bias2 = padColumns(
      weights.bias2.map((bias, index) => bias * slope[index]! + offset[index]!),
      c,
    );
    this.prior = Float64Array.from(weights.conditions, (name) => weights.prior[name] ?? Number.NaN);
    this.mixes = Object.keys(weights.prior).length > 0;
    this.mean = Float64Array.from(weights.outOfDistribution.mean);
    this.inverseDeviation = Float64Array.from(
      weights.outOfDistribution.deviation,
      (deviation) => 1 / deviation,
    );
  }

  get conditions(): readonly string[] {
    return this.weights.conditions;
  }

  perceive(telemetry: Telemetry, inventory: Inventory): Belief {
    const rows = this.extractor.extract(telemetry, inventory);
    const { components } = topologyView(inventory);
    const { conditions } = this.weights;
    const c = conditions.length;
    const probability = new Float64Array(components.length * c);
    this.shareBase(rows);
    for (let i = 0; i < components.length; i++) this.infer(rows, i, probability);
    const suspect = suspected(probability, c);
    const at = suspect * this.extractor.width;
    const surprise = strangeness(rows, at, this.mean, this.inverseDeviation, largest(probability));
    const outOfDistribution = quantileOf(surprise, this.weights.outOfDistribution.quantiles);
    if (this.mixes) this.mixPrior(probability, suspect, outOfDistribution);
    return { components, conditions, probability, outOfDistribution };
  }

  private shareBase(rows: Float32Array): void {
    const { base, kernel1 } = this;
    base.set(this.bias1);
    for (const column of SHARED) {
      const x = rows[column]!;
      for (let h = 0; h < base.length; h++) base[h]! += x * kernel1[column * base.length + h]!;
    }
  }

  /** The network's probabilities of one component. Most inputs are zero, so the others are gathered first. */
  private infer(rows: Float32Array, component: number, probability: Float64Array): void {
    const { hidden, outputs, present, ownColumns } = this;
    present.takeColumns(rows, component * this.extractor.width, ownColumns, hidden.length);
    present.sum(hidden, this.base, this.kernel1);
    present.takeRectified(hidden, outputs.length);
    present.sum(outputs, this.bias2, this.kernel2);
    const c = this.prior.length;
    for (let j = 0; j < c; j++) probability[component * c + j] = 1 / (1 + Math.exp(-outputs[j]!));
  }

  /**
   * Conditions that training never saw get their catalogue prior, on the suspected component and in proportion to how unusual
   * the incident is: a network that never saw a condition would put it at zero for ever.
   */
  private mixPrior(probability: Float64Array, suspect: number, outOfDistribution: number): void {
    const c = this.prior.length;
    for (let i = 0; i < probability.length; i++) {
      const prior = this.prior[i % c]!;
      if (Number.isNaN(prior)) continue;
      probability[i] = Math.floor(i / c) === suspect ? prior * outOfDistribution : 0;
    }
  }
}

/** Component with the largest probability of any condition. */
function suspected(probability: Float64Array, conditions: number): number {
  let best = 0;
  for (let i = 1; i < probability.length; i++) if (probability[i]! > probability[best]!) best = i;
  return Math.floor(best / conditions);
}

function largest(probability: Float64Array): number {
  let max = 0;
  for (let i = 0; i < probability.length; i++) if (probability[i]! > max) max = probability[i]!;
  return max;
}
