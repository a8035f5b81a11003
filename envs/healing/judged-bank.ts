import { GroundAction } from 'pddl';
import { Cloud, type IncidentKey, incidentSeed, loadCloudModel, PARTITIONS, SPLITS } from '../cloud/index.js';
import type { Inventory, PrimitiveCall } from '../cloud/interface.js';
import {
  type Bank,
  type BankHeader,
  type BankRecord,
  type JudgedCompletion,
  type JudgedPlan,
  loadPractice,
  planOf,
} from '../synthesis/index.js';
import { type ConditionAt, type Plan, planFor, recoveryTask } from '../world-model/index.js';

/** Cloud of a bank that does not say: the default of the environments. */
const DEFAULT_CLOUD = {
  topology: 'online-boutique',
  overlay: 'production',
  prior: 'incident-statistics',
} as const satisfies Partial<BankHeader>;

/** The completions of a bank with what each plan came to. */
export interface BankJudgement {
  readonly completions: readonly JudgedCompletion[];
  /** Answers given after a plan was executed: the incident was another by then, and nobody kept it. */
  readonly later: number;
  /** Answers to incidents that no split and partition has. */
  readonly strange: number;
}

interface Incident {
  readonly inventory: Inventory;
  readonly truth: readonly ConditionAt[];
}

/**
 * Runs each plan of a bank in the recovery domain on what was really wrong in its incident, from the inventory at detection:
 * as a sound verifier with the right diagnosis would judge, so that wrong diagnoses count as errors of writing.
 *
 * @throws ConfigError when the bank's cloud does not exist
 */
export function judgeBank({ header, records }: Bank): BankJudgement {
  const { topology, overlay, prior } = header ?? DEFAULT_CLOUD;
  const model = loadCloudModel({ topology, overlay, prior });
  const incidents = new Map<string, Incident | null>();
  const completions: JudgedCompletion[] = [];
  let [later, strange] = [0, 0];
  for (const record of records) {
    if (record.executed > 0) {
      later++;
      continue;
    }
    const id = record.incident.join(',');
    if (!incidents.has(id)) incidents.set(id, incidentOf(record.incident, model));
    const incident = incidents.get(id);
    if (incident) completions.push(judged(record, incident));
    else strange++;
  }
  return { completions, later, strange };
}

function incidentOf(seed: readonly number[], model: ReturnType<typeof loadCloudModel>): Incident | null {
  const key = keyOf(seed);
  if (!key) return null;
  const cloud = new Cloud(model, key);
  cloud.advanceTo(cloud.detectedAt);
  return { inventory: cloud.inventory(), truth: cloud.truth().conditions };
}

/** The key of a seed: its last word is the index, and splits and partitions are few enough to try. */
function keyOf(seed: readonly number[]): IncidentKey | null {
  const index = seed.at(-1) ?? 0;
  const keys = SPLITS.flatMap((split) => PARTITIONS.map((partition) => ({ split, partition, index })));
  return keys.find((key) => incidentSeed(key).join(',') === seed.join(',')) ?? null;
}

function judged(record: BankRecord, incident: Incident): JudgedCompletion {
  const { plan } = planOf(record);
  return {
    plan: plan && judge(plan, incident),
    repair: record.feedback !== null,
    repeats: plan !== null && record.rejected === JSON.stringify(plan.steps),
    promptTokens: record.promptTokens,
    completionTokens: record.completionTokens,
    seconds: record.seconds,
  };
}

function judge({ steps }: Plan, { inventory, truth }: Incident): JudgedPlan {
  const task = recoveryTask(inventory);
  const actions = steps.map((call) => task.lookup(call));
  const unknown = actions.findIndex((action) => !(action instanceof GroundAction));
  const { length } = steps;
  if (unknown >= 0) return { length, failedStep: unknown, mistake: 'malformed', reachesGoal: false };
  const run = task.run(inventory, truth, actions as GroundAction[]);
  if (run.failedStep < 0) return { length, failedStep: null, mistake: null, reachesGoal: run.goal };
  const needed = steps.every((call) => idle().has(call.name) || canRepair(call, inventory, truth));
  return {
    length,
    failedStep: run.failedStep,
    mistake: needed ? 'badStructure' : 'wrongOperation',
    reachesGoal: false,
  };
}

/** Whether a call is in a shortest repair or can take the place of one of its steps: the right operation, wherever it stands. */
function canRepair(call: PrimitiveCall, inventory: Inventory, truth: readonly ConditionAt[]): boolean {
  const repair = planFor(truth, inventory)?.steps ?? [];
  const task = recoveryTask(inventory);
  const same = (other: PrimitiveCall) => other.name === call.name && other.args.join() === call.args.join();
  if (repair.some(same)) return true;
  return repair.some((_, place) => {
    const actions = repair.with(place, call).map((step) => task.lookup(step) as GroundAction);
    return task.run(inventory, truth, actions).goal;
  });
}

/** Primitives that only look or wait, by the practice: neither right nor wrong. */
function idle(): ReadonlySet<string> {
  const looks = [...loadPractice().operations.values()].filter((operation) => operation.class === 'observe');
  return new Set(looks.flatMap(({ names }) => names));
}
