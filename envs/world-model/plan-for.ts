import { plan } from 'pddl';
import type { Inventory } from '../cloud/interface.js';
import { type DomainModel, loadDomain } from './domain.js';
import { type RecoveryTask, recoveryTask } from './recovery-task.js';
import type { ConditionAt, Plan } from './types.js';

export interface PlanLimits {
  /** States expanded at most by either search; see {@link DEFAULT_NODES}. */
  readonly nodes?: number;
  readonly domain?: DomainModel;
}

/**
 * Most states that the greedy search expands, and the search for the quickest plan before it. Of 960 hypotheses about 120 incidents
 * of `select`, A* solved all that it ever solved within 50 states (all but two within 10); 15 have no plan that the model knows,
 * and neither 200 states of A* nor 2,000 of the greedy search found one. A planner in the loop must not stall on those.
 */
const DEFAULT_NODES = 200;
const OPTIMAL_NODES = 50;
/** Plans remembered per task. Inventories repeat across incidents, since most of them start from the same normal day. */
const REMEMBERED = 4_096;

type Steps = Plan['steps'];
const remembered = new WeakMap<RecoveryTask, Map<string, Steps | null>>();

/**
 * The plan that the model expects to end an incident with these conditions in the least time (A* with LM-cut, which adds up what
 * independent faults cost), or null when there is none within the limits. Where many faults at once make the quickest plan hard to
 * find, some plan (greedily, with h_FF). Equal states give equal plans, so what was planned once is remembered.
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
    const found = plan(task.task, { state, maxNodes: Math.min(nodes, OPTIMAL_NODES) });
    steps =
      found.reason === 'node-limit'
        ? plan(task.task, { state, maxNodes: nodes, algorithm: 'greedy' }).plan
        : found.plan;
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
