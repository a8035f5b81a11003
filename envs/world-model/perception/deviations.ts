import type { Inventory, Telemetry } from '../../cloud/interface.js';
import { DENSE_FEATURES, SEEN_METRICS } from './feature-columns.js';
import { FeatureExtractor } from './features.js';
import { topologyView } from './topology-view.js';
import { Vocabulary } from './vocabulary.js';

export const METRICS = SEEN_METRICS.length;
/** Columns of a component's own metrics among the dense features. */
const OWN = DENSE_FEATURES.indexOf(`own ${SEEN_METRICS[0]}`);

/** Deviations of every metric from its healthy value, row-major `components × metrics`, on the scale that perception sees. */
export class Deviations {
  private readonly extractor = new FeatureExtractor('metrics', new Vocabulary(0));
  private out = new Float64Array(0);

  /** Overwritten by the next call. */
  of(telemetry: Telemetry, inventory: Inventory): Float64Array {
    const rows = this.extractor.extract(telemetry, inventory);
    const n = topologyView(inventory).components.length;
    if (this.out.length !== n * METRICS) this.out = new Float64Array(n * METRICS);
    for (let i = 0; i < n; i++) {
      for (let m = 0; m < METRICS; m++) this.out[i * METRICS + m] = rows[i * this.extractor.width + OWN + m]!;
    }
    return this.out;
  }
}

/** Centre and scale per metric of healthy looks. */
export interface HealthyDay {
  readonly centre: ArrayLike<number>;
  readonly scale: ArrayLike<number>;
}

export type HealthyLooks = Iterable<{ readonly telemetry: Telemetry; readonly inventory: Inventory }>;

/** A scale below this is that of a metric that never moves on a healthy day; dividing by it would cry wolf at the first tick. */
export const LEAST_SCALE = 0.02;

/** All values of each metric's deviation in healthy looks. */
export function healthyColumns(looks: HealthyLooks): number[][] {
  const deviations = new Deviations();
  const out: number[][] = Array.from({ length: METRICS }, () => []);
  for (const { telemetry, inventory } of looks) {
    deviations.of(telemetry, inventory).forEach((x, index) => {
      out[index % METRICS]!.push(x);
    });
  }
  return out;
}

/** Mean and standard deviation per metric. */
export function healthyDay(looks: HealthyLooks): HealthyDay {
  const samples = healthyColumns(looks);
  const mean = (xs: readonly number[]) => xs.reduce((sum, x) => sum + x, 0) / Math.max(1, xs.length);
  const centre = samples.map(mean);
  const variance = samples.map((xs, m) => mean(xs.map((x) => (x - centre[m]!) ** 2)));
  return { centre, scale: variance.map((x) => Math.max(LEAST_SCALE, Math.sqrt(x))) };
}

/** Each component's largest deviation of any metric from a healthy day, in that day's scales. */
export class LargestDeviation {
  private readonly deviations = new Deviations();
  private largest = new Float64Array(0);

  constructor(private readonly day: HealthyDay) {}

  /** One number per component; overwritten by the next call. */
  of(telemetry: Telemetry, inventory: Inventory): Float64Array {
    const { centre, scale } = this.day;
    const x = this.deviations.of(telemetry, inventory);
    const n = x.length / METRICS;
    if (this.largest.length !== n) this.largest = new Float64Array(n);
    this.largest.fill(0);
    for (let index = 0; index < x.length; index++) {
      const i = Math.floor(index / METRICS);
      const m = index % METRICS;
      const distance = Math.abs(x[index]! - centre[m]!) / scale[m]!;
      if (distance > this.largest[i]!) this.largest[i] = distance;
    }
    return this.largest;
  }
}
