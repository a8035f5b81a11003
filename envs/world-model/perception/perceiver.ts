import type { Inventory, Telemetry } from '../../cloud/interface.js';
import type { Belief } from '../types.js';
import { FeatureExtractor } from './features.js';
import { quantileOf, strangeness } from './out-of-distribution.js';
import { topologyView } from './topology-view.js';
import { Vocabulary } from './vocabulary.js';
import type { PerceptionWeights } from './weights.js';

/**
 * A trained perception at work: telemetry and inventory in, belief out; synchronous and, but for the belief itself, without
 * allocation. The same weights serve any topology.
 */
export class Perceiver {
  private readonly extractor: FeatureExtractor;
  private readonly hiddenWidth: number;
  private readonly kernel1: Float32Array;
  private readonly bias1: Float32Array;
  private readonly kernel2: Float32Array;
  private readonly bias2: Float32Array;
  private readonly hidden: Float32Array;
  /** Catalogue prior per condition, NaN where the network speaks. */
  private readonly prior: Float64Array;
  private readonly mean: Float64Array;
  private readonly inverseDeviation: Float64Array;

  constructor(private readonly weights: PerceptionWeights) {
    this.extractor = new FeatureExtractor(
      weights.arm,
      new Vocabulary(weights.vocabulary.length, weights.vocabulary),
    );
    this.hiddenWidth = weights.hidden;
    this.hidden = new Float32Array(weights.hidden);
    this.kernel1 = Float32Array.from(weights.kernel1);
    this.bias1 = Float32Array.from(weights.bias1);
    const { slope, offset } = weights.calibration;
    const c = weights.conditions.length;
    this.kernel2 = Float32Array.from(weights.kernel2, (weight, index) => weight * slope[index % c]!);
    this.bias2 = Float32Array.from(weights.bias2, (bias, index) => bias * slope[index]! + offset[index]!);
    this.prior = Float64Array.from(weights.conditions, (name) => weights.prior[name] ?? Number.NaN);
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
    for (let i = 0; i < components.length; i++) this.infer(rows, i, probability);
    const suspect = suspected(probability, c);
    const at = suspect * this.extractor.width;
    const surprise = strangeness(rows, at, this.mean, this.inverseDeviation, largest(probability));
    const outOfDistribution = quantileOf(surprise, this.weights.outOfDistribution.quantiles);
    if (Object.keys(this.weights.prior).length > 0) this.mixPrior(probability, suspect, outOfDistribution);
    return { components, conditions, probability, outOfDistribution };
  }

  /** The network's probabilities of one component. Most inputs are zero, so the first layer walks over the others. */
  private infer(rows: Float32Array, component: number, probability: Float64Array): void {
    const { hidden, hiddenWidth, kernel1, kernel2, bias2 } = this;
    const width = this.extractor.width;
    hidden.set(this.bias1);
    for (let f = 0; f < width; f++) {
      const x = rows[component * width + f]!;
      if (x === 0) continue;
      const at = f * hiddenWidth;
      for (let h = 0; h < hiddenWidth; h++) hidden[h] = hidden[h]! + x * kernel1[at + h]!;
    }
    const c = bias2.length;
    const out = component * c;
    for (let j = 0; j < c; j++) probability[out + j] = bias2[j]!;
    for (let h = 0; h < hiddenWidth; h++) {
      const x = hidden[h]!;
      if (x <= 0) continue;
      const at = h * c;
      for (let j = 0; j < c; j++) probability[out + j] = probability[out + j]! + x * kernel2[at + j]!;
    }
    for (let j = 0; j < c; j++) probability[out + j] = 1 / (1 + Math.exp(-probability[out + j]!));
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
