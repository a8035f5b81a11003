import { type GroundAction, type LookupFailure, parseProblem, type State, Task } from 'pddl';
import type { Inventory, PrimitiveCall } from '../cloud/interface.js';
import { verifierConstants } from './constants.js';
import { type DomainModel, loadDomain } from './domain.js';
import { domainServices, type FactSource, factSource, zoneIds } from './fact-source.js';
import { inventoryAtoms } from './facts.js';
import { forbiddenAtService, problemText } from './problem-text.js';
import type { AdviceTree, ConditionAt } from './types.js';

/**
 * How a plan went under one hypothesis; `failedStep` is -1 when nothing failed, and the number of steps when the plan could be
 * executed but leaves behind what an `at end` invariant forbids.
 */
export interface PlanRun {
  readonly failedStep: number;
  readonly failure: 'precondition' | 'constraint' | 'effects' | null;
  /** The goal holds at the end; false when a step failed. */
  readonly goal: boolean;
  /** Seconds that the model charges for the steps. */
  readonly seconds: number;
}

/** Part of the goal: a fact that must not hold, or a fluent that must reach another. */
type GoalCheck =
  | { readonly fact: number; readonly text: string }
  | {
      readonly left: number;
      readonly right: number;
      readonly leftText: string;
      readonly rightText: string;
      readonly text: string;
    };

/** A fact or fluent of the inventory with its index in a state. */
interface Written<Value> {
  readonly index: number;
  readonly read: (source: FactSource) => Value;
}

export type AdviceLiteral = Extract<AdviceTree, { op: 'literal' }>;

/**
 * The recovery problem of one topology: grounded once, filled with an incident's inventory and hypotheses as often as needed.
 * Scratch states are reused, so a task serves one caller at a time.
 */
export class RecoveryTask {
  readonly task: Task;
  private readonly base: State;
  private readonly scratch: State;
  private readonly totalTime: number;
  /** Facts and fluents of the inventory by index, and how to read each. */
  private readonly facts: readonly Written<boolean>[];
  private readonly fluents: readonly Written<number>[];
  /** Fact index of each condition of each service. */
  private readonly conditionFacts: ReadonlyMap<string, ReadonlyMap<string, number>>;
  /** What the goal asks of every service and node, in the order of the goal's text. */
  private readonly goalChecks: readonly GoalCheck[];
  private filledFor: Inventory | null = null;
  private readonly topology: string;
  private readonly serviceIds: readonly string[];
  private readonly nodes: readonly { readonly id: string; readonly zone: string }[];

  constructor(
    readonly domain: DomainModel,
    inventory: Inventory,
  ) {
    const text = problemText(domain, inventory);
    this.task = new Task(domain.ast, parseProblem(text, domain.ast, `${inventory.topology}.pddl`), {
      // Every fact may differ from one incident to the next.
      variable: [...domain.ast.predicates, ...domain.ast.functions].map(({ name }) => name),
    });
    const services = domainServices(inventory);
    this.topology = inventory.topology;
    this.serviceIds = services.map(({ id }) => id);
    this.nodes = inventory.nodes.map(({ id, zone }) => ({ id, zone }));
    const { facts, fluents } = inventoryAtoms(inventory, domain.declared);
    this.facts = facts.map(({ name, args, read }) => ({ index: this.task.factIndex(name, [...args]), read }));
    this.fluents = fluents.map(({ name, args, read }) => ({
      index: this.task.fluentIndex(name, [...args]),
      read,
    }));
    this.conditionFacts = new Map(
      domain.conditions.map((name) => [
        name,
        new Map(services.map(({ id }) => [id, this.task.factIndex(name, [id])])),
      ]),
    );
    this.goalChecks = this.makeGoalChecks(inventory);
    this.totalTime = this.task.fluentIndex('total-time', []);
    this.base = this.task.createState([], []);
    this.scratch = this.base.clone();
  }

  /** Whether an inventory lists the services, nodes and zones that the task was grounded for. */
  serves({ topology, services, nodes }: Inventory): boolean {
    if (topology !== this.topology || nodes.length !== this.nodes.length) return false;
    for (let n = 0; n < nodes.length; n++)
      if (nodes[n]!.id !== this.nodes[n]!.id || nodes[n]!.zone !== this.nodes[n]!.zone) return false;
    let at = 0;
    for (let s = 0; s < services.length; s++) {
      if (services[s]!.kind === 'client') continue;
      if (services[s]!.id !== this.serviceIds[at++]) return false;
    }
    return at === this.serviceIds.length;
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
      if (this.breaks(state, action, 'always')) return this.failed(state, step, 'constraint');
    }
    // What an action never touched is as it was at the start, and `at end` invariants speak of what the plan leaves behind.
    if (actions.some((action) => this.breaks(state, action, 'at-end'))) {
      return this.failed(state, actions.length, 'constraint');
    }
    return {
      failedStep: -1,
      failure: null,
      goal: task.satisfies(state),
      seconds: state.numbers[this.totalTime]!,
    };
  }

  /** An invariant that an action can concern does not hold in a state after it. */
  private breaks(state: State, { monitors }: GroundAction, kind: 'always' | 'at-end'): boolean {
    const { task } = this;
    for (let i = 0; i < monitors.length; i++) {
      const monitor = task.monitors[monitors[i]!]!;
      if (monitor.kind === kind && !task.machine.holds(monitor.condition.program, state)) return true;
    }
    return false;
  }

  /**
   * What is missing to the goal after the latest {@link run}: the same literals as the engine's own advice, but read off the list of
   * what the goal asks for instead of interpreting its text, which is what most rejected plans would otherwise wait for.
   */
  unmetGoal(): AdviceLiteral[] {
    const { scratch } = this;
    const out: AdviceLiteral[] = [];
    for (const check of this.goalChecks) {
      if ('fact' in check) {
        if (scratch.has(check.fact))
          out.push({ op: 'literal', literal: check.text, wanted: false, actual: 'true' });
        continue;
      }
      const [left, right] = [scratch.numbers[check.left]!, scratch.numbers[check.right]!];
      if (left >= right) continue;
      const actual = `${check.leftText} = ${left}, ${check.rightText} = ${right}`;
      out.push({ op: 'literal', literal: check.text, wanted: true, actual });
    }
    return out;
  }

  private makeGoalChecks(inventory: Inventory): GoalCheck[] {
    const { task, domain } = this;
    const absent = (name: string, args: readonly string[]): GoalCheck => ({
      fact: task.factIndex(name, args),
      text: `(${[name, ...args].join(' ')})`,
    });
    const perService = (id: string): GoalCheck[] => [
      ...forbiddenAtService(domain).map((name) => absent(name, [id])),
      {
        left: task.fluentIndex('desired', [id]),
        right: task.fluentIndex('baseline', [id]),
        leftText: `(desired ${id})`,
        rightText: `(baseline ${id})`,
        text: `(>= (desired ${id}) (baseline ${id}))`,
      },
    ];
    return [
      ...domainServices(inventory).flatMap(({ id }) => perService(id)),
      ...inventory.nodes.map(({ id }) => absent('cordoned', [id])),
      ...(domain.declared.has('shifted') ? zoneIds(inventory).map((id) => absent('shifted', [id])) : []),
      absent('handed-over', []),
    ];
  }

  private failed(state: State, failedStep: number, failure: PlanRun['failure']): PlanRun {
    return { failedStep, failure, goal: false, seconds: state.numbers[this.totalTime]! };
  }

  /** Writes what an inventory says into the base state; inventories are snapshots, so the same object says the same. */
  private fill(inventory: Inventory): void {
    if (this.filledFor === inventory) return;
    const source = factSource(inventory, verifierConstants());
    const { base, facts, fluents } = this;
    base.bits.fill(0);
    for (let i = 0; i < facts.length; i++) if (facts[i]!.read(source)) base.set(facts[i]!.index, true);
    for (let i = 0; i < fluents.length; i++) base.numbers[fluents[i]!.index] = fluents[i]!.read(source);
    this.filledFor = inventory;
  }
}

const tasks = new Map<string, RecoveryTask>();
/** The task of each domain that was asked for last: mostly the same again, and a comparison is cheaper than a key. */
const latest = new WeakMap<DomainModel, RecoveryTask>();

/** The grounded task of an inventory's topology, made once per process and domain. */
export function recoveryTask(inventory: Inventory, domain: DomainModel = loadDomain()): RecoveryTask {
  const last = latest.get(domain);
  if (last?.serves(inventory)) return last;
  const services = domainServices(inventory).map(({ id }) => id);
  const nodes = inventory.nodes.map(({ id, zone }) => `${id} ${zone}`);
  const key = [domain.file, inventory.topology, services.join(','), nodes.join(',')].join('|');
  let task = tasks.get(key);
  if (!task || task.domain !== domain) {
    task = new RecoveryTask(domain, inventory);
    tasks.set(key, task);
  }
  latest.set(domain, task);
  return task;
}
