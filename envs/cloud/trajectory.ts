import { Cloud } from './cloud.js';
import { eligibleTargets } from './incident.js';
import type { PrimitiveCall } from './interface.js';
import { EVIDENCE_KINDS } from './interface.js';
import type { IncidentKey } from './keys.js';
import type { CloudModel } from './model.js';

/** One line of a trajectory; `kind` says which. Series that are missing are null. */
export type TrajectoryLine = { readonly kind: string; readonly time: number } & Readonly<
  Record<string, unknown>
>;

export interface TrajectoryOptions {
  readonly fault?: string;
  readonly component?: string;
  /** What is done, one call after another from detection on; nothing by default. */
  readonly calls?: readonly PrimitiveCall[];
  /** Seconds between records of the state; 60 by default. */
  readonly every?: number;
}

/**
 * The whole course of an incident, line by line: what was injected, hidden state, telemetry and service level at every
 * step, actions, and the result. The same arguments give the same lines. A fault that the topology cannot host gives one
 * line of kind `not-applicable`. @throws ConfigError for unknown names.
 */
export function* trajectory(
  model: CloudModel,
  key: IncidentKey,
  { fault, component, calls = [], every = 60 }: TrajectoryOptions = {},
): Generator<TrajectoryLine> {
  const type = model.faults.find((candidate) => candidate.id === fault);
  if (type && eligibleTargets(model, type).length === 0) {
    yield { kind: 'not-applicable', time: 0, fault: type.id, topology: model.topology.name };
    return;
  }
  const cloud = new Cloud(model, key, {
    ...(fault === undefined ? {} : { fault }),
    ...(component === undefined ? {} : { component }),
  });
  yield {
    kind: 'incident',
    time: 0,
    key,
    topology: model.topology.name,
    truth: cloud.truth(),
    detectedAt: cloud.detectedAt,
  };
  let turn = 0;
  yield* look(cloud, turn++);
  for (const call of calls) {
    const outcome = cloud.execute(call);
    yield { kind: 'action', time: cloud.time, outcome };
    yield* look(cloud, turn++);
  }
  while (cloud.time < cloud.cap) {
    cloud.advanceTo(Math.min(cloud.cap, cloud.time + every));
    yield* look(cloud, turn++);
  }
  yield { kind: 'result', time: cloud.time, ...cloud.result() };
}

function* look(cloud: Cloud, turn: number): Generator<TrajectoryLine> {
  const { time } = cloud;
  yield { kind: 'state', time, slo: cloud.slo(), services: cloud.hidden() };
  const telemetry = cloud.telemetry(EVIDENCE_KINDS, turn);
  const table = ({ components, metrics, values }: typeof telemetry.services) => ({
    components,
    metrics,
    values: Array.from(values, (value) => (Number.isNaN(value) ? null : value)),
  });
  yield {
    kind: 'telemetry',
    time,
    alerts: telemetry.alerts.map((alert) => ({
      ...alert,
      value: Number.isNaN(alert.value) ? null : alert.value,
    })),
    services: table(telemetry.services),
    nodes: table(telemetry.nodes),
    events: telemetry.events,
    logs: telemetry.logs,
    changes: telemetry.changes,
  };
}
