import { plan } from 'pddl';
import type { Inventory } from '../cloud/interface.js';
import { type DomainModel, loadDomain } from './domain.js';
import { type RecoveryTask, recoveryTask } from './recovery-task.js';
import type { ConditionAt, Plan } from './types.js';

export interface PlanLimits {
  /** States expanded at most. Default 2,000: recoveries need a handful, and a planner in the loop must not stall. */
  readonly nodes?: number;
  readonly domain?: DomainModel;
}

const DEFAULT_NODES = 2_000;
/** Plans remembered per task. Inventories repeat across incidents, since most of them start from the same normal day. */
const REMEMBERED = 4_096;

type Steps = Plan['steps'];
const remembered = new WeakMap<RecoveryTask, Map<string, Steps | null>>();

/**
 * The plan that the model expects to end an incident with these conditions in the least time (A* with LM-cut, which adds up what
 * independent faults cost), or null when there is none within the limits. Equal states give equal plans, so what was planned once
 * is remembered.
 */
export function planFor(
  conditions: readonly ConditionAt[],
  inventory: Inventory,
  limits: PlanLimits = {},
): Plan | null {
  const task = recoveryTask(inventory, limits.domain ?? loadDomain());
  const nodes = limits.nodes ?? DEFAULT_NODES;
  const state = task.state(inventory, conditions);
  const key = `${nodes};${state.bits.join(',')};${state.numbers.join(',')}`;
  const known = rememberedBy(task);
  let steps = known.get(key);
  if (steps === undefined) {
    steps = plan(task.task, { state, maxNodes: nodes }).plan;
    const oldest = known.size >= REMEMBERED ? known.keys().next() : null;
    if (oldest && !oldest.done) known.delete(oldest.value);
    known.set(key, steps);
  }
  return steps && { diagnosis: [...conditions], steps };
}

function rememberedBy(task: RecoveryTask): Map<string, Steps | null> {
  let known = remembered.get(task);
  if (!known) {
    known = new Map();
    remembered.set(task, known);
  }
  return known;
}
