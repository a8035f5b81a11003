import {
  type Alert,
  type CallEdge,
  type EventRecord,
  type Inventory,
  type InventoryService,
  NODE_METRICS,
  SERVICE_METRICS,
  type ServiceKind,
  type Telemetry,
  ZONE_METRICS,
} from '../../../envs/cloud/interface.js';
import type { VerifierConstants } from '../../../envs/world-model/constants.js';
import type { Belief, ConditionAt, Plan } from '../../../envs/world-model/types.js';

/** Constants of tests, so that a new fit of the shipped ones changes no test. */
export const CONSTANTS: VerifierConstants = {
  blastLimit: 3,
  lagBound: 10,
  usualLoad: 0.5,
  seconds: { base: 0.5, step: 0.1 },
  settleSeconds: 30,
  fitted: {
    command: 'none',
    epsilon: 0.1,
    diagnosisWeight: { familiar: 0.4, strange: 0.6 },
    rightPlanFeasibility: [0, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 1],
    baseRate: 0.5,
    neural: { rightPlanProbability: [0, 0.5, 1], rightPlans: 100, breakEven: 0.7 },
  },
};

/** A small shop: a gateway, a cart with its cache, and a currency service. */
const SERVICES: readonly [id: string, kind: ServiceKind][] = [
  ['frontend', 'gateway'],
  ['cartservice', 'service'],
  ['currencyservice', 'service'],
  ['redis-cart', 'cache'],
  ['loadgenerator', 'client'],
];

const CALLS: readonly CallEdge[] = [
  { caller: 'loadgenerator', callee: 'frontend', weight: 1, critical: true },
  { caller: 'frontend', callee: 'cartservice', weight: 1, critical: true },
  { caller: 'frontend', callee: 'currencyservice', weight: 2, critical: true },
  { caller: 'cartservice', callee: 'redis-cart', weight: 1, critical: true },
];

type ServiceChange = Partial<Omit<InventoryService, 'id'>>;

export function makeInventory(
  services: Readonly<Record<string, ServiceChange>> = {},
  rest: Partial<Pick<Inventory, 'quotaLeft' | 'nodes' | 'shiftedZones'>> = {},
): Inventory {
  return {
    time: 60,
    topology: 'tiny-shop',
    entry: 'frontend',
    calls: CALLS,
    quotaLeft: 6,
    shiftedZones: [],
    nodes: [1, 2, 3, 4].map((n) => ({
      id: `node-${n}`,
      zone: n < 3 ? 'zone-a' : 'zone-b',
      ready: true,
      cordoned: false,
      freeSlots: 4,
      conditions: [],
    })),
    ...rest,
    services: SERVICES.map(([id, kind], index) => ({
      id,
      kind,
      stateful: kind === 'cache',
      baselineReplicas: kind === 'cache' ? 2 : 3,
      desiredReplicas: kind === 'cache' ? 2 : 3,
      readyReplicas: kind === 'cache' ? 2 : 3,
      placement: Array.from(
        { length: kind === 'cache' ? 2 : 3 },
        (_, pod) => `node-${((index + pod) % 4) + 1}`,
      ),
      version: 'v2',
      previousVersion: 'v1',
      limited: false,
      broken: false,
      rolloutPaused: false,
      replication: null,
      backup: 'none' as const,
      ...services[id],
    })),
  };
}

/** Values of a healthy day, in the order of SERVICE_METRICS. */
const HEALTHY = [100, 0.001, 10, 40, 0.3, 0.4, 0, 1, 0.3, Number.NaN, Number.NaN, Number.NaN, Number.NaN];

export interface Signs {
  /** Metric values that differ from a healthy day. */
  readonly metrics?: Readonly<Record<string, Partial<Record<(typeof SERVICE_METRICS)[number], number>>>>;
  readonly alerts?: readonly Pick<Alert, 'component' | 'rule'>[];
  readonly events?: readonly Pick<EventRecord, 'component' | 'reason'>[];
  readonly success?: number;
}

export function makeTelemetry(signs: Signs = {}): Telemetry {
  const components = SERVICES.map(([id]) => id);
  const baseline = Float64Array.from(components.flatMap(() => HEALTHY));
  const values = Float64Array.from(baseline);
  for (const [id, changes] of Object.entries(signs.metrics ?? {})) {
    const row = components.indexOf(id);
    for (const [metric, value] of Object.entries(changes)) {
      values[
        row * SERVICE_METRICS.length + SERVICE_METRICS.indexOf(metric as (typeof SERVICE_METRICS)[number])
      ] = value;
    }
  }
  const nodes = ['node-1', 'node-2', 'node-3', 'node-4'];
  const nodeBaseline = Float64Array.from(nodes.flatMap(() => [1, 0.4, 0.4, 0.001, 0.4, 0.002]));
  return {
    time: 60,
    slo: { time: 60, success: signs.success ?? 0.8, latencyP99Ms: 300, healthy: false },
    alerts: (signs.alerts ?? []).map((alert) => ({
      firedAt: 45,
      severity: 'page',
      value: 1,
      text: alert.rule,
      ...alert,
    })),
    services: { components, metrics: SERVICE_METRICS, scrapedAt: 55, values, baseline },
    nodes: {
      components: nodes,
      metrics: NODE_METRICS,
      scrapedAt: 55,
      values: nodeBaseline,
      baseline: nodeBaseline,
    },
    zones: {
      components: [],
      metrics: ZONE_METRICS,
      scrapedAt: 55,
      values: new Float64Array(0),
      baseline: new Float64Array(0),
    },
    events: (signs.events ?? []).map((event) => ({ time: 30, message: event.reason, count: 1, ...event })),
    logs: [],
    changes: [],
  };
}

/** A belief over the tiny shop with these probabilities and a small rest. */
export function makeBelief(
  conditions: readonly string[],
  probabilities: readonly (ConditionAt & { readonly probability: number })[],
  outOfDistribution = 0.3,
  rest = 0.01,
): Belief {
  const components = SERVICES.filter(([, kind]) => kind !== 'client').map(([id]) => id);
  const probability = new Float64Array(components.length * conditions.length).fill(rest);
  for (const { condition, component, probability: p } of probabilities) {
    probability[components.indexOf(component) * conditions.length + conditions.indexOf(condition)] = p;
  }
  return { components, conditions, probability, outOfDistribution };
}

/** `plan('restore-config cartservice', 'wait-ready cartservice')`. */
export function makePlan(steps: readonly string[], diagnosis: readonly ConditionAt[] = []): Plan {
  return {
    diagnosis,
    steps: steps.map((step) => {
      const [name, ...args] = step.split(' ');
      return { name: name!, args };
    }),
  };
}
