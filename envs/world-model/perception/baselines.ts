import type { Inventory, Telemetry } from '../../cloud/interface.js';
import { DENSE_FEATURES, SEEN_METRICS } from './feature-columns.js';
import { FeatureExtractor } from './features.js';
import { topologyView } from './topology-view.js';
import { Vocabulary } from './vocabulary.js';

/** Scores how suspicious each component is; the largest decides whether anything is wrong at all. */
export interface Localiser {
  readonly name: string;
  /** One score per component, larger is more suspicious; overwritten by the next call. */
  score(telemetry: Telemetry, inventory: Inventory): Float64Array;
}

const METRICS = SEEN_METRICS.length;
/** Columns of a component's own metrics among the dense features. */
const OWN = DENSE_FEATURES.indexOf(`own ${SEEN_METRICS[0]}`);

/** Deviations of every metric from its healthy value, row-major `components × metrics`, on the scale that perception sees. */
class Deviations {
  private readonly extractor = new FeatureExtractor('metrics', new Vocabulary(0));
  private out = new Float64Array(0);

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
interface Normal {
  readonly centre: Float64Array;
  readonly scale: Float64Array;
}

/** A scale below this is that of a metric that never moves on a healthy day; dividing by it would cry wolf at the first tick. */
const LEAST_SCALE = 0.02;

type HealthyLooks = Iterable<{ readonly telemetry: Telemetry; readonly inventory: Inventory }>;

function columns(looks: HealthyLooks): number[][] {
  const deviations = new Deviations();
  const out: number[][] = Array.from({ length: METRICS }, () => []);
  for (const { telemetry, inventory } of looks) {
    deviations.of(telemetry, inventory).forEach((x, index) => {
      out[index % METRICS]!.push(x);
    });
  }
  return out;
}

/**
 * N-sigma: the largest deviation of any metric in standard deviations of a healthy day (the oldest alarm there is; RCAEval's
 * baseline of the name).
 */
export function nSigma(healthy: HealthyLooks): Localiser {
  const samples = columns(healthy);
  const centre = Float64Array.from(
    samples,
    (xs) => xs.reduce((sum, x) => sum + x, 0) / Math.max(1, xs.length),
  );
  const scale = Float64Array.from(samples, (xs, m) =>
    Math.max(
      LEAST_SCALE,
      Math.sqrt(xs.reduce((sum, x) => sum + (x - centre[m]!) ** 2, 0) / Math.max(1, xs.length)),
    ),
  );
  return largestDeviation('n-sigma', { centre, scale });
}

/**
 * After BARO (Pham et al., FSE 2024): the largest deviation of any metric from the median in interquartile ranges (their
 * RobustScorer). The change point is given here, since a look comes with the healthy baseline beside it.
 */
export function baroStyle(healthy: HealthyLooks): Localiser {
  const samples = columns(healthy).map((xs) => [...xs].sort((a, b) => a - b));
  const at = (xs: readonly number[], q: number) => xs[Math.floor(q * (xs.length - 1))] ?? 0;
  return largestDeviation('baro-style', {
    centre: Float64Array.from(samples, (xs) => at(xs, 0.5)),
    scale: Float64Array.from(samples, (xs) => Math.max(LEAST_SCALE, at(xs, 0.75) - at(xs, 0.25))),
  });
}

function largestDeviation(name: string, { centre, scale }: Normal): Localiser {
  const deviations = new Deviations();
  let scores = new Float64Array(0);
  return {
    name,
    score(telemetry, inventory) {
      const x = deviations.of(telemetry, inventory);
      const n = x.length / METRICS;
      if (scores.length !== n) scores = new Float64Array(n);
      scores.fill(0);
      x.forEach((value, index) => {
        const i = Math.floor(index / METRICS);
        const m = index % METRICS;
        const distance = Math.abs(value - centre[m]!) / scale[m]!;
        if (distance > scores[i]!) scores[i] = distance;
      });
      return scores;
    },
  };
}

/** Points that a sign gives its component. By judgement: what the control plane says of pods is near the cause, errors are not. */
const ALERT_POINTS: readonly [pattern: RegExp, points: number][] = [
  [/crash|oom/i, 6],
  [/notready|pending|replica/i, 5],
  [/cpu|memory|saturat/i, 4],
  [/trafficdrop/i, 3],
  [/error/i, 2],
  [/latency/i, 1],
];
const EVENT_POINTS: readonly [pattern: RegExp, points: number][] = [
  [/failedscheduling|failedcreate|oomkilling|endpointsempty|cputhrottling/i, 6],
  [/backoff|^failed$/i, 5],
  [/unhealthy/i, 2],
];
/** Points lost for each callee that errs as well: the cause is then rather there. */
const EXCUSE = 2;
/** A component that errs while nothing below it does. */
const DEEPEST = 3;

/**
 * A strong rule baseline, as an operator reads a dashboard: signs of the control plane first, then saturation, then errors, and of
 * two services that err the one that the other calls.
 */
export function rules(): Localiser {
  const deviations = new Deviations();
  let scores = new Float64Array(0);
  return {
    name: 'rules',
    score(telemetry, inventory) {
      const view = topologyView(inventory);
      const x = deviations.of(telemetry, inventory);
      if (scores.length !== view.components.length) scores = new Float64Array(view.components.length);
      scores.fill(0);
      const add = (component: string, name: string, table: typeof ALERT_POINTS): void => {
        const i = view.indexOf.get(component);
        if (i !== undefined) scores[i]! += table.find(([pattern]) => pattern.test(name))?.[1] ?? 0;
      };
      for (const { component, rule } of telemetry.alerts) add(component, rule, ALERT_POINTS);
      for (const { component, reason } of telemetry.events) add(component, reason, EVENT_POINTS);
      view.components.forEach((_, i) => {
        const service = inventory.services[view.inventoryIndex[i]!]!;
        if (service.readyReplicas < service.baselineReplicas) scores[i]! += 4;
        const errs = x[i * METRICS + 1]! > 0.4;
        const below = Array.from(view.callees[i]!).filter((callee) => x[callee * METRICS + 1]! > 0.4).length;
        if (errs) scores[i]! += 2 + (below === 0 ? DEEPEST : 0) - EXCUSE * below;
      });
      return scores;
    },
  };
}
