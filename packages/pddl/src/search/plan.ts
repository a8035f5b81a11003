import type { Condition, PlanStep } from '../ast.js';
import type { GroundAction } from '../ground/action.js';
import { visitExpression, visitFormula } from '../ground/formula.js';
import type { Goal, Task } from '../ground/task.js';
import type { State } from '../state.js';
import { blind } from './blind.js';
import { type CostModel, costModel } from './costs.js';
import { hadd } from './hadd.js';
import { Heap } from './heap.js';
import type { Heuristic, HeuristicName } from './heuristic.js';
import { hff } from './hff.js';
import { hmax } from './hmax.js';
import { lmcut } from './lmcut.js';
import { NodeStore } from './nodes.js';
import { type PrunedTask, prune } from './prune.js';
import { Relaxation } from './relaxation.js';
import { Transitions } from './successors.js';

export interface PlanOptions {
  /** Initial state instead of the problem's. */
  readonly state?: State;
  /** Goal instead of the problem's. */
  readonly goal?: Condition | Goal;
  /** `astar` (default) finds a cheapest plan given an admissible heuristic; `greedy` finds some plan fast. */
  readonly algorithm?: 'astar' | 'greedy';
  /** Default `lmcut` for A*, `hff` for greedy. `blind`, `hmax` and `lmcut` are admissible; `hadd` and `hff` are not. */
  readonly heuristic?: HeuristicName;
  /** Most nodes to expand; default 100,000. The same limit always stops at the same place. */
  readonly maxNodes?: number;
  /** Most wall-clock milliseconds; default none. Where it stops depends on the machine. */
  readonly maxMilliseconds?: number;
}

/** Why a search stopped. */
export type StopReason = 'solved' | 'unsolvable' | 'node-limit' | 'time-limit';

export interface PlanResult {
  readonly reason: StopReason;
  /** Null unless solved. Valid by `validate`. */
  readonly plan: readonly PlanStep[] | null;
  /** What the plan adds to the metric; its number of steps without a metric to minimise. Null unless solved. */
  readonly cost: number | null;
  readonly costKind: 'metric' | 'unit';
  /** True when no plan is cheaper. */
  readonly optimal: boolean;
  readonly expanded: number;
  readonly generated: number;
  readonly evaluated: number;
  /** Actions left after removing unreachable and irrelevant ones. */
  readonly actions: number;
}

const DEFAULT_MAX_NODES = 100_000;

/**
 * Searches forward for a plan: A* or greedy best-first, on the grounded task without actions that cannot happen or
 * cannot help. Exact for everything the language has, since successors are computed as the validator computes them;
 * `unsolvable` is a proof for whatever state space is finite.
 * The task must be grounded with `actions: 'all'`, or with `reachable` to plan from the problem's own initial state.
 */
export function plan(task: Task, options: PlanOptions = {}): PlanResult {
  return new Search(task, options).run();
}

class Search {
  private readonly goal: Goal;
  private readonly costs: CostModel;
  private readonly pruned: PrunedTask;
  private readonly heuristic: Heuristic;
  private readonly transitions: Transitions;
  private readonly nodes: NodeStore;
  private readonly open = new Heap();
  private readonly state: State;
  private readonly next: State;
  private readonly phases: Uint8Array;
  private readonly nextPhases: Uint8Array;
  private readonly estimates: number[] = [];
  private readonly closed: boolean[] = [];
  private readonly greedy: boolean;
  private readonly maxNodes: number;
  private readonly deadline: number;
  private readonly possible: boolean;
  private readonly bounds: Float64Array;
  private costsShrink = false;
  private expanded = 0;
  private generated = 0;
  private evaluated = 0;

  constructor(
    private readonly task: Task,
    options: PlanOptions,
  ) {
    this.goal = goalOf(task, options.goal);
    this.state = (options.state ?? task.initial).clone();
    task.fit(this.state);
    this.costs = costModel(task, this.state);
    this.pruned = prune(task, this.state, this.goal, this.costs);
    this.greedy = options.algorithm === 'greedy';
    const relaxation = new Relaxation(this.pruned, this.goal, this.costs);
    this.possible = relaxation.possible;
    this.bounds = relaxation.actionCosts;
    this.heuristic = makeHeuristic(options.heuristic ?? (this.greedy ? 'hff' : 'lmcut'), relaxation);
    this.transitions = new Transitions(task);
    this.next = this.state.clone();
    this.phases = new Uint8Array(this.transitions.phaseCount);
    this.nextPhases = new Uint8Array(this.transitions.phaseCount);
    const { bits, numbers } = this.state;
    const ignored = this.ignoredFluents();
    this.nodes = new NodeStore(bits.length, numbers.length, this.phases.length, ignored);
    this.maxNodes = options.maxNodes ?? DEFAULT_MAX_NODES;
    this.deadline =
      options.maxMilliseconds === undefined
        ? Number.POSITIVE_INFINITY
        : performance.now() + options.maxMilliseconds;
  }

  run(): PlanResult {
    const { transitions, state, phases, nodes, open } = this;
    if (!this.possible || !transitions.start(state, phases)) return this.result('unsolvable', -1);
    const root = nodes.add(nodes.hashOf(state, phases), state, phases);
    nodes.reach(root, state, -1, -1, 0, 0);
    this.enqueue(root, state);
    while (open.size > 0) {
      const node = open.pop();
      if (this.closed[node] === true) continue;
      this.closed[node] = true;
      nodes.load(node, state, phases);
      if (transitions.isGoal(this.goal, state, phases)) return this.result('solved', node);
      if (this.expanded >= this.maxNodes) return this.result('node-limit', -1);
      if (performance.now() > this.deadline) return this.result('time-limit', -1);
      this.expanded++;
      this.expand(node);
    }
    return this.result('unsolvable', -1);
  }

  private expand(node: number): void {
    const { pruned, state, next, phases, nextPhases, transitions } = this;
    for (let i = 0; i < pruned.actions.length; i++) {
      const action = pruned.actions[i]!;
      if (!action.applicable(state)) continue;
      next.bits.set(state.bits);
      next.numbers.set(state.numbers);
      nextPhases.set(phases);
      if (transitions.apply(action, next, nextPhases)) this.generate(node, i);
    }
  }

  /** Takes up the state in `next`, reached from `parent`. */
  private generate(parent: number, action: number): void {
    const { nodes, next, nextPhases } = this;
    this.generated++;
    const depth = nodes.depth(parent) + 1;
    const cost = this.costs.total(next, depth);
    // Below the bound that heuristics count on (rounding aside), their estimates prove nothing.
    if (cost - nodes.cost(parent) < this.bounds[action]! - 1e-9) this.costsShrink = true;
    const hash = nodes.hashOf(next, nextPhases);
    let node = nodes.find(hash, next, nextPhases);
    if (node >= 0) {
      if (this.greedy || cost >= nodes.cost(node)) return;
      // Cheaper than before: LM-cut is not consistent, so even an expanded node may have to be opened again.
      nodes.reach(node, next, parent, action, cost, depth);
      this.closed[node] = false;
      this.push(node);
      return;
    }
    node = nodes.add(hash, next, nextPhases);
    nodes.reach(node, next, parent, action, cost, depth);
    this.enqueue(node, next);
  }

  private enqueue(node: number, state: State): void {
    this.evaluated++;
    this.estimates[node] = this.heuristic.estimate(state);
    this.closed[node] = false;
    this.push(node);
  }

  private push(node: number): void {
    const estimate = this.estimates[node]!;
    if (estimate === Number.POSITIVE_INFINITY) return;
    if (this.greedy) this.open.push(node, estimate);
    else this.open.push(node, this.nodes.cost(node) + estimate, estimate);
  }

  /** Accumulated costs that nothing but the metric reads: they change no behaviour, so they do not tell states apart. */
  private ignoredFluents(): Set<number> {
    const { task, costs } = this;
    const ignored = new Set(costs.accumulators);
    if (task.metric !== null && task.metric.totalTime >= 0) ignored.add(task.metric.totalTime);
    for (const fluent of readFluents(task, this.goal)) ignored.delete(fluent);
    return ignored;
  }

  private result(reason: StopReason, node: number): PlanResult {
    const solved = reason === 'solved';
    return {
      reason,
      plan: solved ? this.extract(node) : null,
      cost: solved ? this.nodes.cost(node) : null,
      costKind: this.costs.kind,
      optimal: solved && !this.greedy && this.heuristic.admissible && !this.costsShrink,
      expanded: this.expanded,
      generated: this.generated,
      evaluated: this.evaluated,
      actions: this.pruned.actions.length,
    };
  }

  private extract(goalNode: number): PlanStep[] {
    const steps: PlanStep[] = [];
    for (let node = goalNode; this.nodes.parent(node) >= 0; node = this.nodes.parent(node)) {
      const action = this.pruned.actions[this.nodes.action(node)]!;
      steps.push(stepOf(this.task, action));
    }
    return steps.reverse();
  }
}

function stepOf(task: Task, action: GroundAction): PlanStep {
  return {
    name: action.schema.name,
    args: Array.from(action.args, (object) => task.universe.name(object)),
  };
}

function goalOf(task: Task, goal: Condition | Goal | undefined): Goal {
  if (goal === undefined) return task.goal;
  return 'program' in goal ? goal : task.compileGoal(goal);
}

function makeHeuristic(name: HeuristicName, relaxation: Relaxation): Heuristic {
  switch (name) {
    case 'blind':
      return blind();
    case 'hmax':
      return hmax(relaxation);
    case 'lmcut':
      return lmcut(relaxation);
    case 'hadd':
      return hadd(relaxation);
    case 'hff':
      return hff(relaxation);
  }
}

/** Fluents that preconditions, conditions, constraints, the goal, or effects on other fluents read. */
function readFluents(task: Task, goal: Goal): Set<number> {
  const read = new Set<number>();
  const add = (fluent: number) => read.add(fluent);
  const ignoreFact = () => undefined;
  visitFormula(goal.formula, ignoreFact, add);
  for (const monitor of task.monitors) for (const fluent of monitor.fluents) add(fluent);
  for (const action of task.actions) {
    visitFormula(action.precondition, ignoreFact, add);
    for (const { condition, numerics } of action.effects) {
      visitFormula(condition, ignoreFact, add);
      for (const { value } of numerics) visitExpression(value, add);
    }
  }
  return read;
}
