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

/** A call, and when it begins: `at` seconds since onset, or as soon as what is before it has ended. */
export interface TimedCall extends PrimitiveCall {
  readonly at?: number;
}

export interface TrajectoryOptions {
  readonly fault?: string;
  readonly component?: string;
  /** What is done from detection on, one call after another, each at its time or at once; nothing by default. */
  readonly calls?: readonly TimedCall[];
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
    const { name: topology, overlay } = model.topology;
    yield { kind: 'not-applicable', time: 0, fault: type.id, topology, overlay };
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
  const until = function* (time: number): Generator<TrajectoryLine> {
    while (cloud.time < time) {
      cloud.advanceTo(Math.min(time, cloud.time + every));
      yield* look(cloud, turn++);
    }
  };
  for (const { at = cloud.time, name, args } of calls) {
    yield* until(Math.min(at, cloud.cap));
    const outcome = cloud.execute({ name, args });
    yield { kind: 'action', time: cloud.time, outcome };
    yield* look(cloud, turn++);
  }
  yield* until(cloud.cap);
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
    zones: table(telemetry.zones),
    events: telemetry.events,
    logs: telemetry.logs,
    changes: telemetry.changes,
  };
}
