import type { Condition, Domain, Fact, FluentValue, Problem } from '../ast.js';
import { PddlTaskError } from '../errors.js';
import { State } from '../state.js';
import type { GroundAction } from './action.js';
import { ActionTable, callText, expectAction, type LookupFailure } from './actions.js';
import { AtomTable } from './atoms.js';
import type { Formula, GroundExpression } from './formula.js';
import { hasNumbers, Instantiator } from './instantiate.js';
import { Lifter } from './lift.js';
import { type LiftedAction, type LiftedCondition, negated } from './lifted.js';
import { Machine } from './machine.js';
import { Statics } from './statics.js';
import { Symbols } from './symbols.js';
import { groundConstraint, type Monitor } from './trajectory.js';
import { Universe } from './universe.js';

export interface GroundOptions {
  /**
   * Predicates and functions that differ from one initial state to another although no action changes them, e.g.
   * snapshot facts of an incident. All others that no action changes are fixed by the problem's initial state and
   * folded into the actions.
   */
  readonly variable?: readonly string[];
  /**
   * `all` (default) instantiates every action that static facts allow, for any initial state; `reachable` those whose
   * preconditions can come to hold from the problem's initial state, to plan from it; `on-demand` none before it is asked
   * for.
   */
  readonly actions?: 'all' | 'reachable' | 'on-demand';
}

/** A goal ready to be tested; made by {@link Task.compileGoal}. */
export interface Goal {
  readonly lifted: LiftedCondition;
  readonly binding: Int32Array;
  readonly formula: Formula;
  /** Program of the goal. */
  readonly program: number;
  /** Program of its negation; -1 = the goal is always defined. */
  readonly negation: number;
}

/** The metric, compiled. */
export interface CompiledMetric {
  readonly direction: 'minimize' | 'maximize';
  readonly expression: GroundExpression;
  readonly program: number;
  /** Fluent that stands for the built-in `total-time`, or -1. */
  readonly totalTime: number;
}

/** Not a PDDL name, so that it meets no declared function. */
const TOTAL_TIME = ' total-time';

/** Functions without arguments that start at 0 when an initial state does not mention them, by common usage. */
const ZERO_BY_DEFAULT = ['total-cost', 'total-time'];

/**
 * A domain grounded over a set of objects. Made once; any number of initial states can be created for it, and actions
 * applied to them. Facts and fluents are numbered as they are met; numbers never change.
 */
export class Task {
  readonly universe: Universe;
  readonly statics: Statics;
  readonly facts: AtomTable;
  readonly fluents: AtomTable;
  readonly machine = new Machine();
  readonly schemas: readonly LiftedAction[];
  readonly monitors: readonly Monitor[];
  readonly goal: Goal;
  readonly metric: CompiledMetric | null;
  /** The problem's initial state; not to be written to. */
  readonly initial: State;
  private readonly symbols: Symbols;
  private readonly instantiator: Instantiator;
  private readonly table: ActionTable;

  /** @throws PddlTaskError when the problem's objects, facts or values do not fit the domain. */
  constructor(
    readonly domain: Domain,
    readonly problem: Problem,
    options: GroundOptions = {},
  ) {
    this.universe = new Universe(domain, problem.objects);
    this.symbols = new Symbols(domain, this.universe);
    this.statics = new Statics(domain, this.universe, this.symbols.checked(options.variable ?? []));
    this.facts = new AtomTable(this.symbols.predicateNames, this.universe);
    this.fluents = new AtomTable([...this.symbols.functionNames, TOTAL_TIME], this.universe);
    this.instantiator = new Instantiator(this.facts, this.fluents, this.statics);
    this.loadStatics();
    this.schemas = domain.actions.map((action, i) => new Lifter(domain, this.universe).action(action, i));
    this.monitors = this.groundConstraints();
    this.goal = this.compileGoal(problem.goal);
    this.metric = this.compileMetric();
    const { universe, instantiator, machine, schemas, monitors } = this;
    this.table = new ActionTable(domain, universe, instantiator, machine, schemas, monitors);
    this.initial = this.createState(problem.facts, problem.fluents);
    const { actions = 'all' } = options;
    if (actions === 'all') this.table.instantiateAll(this.statics);
    if (actions === 'reachable') this.table.instantiateReachable(this.statics, this.facts, this.initial);
    this.fit(this.initial);
  }

  /** Ground actions made so far that static facts do not rule out; with `actions: 'all'`, every one there is. */
  get actions(): readonly GroundAction[] {
    return this.table.actions;
  }

  /**
   * A state in which exactly these facts hold and exactly these fluents have values. Facts and values of static symbols
   * may be given but must agree with those of the task. `total-cost` and `total-time` without arguments, when the domain
   * declares them, start at 0 unless said otherwise.
   * @throws PddlTaskError on unknown names, wrong arity or types, or a static symbol that differs.
   */
  createState(facts: Iterable<Fact> = [], fluents: Iterable<FluentValue> = []): State {
    const on: number[] = [];
    for (const { predicate, args } of facts) {
      const symbol = this.symbols.predicate(predicate);
      const objects = this.symbols.predicateArgs(symbol, args);
      if (!this.statics.isStaticPredicate[symbol]) on.push(this.facts.intern(symbol, objects));
      else if (!this.statics.holds(symbol, objects)) throw staticMismatch(callText(predicate, args), 'false');
    }
    const values: [number, number][] = this.defaultValues();
    for (const { function: name, args, value } of fluents) {
      const symbol = this.symbols.function(name);
      const objects = this.symbols.functionArgs(symbol, args);
      if (!this.statics.isStaticFunction[symbol]) values.push([this.fluents.intern(symbol, objects), value]);
      else if (this.statics.value(symbol, objects) !== value)
        throw staticMismatch(callText(name, args), `not ${value}`);
    }
    const state = new State(new Uint32Array(0), new Float64Array(0));
    this.fit(state);
    for (const fact of on) state.set(fact, true);
    for (const [fluent, value] of values) state.numbers[fluent] = value;
    return state;
  }

  /** Makes room in a state for all facts and fluents that the task knows by now. */
  fit(state: State): void {
    state.grow(this.facts.size, this.fluents.size);
  }

  /**
   * Index of a changeable fact, for {@link State.set} and {@link State.has}; states made before may need {@link fit}.
   * @throws PddlTaskError on unknown names, wrong arity or types, or a static predicate.
   */
  factIndex(predicate: string, args: readonly string[]): number {
    const symbol = this.symbols.predicate(predicate);
    if (this.statics.isStaticPredicate[symbol]) {
      throw new PddlTaskError(`predicate "${predicate}" is static in this task`);
    }
    return this.facts.intern(symbol, this.symbols.predicateArgs(symbol, args));
  }

  /** Index of a changeable fluent in {@link State.numbers}; otherwise as {@link factIndex}. */
  fluentIndex(name: string, args: readonly string[]): number {
    const symbol = this.symbols.function(name);
    if (this.statics.isStaticFunction[symbol])
      throw new PddlTaskError(`function "${name}" is static in this task`);
    return this.fluents.intern(symbol, this.symbols.functionArgs(symbol, args));
  }

  /** Truth of a fact in a state, static facts included. */
  holds(state: State, predicate: string, args: readonly string[]): boolean {
    const symbol = this.symbols.predicate(predicate);
    return this.holdsAtom(state, symbol, this.symbols.predicateArgs(symbol, args));
  }

  /** Value of a fluent in a state, static ones included; NaN when undefined. */
  value(state: State, name: string, args: readonly string[]): number {
    const symbol = this.symbols.function(name);
    return this.valueOf(state, symbol, this.symbols.functionArgs(symbol, args));
  }

  /** As {@link holds}, by indices. */
  holdsAtom(state: State, predicate: number, args: ArrayLike<number>): boolean {
    if (this.statics.isStaticPredicate[predicate]) return this.statics.holds(predicate, args);
    const fact = this.facts.find(predicate, args);
    return fact >= 0 && state.has(fact);
  }

  /** As {@link value}, by indices. */
  valueOf(state: State, fn: number, args: ArrayLike<number>): number {
    if (this.statics.isStaticFunction[fn]) return this.statics.value(fn, args);
    const fluent = this.fluents.find(fn, args);
    return fluent < 0 ? Number.NaN : (state.numbers[fluent] ?? Number.NaN);
  }

  /** All facts that hold in a state, static ones last. */
  factsOf(state: State): Fact[] {
    const facts: Fact[] = [];
    for (let i = 0; i < this.facts.size; i++) {
      if (!state.has(i)) continue;
      facts.push({ predicate: this.facts.names[this.facts.symbolOf(i)]!, args: this.facts.argNames(i) });
    }
    return [...facts, ...this.statics.factList(this.universe)];
  }

  /** All defined fluents of a state with their values, static ones last. */
  fluentsOf(state: State): FluentValue[] {
    const values: FluentValue[] = [];
    for (let i = 0; i < this.fluents.size; i++) {
      const value = state.numbers[i] ?? Number.NaN;
      const name = this.fluents.names[this.fluents.symbolOf(i)]!;
      if (Number.isNaN(value) || name === TOTAL_TIME) continue;
      values.push({ function: name, args: this.fluents.argNames(i), value });
    }
    return [...values, ...this.statics.valueList()];
  }

  /**
   * The ground action of a name and objects (any case), or why there is none. An action that static facts rule out is
   * returned as well: its precondition is false.
   */
  lookup(name: string, args: readonly string[]): GroundAction | LookupFailure {
    return this.table.lookup(name, args);
  }

  /** As {@link lookup}, for calls that are known to be right. @throws PddlTaskError when there is no such action. */
  action(name: string, args: readonly string[] = []): GroundAction {
    return expectAction(this.lookup(name, args));
  }

  /** `(move ?from - place ?to - place)`. */
  signature(schema: LiftedAction): string {
    return this.table.signature(schema);
  }

  /** Compiles a goal over the objects of the task. Atoms that it mentions first are false in states made before. */
  compileGoal(condition: Condition): Goal {
    const lifter = new Lifter(this.domain, this.universe);
    const lifted = lifter.condition(condition);
    const binding = new Int32Array(lifter.slots);
    const compile = (part: LiftedCondition) =>
      this.machine.compileCondition(this.instantiator.condition(part, binding));
    return {
      lifted,
      binding,
      formula: this.instantiator.condition(lifted, binding),
      program: compile(lifted),
      negation: hasNumbers(lifted) ? compile(negated(lifted)) : -1,
    };
  }

  satisfies(state: State, goal: Goal = this.goal): boolean {
    return this.machine.holds(goal.program, state);
  }

  /** Value of the metric after so many steps, or null without a metric. NaN when it is undefined. */
  metricValue(state: State, steps: number): number | null {
    if (this.metric === null) return null;
    const { program, totalTime } = this.metric;
    if (totalTime >= 0) state.numbers[totalTime] = steps;
    const value = this.machine.evaluate(program, state);
    if (totalTime >= 0) state.numbers[totalTime] = Number.NaN;
    return value;
  }

  private defaultValues(): [number, number][] {
    const values: [number, number][] = [];
    for (const name of ZERO_BY_DEFAULT) {
      const symbol = this.symbols.findFunction(name);
      if (symbol === undefined || this.domain.functions[symbol]!.parameters.length > 0) continue;
      if (!this.statics.isStaticFunction[symbol]) values.push([this.fluents.intern(symbol, []), 0]);
    }
    return values;
  }

  private loadStatics(): void {
    for (const { predicate, args } of this.problem.facts) {
      const symbol = this.symbols.predicate(predicate);
      const objects = this.symbols.predicateArgs(symbol, args);
      if (this.statics.isStaticPredicate[symbol]) this.statics.addFact(symbol, objects);
    }
    for (const { function: name, args, value } of this.problem.fluents) {
      const symbol = this.symbols.function(name);
      const objects = this.symbols.functionArgs(symbol, args);
      if (this.statics.isStaticFunction[symbol]) this.statics.setValue(symbol, objects, value);
    }
  }

  private groundConstraints(): Monitor[] {
    const monitors: Monitor[] = [];
    for (const constraint of [this.domain.constraints, this.problem.constraints]) {
      if (constraint === null) continue;
      const lifter = new Lifter(this.domain, this.universe);
      const lifted = lifter.constraint(constraint);
      groundConstraint(lifted, lifter.slots, this.instantiator, this.machine, monitors);
    }
    return monitors;
  }

  private compileMetric(): CompiledMetric | null {
    const { metric } = this.problem;
    if (metric === null) return null;
    const builtIn = this.fluents.names.length - 1;
    const lifted = new Lifter(this.domain, this.universe).expression(metric.expression, builtIn);
    const expression = this.instantiator.expression(lifted, new Int32Array(0));
    const program = this.machine.compileExpression(expression);
    return { direction: metric.direction, expression, program, totalTime: this.fluents.find(builtIn, []) };
  }
}

function staticMismatch(atom: string, what: string): PddlTaskError {
  return new PddlTaskError(`${atom} is static and ${what} in this task; name it in "variable" if it varies`);
}

/**
 * Grounds a domain over the objects and static facts of a problem.
 * @throws PddlTaskError when the problem does not fit the domain (never for what the parser made).
 */
export function ground(domain: Domain, problem: Problem, options: GroundOptions = {}): Task {
  return new Task(domain, problem, options);
}
