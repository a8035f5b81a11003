import { SparseMemory, SparseRows } from 'nn-engines';
import type { Inventory, Telemetry } from '../../cloud/interface.js';
import type { Belief } from '../types.js';
import { DIFFERENCES, SHARED } from './feature-columns.js';
import { FeatureExtractor } from './features.js';
import { quantileOf, strangeness } from './out-of-distribution.js';
import { topologyView } from './topology-view.js';
import { Vocabulary } from './vocabulary.js';
import type { PerceptionWeights } from './weights.js';

/**
 * Moves the weights of columns that are the difference of two others onto those two, and returns the columns that are left to
 * look at: a third fewer.
 */
function foldDifferences(kernel: number[], units: number, width: number): number[] {
  for (const { column, of, minus } of DIFFERENCES) {
    for (let h = 0; h < units; h++) {
      const weight = kernel[column * units + h]!;
      kernel[of * units + h]! += weight;
      kernel[minus * units + h]! -= weight;
    }
  }
  // The order decides the last bits of a belief: what all components share comes first.
  const own = Array.from({ length: width }, (_, f) => f).filter((f) => !SHARED.includes(f));
  return [...SHARED, ...own].filter((f) => !DIFFERENCES.some(({ column }) => column === f));
}

/**
 * A trained perception at work: telemetry and inventory in, belief out; synchronous and, but for the belief itself, without
 * allocation. The same weights serve any topology.
 */
export class Perceiver {
  private readonly extractor: FeatureExtractor;
  private readonly network: SparseRows;
  /** Conditions that the network does not speak of, with their catalogue priors. */
  private readonly priors: readonly { readonly column: number; readonly prior: number }[];
  private readonly mean: Float64Array;
  private readonly inverseDeviation: Float64Array;

  constructor(private readonly weights: PerceptionWeights) {
    this.extractor = new FeatureExtractor(
      weights.arm,
      new Vocabulary(weights.vocabulary.length, weights.vocabulary),
    );
    const kernel1 = [...weights.kernel1];
    const columns = foldDifferences(kernel1, weights.hidden, this.extractor.width);
    const { slope, offset } = weights.calibration;
    const c = weights.conditions.length;
    const calibrated = {
      kernel1,
      bias1: weights.bias1,
      kernel2: weights.kernel2.map((weight, index) => weight * slope[index % c]!),
      bias2: weights.bias2.map((bias, index) => bias * slope[index]! + offset[index]!),
    };
    this.network = new SparseRows(new SparseMemory(), calibrated, columns);
    this.priors = weights.conditions.flatMap((name, column) => {
      const prior = weights.prior[name];
      return prior === undefined ? [] : [{ column, prior }];
    });
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
    const { components } = topologyView(inventory);
    const { conditions } = this.weights;
    const rows = this.network.inputBuffer(components.length);
    this.extractor.extractInto(rows, telemetry, inventory);
    const probability = this.network.probabilities().slice();
    const most = indexOfLargest(probability);
    const suspect = Math.floor(most / conditions.length);
    const at = suspect * this.extractor.width;
    const surprise = strangeness(rows, at, this.mean, this.inverseDeviation, probability[most]!);
    const outOfDistribution = quantileOf(surprise, this.weights.outOfDistribution.quantiles);
    this.mixPrior(probability, suspect, outOfDistribution);
    return { components, conditions, probability, outOfDistribution };
  }

  /**
   * Conditions that training never saw get their catalogue prior, on the suspected component and in proportion to how unusual
   * the incident is: a network that never saw a condition would put it at zero for ever.
   */
  private mixPrior(probability: Float64Array, suspect: number, outOfDistribution: number): void {
    const c = this.weights.conditions.length;
    for (const { column, prior } of this.priors) {
      for (let i = column; i < probability.length; i += c) probability[i] = 0;
      probability[suspect * c + column] = prior * outOfDistribution;
    }
  }
}

/** Index of the largest probability, the first of equals. */
function indexOfLargest(probability: Float64Array): number {
  let best = 0;
  let most = probability[0]!;
  for (let i = 1; i < probability.length; i++) {
    const p = probability[i]!;
    if (p <= most) continue;
    best = i;
    most = p;
  }
  return best;
}
