import { Cloud, type CloudModel, type IncidentKey, loadCloudModel } from '../cloud/index.js';
import type { Inventory, Outcome, PrimitiveCall } from '../cloud/interface.js';
import { loadDomain, type Plan, planFor } from '../world-model/index.js';
import { executePlan, HAND_OVER } from './execution.js';
import { type HealingInput, healingOptions } from './options.js';
import { Timeline } from './timeline.js';
import { conditionsNow } from './true-conditions.js';
import type { EpisodeResult } from './types.js';

/** Beam of the search over plans: how many partial plans are kept, and how long a plan may get. */
const BEAM_WIDTH = 3;
const MAX_STEPS = 4;

/** Violations that losing data weighs as. */
const DATA_LOSS_WEIGHT = 10;

/** What a candidate plan came to on a copy of the cloud. */
interface Trial {
  readonly steps: readonly PrimitiveCall[];
  readonly recoveredAt: number | null;
  readonly harm: number;
  /**
   * Seconds until recovery; unrecovered, caps by what is still wrong: a cap for each condition that holds and for the
   * failing share of requests. It ranks partial plans, since one step of several restores nothing that users see.
   */
  readonly cost: number;
  /** Every step was carried out, so that another one would be. */
  readonly open: boolean;
}

/**
 * Plays one incident as the oracle: it sees the true state, needs no model and no verification, simulates candidate plans on
 * copies of the cloud and executes the best. The candidates are the classical plan for the true conditions and a beam search
 * over primitives on the components that are truly unhealthy. A strong reference, not a bound: the beam may miss a plan.
 *
 * @param index incident of the options' split and partition
 */
export function runOracle(input: HealingInput, index: number): EpisodeResult {
  const options = healingOptions(input);
  const model = loadCloudModel({
    topology: options.topology,
    overlay: options.overlay,
    prior: options.prior,
    scale: options.scale,
  });
  const key: IncidentKey = { split: options.split, partition: options.partition, index };
  const cloud = new Cloud(model, key);
  cloud.advanceTo(cloud.detectedAt);
  const timeline = new Timeline();
  timeline.book('detection', cloud.time);
  const best = bestPlan(model, cloud);
  executePlan(cloud, { diagnosis: cloud.truth().conditions, steps: best.steps });
  timeline.book('execution', cloud.time);
  return toResult(cloud, key, timeline, best);
}

function toResult(cloud: Cloud, key: IncidentKey, timeline: Timeline, best: Trial): EpisodeResult {
  const { recoveredAt, violations, dataLost, collateral } = cloud.result();
  const { faultType, family, component } = cloud.truth();
  const recovered = recoveredAt !== null;
  const mttr = recoveredAt ?? cloud.cap;
  return {
    ...key,
    faultType,
    family,
    component,
    ending: recovered ? 'recovered' : 'executions',
    mttr,
    recovered,
    firstPlanValid: recovered && best.harm === 0,
    verdicts: [],
    violations,
    dataLost,
    collateral,
    llmCalls: 0,
    tokens: 0,
    turns: 1,
    executions: 1,
    undone: 0,
    time: timeline.shares(mttr),
    failureKinds: {},
    actions: [],
    episodeReturn: -mttr / cloud.cap,
  };
}

/** Harmless before harmful, then soonest recovered, then shortest. */
function compareTrials(a: Trial, b: Trial): number {
  return a.harm - b.harm || a.cost - b.cost || a.steps.length - b.steps.length;
}

function bestPlan(model: CloudModel, cloud: Cloud): Trial {
  const state = cloud.save();
  const attempt = (steps: readonly PrimitiveCall[]): Trial => simulate(Cloud.restore(model, state), steps);
  const inventory = cloud.inventory();
  const conditions = conditionsNow(cloud);
  const nothing = attempt([]);
  let best = nothing;
  const keep = (trial: Trial): void => {
    if (compareTrials(trial, best) < 0) best = trial;
  };
  const classical: Plan | null = planFor(conditions, inventory);
  if (classical) keep(attempt(classical.steps));
  const calls = candidateCalls(
    conditions.map(({ component }) => component),
    inventory,
  );
  let beam: readonly Trial[] = [nothing];
  for (let length = 1; length <= MAX_STEPS && beam.length > 0; length++) {
    const grown = beam.flatMap((trial) => calls.map((call) => attempt([...trial.steps, call])));
    grown.sort(compareTrials);
    beam = grown.filter((trial) => trial.open && trial.recoveredAt === null).slice(0, BEAM_WIDTH);
    const first = grown[0];
    if (first) keep(first);
    if (best.recoveredAt !== null && best.harm === 0) break;
  }
  return best;
}

function simulate(copy: Cloud, steps: readonly PrimitiveCall[]): Trial {
  const outcomes: Outcome[] = [];
  executePlan(copy, { diagnosis: [], steps }, outcomes);
  const missing = conditionsNow(copy).length + 1 - copy.slo().success;
  const { recoveredAt, violations, dataLost } = copy.result();
  copy.release();
  return {
    steps,
    recoveredAt,
    harm: violations + (dataLost ? DATA_LOSS_WEIGHT : 0),
    cost: recoveredAt ?? copy.cap * (1 + missing),
    open: outcomes.length === steps.length && outcomes.every(({ status }) => status === 'done'),
  };
}

/** Every primitive without parameters, and every primitive on a truly unhealthy service or a node. */
function candidateCalls(components: readonly string[], inventory: Inventory): PrimitiveCall[] {
  const targets: Record<string, readonly string[]> = {
    service: [...new Set(components)],
    node: inventory.nodes
      .filter((node) => node.cordoned || !node.ready || node.conditions.length > 0)
      .map((node) => node.id),
    zone: [
      ...new Set(inventory.nodes.filter((node) => !node.ready).map((node) => node.zone)),
      ...inventory.shiftedZones,
    ],
  };
  return loadDomain().primitives.flatMap(({ name, parameters }) => {
    if (name === HAND_OVER || parameters.length > 1) return [];
    const [parameter] = parameters;
    if (!parameter) return [{ name, args: [] }];
    return (targets[parameter.type] ?? []).map((target) => ({ name, args: [target] }));
  });
}
