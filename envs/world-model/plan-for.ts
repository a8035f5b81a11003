import type { GroundAction, State } from 'pddl';
import type { Inventory, PrimitiveCall } from '../cloud/interface.js';
import { type DomainModel, loadDomain } from './domain.js';
import { domainServices } from './problem-text.js';
import { type RecoveryTask, recoveryTask } from './recovery-task.js';
import type { ConditionAt, Plan } from './types.js';

export interface PlanLimits {
  /** States expanded at most. Default 2,000, a few milliseconds. */
  readonly nodes?: number;
  /** Calls not to use, e.g. those that were executed and did not help. */
  readonly avoid?: readonly PrimitiveCall[];
  readonly domain?: DomainModel;
}

/** A state on the way, and how it was reached. */
interface SearchNode {
  readonly state: State;
  readonly cost: number;
  readonly estimate: number;
  readonly action: GroundAction | null;
  readonly parent: SearchNode | null;
}

const DEFAULT_NODES = 2_000;

/**
 * A quick plan that the model expects to end an incident with these conditions, or null when it finds none within the limits.
 * Best-first search on the grounded task over primitives that can matter: those on the unhealthy services and their nodes, and
 * those without parameters. The plan is cheap in the model's seconds, but not proven cheapest.
 */
export function planFor(
  conditions: readonly ConditionAt[],
  inventory: Inventory,
  limits: PlanLimits = {},
): Plan | null {
  const task = recoveryTask(inventory, limits.domain ?? loadDomain());
  const start = task.state(inventory, conditions).clone();
  const actions = relevantActions(task, start, conditions, inventory, limits.avoid ?? []);
  const end = search(task, start, actions, limits.nodes ?? DEFAULT_NODES);
  return end && { diagnosis: [...conditions], steps: stepsTo(end, task) };
}

/**
 * Ground actions that can matter: those that can remove something which has to go, those that bring back missing replicas,
 * those that make room, and, where pods may have to move, cordoning the nodes they are on.
 */
function relevantActions(
  task: RecoveryTask,
  start: State,
  conditions: readonly ConditionAt[],
  inventory: Inventory,
  avoid: readonly PrimitiveCall[],
): GroundAction[] {
  const services = domainServices(inventory);
  const short = new Set(
    services.filter((one) => one.desiredReplicas < one.baselineReplicas).map(({ id }) => id),
  );
  const moving = new Set(
    conditions.filter(({ condition }) => MOVED.has(condition)).map(({ component }) => component),
  );
  const left = new Set(services.filter(({ id }) => moving.has(id)).flatMap(({ placement }) => placement));
  const avoided = new Set(avoid.map(({ name, args }) => [name, ...args].join(' ')));
  const objects: Readonly<Record<string, readonly string[]>> = {
    service: services.map(({ id }) => id),
    node: inventory.nodes.map(({ id }) => id),
  };
  return task.domain.primitives.flatMap((primitive) => {
    const { name, parameters } = primitive;
    const grows = /\((?:assign|increase) \(desired /.test(primitive.effect ?? '');
    const makesRoom = /\(increase \((?:quota-left|schedulable-slots)\)/.test(primitive.effect ?? '');
    return combinations(parameters.map(({ type }) => objects[type] ?? []))
      .filter((args) => !avoided.has([name, ...args].join(' ')))
      .filter((args) => {
        if (parameters.length === 0 && makesRoom) return true;
        if (grows && short.has(args[0]!)) return true;
        if (parameters[0]?.type === 'node' && left.has(args[0]!)) return true;
        return task.removesFrom(start, task.task.action(name, args));
      })
      .map((args) => task.task.action(name, args));
  });
}

/** Conditions that moving pods may cure. */
const MOVED: ReadonlySet<string> = new Set(['path-degraded']);

function combinations(lists: readonly (readonly string[])[]): string[][] {
  return lists.reduce<string[][]>(
    (all, list) => all.flatMap((head) => list.map((last) => [...head, last])),
    [[]],
  );
}

function search(
  task: RecoveryTask,
  start: State,
  actions: readonly GroundAction[],
  nodes: number,
): SearchNode | null {
  const root: SearchNode = {
    state: start,
    cost: 0,
    estimate: task.remaining(start),
    action: null,
    parent: null,
  };
  const open: SearchNode[] = [root];
  const seen = new Map<string, number>();
  for (let expanded = 0; open.length > 0 && expanded < nodes; expanded++) {
    const node = popBest(open);
    if (task.task.satisfies(node.state)) return node;
    for (const action of actions) {
      const next = task.successor(node.state, action);
      if (!next) continue;
      const cost = task.secondsIn(next);
      const key = task.identity(next);
      if ((seen.get(key) ?? Number.POSITIVE_INFINITY) <= cost) continue;
      seen.set(key, cost);
      open.push({ state: next, cost, estimate: cost + task.remaining(next), action, parent: node });
    }
  }
  return null;
}

/** Takes the node of least estimate; the list stays small, so a scan is quicker than keeping a heap. */
function popBest(open: SearchNode[]): SearchNode {
  let best = 0;
  for (let i = 1; i < open.length; i++) if (open[i]!.estimate < open[best]!.estimate) best = i;
  const node = open[best]!;
  open[best] = open.at(-1)!;
  open.pop();
  return node;
}

function stepsTo(end: SearchNode, task: RecoveryTask): PrimitiveCall[] {
  const steps: PrimitiveCall[] = [];
  for (let node: SearchNode | null = end; node?.action; node = node.parent)
    steps.unshift(task.callOf(node.action));
  return steps;
}
