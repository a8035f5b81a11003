import type { Inventory, Telemetry } from '../../cloud/interface.js';
import {
  Deviations,
  type HealthyDay,
  type HealthyLooks,
  healthyColumns,
  healthyDay,
  LargestDeviation,
  LEAST_SCALE,
  METRICS,
} from './deviations.js';
import { topologyView } from './topology-view.js';

/** Scores how suspicious each component is; the largest decides whether anything is wrong at all. */
export interface Localiser {
  readonly name: string;
  /** One score per component, larger is more suspicious; overwritten by the next call. */
  score(telemetry: Telemetry, inventory: Inventory): Float64Array;
}

/**
 * N-sigma: the largest deviation of any metric in standard deviations of a healthy day (the oldest alarm there is; RCAEval's
 * baseline of the name).
 */
export function nSigma(healthy: HealthyLooks): Localiser {
  return largestDeviation('n-sigma', healthyDay(healthy));
}

/**
 * After BARO (Pham et al., FSE 2024): the largest deviation of any metric from the median in interquartile ranges (their
 * RobustScorer). The change point is given here, since a look comes with the healthy baseline beside it.
 */
export function baroStyle(healthy: HealthyLooks): Localiser {
  const samples = healthyColumns(healthy).map((xs) => [...xs].sort((a, b) => a - b));
  const at = (xs: readonly number[], q: number) => xs[Math.floor(q * (xs.length - 1))] ?? 0;
  return largestDeviation('baro-style', {
    centre: Float64Array.from(samples, (xs) => at(xs, 0.5)),
    scale: Float64Array.from(samples, (xs) => Math.max(LEAST_SCALE, at(xs, 0.75) - at(xs, 0.25))),
  });
}

function largestDeviation(name: string, day: HealthyDay): Localiser {
  const deviation = new LargestDeviation(day);
  return { name, score: (telemetry, inventory) => deviation.of(telemetry, inventory) };
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
