import type { GroundAction } from '../ground/action.js';
import { type Formula, visitExpression } from '../ground/formula.js';
import { Machine } from '../ground/machine.js';
import type { Goal } from '../ground/task.js';
import type { State } from '../state.js';
import type { CostModel } from './costs.js';
import type { PrunedTask } from './prune.js';

/** An operator of the relaxation: once all its preconditions are reached, so are its effects. */
interface Operator {
  readonly preconditions: readonly number[];
  readonly effects: readonly number[];
  /** Index of the action that pays for it, or -1 for a free logical step. */
  readonly action: number;
}

/**
 * The delete relaxation of a pruned task. Propositions are literals (a fact and its absence are two), comparisons, and
 * disjunctions; whatever is reached stays reached.
 *
 * - Each group of effects is an operator of its own; all of an action's operators share its cost.
 * - A comparison is reached by any effect on a fluent that it reads: one application is assumed to be enough, which is
 *   a lower bound on the truth.
 * - Trajectory constraints are ignored.
 */
export class Relaxation {
  readonly goal: readonly number[];
  /** False when the goal cannot be reached from any state considered. */
  readonly possible: boolean;
  readonly actions: readonly GroundAction[];
  /** Lower bound on the cost of each action. */
  readonly actionCosts: Float64Array;
  readonly operatorActions: Int32Array;
  /** Flat lists: preconditions of operator `o` are `preconditions[preconditionStart[o] … preconditionStart[o + 1])`. */
  readonly preconditionStart: Int32Array;
  readonly preconditions: Int32Array;
  readonly effectStart: Int32Array;
  readonly effects: Int32Array;
  /** Flat lists of the operators that have a proposition among their preconditions. */
  readonly consumerStart: Int32Array;
  readonly consumers: Int32Array;
  readonly propositionCount: number;

  private readonly machine = new Machine();
  private readonly literals = new Map<number, number>();
  private readonly comparisons = new Map<string, { proposition: number; program: number }>();
  private readonly comparisonsOfFluent = new Map<number, Set<number>>();
  private readonly operators: Operator[] = [];
  private count = 1;

  /** Proposition 0 always holds, so that every operator has a precondition. */
  static readonly ALWAYS = 0;

  constructor(
    private readonly pruned: PrunedTask,
    goal: Goal,
    costs: CostModel,
  ) {
    this.actions = pruned.actions;
    this.actionCosts = Float64Array.from(pruned.actions, (action) => costs.lowerBound(action));
    const goalPropositions = this.propositions(goal.formula);
    this.possible = goalPropositions !== null;
    this.goal = withAlways(goalPropositions ?? []);
    const conditions = pruned.actions.map((action) => this.conditionsOf(action));
    pruned.actions.forEach((action, i) => {
      this.addOperators(action, i, conditions[i]!);
    });
    const { operators } = this;
    this.propositionCount = this.count;
    this.operatorActions = Int32Array.from(operators, ({ action }) => action);
    [this.preconditionStart, this.preconditions] = flatten(
      operators.map((operator) => operator.preconditions),
    );
    [this.effectStart, this.effects] = flatten(operators.map((operator) => operator.effects));
    const consumers: number[][] = Array.from({ length: this.count }, () => []);
    operators.forEach((operator, o) => {
      for (const proposition of operator.preconditions) consumers[proposition]!.push(o);
    });
    [this.consumerStart, this.consumers] = flatten(consumers);
  }

  get operatorCount(): number {
    return this.operators.length;
  }

  /** Writes into `into` the propositions that hold in a state; returns how many. */
  initial(state: State, into: Int32Array): number {
    let count = 0;
    into[count++] = Relaxation.ALWAYS;
    for (const [literal, proposition] of this.literals) {
      if ((state.has(literal >> 1) ? 1 : 0) === (literal & 1)) into[count++] = proposition;
    }
    for (const { proposition, program } of this.comparisons.values()) {
      if (this.machine.holds(program, state)) into[count++] = proposition;
    }
    return count;
  }

  /** Precondition and condition of each group of effects together; null where they are never met. */
  private conditionsOf(action: GroundAction): (number[] | null)[] {
    const precondition = this.propositions(action.precondition);
    return action.effects.map(({ condition }) => {
      const own = this.propositions(condition);
      return precondition === null || own === null ? null : [...new Set([...precondition, ...own])];
    });
  }

  private addOperators(action: GroundAction, index: number, conditions: readonly (number[] | null)[]): void {
    action.effects.forEach(({ adds, deletes, numerics }, g) => {
      const preconditions = conditions[g]!;
      if (preconditions === null) return;
      const effects = new Set<number>();
      const reach = (literal: number) => {
        const proposition = this.literals.get(literal);
        if (proposition !== undefined) effects.add(proposition);
      };
      for (const fact of adds) reach(fact * 2 + 1);
      for (const fact of deletes) if (!adds.includes(fact)) reach(fact * 2);
      for (const { fluent } of numerics) {
        for (const proposition of this.comparisonsOfFluent.get(fluent) ?? []) effects.add(proposition);
      }
      if (effects.size === 0) return;
      this.operators.push({ preconditions: withAlways(preconditions), effects: [...effects], action: index });
    });
  }

  /** Propositions that together mean the formula; null when it can never hold. */
  private propositions(formula: Formula): number[] | null {
    return this.conjuncts(this.pruned.reach.simplify(formula));
  }

  private conjuncts(formula: Formula): number[] | null {
    switch (formula.op) {
      case 'true':
        return [];
      case 'false':
        return null;
      case 'and':
        return formula.parts.flatMap((part) => this.conjuncts(part)!);
      case 'fact':
        return [this.literal(formula.fact * 2 + (formula.wanted ? 1 : 0))];
      case 'compare':
        return [this.comparison(formula)];
      case 'or': {
        const either = this.count++;
        for (const part of formula.parts) {
          const preconditions = withAlways(this.conjuncts(part)!);
          this.operators.push({ preconditions, effects: [either], action: -1 });
        }
        return [either];
      }
    }
  }

  private literal(literal: number): number {
    let proposition = this.literals.get(literal);
    if (proposition === undefined) {
      proposition = this.count++;
      this.literals.set(literal, proposition);
    }
    return proposition;
  }

  private comparison(formula: Extract<Formula, { op: 'compare' }>): number {
    const key = JSON.stringify(formula);
    const known = this.comparisons.get(key);
    if (known !== undefined) return known.proposition;
    const proposition = this.count++;
    this.comparisons.set(key, { proposition, program: this.machine.compileCondition(formula) });
    const note = (fluent: number) => {
      const list = this.comparisonsOfFluent.get(fluent);
      if (list === undefined) this.comparisonsOfFluent.set(fluent, new Set([proposition]));
      else list.add(proposition);
    };
    visitExpression(formula.left, note);
    visitExpression(formula.right, note);
    return proposition;
  }
}

function withAlways(propositions: readonly number[]): readonly number[] {
  return propositions.length > 0 ? propositions : [Relaxation.ALWAYS];
}

function flatten(lists: readonly (readonly number[])[]): [Int32Array, Int32Array] {
  const starts = new Int32Array(lists.length + 1);
  lists.forEach((list, i) => {
    starts[i + 1] = starts[i]! + list.length;
  });
  return [starts, Int32Array.from(lists.flat())];
}
