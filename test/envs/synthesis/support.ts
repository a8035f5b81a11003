import {
  type ChangeRecord,
  EVIDENCE_KINDS,
  type EventRecord,
  type EvidenceKind,
  type Inventory,
  type LogLine,
  NODE_METRICS,
  SERVICE_METRICS,
  type ServiceKind,
  type Telemetry,
  ZONE_METRICS,
} from '../../../envs/cloud/interface.js';
import type { Feedback, IncidentView, MetaPrompt } from '../../../envs/synthesis/index.js';
import { vocabularyOf } from '../../../envs/synthesis/index.js';
import type { Belief, ConditionAt, Plan, PlanFailure } from '../../../envs/world-model/types.js';

/** A made-up shop: nothing here comes from the simulated cloud. */
const SERVICES: readonly [id: string, kind: ServiceKind][] = [
  ['web', 'gateway'],
  ['catalog', 'service'],
  ['cart', 'service'],
  ['cart-cache', 'cache'],
  ['checkout', 'service'],
  ['payment', 'service'],
  ['shipping', 'service'],
  ['orders-db', 'database'],
  ['mail', 'service'],
  ['search', 'service'],
  ['visitors', 'client'],
];

const CALLS: readonly [caller: string, callee: string][] = [
  ['visitors', 'web'],
  ['web', 'catalog'],
  ['web', 'cart'],
  ['web', 'checkout'],
  ['web', 'search'],
  ['cart', 'cart-cache'],
  ['checkout', 'payment'],
  ['checkout', 'shipping'],
  ['checkout', 'orders-db'],
  ['checkout', 'mail'],
];

const NODES = ['node-1', 'node-2', 'node-3', 'node-4', 'node-5', 'node-6'];

export function makeInventory(
  services: Readonly<Record<string, Partial<Inventory['services'][number]>>> = {},
): Inventory {
  return {
    time: 90,
    topology: 'made-up-shop',
    entry: 'web',
    quotaLeft: 6,
    shiftedZones: [],
    calls: CALLS.map(([caller, callee]) => ({ caller, callee, weight: 1, critical: callee !== 'mail' })),
    nodes: NODES.map((id, i) => ({
      id,
      zone: `zone-${'abc'[i >> 1]}`,
      ready: true,
      cordoned: false,
      freeSlots: 4,
      conditions: [],
    })),
    services: SERVICES.map(([id, kind], i) => ({
      id,
      kind,
      stateful: kind === 'cache' || kind === 'database',
      baselineReplicas: 3,
      desiredReplicas: 3,
      readyReplicas: 3,
      placement: [0, 1, 2].map((pod) => NODES[(i + pod) % NODES.length]!),
      version: 'v12',
      previousVersion: 'v11',
      limited: false,
      broken: false,
      rolloutPaused: false,
      replication: null,
      backup: 'none' as const,
      ...services[id],
    })),
  };
}

type Metrics = Readonly<Record<string, Partial<Record<(typeof SERVICE_METRICS)[number], number>>>>;

export interface Scene {
  readonly metrics?: Metrics;
  readonly alerts?: readonly (readonly [component: string, rule: string])[];
  readonly events?: readonly (readonly [component: string, reason: string, message: string])[];
  readonly logs?: readonly (readonly [component: string, level: LogLine['level'], message: string])[];
  readonly changes?: readonly (readonly [component: string, kind: ChangeRecord['kind'], summary: string])[];
  readonly services?: Parameters<typeof makeInventory>[0];
}

const HEALTHY = [100, 0.001, 10, 40, 0.3, 0.4, 0, 1, 0.3, Number.NaN, Number.NaN, Number.NaN, Number.NaN];

export function makeTelemetry(scene: Scene, evidence: readonly EvidenceKind[] = EVIDENCE_KINDS): Telemetry {
  const components = SERVICES.map(([id]) => id);
  const baseline = Float64Array.from(components.flatMap(() => HEALTHY));
  const values = Float64Array.from(baseline);
  for (const [id, changes] of Object.entries(scene.metrics ?? {})) {
    for (const [metric, value] of Object.entries(changes)) {
      values[
        components.indexOf(id) * HEALTHY.length + (SERVICE_METRICS as readonly string[]).indexOf(metric)
      ] = value;
    }
  }
  const nodeValues = Float64Array.from(NODES.flatMap(() => [1, 0.4, 0.4, 0.001, 0.4, 0.002]));
  const shown = <T>(kind: EvidenceKind, items: readonly T[]): readonly T[] =>
    evidence.includes(kind) ? items : [];
  return {
    time: 90,
    slo: { time: 90, success: 0.82, latencyP99Ms: 310, healthy: false },
    alerts: (scene.alerts ?? []).map(([component, rule], i) => ({
      firedAt: 60 + i,
      component,
      rule,
      severity: 'page',
      value: 0.5,
      text: `${rule} of ${component}`,
    })),
    services: { components, metrics: SERVICE_METRICS, scrapedAt: 80, values, baseline },
    nodes: {
      components: NODES,
      metrics: NODE_METRICS,
      scrapedAt: 80,
      values: nodeValues,
      baseline: nodeValues,
    },
    zones: {
      components: [],
      metrics: ZONE_METRICS,
      scrapedAt: 55,
      values: new Float64Array(0),
      baseline: new Float64Array(0),
    },
    events: shown(
      'events',
      (scene.events ?? []).map(
        ([component, reason, message], i): EventRecord => ({
          time: 40 + i,
          component,
          reason,
          message,
          count: 2,
        }),
      ),
    ),
    logs: shown(
      'logs',
      (scene.logs ?? []).map(
        ([component, level, message], i): LogLine => ({
          time: 50 + i,
          component,
          level,
          message,
          template: message.replace(/\d+/g, '<n>'),
        }),
      ),
    ),
    changes: shown(
      'changes',
      (scene.changes ?? []).map(
        ([component, kind, summary], i): ChangeRecord => ({ time: -300 + i, component, kind, summary }),
      ),
    ),
  };
}

export function makeBelief(
  probabilities: readonly (ConditionAt & { readonly probability: number })[] = [],
): Belief {
  const components = SERVICES.filter(([, kind]) => kind !== 'client').map(([id]) => id);
  const { conditions } = vocabularyOf();
  const probability = new Float64Array(components.length * conditions.length).fill(0.01);
  for (const { condition, component, probability: p } of probabilities) {
    probability[components.indexOf(component) * conditions.length + conditions.indexOf(condition)] = p;
  }
  return { components, conditions, probability, outOfDistribution: 0.2 };
}

export function makeView(
  scene: Scene,
  options: {
    incident?: number;
    evidence?: readonly EvidenceKind[];
    executed?: IncidentView['executed'];
  } = {},
): IncidentView {
  const { incident = 0, evidence = EVIDENCE_KINDS, executed = [] } = options;
  return {
    time: 90,
    detectedAt: 60,
    evidence,
    telemetry: makeTelemetry(scene, evidence),
    inventory: makeInventory(scene.services),
    belief: makeBelief(),
    noiseKey: [77, incident],
    executed,
  };
}

export function makeMetaPrompt(changes: Partial<MetaPrompt> = {}): MetaPrompt {
  return {
    name: 'test',
    strategy: 'direct',
    evidence: EVIDENCE_KINDS,
    schema: 'preconditions',
    exemplars: 'none',
    feedback: 'none',
    samples: 1,
    temperature: 0.2,
    effort: 'none',
    ...changes,
  };
}

export function makeFailure(changes: Partial<PlanFailure> = {}): PlanFailure {
  return {
    layer: 'symbolic',
    kind: 'goal',
    step: null,
    condition: null,
    actual: null,
    advice: null,
    hypothesis: null,
    ...changes,
  };
}

export function makeFeedback(plan: Plan | null, failure: PlanFailure, round = 1): Feedback {
  return {
    plan,
    round,
    verdict: { accepted: false, feasibility: 0.1, predictedMttr: 300, failures: [failure], seconds: 1 },
  };
}

/** `plan('restore-config cart', 'wait-ready cart')`. */
export function makePlan(steps: readonly string[], diagnosis: readonly ConditionAt[] = []): Plan {
  return {
    diagnosis,
    steps: steps.map((step) => {
      const [name, ...args] = step.split(' ');
      return { name: name!, args };
    }),
  };
}

/** Scenes with an answer that any engineer would give. */
export const SCENES = {
  /** payment: a bad image, with noise elsewhere. */
  image: {
    alerts: [
      ['web', 'HighErrorRate'],
      ['payment', 'PodNotReady'],
    ],
    metrics: {
      payment: { ready_ratio: 0, error_ratio: 1 },
      checkout: { error_ratio: 0.6 },
      web: { error_ratio: 0.3 },
    },
    events: [
      ['payment', 'Failed', 'Failed to pull image "payment:v12": manifest unknown'],
      ['mail', 'Pulled', 'Container image already present'],
    ],
    logs: [
      ['checkout', 'ERROR', 'rpc error: dial tcp payment: connection refused'],
      ['mail', 'ERROR', 'smtp greeting slow'],
    ],
    changes: [
      ['payment', 'deploy', 'rollout of v12'],
      ['search', 'config', 'ranking weights'],
    ],
    services: { payment: { readyReplicas: 0 } },
  },
  /** cart: a stale secret. */
  secret: {
    alerts: [
      ['web', 'HighErrorRate'],
      ['cart', 'HighErrorRate'],
    ],
    metrics: { cart: { error_ratio: 0.7 }, web: { error_ratio: 0.3 } },
    events: [['mail', 'Pulled', 'Container image already present']],
    logs: [
      ['cart', 'ERROR', 'WRONGPASS invalid username-password pair'],
      ['search', 'ERROR', 'cache miss storm 12'],
    ],
    changes: [
      ['cart', 'secret', 'rotated credentials'],
      ['search', 'config', 'ranking weights'],
    ],
  },
  /** search: out of CPU. */
  cpu: {
    alerts: [
      ['search', 'HighCpu'],
      ['web', 'HighLatency'],
    ],
    metrics: { search: { cpu_ratio: 0.98, latency_p99_ms: 400, rps: 180 }, web: { latency_p99_ms: 150 } },
    events: [],
    logs: [['search', 'WARN', 'worker queue length 900']],
    changes: [['mail', 'config', 'template text']],
  },
} satisfies Record<string, Scene>;
