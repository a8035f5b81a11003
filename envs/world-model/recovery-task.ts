import { type GroundAction, type LookupFailure, parseProblem, type State, Task } from 'pddl';
import type { Inventory, PrimitiveCall } from '../cloud/interface.js';
import { verifierConstants } from './constants.js';
import { type DomainModel, loadDomain } from './domain.js';
import {
  type FactSource,
  GLOBAL_FLUENTS,
  NODE_FACTS,
  NODE_FLUENTS,
  PLACEMENT_FACTS,
  SERVICE_FACTS,
  SERVICE_FLUENTS,
} from './facts.js';
import { domainServices, problemText } from './problem-text.js';
import type { ConditionAt } from './types.js';

/** How a plan went under one hypothesis; `failedStep` is -1 when every step could be executed. */
export interface PlanRun {
  readonly failedStep: number;
  readonly failure: 'precondition' | 'constraint' | 'effects' | null;
  /** The goal holds at the end; false when a step failed. */
  readonly goal: boolean;
  /** Seconds that the model charges for the steps. */
  readonly seconds: number;
}

/**
 * The recovery problem of one topology: grounded once, filled with an incident's inventory and hypotheses as often as needed.
 * Scratch states are reused, so a task serves one caller at a time.
 */
export class RecoveryTask {
  readonly task: Task;
  private readonly base: State;
  private readonly scratch: State;
  private readonly totalTime: number;
  private readonly writers: ((source: FactSource, state: State) => void)[];
  /** Fact index of each condition of each service. */
  private readonly conditionFacts: ReadonlyMap<string, ReadonlyMap<string, number>>;
  private filledFor: Inventory | null = null;
  private readonly blastLimit: number;

  constructor(
    readonly domain: DomainModel,
    inventory: Inventory,
  ) {
    this.blastLimit = verifierConstants().blastLimit;
    const text = problemText(domain, { inventory, blastLimit: this.blastLimit });
    this.task = new Task(domain.ast, parseProblem(text, domain.ast, `${inventory.topology}.pddl`), {
      // Every fact may differ from one incident to the next.
      variable: [...domain.ast.predicates, ...domain.ast.functions].map(({ name }) => name),
    });
    const services = domainServices(inventory);
    this.writers = this.makeWriters(
      inventory,
      services.map(({ id }) => id),
    );
    this.conditionFacts = new Map(
      domain.conditions.map((name) => [
        name,
        new Map(services.map(({ id }) => [id, this.task.factIndex(name, [id])])),
      ]),
    );
    this.totalTime = this.task.fluentIndex('total-time', []);
    this.base = this.task.createState([], []);
    this.scratch = this.base.clone();
  }

  /** The state of an inventory under a hypothesis; overwritten by the next call of any method. */
  state(inventory: Inventory, hypothesis: readonly ConditionAt[]): State {
    this.fill(inventory);
    this.scratch.copyFrom(this.base);
    for (const { condition, component } of hypothesis) {
      const fact = this.conditionFacts.get(condition)?.get(component);
      if (fact !== undefined) this.scratch.set(fact, true);
    }
    return this.scratch;
  }

  lookup(call: PrimitiveCall): GroundAction | LookupFailure {
    return this.task.lookup(call.name, call.args);
  }

  /** Runs a plan in the model. Stops at the first step whose precondition fails or that breaks an invariant. */
  run(inventory: Inventory, hypothesis: readonly ConditionAt[], actions: readonly GroundAction[]): PlanRun {
    const { task } = this;
    const state = this.state(inventory, hypothesis);
    for (let step = 0; step < actions.length; step++) {
      const action = actions[step]!;
      if (!action.applicable(state)) return this.failed(state, step, 'precondition');
      if (action.apply(state) !== 0) return this.failed(state, step, 'effects');
      if (this.breaks(state, action)) return this.failed(state, step, 'constraint');
    }
    return {
      failedStep: -1,
      failure: null,
      goal: task.satisfies(state),
      seconds: state.numbers[this.totalTime]!,
    };
  }

  /** An invariant does not hold in the state that an action has led to. */
  private breaks(state: State, { monitors }: GroundAction): boolean {
    const { task } = this;
    for (let i = 0; i < monitors.length; i++) {
      const monitor = task.monitors[monitors[i]!]!;
      if (monitor.kind === 'always' && !task.machine.holds(monitor.condition.program, state)) return true;
    }
    return false;
  }

  private failed(state: State, failedStep: number, failure: PlanRun['failure']): PlanRun {
    return { failedStep, failure, goal: false, seconds: state.numbers[this.totalTime]! };
  }

  /** Writes what an inventory says into the base state; inventories are snapshots, so the same object says the same. */
  private fill(inventory: Inventory): void {
    if (this.filledFor === inventory) return;
    const source = { inventory, blastLimit: this.blastLimit };
    this.base.bits.fill(0);
    for (const write of this.writers) write(source, this.base);
    this.filledFor = inventory;
  }

  /** One writer per fact and fluent of the inventory that the domain declares; indices are looked up once. */
  private makeWriters(
    inventory: Inventory,
    serviceIds: readonly string[],
  ): ((source: FactSource, state: State) => void)[] {
    const { task, domain } = this;
    const writers: ((source: FactSource, state: State) => void)[] = [];
    const predicates = new Set(domain.ast.predicates.map(({ name }) => name));
    const functions = new Set(domain.ast.functions.map(({ name }) => name));
    const positions = serviceIds.map((id) => inventory.services.findIndex((service) => service.id === id));
    const nodeIds = inventory.nodes.map(({ id }) => id);
    const eachService = (visit: (id: string, at: number) => void) => {
      for (let i = 0; i < serviceIds.length; i++) visit(serviceIds[i]!, positions[i]!);
    };
    for (const [name, holds] of known(SERVICE_FACTS, predicates)) {
      eachService((id, at) => {
        const fact = task.factIndex(name, [id]);
        writers.push(({ inventory: { services } }, state) => state.set(fact, holds(services[at]!)));
      });
    }
    for (const [name, holds] of known(NODE_FACTS, predicates)) {
      nodeIds.forEach((id, at) => {
        const fact = task.factIndex(name, [id]);
        writers.push(({ inventory: { nodes } }, state) => state.set(fact, holds(nodes[at]!)));
      });
    }
    for (const [name, holds] of known(PLACEMENT_FACTS, predicates)) {
      nodeIds.forEach((node, n) => {
        eachService((id, at) => {
          const fact = task.factIndex(name, [node, id]);
          writers.push(({ inventory: { nodes, services } }, state) =>
            state.set(fact, holds(nodes[n]!, services[at]!)),
          );
        });
      });
    }
    for (const [name, value] of known(SERVICE_FLUENTS, functions)) {
      eachService((id, at) => {
        const fluent = task.fluentIndex(name, [id]);
        writers.push(({ inventory: { services } }, state) => {
          state.numbers[fluent] = value(services[at]!);
        });
      });
    }
    for (const [name, value] of known(NODE_FLUENTS, functions)) {
      nodeIds.forEach((id, at) => {
        const fluent = task.fluentIndex(name, [id]);
        writers.push((source, state) => {
          state.numbers[fluent] = value(source.inventory.nodes[at]!, source);
        });
      });
    }
    for (const [name, value] of known(GLOBAL_FLUENTS, functions)) {
      const fluent = task.fluentIndex(name, []);
      writers.push((source, state) => {
        state.numbers[fluent] = value(source);
      });
    }
    return writers;
  }
}

function known<Value>(
  table: Readonly<Record<string, Value>>,
  declared: ReadonlySet<string>,
): [string, Value][] {
  return Object.entries(table).filter(([name]) => declared.has(name));
}

const tasks = new Map<string, RecoveryTask>();
/** The default domain's task of inventories met before, so that a verdict need not build the key again. */
const recent = new WeakMap<Inventory, RecoveryTask>();

/** The grounded task of an inventory's topology, made once per process and domain. */
export function recoveryTask(inventory: Inventory, domain: DomainModel = loadDomain()): RecoveryTask {
  const met = recent.get(inventory);
  if (met && met.domain === domain) return met;
  const services = domainServices(inventory).map(({ id }) => id);
  const nodes = inventory.nodes.map(({ id }) => id);
  const key = [domain.file, inventory.topology, services.join(','), nodes.join(',')].join('|');
  let task = tasks.get(key);
  if (!task || task.domain !== domain) {
    task = new RecoveryTask(domain, inventory);
    tasks.set(key, task);
  }
  recent.set(inventory, task);
  return task;
}
