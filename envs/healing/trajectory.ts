import {
  type CloudOptions,
  eligibleTargets,
  type IncidentKey,
  loadCloudModel,
  type TrajectoryLine,
  trajectory,
} from '../cloud/index.js';
import type { EpisodeResult, TurnRecord } from './types.js';

/** An incident of a cloud: its key, and what of it is fixed instead of drawn. */
export interface IncidentOf {
  readonly cloud: CloudOptions;
  readonly key: IncidentKey;
  readonly fault?: string;
  readonly component?: string;
}

/** Whether the cloud can host a fault type; an unknown name is not this question's to refuse. */
export function canHost(cloud: CloudOptions, fault: string): boolean {
  const model = loadCloudModel(cloud);
  const type = model.faults.find(({ id }) => id === fault);
  return type === undefined || eligibleTargets(model, type).length > 0;
}

/**
 * The whole course of an incident that the loop has played: hidden state, telemetry and service level every minute and after
 * every action, the loop's turns, the result of the cloud and of the episode. The cloud is run again with the same calls at
 * the same times; since its luck is addressed by the key, it comes out as it did. A fault that the cloud cannot host
 * gives one line of kind `not-applicable`. For records only: it tells the truth. @throws ConfigError for unknown names
 */
export function* incidentTrajectory(
  { cloud, key, fault, component }: IncidentOf,
  turns: readonly TurnRecord[],
  result: EpisodeResult | null,
): Generator<TrajectoryLine> {
  const waiting = [...turns];
  const calls = turns.flatMap(({ outcomes }) =>
    outcomes.map(({ call, startedAt }) => ({ ...call, at: startedAt })),
  );
  const lines = trajectory(loadCloudModel(cloud), key, {
    calls,
    ...(fault !== undefined && { fault }),
    ...(component !== undefined && { component }),
  });
  for (const line of lines) {
    while (waiting[0] && (line.kind === 'result' || line.time > waiting[0].endedAt)) {
      yield turnLine(waiting.shift()!);
    }
    yield line;
  }
  if (result) yield { kind: 'episode', time: result.mttr, result };
}

/** A turn of the loop without what action lines say. */
function turnLine({ samples, outcomes: _, ...turn }: TurnRecord): TrajectoryLine {
  return {
    kind: 'turn',
    time: turn.endedAt,
    ...turn,
    completions: samples.map(({ promptTokens, completionTokens, latency, failure }) => ({
      promptTokens,
      completionTokens,
      latency,
      failure: failure?.message ?? null,
    })),
  };
}
